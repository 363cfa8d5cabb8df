// The printed label nearest to one that was looked for, by edit distance over letters and digits.

import { state } from "./store.js";

export function nearestLabel(wanted) {
  const printed = labelsHere();
  let best = null;
  for (const text of wanted) {
    for (const label of printed) {
      const distance = editDistance(plain(text), plain(label));
      const length = Math.max(plain(text).length, plain(label).length);
      if (length && (!best || distance / length < best.distance / best.length)) best = { label, distance, length };
    }
  }
  return best && best.distance > 0 && best.distance <= best.length * (best.length <= SHORT ? 1 / 3 : 1 / 2) ? best : null;
}

const SHORT = 6; // letters: two others in a word of four make another word

const plain = (text) => text.normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

function labelsHere() {
  const pairs = [...(state.preview?.unmapped?.keyValues ?? []), ...(state.pageData?.keyValues ?? [])];
  return [...new Set(pairs.map((pair) => pair.label ?? pair.key))];
}

function editDistance(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + same));
    }
    row = next;
  }
  return row[other.length];
}
