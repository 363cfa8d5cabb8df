"""Submit → DONE through the whole local product, beside the engine alone on the same documents.

The time of a job runs from the moment before submit is called to the API's `completedAt`, one clock for both.
"""

from __future__ import annotations

import re
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

import mapping_specs
from infra.local.agent_app import AgentApp
from infra.local.application import PROCESSOR, ROOT, Application, running

DOCUMENT = ROOT / "fixtures" / "documents" / "motor_logbook" / "registration_certificate.pdf"
SPEC = ROOT / "mapping_specs" / "specs" / "motor_logbook.yaml"
JOBS = 100
PROCESSORS = 2
MEMORY_LIMIT_MB = 256


@dataclass(frozen=True)
class Sent:
    job_id: str
    sent_at: float


def main() -> int:
    folder = ROOT / ".local"
    folder.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="bench-", dir=folder) as state,
        running(Path(state), processors=PROCESSORS) as application,
    ):
        return measure(application)


def measure(application: Application) -> int:
    phone = signed_in(application)
    send_and_wait(phone, number=-1)  # cold start: imports, the bundle, the first connections
    steady = [send_and_wait(phone, number=number) for number in range(20)]
    burst = burst_seconds(phone)
    engine = engine_seconds(phone)
    memory = [peak_memory_mb(application, f"{PROCESSOR}-{n}") for n in range(1, PROCESSORS + 1)]
    print(f"submit → DONE, one-page PDFs, {PROCESSORS} pollers")
    print(f"  one at a time       p50 {ms(steady, 50)}   p95 {ms(steady, 95)}   (20 jobs)")
    print(f"  {JOBS} at once         p50 {ms(burst, 50)}   p95 {ms(burst, 95)}   ({JOBS / max(burst):.1f} jobs/s)")
    print(f"engine alone          p50 {ms(engine, 50)}   p95 {ms(engine, 95)}   (stored answer → result)")
    print(f"processor peak memory {max(memory):.0f} MB   (limit {MEMORY_LIMIT_MB} MB)")
    return 0 if max(memory) < MEMORY_LIMIT_MB else 1


def signed_in(application: Application) -> AgentApp:
    alice = next(person for person in application.people() if person["username"] == "alice")
    return AgentApp(application.api_url, username="alice", password=alice["password"])


def send(phone: AgentApp, number: int) -> Sent:
    content = DOCUMENT.read_bytes() + b"\n%% copy %d\n" % number
    upload = phone.presign(
        filename=f"{number}.pdf",
        content=content,
        doc_type="motor_logbook",
        mime_type="application/pdf",
        agent_id="AG-001",
    )
    phone.put(upload, content)
    sent_at = time.time()
    return Sent(phone.submit(upload, doc_type="motor_logbook"), sent_at)


def seconds_until_done(phone: AgentApp, sent: Sent) -> float:
    status = phone.wait(sent.job_id, timeout_seconds=300)
    if status["state"] != "DONE":
        raise SystemExit(f"job {sent.job_id} ended {status}")
    return datetime.fromisoformat(phone.result(sent.job_id)["completedAt"]).timestamp() - sent.sent_at


def send_and_wait(phone: AgentApp, *, number: int) -> float:
    return seconds_until_done(phone, send(phone, number))


def burst_seconds(phone: AgentApp) -> list[float]:
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda number: send(phone, number), range(1000, 1000 + JOBS)))
    return [seconds_until_done(phone, one) for one in sent]


def engine_seconds(phone: AgentApp) -> list[float]:
    """Stored answer's bytes → result, orjson's parsing included."""
    sent = send(phone, 5000)
    seconds_until_done(phone, sent)
    raw = phone.s3.get(phone.result(sent.job_id)["rawJsonUrl"]).content
    spec = mapping_specs.load_spec(SPEC.read_text())
    return [engine_once(raw, spec) for _ in range(JOBS)]


def engine_once(raw: bytes, spec: Any) -> float:
    started = time.perf_counter()
    mapping_specs.extract(mapping_specs.build_view(orjson.loads(raw)), spec)
    return time.perf_counter() - started


def peak_memory_mb(application: Application, name: str) -> float:
    status = Path(f"/proc/{application.stack.pid(name)}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def ms(seconds: list[float], percent: int) -> str:
    value = statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]
    return f"{value * 1000:8.1f} ms"


if __name__ == "__main__":
    raise SystemExit(main())
