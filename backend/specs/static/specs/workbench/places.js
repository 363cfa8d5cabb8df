// Boxes: where a field stands on the page, and whether two are the same place.

// The first place of a field or a table of the spec: {page, box}, null where nothing was found.
export function boxOf(field, preview) {
  const evidence = preview?.result?.evidence?.[field];
  if (!evidence) return null;
  const node = Array.isArray(evidence) ? Object.values(evidence[0] ?? {}).find((cell) => cell?.box) : evidence;
  return node?.box && node.page ? { page: node.page, box: node.box } : null;
}

const NEAR = 0.002;

export const sameBox = (one, other) =>
  Boolean(one && other) &&
  ["left", "top", "width", "height"].every((side) => Math.abs(one[side] - other[side]) < NEAR);

export function inside(inner, outer) {
  const x = inner.left + inner.width / 2;
  const y = inner.top + inner.height / 2;
  return x >= outer.left && x <= outer.left + outer.width && y >= outer.top && y <= outer.top + outer.height;
}

export function around(boxes) {
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const right = Math.max(...boxes.map((box) => box.left + box.width));
  const bottom = Math.max(...boxes.map((box) => box.top + box.height));
  return { left, top, width: right - left, height: bottom - top };
}
