// What is expected of a sample: taken over from what was found, pointed at, or written by hand. The server keeps it as the
// field's type puts it out, and nothing where it is none.

import { aimAt, aimed, cellIn } from "./aiming.js";
import { put, sampleUrl } from "./api.js";
import { say, sayRefused } from "./dialogs.js";
import { h, whenTyped } from "./dom.js";
import { permissions } from "./initial.js";
import { askNow } from "./preview.js";
import { set, state } from "./store.js";
import { plural, printed } from "./words.js";

let queue = Promise.resolve();

// One after the other: a change of rows is made of the rows that are there then. `changes` may be a function that makes it.
// True where it was kept.
export function setExpected(changes) {
  queue = queue.then(() => attempt(typeof changes === "function" ? changes() : changes));
  return queue;
}

async function attempt(changes) {
  if (!state.sample) return false;
  try {
    const { expected } = await put(sampleUrl(state.sample, "/expected"), changes);
    set({ preview: { ...state.preview, expectedTables: expected.tables } });
    await askNow();
    return true;
  } catch (error) {
    sayRefused(error);
    return false;
  }
}

export async function acceptAll() {
  const { fields, tables } = state.preview.result;
  if (await setExpected({ fields, tables })) say(`${plural(Object.keys(fields).length, "value")} taken as expected.`);
}

// A place pointed at on the page: its printed text; the value it became, where this field or cell was read from it.
export function takeExpected(path, text) {
  set({ field: cellIn(path)?.table ?? path });
  const { raw, value } = readAt(path);
  const isRead = raw === text && value !== undefined;
  return setExpected(isRead ? { set: { [path]: value } } : { printed: { [path]: text }, text: state.text });
}

function readAt(path) {
  const { evidence, fields, tables } = state.preview.result ?? { evidence: {}, fields: {}, tables: {} };
  const cell = cellIn(path);
  if (!cell) return { raw: evidence[path]?.raw, value: fields[path] };
  const { table, row, column } = cell;
  return { raw: evidence[table]?.[row]?.[column]?.raw, value: tables[table]?.[row]?.[column] };
}

// Written by hand: nothing written is nothing said.
const typed = (path, text) => setExpected(text ? { typed: { [path]: text }, text: state.text } : { unset: [path] });

// `compared`: {outcome, expected} where something is said.
export function expectedInput(path, label, compared) {
  const shown = printed(compared?.expected);
  const input = h("input", {
    value: shown,
    placeholder: compared ? "nothing" : "not said",
    "aria-label": label,
    "data-key": `expected-${path}`,
    "data-path": path,
    class: aimed() === path ? "aimed" : null,
    readonly: !permissions.edit,
    spellcheck: "false",
    autocomplete: "off",
  });
  const save = async () => {
    if (input.value === (input.dataset.saved ?? shown)) return;
    // A redraw need not bring back what was typed: what is kept of it is shown.
    input.dataset.saved = input.value;
    if (!(await typed(path, input.value.trim()))) delete input.dataset.saved;
  };
  whenTyped(input, save);
  input.addEventListener("focus", () => aimAt(path));
  return input;
}

// --- rows of a table -----------------------------------------------------------------------------

const rowsOf = (table) => state.preview.expectedTables?.[table] ?? [];

function setRows(table, change) {
  return setExpected(() => ({ rows: { [table]: change(rowsOf(table)) } }));
}

export const insertRow = (table, at, row = {}) => setRows(table, (rows) => [...rows.slice(0, at), row, ...rows.slice(at)]);
export const deleteRow = (table, at) => setRows(table, (rows) => rows.filter((_, index) => index !== at));
export const takeRows = (table, found) => setRows(table, () => found);
export const forgetRows = (table) => setRows(table, () => null);

export function takeRow(table, at, found) {
  return setRows(table, (rows) => (at < rows.length ? rows.map((row, index) => (index === at ? found : row)) : [...rows, found]));
}
