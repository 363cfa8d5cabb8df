// The menu of a place on the page: point, don't type.

import { aimed, cellIn, cellWords, isExpected } from "./aiming.js";
import { button, h } from "./dom.js";
import { edit } from "./edits.js";
import { takeExpected } from "./expected.js";
import { permissions } from "./initial.js";
import { guessedName, guessedType } from "./guessing.js";
import { state } from "./store.js";
import { TYPES } from "./types.js";

let open = null;

function closeMenu() {
  const returnTo = open?.returnTo;
  open?.element.remove();
  open = null;
  returnTo?.focus?.({ preventScroll: true });
}

export function openMenu(event, title, targets) {
  closeMenu();
  const items = itemsOf(targets);
  if (!items.length) return;
  const element = h("div", { class: "menu", role: "menu", "aria-label": title });
  open = { element, returnTo: event.currentTarget };
  document.body.append(element);
  showItems(element, title, items);
  place(element, event);
}

document.addEventListener("pointerdown", (event) => open && !open.element.contains(event.target) && closeMenu());
document.addEventListener("keydown", (event) => open && event.key === "Escape" && closeMenu());

function place(element, event) {
  const from = event.clientX ? { x: event.clientX, y: event.clientY } : middleOf(event.currentTarget);
  const { offsetWidth, offsetHeight } = element;
  element.style.left = `${Math.max(8, Math.min(from.x, innerWidth - offsetWidth - 8))}px`;
  element.style.top = `${Math.max(8, Math.min(from.y + 6, innerHeight - offsetHeight - 8))}px`;
}

function middleOf(element) {
  const box = element.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

function show(element, title, ...children) {
  element.replaceChildren(h("p", { class: "menu-title" }, title), ...children);
  element.onkeydown = moveFocus;
  element.querySelector("input, select, button")?.focus();
  const { bottom, right } = element.getBoundingClientRect();
  if (bottom > innerHeight - 8) element.style.top = `${Math.max(8, innerHeight - element.offsetHeight - 8)}px`;
  if (right > innerWidth - 8) element.style.left = `${Math.max(8, innerWidth - element.offsetWidth - 8)}px`;
}

function showItems(element, title, items) {
  show(element, title, ...items.map((item) => itemButton(element, item)));
}

const itemButton = (element, item) =>
  button(item.label, () => item.choose(element), { class: "menu-item", role: "menuitem" });

function moveFocus(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const stops = [...event.currentTarget.querySelectorAll("input, select, button")];
  const at = stops.indexOf(document.activeElement);
  stops[(at + step + stops.length) % stops.length].focus();
}

// --- what can be done with a place ---------------------------------------------------------------

function itemsOf(targets) {
  const seen = new Set();
  return [...targets.map(forAimed), ...targets.flatMap((target) => ITEMS[target.kind](target))]
    .filter((item) => item && permissions.edit && !seen.has(item.label) && seen.add(item.label));
}

const ITEMS = {
  pair: (pair) => [
    newField({ label: pair.key, value: pair.value, from: { key: pair.label ?? pair.key } }),
    addLabel(pair.label ?? pair.key),
    expectedOf(pair.value),
  ].filter(Boolean),
  found: ({ name, evidence }) => [
    expectedOf(evidence.raw, name),
  ].filter(Boolean),
  read: ({ path, evidence }) => [isExpected(path) ? expectedOfCell(path, evidence.raw) : null],
  cell: ({ table, cell }) => cellItems(table, cell),
  line: (line) => [
    newField({ label: line.text, value: "", from: { key: line.text.replace(/\s*:\s*$/, "") }, text: `New field under the label “${cut(line.text)}” …` }),
    addLabel(line.text),
    expectedOf(line.text),
  ].filter(Boolean),
};

const cut = (text) => (text.length > 40 ? `${text.slice(0, 38)}…` : text);

function newField({ label, value, from, text }) {
  return {
    label: text ?? `New field from “${cut(label)}” …`,
    choose: (element) => askNewField(element, label, value, from),
  };
}

function askNewField(element, label, value, from) {
  const name = h("input", { name: "name", value: guessedName(label, fieldNames()), spellcheck: "false", pattern: "[a-z][a-z0-9_]*", required: true, title: "a small letter, then small letters, digits and _" });
  const type = h("select", { name: "type" }, TYPES.map((one) => h("option", { value: one }, one)));
  type.value = guessedType(value);
  const form = h(
    "form",
    { class: "menu-form" },
    h("label", {}, "Name", name),
    h("label", {}, "Type", type),
    h("button", { type: "submit", class: "button primary" }, "Add field"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    edit({ kind: "newField", name: name.value, type: type.value, from, label });
    closeMenu();
  });
  show(element, `New field from “${cut(label)}”`, form);
  name.select();
}

const fieldNames = () => Object.keys(state.preview?.fieldLines ?? {});

function addLabel(label) {
  if (!fieldNames().length) return null;
  return {
    label: `Add “${cut(label)}” as a label to …`,
    choose: (element) => pick(element, `Add “${cut(label)}” to`, (field) => edit({ kind: "addLabel", field, label })),
  };
}

function expectedOf(value, field = null) {
  if (!value || !permissions.edit || !state.sample) return null;
  const take = (name) => takeExpected(name, value);
  const names = fieldNames().filter((name) => !tableNames().includes(name));
  if (field) return { label: `“${cut(value)}” is what is expected of ${field}`, choose: () => { take(field); closeMenu(); } };
  if (!names.length) return null;
  return {
    label: `“${cut(value)}” is the expected value of …`,
    choose: (element) => pick(element, `“${cut(value)}” is expected of`, take, names),
  };
}

const TEXTS = {
  pair: ({ value }) => value,
  found: ({ evidence }) => evidence?.raw,
  read: ({ evidence }) => evidence.raw,
  cell: ({ cell }) => cell.text,
  line: ({ text }) => text,
};

// Before all else: somebody has gone into that cell to fill it.
function forAimed(target) {
  const text = TEXTS[target.kind](target);
  return text && aimed() ? expectedOfCell(aimed(), text) : null;
}

const expectedOfCell = (path, text) => ({
  label: `“${cut(text)}” is what is expected of ${cellWords(cellIn(path))} of ${cellIn(path).table}`,
  choose: () => {
    closeMenu();
    takeExpected(path, text);
  },
});

function pick(element, title, chosen, names = fieldNames()) {
  const filter = h("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the fields", spellcheck: "false" });
  const list = h("div", { class: "menu-list", role: "group" });
  const draw = () => {
    const kept = names.filter((name) => name.includes(filter.value.toLowerCase()));
    list.replaceChildren(...kept.map((name) => button(name, () => { closeMenu(); chosen(name); }, { class: "menu-item", role: "menuitem" })));
  };
  filter.addEventListener("input", draw);
  filter.addEventListener("keydown", (event) => event.key === "Enter" && list.firstElementChild?.click());
  draw();
  show(element, title, filter, list);
}

// --- tables --------------------------------------------------------------------------------------

const tableNames = () => Object.entries(state.preview?.result?.tables ?? {}).map(([name]) => name);

function cellItems(table, cell) {
  const headers = (table.headers ?? []).filter(Boolean);
  const { header } = cell;
  const items = [];
  if (headers.length) items.push(newTable(table, headers));
  if (header) {
    for (const name of tableNames()) items.push(useColumn(name, header));
  }
  if (cell.text) items.push(...valueOfCell(table, cell));
  return items;
}

const newTable = (table, headers) => ({
  label: `New table from ${headers.map((one) => `“${cut(one)}”`).slice(0, 3).join(", ")}${headers.length > 3 ? " …" : ""} …`,
  choose: (element) => askNewTable(element, table, headers),
});

function askNewTable(element, table, headers) {
  const name = h("input", { name: "name", value: guessedName(table.title || "rows", tableNames()), required: true, pattern: "[a-z][a-z0-9_]*", spellcheck: "false" });
  const boxes = headers.map((header) => h("input", { type: "checkbox", value: header, checked: true }));
  const form = h(
    "form",
    { class: "menu-form" },
    h("label", {}, "Name", name),
    h("fieldset", {}, h("legend", {}, "Columns"), boxes.map((box) => h("label", { class: "check" }, box, box.value))),
    h("button", { type: "submit", class: "button primary" }, "Add table"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
    edit({ kind: "newTable", name: name.value, headers: chosen });
    closeMenu();
  });
  show(element, "New table", form);
  name.select();
}

const useColumn = (table, header) => ({
  label: `Take the column “${cut(header)}” into ${table}`,
  choose: () => {
    edit({ kind: "useColumn", table, header });
    closeMenu();
  },
});

function valueOfCell(table, cell) {
  const row = table.rows.find((one) => one.cells.includes(cell));
  const rowLabel = row?.cells[0]?.text;
  const { header, column } = cell;
  const isHeader = (table.headerRows ?? []).includes(table.rows.indexOf(row) + 1);
  if (isHeader) return [];
  const items = [];
  if (rowLabel && header && column > 1) {
    const where = { table: { headers: table.headers.filter(Boolean) }, row: rowLabel, column: header };
    items.push(newField({ label: `${rowLabel} ${header}`, value: cell.text, from: { cell: where } }));
  }
  items.push(expectedOf(cell.text));
  return items.filter(Boolean);
}
