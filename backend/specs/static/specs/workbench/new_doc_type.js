// A first visit: a dropped document becomes a docType with a draft.

import { post } from "./api.js";
import { byId, h } from "./dom.js";
import { guessedName } from "./guessing.js";
import { initial } from "./initial.js";
import { ACCEPTED, onDrop } from "./dropping.js";

let file = null;
const form = byId("new-form");

function take([dropped]) {
  if (!dropped) return;
  file = dropped;
  const name = dropped.name.replace(/\.[^.]+$/, "").replace(/[_-]+/g, " ").trim();
  form.elements.title.value = name.charAt(0).toUpperCase() + name.slice(1);
  form.elements.docType.value = guessedName(name, initial.docTypes);
  byId("chosen").replaceChildren(h("strong", {}, dropped.name), ` ${Math.ceil(dropped.size / 1024)} kB`);
  byId("trouble").textContent = "";
  form.hidden = false;
  form.elements.title.select();
}

function choose() {
  const input = h("input", { type: "file", accept: ACCEPTED, class: "visually-hidden", "aria-label": "Document" });
  input.addEventListener("change", () => take([...input.files]));
  input.click();
}

async function send(event) {
  event.preventDefault();
  const submit = form.querySelector("button");
  submit.disabled = true;
  const body = new FormData(form);
  body.append("file", file);
  try {
    const { url } = await post(initial.urls.new, body);
    location.assign(url);
  } catch (error) {
    byId("trouble").textContent = error.message;
    submit.disabled = false;
  }
}

byId("drop").addEventListener("click", choose);
byId("drop").disabled = false; // a click that came before this script would have been for nothing
onDrop(document.body, take);
form.addEventListener("submit", send);
form.elements.title.addEventListener("input", () => {
  form.elements.docType.value = guessedName(form.elements.title.value, initial.docTypes);
});
document.body.dataset.ready = "true";
