// A docType without a text yet: a draft with the obvious fields, each from what is printed on the sample.

import { post } from "./api.js";
import { say, sayRefused } from "./dialogs.js";
import { urls } from "./initial.js";
import { sampleShown, set, state } from "./store.js";

export async function propose(sampleId) {
  try {
    const { text } = await post(urls.propose, { sampleId });
    if (state.text.trim()) return;
    set({ text });
    say("A draft with the fields that stand on this page. Change what you like; it is saved when you save it.");
  } catch (error) {
    sayRefused(error);
  }
}

export function start() {
  if (!state.text.trim() && sampleShown()?.state === "DONE") propose(state.sample);
}
