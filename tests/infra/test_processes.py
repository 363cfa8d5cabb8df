"""Servers on this machine: an address of their own, and told apart by what kept them from coming up."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from infra.local.processes import NotStarted, Processes, answers, free_port, listening


def test_of_two_that_want_an_address_at_the_same_time_one_gets_it() -> None:
    wanted = free_port()
    with listening(wanted) as first, listening(wanted) as second:
        ports = [one.getsockname()[1] for one in (first, second)]

    assert ports[0] == wanted
    assert ports[1] != wanted


def test_a_server_answers_at_the_address_it_inherits(tmp_path: Path) -> None:
    serve = (
        "import http.server, socket, sys;"
        "server = http.server.HTTPServer(('127.0.0.1', 0), http.server.SimpleHTTPRequestHandler, False);"
        "server.socket = socket.socket(fileno=int(sys.argv[1]));"
        "server.serve_forever()"
    )
    processes = Processes(tmp_path / "logs")
    with listening() as address:
        url = f"http://127.0.0.1:{address.getsockname()[1]}/"
        argv = [sys.executable, "-c", serve, str(address.fileno())]
        processes.start("files", argv, os.environ, cwd=tmp_path, inherits=[address])
        processes.wait_until_it_answers("files", url)
        processes.stop("files")

    assert not answers(url)


def test_a_server_that_ends_is_named_with_its_log_and_how_that_ends(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    processes.start("s3", [sys.executable, "-c", "raise SystemExit('the disk is full')"], os.environ)

    with pytest.raises(NotStarted) as trouble:
        processes.wait_until_it_answers("s3", f"http://127.0.0.1:{free_port()}/")

    assert str(trouble.value).startswith("s3 did not start: it ended. ")
    assert str(tmp_path / "s3.log") in str(trouble.value)
    assert str(trouble.value).endswith("the disk is full\n")
