/** The schema of the site file, asked for once. */

import { get } from "../api/client";
import type { SchemaNode } from "../schema";

let asked: Promise<SchemaNode> | null = null;

export function loadSchema(): Promise<SchemaNode> {
  asked ??= get<SchemaNode>("/config/schema").catch((error: unknown) => {
    asked = null;
    throw error;
  });
  return asked;
}
