// The right pane: every field with its value, and the selected one with its why.

import { button, byId, h, redraw } from "./dom.js";
import { acceptAll } from "./expected.js";
import { permissions } from "./initial.js";
import { highlight, isLit } from "./overlay.js";
import { resultTable } from "./result_table.js";
import { on, sampleShown, set, state } from "./store.js";
import { whyPanel } from "./why.js";
import { SIGNS, expectation, percent, plural, printed, sourceWord, statusOf } from "./words.js";

let pane = null;

export function start() {
  pane = byId("result");
  on(["preview", "field", "stale", "sample", "samples"], draw);
  on(["field"], scrollToSelected);
  draw();
}

function draw() {
  pane.setAttribute("aria-busy", String(state.stale));
  redraw(pane, children());
}

function children() {
  const { preview } = state;
  if (!preview) return [empty(state.stale ? "Looking …" : "Nothing to show yet.")];
  if (!preview.result) return [empty(noResult(preview))];
  const { result } = preview;
  const rows = Object.keys(result.fieldStatus).filter((name) => !isTable(name)).flatMap((name) => fieldRows(name));
  return [
    summary(),
    preview.isOld && h("p", { class: "notice missing", role: "status" }, "✗ The text has problems: this is what the last text without any found."),
    ...notices(preview),
    h("table", { class: "fields" }, head(), h("tbody", {}, rows)),
    ...Object.entries(result.tables).map(([name, tableRows]) => tablePart(name, tableRows)),
  ].filter(Boolean);
}

const isTable = (name) => name in state.preview.result.tables;
const empty = (text) => h("p", { class: "empty", role: "status" }, text);

function noResult(preview) {
  if (preview.problems.length) return "The text has problems: mend them to see a result.";
  return sampleShown() ? "Waiting for this sample's Textract answer …" : "Add a sample to see what the spec finds in it.";
}

function summary() {
  const counted = {};
  for (const name of Object.keys(state.preview.result.fieldStatus)) {
    const { tone } = SIGNS[statusOf(name, state.preview)];
    counted[tone] = (counted[tone] ?? 0) + 1;
  }
  const part = (tone, sign, word) => counted[tone] && h("span", { class: `tone ${tone}` }, `${sign} ${counted[tone]} ${word}`);
  return h(
    "div",
    { class: "summary" },
    part("ok", "✓", "found"),
    part("doubtful", "!", "doubtful"),
    part("missing", "✗", "missing"),
    part("absent", "–", "not there"),
    h("span", { class: "spacer" }),
    permissions.edit && state.sample && button("Take all as expected", acceptAll, { class: "button small", "data-key": "accept-all", title: "What was found becomes what is expected of this sample" }),
  );
}

function notices({ result, needsTextract, calibration }) {
  const general = result.warnings.filter((warning) => !warning.field && !warning.table);
  const asked = (needsTextract ?? []).length
    ? [h("p", { class: "notice doubtful" }, `! This sample was not asked for ${needsTextract.join(", ")}: fields that want it need Textract again.`)]
    : [];
  const learned = calibration
    ? [h("p", { class: "notice subtle" }, `Confidences as when published: calibrated from ${calibration.values} values of ${calibration.samples} samples.`)]
    : [];
  return [...asked, ...learned, ...general.map((warning) => h("p", { class: "notice doubtful" }, `! ${warning.message}`))];
}

const head = () =>
  h("thead", {}, h("tr", {}, ["", "Field", "Value", "Conf.", "Source"].map((text) => h("th", { scope: "col" }, text))));

function fieldRows(name) {
  const { result, comparison } = state.preview;
  const status = statusOf(name, state.preview);
  const { sign, word, tone } = SIGNS[status];
  const selected = state.field === name;
  const evidence = result.evidence[name];
  const row = h(
    "tr",
    { class: `field${selected ? " selected" : ""}${isLit(name) ? " hovered" : ""}`, dataset: { field: name }, onClick: () => set({ field: name }) },
    h("td", { class: `sign ${tone}`, title: word }, sign, h("span", { class: "visually-hidden" }, ` ${word}`)),
    h("td", {}, h("button", { type: "button", class: "name", "aria-expanded": String(selected), "data-key": `field-${name}`, onClick: (event) => toggle(event, name) }, name)),
    h("td", { class: "value" }, valueOf(name, result), expectation(comparison?.[name])),
    h("td", { class: "number" }, percent(result.confidenceScores[name])),
    h("td", { class: "source" }, evidence ? sourceWord(evidence.source) : ""),
  );
  row.addEventListener("pointerenter", () => highlight(name, true));
  row.addEventListener("pointerleave", () => highlight(name, false));
  return selected ? [row, h("tr", { class: "why-row" }, h("td", { colspan: 5 }, whyPanel(name)))] : [row];
}

function toggle(event, name) {
  event.stopPropagation();
  set({ field: state.field === name ? null : name });
}

function valueOf(name, result) {
  if (name in result.fields) {
    const currency = result.fields[`${name}_currency`];
    const value = `${printed(result.fields[name])}${currency ? ` ${currency}` : ""}`;
    return [h("span", { class: "normalized" }, value), asPrinted(name, value)];
  }
  return [h("span", { class: "subtle" }, SIGNS[statusOf(name, state.preview)].word), asPrinted(name, "")];
}

// The raw text, where it became another.
function asPrinted(name, value) {
  const { raw } = state.preview.result.evidence[name] ?? {};
  if (!raw || plainly(raw) === plainly(value)) return null;
  return h("span", { class: "raw", title: "as printed" }, raw);
}

const plainly = (text) => text.toLowerCase().replace(/\s+/g, "");

function tablePart(name, rows) {
  const status = statusOf(name, state.preview);
  const { sign, tone, word } = SIGNS[status];
  const selected = state.field === name;
  return h(
    "section",
    { class: `result-table${selected ? " selected" : ""}`, dataset: { field: name }, "aria-label": `Table ${name}` },
    h(
      "p",
      {},
      h("span", { class: `sign ${tone}`, title: word }, sign),
      h("button", { type: "button", class: "name", "data-key": `field-${name}`, "aria-expanded": String(selected), onClick: (event) => toggle(event, name) }, name),
      h("span", { class: "subtle" }, ` ${plural(rows.length, "row")}`),
      expectation(rowsCompared(name, rows)),
    ),
    ...resultTable(name, selected),
  );
}

function rowsCompared(name, rows) {
  const expected = state.preview.expectedTables?.[name];
  return expected && expected.length !== rows.length ? { outcome: "wrong", expected: plural(expected.length, "row") } : null;
}

function scrollToSelected() {
  if (!state.field) return;
  pane.querySelector(`[data-field="${CSS.escape(state.field)}"]`)?.scrollIntoView({ block: "nearest" });
  pane.querySelector(".why-row")?.scrollIntoView({ block: "nearest" });
}
