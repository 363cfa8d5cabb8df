"""The API's end of the callback: a real HTTP server that verifies signatures with an independent library."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


class Api:
    """`callbacks` it took, in order; `answers` are given first, then 200. 0 hangs up without an answer."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.callbacks: list[dict[str, Any]] = []
        self.signatures: list[str] = []
        self.answers: list[int] = []
        self.url = ""

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        try:
            Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError:
            return 401
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self.callbacks.append(json.loads(body))
            self.signatures.append(headers["webhook-signature"])
        return status

    @property
    def states(self) -> list[str]:
        return [callback["state"] for callback in self.callbacks]

    def last(self) -> dict[str, Any]:
        return self.callbacks[-1]


@contextmanager
def serving(api: Api) -> Iterator[Api]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = api.take(body, {name.lower(): value for name, value in self.headers.items()})
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *arguments: Any) -> None:
            """The test says what it saw."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
