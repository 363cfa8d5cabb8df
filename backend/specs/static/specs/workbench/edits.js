// Changes made by pointing: the server edits the YAML so that comments, order and quoting stay.

import { post } from "./api.js";
import { sayRefused } from "./dialogs.js";
import { urls } from "./initial.js";
import { set, state } from "./store.js";

let queue = Promise.resolve();

export function edit(operation) {
  queue = queue.then(() => attempt(operation));
  return queue;
}

async function attempt(operation) {
  try {
    for (;;) {
      const text = state.text;
      const answer = await post(urls.edit, { text, operation });
      // Typed meanwhile: the change is made again, to what is there now.
      if (state.text !== text) continue;
      set({ text: answer.text, field: answer.field });
      return answer;
    }
  } catch (error) {
    sayRefused(error);
    return null;
  }
}
