// What the language's JSON Schema allows at a path of keys.

import { language } from "./initial.js";

const root = language.schema;

function resolved(schema) {
  let one = schema;
  while (one && one.$ref) one = one.$ref.split("/").slice(1).reduce((at, key) => at?.[key], root);
  return one;
}

// The alternatives of a schema, lists seen through to their items.
function alternatives(schema, depth = 0) {
  const one = resolved(schema);
  if (!one || depth > 6) return [];
  const nested = [...(one.anyOf ?? []), ...(one.oneOf ?? []), ...(one.allOf ?? [])];
  if (one.items) nested.push(one.items);
  return [one, ...nested.flatMap((inner) => alternatives(inner, depth + 1))];
}

function below(schemas, key) {
  return schemas.flatMap((schema) => {
    const found = schema.properties?.[key] ?? patterned(schema, key) ?? schema.additionalProperties;
    return found && found !== true ? alternatives(found) : [];
  });
}

function patterned(schema, key) {
  const match = Object.entries(schema.patternProperties ?? {}).find(([pattern]) => new RegExp(pattern, "u").test(key));
  return match?.[1];
}

function schemasAt(path) {
  return path.reduce(below, alternatives(root));
}

export function keysAt(path) {
  const found = new Map();
  for (const schema of schemasAt(path)) {
    for (const [key, described] of Object.entries(schema.properties ?? {})) {
      if (!found.has(key)) found.set(key, resolved(described)?.description ?? described.description ?? "");
    }
  }
  return [...found].map(([name, description]) => ({ name, description }));
}

export function valuesAt(path) {
  const values = schemasAt(path).flatMap((schema) => [
    ...(schema.enum ?? []),
    ...(schema.const === undefined ? [] : [schema.const]),
    ...(schema.type === "boolean" ? [true, false] : []),
  ]);
  return [...new Set(values.map(String))];
}
