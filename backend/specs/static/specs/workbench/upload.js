// A document or a Textract answer becomes a sample: dropped anywhere on the page, or chosen.

import { get, post, sampleUrl } from "./api.js";
import { byId, h } from "./dom.js";
import { say, sayRefused } from "./dialogs.js";
import { ACCEPTED, onDrop } from "./dropping.js";
import { permissions, urls } from "./initial.js";
import { askNow } from "./preview.js";
import { propose } from "./proposal.js";
import { set, state } from "./store.js";

const POLL_MS = 600;
const ENDED = new Set(["DONE", "FAILED"]);

export function start() {
  if (!permissions.editSamples) return;
  onDrop(document.body, (files) => files.forEach(upload));
  for (const sample of state.samples) if (!ENDED.has(sample.state)) follow(sample.id);
}

export function chooseFile() {
  const input = h("input", { type: "file", accept: ACCEPTED, multiple: true, class: "visually-hidden", "aria-label": "Sample files" });
  input.addEventListener("change", () => {
    [...input.files].forEach(upload);
    input.remove();
  });
  byId("notes").append(input);
  input.click();
}

async function upload(file) {
  const form = new FormData();
  form.append("file", file);
  try {
    const sample = await post(urls.samples, form);
    set({ samples: [...state.samples, sample], sample: sample.id, page: 1 });
    if (ENDED.has(sample.state)) await ended(sample);
    else await follow(sample.id);
  } catch (error) {
    sayRefused(error);
  }
}

async function follow(id) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const sample = await get(sampleUrl(id)).catch(() => null);
    if (!sample) continue;
    set({ samples: state.samples.map((one) => (one.id === id ? { ...one, ...sample } : one)) });
    if (ENDED.has(sample.state)) return ended(sample);
  }
}

async function ended(sample) {
  if (sample.state === "FAILED") return say(`${sample.name}: ${sample.error?.message ?? "Textract could not read it."}`, "error");
  if (state.sample === sample.id) await askNow();
  if (!state.text.trim() && permissions.edit) await propose(sample.id);
  return null;
}
