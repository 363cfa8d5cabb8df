// A library that the text extends may have been saved since the revision was: saving takes the newer one.

import { initial, permissions } from "./initial.js";
import { isUnsaved, state } from "./store.js";

export const savedAs = (revision) => ({ sha256: revision?.sha256 ?? null, libraries: revision?.libraries ?? {} });

// In words, as the note of the revision will say it: "kenya/base 3 instead of 2".
export function moved(before, after) {
  return Object.keys(after ?? {})
    .filter((name) => before[name] && before[name] !== after[name])
    .map((name) => `${name} ${after[name]} instead of ${before[name]}`);
}

// What is only looked at, an old revision, or any by those who edit none, is read as it was saved. Null: it is being edited.
export function lookedAt() {
  const isOld = state.baseNumber && state.baseNumber < initial.newestNumber;
  return !isUnsaved() && (isOld || !permissions.edit) ? state.baseNumber : null;
}

// Is there something to save: another text, or the same one over a newer library?
export const isSavable = () => isUnsaved() || !state.baseNumber || isOverNewer();

export const newer = () => (isUnsaved() || isOverNewer() ? moved(state.saved.libraries, state.preview?.libraries) : []);

function isOverNewer() {
  const { preview, saved, stale } = state;
  return Boolean(preview && saved.sha256 && !stale && preview.textSha256 !== saved.sha256);
}
