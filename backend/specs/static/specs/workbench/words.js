// Colours mean one thing everywhere, and never stand alone: a sign stands beside each.

import { h } from "./dom.js";

export const SIGNS = {
  ok: { sign: "✓", word: "found", tone: "ok" },
  check: { sign: "!", word: "doubtful", tone: "doubtful" },
  missing: { sign: "✗", word: "missing", tone: "missing" },
  retake: { sign: "✗", word: "unreadable: photograph it again", tone: "missing" },
  absent: { sign: "–", word: "not there", tone: "absent" },
  needsTextract: { sign: "?", word: "needs Textract: this sample was not asked for it", tone: "doubtful" },
  unmapped: { sign: "○", word: "in no field", tone: "unmapped" },
  right: { sign: "✓", word: "as expected", tone: "ok" },
  wrong: { sign: "✗", word: "not what is expected", tone: "missing" },
  extra: { sign: "✗", word: "found, but nothing is expected", tone: "missing" },
  unknown: { sign: "·", word: "nothing said about it", tone: "absent" },
};

// Of a field or a table, which has no status of its own: it has rows or not.
export function statusOf(name, preview) {
  const rows = preview.result.tables[name];
  const status = preview.result.fieldStatus[name] ?? (rows?.length ? "ok" : "missing");
  if (status !== "missing") return status;
  const wanted = isExpected(name, preview) || preview.result.warnings.some((warning) => (warning.field === name || warning.table === name) && WANTED.has(warning.code));
  return wanted ? "missing" : "absent";
}

const isExpected = (name, { comparison }) =>
  Object.entries(comparison ?? {}).some(([path, { outcome }]) => outcome === "missing" && (path === name || path.startsWith(`${name}[`)));

const WANTED = new Set(["REQUIRED_MISSING", "TABLE_MISSING", "INVALID", "CHECK_FAILED"]);

const SOURCES = {
  key: "label",
  checkbox: "check box",
  query: "question",
  cell: "table cell",
  line: "printed line",
  near: "place",
  expense: "expense",
  identity: "identity card",
  signature: "signature",
  jmespath: "expression",
  computed: "computed",
  value: "constant",
};
export const sourceWord = (kind) => SOURCES[kind] ?? kind;

// How the printed label agreed with the one looked for.
export const matchWord = (match) => match.replace(/^equal( with #)?/, "the same text").replace(/^fuzzy/, "nearly the same text");

export const printed = (value) =>
  value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);

export const percent = (number) => (typeof number === "number" ? String(Math.round(number)) : "");

// What is not as expected; nothing where it is.
export function expectation(compared) {
  if (!compared || compared.outcome === "right") return null;
  return h("span", { class: "expected tone missing" }, `✗ expected: ${printed(compared.expected) || "nothing"}`);
}

export const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
