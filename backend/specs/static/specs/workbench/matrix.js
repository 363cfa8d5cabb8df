// Fields × samples: what each field is on each sample, against what is expected of it.

import { h, iconButton } from "./dom.js";
import { openSample } from "./document.js";
import { permissions } from "./initial.js";
import { set, state } from "./store.js";
import { SIGNS, percent, plural, statusOf } from "./words.js";

const SHOWN_SIGNS = 14;

// The sample shown follows what is typed; the others are as they were last run.
function runOf(sample) {
  if (sample.id === state.sample && state.preview?.sampleId === sample.id && state.preview.result) return liveRun(state.preview);
  return withTables(ofMatrix(sample.id) ?? sample.outcome ?? null);
}

function ofMatrix(id) {
  const run = state.matrix?.samples.find((one) => one.id === id);
  return run && run.passed !== null ? run : null;
}

// A run tells of tables by their cells.
function withTables(run) {
  if (!run?.cells?.total) return run;
  const fields = { ...run.fields };
  for (const name of Object.keys(state.preview?.result?.tables ?? {})) {
    const missed = (run.misses ?? []).some((path) => path.startsWith(`${name}[`));
    fields[name] = { status: "ok", outcome: missed ? "wrong" : "right" };
  }
  return { ...run, fields };
}

function liveRun({ result, comparison }) {
  const fields = {};
  for (const [name, status] of Object.entries(result.fieldStatus)) {
    const isWanted = statusOf(name, state.preview) === "missing";
    fields[name] = { status, isWanted, outcome: comparison[name]?.outcome, confidence: result.confidenceScores[name] };
  }
  for (const [name, rows] of Object.entries(result.tables)) {
    fields[name] = { status: rows.length ? "ok" : "missing", outcome: cellsOutcome(name, comparison) };
  }
  return { fields, passed: Object.values(comparison).every(({ outcome }) => outcome === "right") };
}

function cellsOutcome(table, comparison) {
  const cells = Object.entries(comparison).filter(([path]) => path.startsWith(`${table}[`));
  if (!cells.length) return null;
  return cells.find(([, { outcome }]) => outcome !== "right")?.[1].outcome ?? "right";
}

function cellSign({ outcome, status, isWanted }) {
  if (outcome === "wrong" || outcome === "missing" || outcome === "extra") return SIGNS[outcome === "missing" ? "missing" : outcome];
  if (isWanted) return SIGNS.missing;
  if (status === "check") return SIGNS.check;
  if (status === "needsTextract") return SIGNS.needsTextract;
  if (outcome === "right") return SIGNS.right;
  return status === "ok" ? { ...SIGNS.ok, tone: "absent" } : status === "retake" ? SIGNS.retake : SIGNS.absent;
}

// The sign of a sample, and of each of its fields where they are few.
export function signsOf(sample) {
  if (sample.state === "FAILED") return { sign: "✗", tone: "missing", word: "Textract could not read it" };
  if (sample.state !== "DONE") return { sign: "…", tone: "absent", word: "being read" };
  const run = runOf(sample);
  const fields = Object.values(run?.fields ?? {});
  const judged = fields.some((field) => field.outcome);
  const overall = !run || !judged ? SIGNS.unknown : run.passed ? SIGNS.right : SIGNS.wrong;
  const details = fields.length && fields.length <= SHOWN_SIGNS ? fields.map(cellSign) : null;
  const word = !run ? "not run yet" : judged ? (run.passed ? "passes" : "does not pass") : "no expected values yet";
  return { sign: overall.sign, tone: overall.tone, word, details, judged, passed: run?.passed };
}

function columns() {
  const { fieldStatus, tables } = state.preview?.result ?? {};
  const names = new Set([...Object.keys(fieldStatus ?? {}), ...Object.keys(tables ?? {})]);
  for (const sample of state.samples) for (const name of Object.keys(runOf(sample)?.fields ?? {})) names.add(name);
  return [...names];
}

export function matrixTable(remove) {
  const names = columns();
  return h(
    "div",
    { class: "matrix", tabindex: 0, role: "region", "aria-label": "Fields and samples" },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, plural(state.samples.length, "sample")), names.map(columnHead), h("th", { scope: "col" }, "passed with"), h("th", {}))),
      h("tbody", {}, state.samples.map((sample) => matrixRow(sample, names, remove))),
    ),
  );
}

const columnHead = (name) => h("th", { scope: "col", class: state.field === name ? "selected" : "", title: name }, h("span", {}, name));

function matrixRow(sample, names, remove) {
  const fields = runOf(sample)?.fields ?? {};
  const { sign, tone, word } = signsOf(sample);
  return h(
    "tr",
    { class: sample.id === state.sample ? "selected" : "" },
    h("th", { scope: "row" }, h("span", { class: `sign ${tone}`, title: word }, sign), h("button", { type: "button", class: "link", onClick: () => openSample(sample.id) }, sample.name)),
    names.map((name) => cell(sample, name, fields[name])),
    h("td", { class: "subtle" }, sample.passedRevision ? `revision ${sample.passedRevision}` : "–"),
    h("td", {}, permissions.editSamples && iconButton("delete", `Remove ${sample.name}`, () => remove(sample))),
  );
}

function cell(sample, name, field) {
  if (!field) return h("td", {});
  const { sign, tone, word } = cellSign(field);
  const confidence = field.confidence ? `, ${percent(field.confidence)} %` : "";
  const label = `${sample.name}, ${name}: ${word}${confidence}`;
  const open = () => {
    openSample(sample.id);
    set({ field: name });
  };
  return h("td", {}, h("button", { type: "button", class: `cell-button sign ${tone}`, "aria-label": label, title: label, onClick: open }, sign));
}
