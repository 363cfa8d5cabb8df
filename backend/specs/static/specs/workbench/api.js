// Requests to the server: one shape of error, and a session that ended asks for the password and goes on.

import { Refused, csrfToken } from "./refused.js";
import { signInAgain } from "./sign_in.js";
import { urls } from "./initial.js";

export const get = (url, options) => ask("GET", url, undefined, options);
export const post = (url, body, options) => ask("POST", url, body, options);
export const put = (url, body, options) => ask("PUT", url, body, options);
export const remove = (url, options) => ask("DELETE", url, undefined, options);

async function ask(method, url, body, options = {}) {
  const response = await sent(method, url, body, options);
  if (response.status !== 401) return answerOf(response);
  await signInAgain();
  return answerOf(await sent(method, url, body, options));
}

async function sent(method, url, body, { signal } = {}) {
  const isForm = body instanceof FormData;
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  if (body !== undefined && !isForm) headers["Content-Type"] = "application/json";
  try {
    return await fetch(url, { method, headers, signal, body: isForm || body === undefined ? body : JSON.stringify(body) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, { code: "TEMPORARY", message: "The server cannot be reached. What you typed is kept here." });
  }
}

async function answerOf(response) {
  const body = response.status === 204 ? null : await response.json().catch(() => null);
  if (response.ok) return body;
  throw new Refused(response.status, body?.error ?? unworded(response.status));
}

function unworded(status) {
  const message = status === 413 ? "That is too large for the server." : `The server answered ${status}. Try again.`;
  return { code: "TEMPORARY", message };
}

export const sampleUrl = (id, rest = "") => `${urls.samples}${id}${rest}`;
