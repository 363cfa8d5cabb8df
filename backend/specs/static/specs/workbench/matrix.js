// Fields × samples: what each field is on each sample, against what is expected of it.

import { h, iconButton } from "./dom.js";
import { openSample } from "./document.js";
import { permissions } from "./initial.js";
import { newer } from "./libraries.js";
import { on, set, state } from "./store.js";
import { SIGNS, percent, plural, statusOf } from "./words.js";

const SHOWN_SIGNS = 14;

const seen = new Map(); // sample → its newest result here, of which text with which calibration

export function start() {
  on(["preview"], remember);
}

function remember() {
  const { preview } = state;
  if (!preview?.result || preview.isOld) return;
  const { textSha256, calibration } = preview;
  seen.set(preview.sampleId, { textSha256, calibration, run: liveRun(preview) });
}

export const isOfSame = (one, other) => one?.textSha256 === other?.textSha256 && learned(one) === learned(other);
const learned = (shown) => JSON.stringify(shown?.calibration ?? null);

// What was looked at with this very text follows what is typed and expected; the others are as they were last run.
function runOf(sample) {
  const looked = seen.get(sample.id);
  const isShown = sample.id === state.sample && state.preview?.sampleId === sample.id;
  if (looked && (isShown || isOfSame(looked, state.preview))) return looked.run;
  return withTables(ofMatrix(sample.id) ?? sample.outcome ?? null);
}

function ofMatrix(id) {
  const run = state.matrix?.samples.find((one) => one.id === id);
  return run && run.passed !== null ? run : null;
}

const withTables = (run) => run && { ...run, fields: { ...run.fields, ...run.tables } };

function liveRun({ result, comparison, expectedTables }) {
  const fields = {};
  for (const [name, status] of Object.entries(result.fieldStatus)) {
    const wanted = statusOf(name, state.preview) === "missing";
    const { uncalibrated } = result.evidence[name] ?? {};
    fields[name] = { status, wanted, outcome: comparison[name]?.outcome, confidence: result.confidenceScores[name], uncalibrated };
  }
  for (const name of new Set([...Object.keys(result.tables), ...Object.keys(expectedTables ?? {})])) {
    const wanted = statusOf(name, state.preview) === "missing";
    fields[name] = { status: result.tables[name]?.length ? "ok" : "missing", wanted, outcome: rowsOutcome(name, state.preview) };
  }
  return { fields, passed: Object.values(comparison).every(({ outcome }) => outcome === "right") };
}

function rowsOutcome(name, { result, comparison, expectedTables }) {
  const expected = expectedTables?.[name];
  if (!expected) return null;
  const isMissed = Object.entries(comparison).some(([path, { outcome }]) => path.startsWith(`${name}[`) && outcome !== "right");
  if (!isMissed) return "right";
  return !result.tables[name]?.length ? "missing" : expected.length ? "wrong" : "extra";
}

// What somebody said of the sample goes before what the spec asks of every document.
function cellSign({ outcome, status, wanted }) {
  if (outcome === "wrong" || outcome === "missing" || outcome === "extra") return SIGNS[outcome];
  if (status === "check") return SIGNS.check;
  if (status === "needsTextract") return SIGNS.needsTextract;
  if (outcome === "right") return status === "missing" ? { ...SIGNS.right, word: "nothing, as expected" } : SIGNS.right;
  if (wanted) return SIGNS.missing;
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
  const word = !run ? ["not run yet", newer().join(", ")].filter(Boolean).join(" with ") : judged ? (run.passed ? "passes" : "does not pass") : "no expected values yet";
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
  const label = `${sample.name}, ${name}: ${word}${confidenceOf(field)}`;
  const open = () => {
    openSample(sample.id);
    set({ field: name });
  };
  return h("td", {}, h("button", { type: "button", class: `cell-button sign ${tone}`, "aria-label": label, title: label, onClick: open }, sign));
}

// The one that the sign is made from.
function confidenceOf({ confidence, uncalibrated }) {
  const shown = percent(confidence);
  const own = percent(uncalibrated);
  return shown && `, ${shown} %${own && own !== shown ? ` (${own} % by the evidence)` : ""}`;
}
