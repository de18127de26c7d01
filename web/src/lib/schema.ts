/** Reading the JSON Schema of the site file, from which the forms are made. */

export interface SchemaNode {
  title?: string;
  description?: string;
  type?: string;
  enum?: readonly string[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  maxLength?: number;
  properties?: Record<string, SchemaNode>;
  items?: SchemaNode;
  anyOf?: readonly SchemaNode[];
  $ref?: string;
  $defs?: Record<string, SchemaNode>;
}

export interface FormField {
  name: string;
  key: string;
  node: SchemaNode;
  kind: "text" | "number" | "choice" | "switch" | "section";
  nullable: boolean;
}

/** Follow references into $defs; what stands beside a reference wins. */
export function resolved(node: SchemaNode, root: SchemaNode): SchemaNode {
  const name = node.$ref?.split("/").at(-1);
  const target = name ? root.$defs?.[name] : undefined;
  if (!target) return node;
  const beside: SchemaNode = { ...node };
  delete beside.$ref;
  return { ...resolved(target, root), ...beside };
}

/** The schema of one line, zone or other part, with all it refers to. */
export function sectionSchema(root: SchemaNode, part: string): SchemaNode {
  const node = resolved(root.properties?.[part] ?? {}, root);
  const one = node.items ? resolved(node.items, root) : node;
  return { ...one, ...(root.$defs ? { $defs: root.$defs } : {}) };
}

/** What a form can show: fields that are words, numbers, choices, switches and sections. */
export function fieldsOf(schema: SchemaNode, above = ""): FormField[] {
  const fields = Object.entries(schema.properties ?? {}).map(([name, raw]) => {
    const node = resolved(raw, schema);
    const plain = node.anyOf?.find((one) => one.type !== "null");
    const inner = plain ? { ...resolved(plain, schema), ...node } : node;
    return {
      name,
      key: above ? `${above}.${name}` : name,
      node: inner,
      kind: kindOf(inner),
      nullable: plain !== undefined,
    };
  });
  return fields.filter((field): field is FormField => field.kind !== null);
}

function kindOf(node: SchemaNode): FormField["kind"] | null {
  if (node.const !== undefined) return null;
  if (node.enum) return "choice";
  if (node.properties) return "section";
  if (node.type === "string") return "text";
  if (node.type === "number" || node.type === "integer") return "number";
  return node.type === "boolean" ? "switch" : null;
}

/** The unit at the end of a field's name, as a person writes it. */
export function unitOf(name: string): string {
  const unit = /_(m|s|mps|deg|px)$/.exec(name)?.[1];
  return { m: "m", s: "s", mps: "m/s", deg: "°", px: "px" }[unit ?? ""] ?? "";
}
