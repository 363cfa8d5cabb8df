// The same spec as a table of fields, for those who never want YAML. What it cannot hold is said, and left alone.

import { post } from "./api.js";
import { button, byId, debounced, h, iconButton, redraw, whenTyped } from "./dom.js";
import { sayRefused } from "./dialogs.js";
import { edit } from "./edits.js";
import { goTo } from "./editor.js";
import { guessedName } from "./guessing.js";
import { permissions, urls } from "./initial.js";
import { on, set, state } from "./store.js";
import { TYPES } from "./types.js";
import { SIGNS, sourceWord, statusOf } from "./words.js";

let shown = null; // {text, fields, tables}
let asked = 0;
const askSoon = debounced(ask, 200);

export function start() {
  on(["text", "view"], () => state.view === "form" && askSoon());
  on(["completions"], () => state.view === "form" && draw());
  on(["preview", "field"], mark);
  if (state.view === "form") ask();
}

async function ask() {
  const number = ++asked;
  const text = state.text;
  if (shown?.text === text) return draw();
  try {
    const answer = await post(urls.form, { text });
    if (number !== asked) return;
    shown = { text, ...answer };
  } catch (error) {
    if (number !== asked) return;
    if (error.status !== 400) sayRefused(error);
    shown = { text, refused: error.message };
  }
  draw();
}

function draw() {
  const pane = byId("form");
  if (!shown) return;
  if (shown.refused) {
    redraw(pane, [h("p", { class: "empty", role: "status" }, `The form needs a text that can be read: ${shown.refused} Mend it in YAML first.`)]);
    return;
  }
  if (shown.problems?.length && !shown.fields.length) {
    redraw(pane, [h("p", { class: "empty", role: "status" }, "The form shows a text without problems. Mend those below first.")]);
    return;
  }
  redraw(pane, [printedLabels(), fieldTable(), addField(), ...(shown.tables ?? []).map(tableNote)], mark);
}

// Selection and signs change without a redraw: whoever types in the form is not disturbed.
function mark() {
  for (const row of byId("form").querySelectorAll("tr[data-field]")) {
    const name = row.dataset.field;
    row.classList.toggle("selected", state.field === name);
    const found = state.preview?.result && name in state.preview.result.fieldStatus;
    const { sign, tone, word } = found ? SIGNS[statusOf(name, state.preview)] : { sign: "", tone: "absent", word: "" };
    const shownSign = row.querySelector(".sign");
    shownSign.textContent = sign;
    shownSign.className = `sign ${tone}`;
    shownSign.title = word;
  }
}

const printedLabels = () =>
  h("datalist", { id: "printed-labels" }, (state.completions?.labels ?? []).map(({ text }) => h("option", { value: text })));

function fieldTable() {
  const names = ["Field", "Type", "Labels", "Req.", "PII", "Review <", ""];
  return h(
    "table",
    { class: "form-table" },
    h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, shown.fields.map(row)),
  );
}

function row(field) {
  const locked = !permissions.edit;
  return h(
    "tr",
    { dataset: { field: field.name }, onFocusin: () => set({ field: field.name }) },
    h("td", {}, h("div", { class: "form-name" }, h("span", { class: "sign" }), nameInput(field, locked))),
    h("td", {}, typeSelect(field, locked)),
    h("td", { class: "labels" }, field.editable === false ? cannotHold(field) : labels(field, locked)),
    h("td", {}, flag(field, "required", "required", locked)),
    h("td", {}, flag(field, "pii", "pii", locked)),
    h("td", {}, reviewBelow(field, locked)),
    h("td", {}, !locked && iconButton("delete", `Remove ${field.name}`, () => edit({ kind: "removeField", field: field.name }))),
  );
}

function input(field, what, properties, change) {
  const element = h("input", { "aria-label": `${what} of ${field.name}`, "data-key": `${field.name}-${what}`, spellcheck: "false", ...properties });
  if (properties.type === "checkbox") element.addEventListener("change", () => change(element));
  else whenTyped(element, change);
  element.addEventListener("keydown", (event) => event.key === "Enter" && element.blur());
  return element;
}

const changed = (field, changes) => edit({ kind: "setField", field: field.name, changes });

function nameInput(field, disabled) {
  const properties = { value: field.name, disabled, class: "field-name", pattern: "[a-z][a-z0-9_]*" };
  return input(field, "Name", properties, (element) => {
    if (element.checkValidity()) edit({ kind: "renameField", field: field.name, to: element.value });
    else element.reportValidity();
  });
}

function typeSelect(field, disabled) {
  const select = h("select", { "aria-label": `Type of ${field.name}`, "data-key": `${field.name}-type`, disabled }, TYPES.map((type) => h("option", { value: type }, type)));
  select.value = field.type;
  select.addEventListener("change", () => changed(field, { type: select.value }));
  return select;
}

function labels(field, locked) {
  const without = (label) => field.labels.filter((one) => one !== label);
  const chips = field.labels.map((label) =>
    h("span", { class: "chip" }, label, !locked && iconButton("close", `Remove the label ${label}`, () => changed(field, { labels: without(label) }), { disabled: field.labels.length < 2 })),
  );
  if (locked) return chips;
  const add = input(field, "New label", { list: "printed-labels", placeholder: "+ label", class: "new-label" }, (element) => {
    const label = element.value.trim();
    element.value = "";
    if (label) edit({ kind: "addLabel", field: field.name, label });
  });
  return [...chips, add];
}

function cannotHold(field) {
  const { line } = field;
  return [
    ...(field.labels ?? []).map((label) => h("span", { class: "chip" }, label)),
    h("span", { class: "subtle", title: field.why }, field.line ? `also: ${field.sourceKinds.map(sourceWord).join(", ")}` : field.why),
    line ? button("edit in YAML", () => goTo(line), { class: "link" }) : null,
  ];
}

function flag(field, key, what, disabled) {
  return input(field, what, { type: "checkbox", checked: Boolean(field[key]), disabled }, (element) => changed(field, { [key]: element.checked }));
}

function reviewBelow(field, disabled) {
  const properties = { type: "number", min: 0, max: 100, step: "any", placeholder: "80", value: field.reviewBelow ?? "", disabled, class: "narrow" };
  return input(field, "Review below", properties, (element) => {
    if (element.checkValidity()) changed(field, { review_below: element.value === "" ? null : Number(element.value) });
  });
}

function addField() {
  if (!permissions.edit) return null;
  const label = h("input", { list: "printed-labels", placeholder: "a label as printed", "aria-label": "Label of a new field", "data-key": "new-field", spellcheck: "false" });
  const form = h("form", { class: "add-field" }, label, h("button", { type: "submit", class: "button small" }, "+ Add field"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = label.value.trim();
    label.value = "";
    const taken = shown.fields.map((field) => field.name);
    if (text) edit({ kind: "newField", name: guessedName(text, taken), type: "string", from: { key: text }, label: text });
  });
  return form;
}

function tableNote(table) {
  const columns = (table.columns ?? []).map((column) => column.name ?? column).join(", ");
  const { line } = table;
  return h("p", { class: "table-note" }, h("strong", {}, `table ${table.name}`), columns ? `: ${columns} ` : " ", line ? button("edit in YAML", () => goTo(line), { class: "link" }) : null);
}
