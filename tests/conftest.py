"""A PostgreSQL of its own for every test run that needs one, unless DATABASE_URL names a server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.folders import ServerFolder


@pytest.fixture(scope="session")
def server_folder() -> ServerFolder:
    """Makes folders that other system users reach: as root, PostgreSQL runs as a user of its own.

    Not pytest's: each run that starts closes their common parent to others, also for the runs under way.
    """

    @contextmanager
    def made(name: str) -> Iterator[Path]:
        with TemporaryDirectory(prefix=f"docmap-{name}-", ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    return made


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    server_folder: ServerFolder,
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Start PostgreSQL for the first test that asks for the database; each xdist worker has its own server."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    from django.db import connections

    from infra.local import postgres

    with server_folder("postgres") as folder:
        server = postgres.started(folder / "data")
        _point_django_at(server.get_uri())
        yield
        connections.close_all()
        server.cleanup()


def _point_django_at(uri: str) -> None:
    from django.db import connections

    parts = urlsplit(uri)
    host: Any = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    connections.settings["default"].update(
        NAME=parts.path.lstrip("/"), USER=parts.username or "postgres", HOST=host, PORT=str(parts.port or "")
    )
