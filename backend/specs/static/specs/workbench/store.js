// The page is one state; each pane draws itself from it and changes it here.

const listeners = [];

export const state = {
  text: "", // what the editor holds
  savedText: "", // of the revision it was opened from
  baseNumber: null, // that revision's number
  saved: { sha256: null, libraries: {} }, // what that revision is by, its text and the libraries it pins
  sample: null, // id
  page: 1,
  field: null,
  aim: null, // path of the expected cell that the next click on the page is for
  view: "yaml",
  samples: [],
  samplesOf: { textSha256: "", calibration: null }, // what their outcomes are of
  preview: null, // the server's last answer that is about this sample
  stale: false, // typed since
  pageData: null, // what is printed on the page shown
  matrix: null,
  completions: null,
};

export function set(changes) {
  const changed = Object.keys(changes).filter((key) => state[key] !== changes[key]);
  if (!changed.length) return;
  Object.assign(state, changes);
  for (const { keys, listener } of listeners) {
    if (keys.some((key) => changed.includes(key))) listener(changed);
  }
}

export function on(keys, listener) {
  listeners.push({ keys, listener });
}

export const isUnsaved = () => state.text !== state.savedText;
export const sampleShown = () => state.samples.find((sample) => sample.id === state.sample) ?? null;
