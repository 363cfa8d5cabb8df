"""The insurance agent's app, as far as the API sees it: token, presign, PUT to S3, submit, poll, result."""

from __future__ import annotations

import hashlib
import mimetypes
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ENDED = ("DONE", "FAILED")
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.1, 2.0
JOB_SECONDS = 300
"""What a job may take on a busy machine; a document is read in a second or two on an idle one."""
HTTP_SECONDS = 60


class ApiRefused(Exception):
    """The API or S3 answered with an error: `status` is HTTP's, `code` and `reason` the API's where it said them."""

    def __init__(self, step: str, response: httpx.Response) -> None:
        error = _error(response)
        self.step, self.status = step, response.status_code
        self.code = error.get("code", "")
        self.reason = (error.get("details") or {}).get("reason", "")
        super().__init__(
            f"{step}: {response.status_code} {self.code} {self.reason} {error.get('message', '')}".rstrip()
        )


def _error(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body.get("error") or {} if isinstance(body, dict) else {}


@dataclass(frozen=True)
class Upload:
    """What presign answered: where to PUT the bytes, and with which headers."""

    url: str
    object_key: str
    headers: dict[str, str]
    expires_seconds: int


class AgentApp:
    """One signed-in agent. Safe to use from several threads."""

    def __init__(self, api_url: str, *, username: str, password: str) -> None:
        self.http = httpx.Client(base_url=api_url, timeout=HTTP_SECONDS)
        self.s3 = httpx.Client(timeout=HTTP_SECONDS)
        self._credentials = {"username": username, "password": password}
        self._sign_in()

    def close(self) -> None:
        self.http.close()
        self.s3.close()

    def presign(self, *, filename: str, content: bytes, doc_type: str, mime_type: str, agent_id: str) -> Upload:
        asked = {
            "filename": filename,
            "mimeType": mime_type,
            "sizeBytes": len(content),
            "docType": doc_type,
            "agentId": agent_id,
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        answer = self._post("presign", "/api/docs/presign", asked)
        return Upload(answer["uploadUrl"], answer["objectKey"], answer["headers"], answer["expiresInSec"])

    def put(self, upload: Upload, content: bytes) -> None:
        response = self.s3.put(upload.url, content=content, headers=upload.headers)
        if response.is_error:
            raise ApiRefused("upload", response)

    def submit(self, upload: Upload, *, doc_type: str, correlation_id: str | None = None) -> str:
        asked = {"objectKey": upload.object_key, "docType": doc_type, "correlationId": correlation_id}
        return str(self._post("submit", "/api/docs/submit", asked)["jobId"])

    def send(self, path: Path, *, doc_type: str, agent_id: str, correlation_id: str | None = None) -> str:
        """Presign, upload and submit; the job's id."""
        content = path.read_bytes()
        mime_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        upload = self.presign(
            filename=path.name, content=content, doc_type=doc_type, mime_type=mime_type, agent_id=agent_id
        )
        self.put(upload, content)
        return self.submit(upload, doc_type=doc_type, correlation_id=correlation_id)

    def status(self, job_id: str) -> dict[str, Any]:
        return self._get("status", f"/api/docs/status/{job_id}")

    def wait(
        self, job_id: str, *, timeout_seconds: float = JOB_SECONDS, seen: Callable[[str], None] = lambda state: None
    ) -> dict[str, Any]:
        """Poll with growing pauses until the job is DONE or FAILED; the last status. TimeoutError past the limit."""
        deadline, pause = time.monotonic() + timeout_seconds, FIRST_WAIT_SECONDS
        while True:
            status = self.status(job_id)
            seen(status["state"])
            if status["state"] in ENDED:
                return status
            if time.monotonic() > deadline:
                raise TimeoutError(f"job {job_id} is still {status['state']} after {timeout_seconds:.0f} s")
            time.sleep(pause)
            pause = min(pause * 1.3, LONGEST_WAIT_SECONDS)

    def result(self, job_id: str) -> dict[str, Any]:
        return self._get("result", f"/api/docs/result/{job_id}")

    def _sign_in(self) -> None:
        token = _checked("sign in", self.http.post("/api/auth/token", json=self._credentials))
        self.http.headers["Authorization"] = f"Bearer {token['access']}"

    def _get(self, step: str, path: str) -> dict[str, Any]:
        return self._asked(step, lambda: self.http.get(path))

    def _post(self, step: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._asked(step, lambda: self.http.post(path, json=body))

    def _asked(self, step: str, ask: Callable[[], httpx.Response]) -> dict[str, Any]:
        """Signed in again, once, where the token has run out: it lasts half an hour."""
        response = ask()
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self._sign_in()
            response = ask()
        return _checked(step, response)


def _checked(step: str, response: httpx.Response) -> dict[str, Any]:
    if response.is_error:
        raise ApiRefused(step, response)
    body: dict[str, Any] = response.json()
    return body
