"""A SeaweedFS S3 server for a test run: it checks signatures, signed headers and conditions, which moto does not."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ACCESS_KEY, SECRET_KEY = "local-access-key", "local-secret-key"
START_TIMEOUT_SECONDS = 60
CONFIG = {
    "identities": [
        {
            "name": "local",
            "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
    ],
    "kms": {
        "default_provider": "local",
        "providers": {"local": {"type": "local", "enableOnDemandCreate": True}},
    },
}


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The endpoint's URL."""
    ports = iter(free_ports(12))
    s3_port = next(ports)
    config = folder / "s3.json"
    config.write_text(json.dumps(CONFIG))
    named = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc")
    named = (*named, "s3.port.grpc")
    command = [
        str(Path(sys.executable).with_name("weed")),
        "server",
        *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3.ip.bind=127.0.0.1", f"-dir={folder}"),
        *("-s3.port.iceberg=0", "-s3.port.lance=0"),
        *("-s3", f"-s3.config={config}", f"-s3.port={s3_port}", "-master.volumeSizeLimitMB=64", "-volume.max=32"),
        *(f"-{name}={next(ports)}" for name in named),
    ]
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
        try:
            endpoint = f"http://127.0.0.1:{s3_port}"
            wait_for(endpoint, process)
            yield endpoint
        finally:
            # Nothing of it is kept, and an orderly stop takes half a minute.
            process.kill()
            process.wait()


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def wait_for(endpoint: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(endpoint, timeout=2)
        except urllib.error.HTTPError:
            return  # it answers: 403 to an unsigned request
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"SeaweedFS did not start; exit code {process.poll()}")
