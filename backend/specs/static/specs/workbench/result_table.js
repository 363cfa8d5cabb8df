// A table of the result. Selected, it is edited in place: each row that is found beside the row that is expected.

import { aimSaid } from "./aiming.js";
import { button, h, iconButton } from "./dom.js";
import { deleteRow, expectedInput, forgetRows, insertRow, takeRow, takeRows } from "./expected.js";
import { permissions } from "./initial.js";
import { state } from "./store.js";
import { expectation, plural, printed } from "./words.js";

const SHOWN_ROWS = 50;

export function resultTable(name, isSelected) {
  const found = state.preview.result.tables[name];
  const expected = state.preview.expectedTables?.[name];
  const isEdited = isSelected && Boolean(state.sample);
  const count = isEdited ? Math.max(found.length, expected?.length ?? 0) : found.length;
  return [
    count > 0 && grid(name, { found, expected, isEdited, count: Math.min(count, SHOWN_ROWS) }),
    count > SHOWN_ROWS && h("p", { class: "subtle" }, `and ${count - SHOWN_ROWS} more`),
    isEdited && actions(name, found, expected),
  ];
}

function grid(name, table) {
  const columns = columnsOf(name, table);
  const rows = Array.from({ length: table.count }, (_, index) => row(name, table, columns, index));
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": `Rows of ${name}` },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, table.isEdited && h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, "Row")), columns.map((column) => h("th", { scope: "col" }, column)))),
      h("tbody", {}, rows),
    ),
  );
}

// What is read, what is expected, and what the spec could read.
function columnsOf(name, { found, expected, isEdited }) {
  const given = [...found, ...(isEdited ? (expected ?? []) : [])].flatMap((row) => Object.keys(row));
  return [...new Set([...(state.preview.columns?.[name] ?? []), ...given])];
}

function row(name, table, columns, index) {
  return h("tr", {}, table.isEdited && rowHead(name, table, index), columns.map((column) => cell(name, table, column, index)));
}

function cell(name, { found, expected, isEdited }, column, index) {
  const path = `${name}[${index}].${column}`;
  const compared = state.preview.comparison?.[path];
  if (!isEdited) return h("td", {}, printed(found[index][column]), expectation(compared));
  const isThere = index < (expected?.length ?? 0);
  const value = printed(found[index]?.[column]);
  const wrong = isThere && compared && compared.outcome !== "right";
  return h(
    "td",
    { class: wrong ? "tone missing" : "" },
    h("span", { class: "found-cell" }, wrong ? "✗ " : isThere && compared ? h("span", { class: "tone ok" }, "✓ ") : "", value || h("span", { class: "subtle" }, "–")),
    isThere && expectedInput(path, `Expected ${column} in row ${index + 1} of ${name}`, compared),
  );
}

function rowHead(name, { found, expected }, index) {
  const number = index + 1;
  const isThere = index < (expected?.length ?? 0);
  const action = (icon, label, does, run) => iconButton(icon, label, run, { "data-key": `${does}-${name}-${index}` });
  const read = found[index];
  return h(
    "th",
    { scope: "row", class: "row-head" },
    String(number),
    permissions.edit && [
      isThere && action("add", `Insert an expected row above row ${number}`, "insert", () => insertRow(name, index)),
      isThere && action("delete", `Delete expected row ${number}`, "delete", () => deleteRow(name, index)),
      read && (!isThere || isOther(name, index)) && action("playlist_add_check", `Expect row ${number} as found`, "take", () => takeRow(name, index, read)),
    ].filter(Boolean),
  );
}

const isOther = (name, index) =>
  Object.entries(state.preview.comparison ?? {}).some(([path, { outcome }]) => path.startsWith(`${name}[${index}].`) && outcome !== "right") ||
  Object.keys(state.preview.result.tables[name][index]).some((column) => !(column in (state.preview.expectedTables[name][index] ?? {})));

function actions(name, found, expected) {
  if (!permissions.edit) return null;
  const small = (label, does, run, title) => button(label, run, { class: "button small", "data-key": `${does}-${name}`, title });
  return h(
    "p",
    { class: "table-actions" },
    h("span", { class: "subtle" }, expected ? `Expected: ${plural(expected.length, "row")}` : "Nothing said about it"),
    found.length > 0 && small("Take the rows found", "take-rows", () => takeRows(name, found), "What was found becomes what is expected"),
    !found.length && !expected && small("Expect no rows", "expect-none", () => takeRows(name, []), "Rows that are found later are an error"),
    small("Add a row", "add-row", () => insertRow(name, expected?.length ?? 0)),
    expected && small("Say nothing", "forget", () => forgetRows(name), "What is expected of this table is dropped"),
    expected?.length > 0 && h("span", { class: "subtle aim-said", role: "status" }, aimSaid()),
  );
}
