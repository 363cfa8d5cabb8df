"""Textract's JSON protocol over HTTP, so that boto3 talks to it unchanged.

Tests can make the next calls fail, as the cloud does: `POST /_faults {"errors": ["ThrottlingException", …]}`.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from infra.local.textract.errors import InvalidParameter, TextractError
from infra.local.textract.operations import Textract

log = logging.getLogger("textract")
MAX_REQUEST_BYTES = 16 * 1024 * 1024


class Faults:
    """Errors to answer with before anything else, one a call."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.lock = threading.Lock()

    def take(self) -> str | None:
        with self.lock:
            return self.names.pop(0) if self.names else None

    def put(self, names: list[str]) -> None:
        with self.lock:
            self.names += names


class Handler(BaseHTTPRequestHandler):
    server: TextractServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(200, {"status": "ok"})

    def do_POST(self) -> None:
        started = time.monotonic()
        size = int(self.headers.get("Content-Length") or 0)
        if size > MAX_REQUEST_BYTES:
            self.close_connection = True
            self._refuse(InvalidParameter("The request is too large."))
            return
        body = self.rfile.read(size)
        if self.path == "/_faults":
            self.server.faults.put(json.loads(body)["errors"])
            self._answer(200, {})
            return
        operation = self.headers.get("X-Amz-Target", "").partition(".")[2]
        self.server.calls.append(operation)
        status = self._perform(operation, body)
        seconds = time.monotonic() - started
        log.info("called", extra={"operation": operation, "status": status, "ms": round(seconds * 1000)})

    def _perform(self, operation: str, body: bytes) -> int:
        fault = self.server.faults.take()
        if fault:
            return self._fail(500 if fault == "InternalServerError" else 400, fault, "asked for by a test")
        try:
            request = json.loads(body or b"{}")
            return self._answer(200, self.server.textract.call(operation, request))
        except TextractError as error:
            return self._refuse(error)
        except json.JSONDecodeError:
            return self._refuse(InvalidParameter("The request is not JSON."))
        except Exception:
            log.exception("failed", extra={"operation": operation})
            return self._fail(500, "InternalServerError", "Internal server error")

    def _refuse(self, error: TextractError) -> int:
        return self._fail(error.status, error.name, str(error))

    def _fail(self, status: int, name: str, message: str) -> int:
        log.info("refused", extra={"error": name})
        return self._answer(status, {"__type": name, "Message": message})

    def _answer(self, status: int, answer: dict[str, Any]) -> int:
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        return status

    def log_message(self, *arguments: Any) -> None:
        """Logged by `do_POST`, with what matters."""


class TextractServer(ThreadingHTTPServer):
    """On 127.0.0.1; port 0 takes a free one."""

    daemon_threads = True

    def __init__(self, textract: Textract, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.textract = textract
        self.faults = Faults()
        self.calls: list[str] = []
        """The operations asked for so far."""
