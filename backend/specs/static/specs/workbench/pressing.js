// What is pressed stays until it is let go: a button that is drawn anew between press and release never hears of its click.

let pressed = null;
const waiting = new Map(); // root → what draws it

export function unlessPressed(root, draw) {
  if (pressed && root.contains(pressed)) {
    waiting.set(root, draw);
    return;
  }
  waiting.delete(root);
  draw();
}

function release() {
  pressed = null;
  const draws = [...waiting.values()];
  waiting.clear();
  for (const draw of draws) draw();
}

const listen = (kind, listener) => window.addEventListener(kind, listener, { capture: true });

listen("pointerdown", (event) => {
  pressed = event.button === 0 ? event.target : null;
});
// What the click itself changes is drawn at once.
listen("click", () => {
  pressed = null;
});
// The click comes after the release.
listen("pointerup", () => setTimeout(release));
listen("pointercancel", release);
// Let go where nobody told of it: in a list of choices, in another window.
listen("pointermove", (event) => pressed && event.buttons === 0 && release());
