import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

const folder = join(import.meta.dirname, "../../schema");

/**
 * The committed schemas. Readers of documents are told to expect new members, so the schemas allow them; here they do
 * not, so that a member that nobody has described is found.
 */
const ajv = new Ajv2020({ allErrors: true, strictTypes: false });
for (const file of readdirSync(folder))
  ajv.addSchema(closed(JSON.parse(readFileSync(join(folder, file), "utf8"))) as object);

/** What is wrong with a document by the schema of its kind; nothing when it is right. */
export function schemaErrors(document: { readonly kind: string }): string | undefined {
  const validate: ValidateFunction | undefined = ajv.getSchema(`${document.kind}.json`);
  if (validate === undefined) return `There is no schema for "${document.kind}"`;
  return validate(document) ? undefined : ajv.errorsText(validate.errors, { separator: "\n" });
}

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).map(([name, value]) => [name, closed(value)] as const);
  const copy = Object.fromEntries(entries);
  return "properties" in schema && "required" in schema ? { ...copy, additionalProperties: false } : copy;
}
