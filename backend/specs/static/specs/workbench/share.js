// A link to what is seen. Unsaved text travels in the fragment, which no server ever gets to see.

import { address } from "./address.js";
import { askIn, say } from "./dialogs.js";
import { h } from "./dom.js";
import { isUnsaved, set, state } from "./store.js";

const PREFIX = "#text=";

export async function share() {
  const fragment = isUnsaved() ? PREFIX + (await packed(state.text)) : "";
  const link = location.origin + address() + fragment;
  try {
    await navigator.clipboard.writeText(link);
    say(fragment ? "Link copied, with your unsaved text in it." : "Link copied.");
  } catch {
    const input = h("input", { value: link, readonly: true, "aria-label": "Link" });
    await askIn({ title: "Copy this link", body: input, buttons: [{ label: "Close", primary: true }], initialFocus: input });
  }
}

export async function readShared() {
  if (!location.hash.startsWith(PREFIX)) return;
  try {
    set({ text: await unpacked(location.hash.slice(PREFIX.length)) });
    say("This is the unsaved text of whoever shared the link.");
  } catch {
    say("The text in this link cannot be read.", "error");
  }
  history.replaceState(null, "", location.pathname + location.search);
}

async function through(stream, bytes) {
  const blob = new Blob([bytes]);
  return new Uint8Array(await new Response(blob.stream().pipeThrough(stream)).arrayBuffer());
}

async function packed(text) {
  const bytes = await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(text));
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

async function unpacked(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return new TextDecoder().decode(await through(new DecompressionStream("deflate-raw"), bytes));
}
