// A save makes a revision. Whoever saved meanwhile is named before anything goes over their work.

import { post } from "./api.js";
import { h } from "./dom.js";
import { askIn, say, sayRefused } from "./dialogs.js";
import { forgetRevision } from "./address.js";
import { permissions, urls } from "./initial.js";
import { refresh } from "./completions.js";
import { refreshSamples } from "./samples.js";
import { isSavable, moved, savedAs } from "./libraries.js";
import { set, state } from "./store.js";
import { plural } from "./words.js";

let saving = false;

export async function save() {
  if (!permissions.edit || saving) return;
  if (!isSavable()) return say("Nothing has changed since the last revision.");
  saving = true;
  try {
    const note = await askNote();
    if (note !== null) await send({ text: state.text, note, baseNumber: state.baseNumber ?? 0 });
  } finally {
    saving = false;
  }
}

async function askNote() {
  const note = h("input", { name: "note", maxlength: 500, placeholder: "what and why, for those who read the list", autocomplete: "off" });
  const answer = await askIn({
    title: "Save a revision",
    body: h("label", {}, "Note (may be empty)", note),
    buttons: [{ label: "Cancel" }, { label: "Save", answer: "save", primary: true }],
    initialFocus: note,
  });
  return answer === "save" ? note.value.trim() : null;
}

async function send(body) {
  try {
    saved(await post(urls.save, body), body.text);
  } catch (error) {
    if (error.status === 409) await meanwhile(error.details, body);
    else sayRefused(error);
  }
}

function saved({ number, created, problems, ...revision }, text) {
  const normalized = `${text.replace(/^\n+|\n+$/g, "")}\n`;
  const taken = moved(state.saved.libraries, revision.libraries);
  const changes = { savedText: normalized, baseNumber: number, saved: savedAs(revision) };
  if (state.text === text) changes.text = normalized;
  set(changes);
  forgetRevision();
  refresh();
  refreshSamples().catch(sayRefused);
  const count = problems?.length ?? 0;
  const how = [...(count ? [`a draft with ${plural(count, "problem")}`] : []), ...taken];
  say(!created ? `Nothing changed: revision ${number} is this text.` : `${[`Saved as revision ${number}`, ...how].join(", ")}.`);
}

async function meanwhile(details, body) {
  const { newestNumber, author, createdAt, diff } = details;
  const when = createdAt ? new Date(createdAt).toLocaleString(document.documentElement.lang) : "";
  const answer = await askIn({
    title: `${author || "Somebody"} saved revision ${newestNumber} meanwhile`,
    body: [
      h("p", {}, `${when}. You began with revision ${body.baseNumber || "none"}. From theirs to yours:`),
      diffView(diff),
    ],
    buttons: [
      { label: "Go on editing" },
      { label: "Take theirs, drop mine", answer: "theirs" },
      { label: "Save mine as the next revision", answer: "mine", primary: true },
    ],
  });
  if (answer === "mine") await send({ ...body, overwrite: true });
  if (answer === "theirs") takeTheirs();
}

function takeTheirs() {
  set({ text: state.savedText });
  forgetRevision();
  location.reload();
}

function diffView(diff) {
  const lines = (typeof diff === "string" ? diff.split("\n") : (diff ?? [])).map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  const kind = (line) => (line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : "");
  return h("pre", { class: "diff" }, lines.map((line) => h("span", { class: kind(line) }, `${line}\n`)));
}
