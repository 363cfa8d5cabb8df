"""A real HTTP server in front of the API, through which the processor's callbacks pass, or wait."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

HOP_HEADERS = {"host", "content-length", "connection", "transfer-encoding"}


class Gate:
    """Callbacks pass to the API unless `holds` says so of one; a held one is dropped without an answer.

    `passed` lists (state, attempt, HTTP status) in order; `held` is set when one was.
    """

    def __init__(self) -> None:
        self.api_url = ""
        self.url = ""
        self.holds: Callable[[dict[str, Any]], bool] = lambda callback: False
        self.held = threading.Event()
        self.passed: list[tuple[str, int, int]] = []
        self.http = httpx.Client(timeout=120)

    def forward(self, path: str, headers: dict[str, str], body: bytes) -> httpx.Response | None:
        callback = json.loads(body)
        if self.holds(callback):
            self.held.set()
            return None
        kept = {name: value for name, value in headers.items() if name.lower() not in HOP_HEADERS}
        answer = self.http.put(self.api_url + path, content=body, headers=kept)
        self.passed.append((callback["state"], callback["attempt"], answer.status_code))
        return answer


@contextmanager
def gate() -> Iterator[Gate]:
    one = Gate()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = one.forward(self.path, dict(self.headers), body)
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer.status_code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *arguments: Any) -> None:
            """The test says what it saw."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()
        one.http.close()
