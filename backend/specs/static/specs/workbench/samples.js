// The bottom strip: each sample with its signs, and the matrix of fields and samples.

import { get, post, remove, sampleUrl } from "./api.js";
import { button, byId, debounced, h, icon, redraw } from "./dom.js";
import { askIn, sayRefused } from "./dialogs.js";
import { openSample } from "./document.js";
import { permissions, urls } from "./initial.js";
import { lookedAt } from "./libraries.js";
import { askNow } from "./preview.js";
import { isUnsaved, on, set, state } from "./store.js";
import { chooseFile } from "./upload.js";
import { plural } from "./words.js";
import { isOfSame, matrixTable, signsOf } from "./matrix.js";

const POLL_MS = 400;
const REDRAW_MS = 120;
let running = null; // {total, done}
let expanded = false;
let newest = 0;

export function start() {
  on(["samples", "sample", "matrix", "field"], draw);
  // Ten thousand cells are not drawn at every keystroke.
  on(["preview"], debounced(draw, REDRAW_MS));
  on(["preview"], keepInStep);
  draw();
}

function draw() {
  redraw(byId("samples"), [bar(), ...(expanded && state.samples.length ? [matrixTable(deleteSample)] : [])]);
}

function bar() {
  return h(
    "div",
    { class: "sample-bar" },
    h("strong", {}, "Samples"),
    h("div", { class: "chips", role: "list" }, state.samples.map(chip)),
    running && progress(),
    permissions.edit && button([icon("play_arrow"), "Run all"], runAll, { disabled: Boolean(running) || !state.samples.length, title: "Map every sample with this text (Ctrl-Enter)", "data-key": "run-all" }),
    button([icon(expanded ? "expand_more" : "expand_less"), "Matrix"], toggle, { "aria-expanded": String(expanded), "data-key": "matrix" }),
    permissions.editSamples && button([icon("upload"), "Add sample"], chooseFile, { "data-key": "add" }),
  );
}

function progress() {
  const label = `${running.done} of ${running.total} samples run`;
  return h("span", { class: "progress" }, h("progress", { max: running.total || 1, value: running.done, "aria-label": label }), ` ${running.done}/${running.total}`);
}

function chip(sample) {
  const { sign, tone, word, details } = signsOf(sample);
  const shown = h(
    "button",
    {
      type: "button",
      class: `chip sample${sample.id === state.sample ? " selected" : ""}`,
      "aria-current": sample.id === state.sample ? "true" : null,
      "data-key": `sample-${sample.id}`,
      title: [word, sample.passedRevision ? `last passed with revision ${sample.passedRevision}` : null].filter(Boolean).join("; "),
      onClick: () => openSample(sample.id),
    },
    h("span", { class: `sign ${tone}` }, sign),
    sample.name,
    details && h("span", { class: "details" }, details.map((one) => h("span", { class: `sign ${one.tone}` }, one.sign))),
  );
  return h("span", { role: "listitem" }, shown);
}

function toggle() {
  expanded = !expanded;
  byId("workbench").classList.toggle("matrix-open", expanded);
  draw();
}

export async function runAll() {
  if (running || !state.samples.length || !permissions.edit) return;
  running = { total: state.samples.length, done: 0 };
  draw();
  try {
    const revision = lookedAt();
    const { runId } = await post(urls.matrix, { text: state.text, revision });
    await follow(runId, revision);
    await refreshSamples();
    // The runs may have taught something.
    if (!state.stale && !isOfSame(state.preview, state.samplesOf)) await askNow();
  } catch (error) {
    sayRefused(error);
  }
  running = null;
  draw();
}

// Which revision each last passed with may have changed, and what confidences are worth.
export async function refreshSamples() {
  const number = ++newest;
  const known = state.samples;
  const { samples, samplesOf } = await get(`${urls.samples}?textSha256=${state.preview?.textSha256 ?? ""}${looking("&", lookedAt())}`);
  if (number !== newest) return;
  // Added or removed meanwhile.
  if (state.samples !== known) return refreshSamples();
  // What the last run said of this text, the samples say now.
  const isSaid = state.matrix?.textSha256 === samplesOf.textSha256;
  set({ samples, samplesOf, matrix: isSaid ? null : state.matrix });
}

const looking = (sign, revision) => (revision ? `${sign}revision=${revision}` : "");

// All signs are of one text with one calibration. While a text is typed, the other samples are as they were last run.
function keepInStep() {
  const { preview, samplesOf, stale } = state;
  if (!preview || stale || running || !state.samples.length || isOfSame(preview, samplesOf)) return;
  const isSameText = preview.textSha256 === samplesOf.textSha256;
  if (isSameText ? preview.result : !isUnsaved()) refreshSamples().catch(sayRefused);
}

const ENDED = new Set(["DONE", "FAILED"]);

async function follow(runId, revision) {
  for (;;) {
    const run = await get(`${urls.matrix.replace(/\/?$/, "/")}${runId}${looking("?", revision)}`);
    running = { total: run.total, done: run.done };
    set({ matrix: run });
    draw();
    if (ENDED.has(run.state)) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function deleteSample(sample) {
  const answer = await askIn({
    title: `Remove ${sample.name}?`,
    body: h("p", {}, "Its document, its Textract answer and what is expected of it are removed."),
    buttons: [{ label: "Keep it" }, { label: "Remove", answer: "remove", primary: true }],
  });
  if (answer !== "remove") return;
  try {
    await remove(sampleUrl(sample.id));
    const samples = state.samples.filter((one) => one.id !== sample.id);
    set({ samples, ...(state.sample === sample.id ? { sample: samples[0]?.id ?? null, page: 1 } : {}) });
  } catch (error) {
    sayRefused(error);
  }
}

export const passing = () => {
  const judged = state.samples.filter((sample) => signsOf(sample).judged);
  const passed = judged.filter((sample) => signsOf(sample).passed);
  return judged.length ? `${passed.length} of ${plural(judged.length, "sample")} ${judged.length === 1 ? "passes" : "pass"}` : "";
};
