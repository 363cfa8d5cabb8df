// What the server refused, in its one shape of error; and the token that lets a request through.

export class Refused extends Error {
  constructor(status, error) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.reason = error.details?.reason ?? "";
    this.details = error.details ?? {};
    this.requestId = error.requestId;
  }
}

export function csrfToken() {
  const named = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
  return named ? named[1] : "";
}
