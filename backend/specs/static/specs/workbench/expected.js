// What is expected of a sample: taken over from what was found, or corrected by hand.

import { put, sampleUrl } from "./api.js";
import { say, sayRefused } from "./dialogs.js";
import { askNow } from "./preview.js";
import { set, state } from "./store.js";
import { plural } from "./words.js";

export async function setExpected(changes) {
  if (!state.sample) return;
  try {
    const sample = await put(sampleUrl(state.sample, "/expected"), changes);
    if (sample?.id) set({ samples: state.samples.map((one) => (one.id === sample.id ? { ...one, ...sample } : one)) });
    await askNow();
  } catch (error) {
    sayRefused(error);
  }
}

export async function acceptAll() {
  const { fields, tables } = state.preview.result;
  await setExpected({ fields, tables });
  say(`${plural(Object.keys(fields).length, "value")} taken as expected.`);
}

// A place pointed at on the page: its printed text; the value it became, where this field was read from it.
export function takeExpected(name, text) {
  set({ field: name });
  const { result } = state.preview;
  const value = result?.evidence[name]?.raw === text && name in result.fields ? result.fields[name] : text;
  return setExpected({ set: { [name]: value } });
}
