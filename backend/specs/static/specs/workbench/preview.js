// The result follows the keystroke: asked for shortly after the last one, and only the newest answer is shown.

import { post } from "./api.js";
import { debounced } from "./dom.js";
import { sayRefused } from "./dialogs.js";
import { urls } from "./initial.js";
import { lookedAt } from "./libraries.js";
import { on, sampleShown, set, state } from "./store.js";

const WAIT_MS = 180;
let newest = 0;
let flight = null;
const askSoon = debounced(askNow, WAIT_MS);

export function start() {
  on(["text"], () => {
    set({ stale: true });
    askSoon();
  });
  on(["sample"], () => {
    set({ preview: null, stale: true });
    askSoon.cancel();
    askNow();
  });
  askNow();
}

// A text in the middle of a word has no result: the last one stays, and is called old.
function shown(answer) {
  const last = state.preview;
  if (answer.result || !last?.result || last.sampleId !== answer.sampleId) return answer;
  const { result, explain, unmapped, comparison } = last;
  return { ...answer, result, explain, unmapped, comparison, isOld: true };
}

// Whether the newest text has its answer now.
export async function askNow() {
  const number = ++newest;
  flight?.abort();
  flight = new AbortController();
  const { text } = state;
  const sampleId = sampleShown()?.state === "DONE" ? state.sample : null;
  try {
    const answer = await post(urls.preview, { text, sampleId, revision: lookedAt() }, { signal: flight.signal });
    // Typed meanwhile, and not yet asked about: shown, and old already.
    if (number === newest) set({ preview: shown({ ...answer, sampleId }), stale: state.text !== text });
  } catch (error) {
    if (number !== newest || error.name === "AbortError") return false;
    set({ stale: false });
    sayRefused(error);
    return false;
  }
  return number === newest && !state.stale;
}
