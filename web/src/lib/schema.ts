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
  maxItems?: number;
  required?: readonly string[];
  properties?: Record<string, SchemaNode>;
  additionalProperties?: SchemaNode | boolean;
  items?: SchemaNode;
  anyOf?: readonly SchemaNode[];
  $ref?: string;
  $defs?: Record<string, SchemaNode>;
}

export type FieldKind =
  "text" | "number" | "choice" | "switch" | "words" | "map" | "section" | "sections";

export interface FormField {
  name: string;
  node: SchemaNode;
  kind: FieldKind;
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

const withDefs = (node: SchemaNode, root: SchemaNode): SchemaNode =>
  root.$defs ? { ...node, $defs: root.$defs } : node;

/** The schema of one line, zone or other part, with all it refers to. */
export function sectionSchema(root: SchemaNode, part: string): SchemaNode {
  const node = resolved(root.properties?.[part] ?? {}, root);
  return withDefs(node.items ? resolved(node.items, root) : node, root);
}

/** What a form can show: everything but coordinates, which are drawn. */
export function fieldsOf(schema: SchemaNode): FormField[] {
  const fields = Object.entries(schema.properties ?? {}).map(([name, raw]) => {
    const node = resolved(raw, schema);
    const plain = node.anyOf?.find((one) => one.type !== "null");
    const inner = plain ? { ...resolved(plain, schema), ...node } : node;
    return {
      name,
      node: withDefs(inner, schema),
      kind: kindOf(inner, schema),
      nullable: plain !== undefined,
    };
  });
  return fields.filter((field): field is FormField => field.kind !== null);
}

function kindOf(node: SchemaNode, root: SchemaNode): FieldKind | null {
  if (node.const !== undefined) return null;
  if (node.enum) return "choice";
  if (node.properties) return "section";
  if (node.type === "array") return listKind(resolved(node.items ?? {}, root));
  if (node.type === "object") return typeof node.additionalProperties === "object" ? "map" : null;
  if (node.type === "string") return "text";
  if (node.type === "number" || node.type === "integer") return "number";
  return node.type === "boolean" ? "switch" : null;
}

function listKind(items: SchemaNode): FieldKind | null {
  if (items.properties) return "sections";
  return items.type === "string" ? "words" : null;
}

/** The schema of one entry of a list. */
export function entrySchema(list: SchemaNode): SchemaNode {
  return withDefs(resolved(list.items ?? {}, list), list);
}

/** A new entry of a list: what must be there, with the values nearest to nothing. */
export function emptyEntry(schema: SchemaNode): Record<string, unknown> {
  const made = fieldsOf(schema)
    .filter(({ name }) => schema.required?.includes(name))
    .map(({ name, node, kind }) => [name, emptyValue(node, kind)]);
  return Object.fromEntries(made) as Record<string, unknown>;
}

function emptyValue(node: SchemaNode, kind: FieldKind): unknown {
  if (node.default !== undefined) return node.default;
  if (kind === "choice") return node.enum?.[0];
  if (kind === "number") return node.minimum ?? 0;
  if (kind === "switch") return false;
  if (kind === "words" || kind === "sections") return [];
  return kind === "text" ? "" : {};
}

/** The unit at the end of a field's name, as a person writes it. */
export function unitOf(name: string): string {
  const unit = /_(m|s|mps|deg|px)$/.exec(name)?.[1];
  return { m: "m", s: "s", mps: "m/s", deg: "°", px: "px" }[unit ?? ""] ?? "";
}

/** Words that were typed with commas between them. */
export function wordsOf(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);
}
