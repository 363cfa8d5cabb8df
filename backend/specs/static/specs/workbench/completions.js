// Completion: the language's keywords, and what is really printed on the samples.

import { get } from "./api.js";
import { urls } from "./initial.js";
import { plural } from "./words.js";
import { keysAt, valuesAt } from "./schema.js";
import { on, set, state } from "./store.js";
import { placeOf } from "./yaml_place.js";

const LABELS = new Set(["key", "from", "right_of", "left_of", "below", "above", "section", "heading", "until", "any_text", "checkbox", "question", "rows", "row", "title", "after", "before"]);
const HEADERS = new Set(["headers", "header", "column"]);
const EXPRESSIONS = new Set(["assert", "computed", "when", "skip", "jmespath", "confidence"]);

export function start() {
  refresh();
  on(["samples"], refresh);
}

export async function refresh() {
  try {
    set({ completions: await get(urls.completions) });
  } catch {
    // Completion is a help; without it the page works.
  }
}

export const completer = {
  identifierRegexps: [/[\w.#'’/-]/u],
  getCompletions(editor, session, position, prefix, callback) {
    const lines = session.getLines(0, position.row);
    const place = placeOf(lines, position.row, position.column);
    callback(null, candidates(place).map((one) => entry(one, place, position)));
  },
};

export function candidates(place) {
  const known = state.completions ?? {};
  const key = place.path.at(-1) ?? "";
  const found = [];
  if (place.typing === "key") found.push(...keysAt(place.path).map(keyword));
  if (place.typing === "value" || place.inList) found.push(...ofValue(place, key, known));
  return found;
}

function ofValue(place, key, known) {
  const parent = place.path.at(-2) ?? "";
  const values = valuesAt(place.path).map((name) => ({ name, meta: "value", score: 900 }));
  if (HEADERS.has(key) || parent === "columns") return [...(known.headers ?? []).map(asPrinted), ...values];
  if (key === "query") return [...(known.aliases ?? []).map((name) => ({ name, meta: "question", score: 800 })), ...values];
  if (EXPRESSIONS.has(key)) return inExpression(known);
  if (LABELS.has(key) || parent === "fields") return [...(known.labels ?? []).map(asPrinted), ...values];
  return values;
}

const keyword = ({ name, description }) => ({ name, meta: "keyword", doc: description, score: 1000, after: ": " });

const asPrinted = ({ text, samples }) => ({ name: text, meta: plural(samples, "sample"), score: 500 + samples, printed: true });

function inExpression(known) {
  const names = new Set([...Object.keys(state.preview?.fieldLines ?? {}), ...(known.fields ?? [])]);
  const fields = [...names].map((name) => ({ name: `fields.${name}`, meta: "field", score: 800 }));
  const functions = (known.functions ?? []).map(({ name, signature, doc }) => ({
    name: `${name}(`,
    caption: signature ?? name,
    meta: "function",
    doc,
    score: 400,
  }));
  return [...fields, ...functions];
}

function entry(one, place, position) {
  const value = (one.printed ? quoted(one.name) : one.name) + (one.after ?? "");
  return {
    caption: one.caption ?? one.name,
    value,
    meta: one.meta,
    score: one.score,
    docText: one.doc || undefined,
    // A label holds spaces: all of what was typed of it is replaced.
    range: { start: { row: position.row, column: position.column - place.word.length }, end: position },
  };
}

const PLAIN = /^[A-Za-z][\w '’./()&-]*$/u;
const KEYWORDS = new Set(["true", "false", "null"]);

export function quoted(text) {
  if (PLAIN.test(text) && !KEYWORDS.has(text.toLowerCase()) && text === text.trim()) return text;
  return `'${text.replaceAll("'", "''")}'`;
}
