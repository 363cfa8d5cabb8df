"""A SeaweedFS S3 server: it checks signatures, signed headers, checksums and conditions, which moto does not."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

ACCESS_KEY, SECRET_KEY = "local-access-key", "local-secret-key"
CONFIG = {
    "identities": [
        {
            "name": "local",
            "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
    ],
    "kms": {"default_provider": "local", "providers": {"local": {"type": "local", "enableOnDemandCreate": True}}},
}
PORTS = (
    *("s3.port", "s3.port.grpc", "master.port", "master.port.grpc"),
    *("volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc"),
)


def command(folder: Path, ports: Sequence[int]) -> list[str]:
    """The server's command line, its data and configuration in the folder; a port for each of PORTS, S3's first."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "s3.json"
    config.write_text(json.dumps(CONFIG))
    return [
        str(Path(sys.executable).with_name("weed")),
        f"-logdir={folder}",
        "server",
        *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3.ip.bind=127.0.0.1", f"-dir={folder}"),
        *("-s3.port.iceberg=0", "-s3.port.lance=0"),
        *("-s3", f"-s3.config={config}", "-master.volumeSizeLimitMB=64", "-volume.max=32"),
        *(f"-{name}={port}" for name, port in zip(PORTS, ports, strict=True)),
    ]
