"""The pages say what the code does: every endpoint, every reason, and examples that the code itself reads."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from lambdas.contracts import Callback, JobMessage
from lambdas.post_processor.handler import NAMES

ROOT = Path(__file__).parents[2]
API, MESSAGES, ANALYSTS = ((ROOT / "docs" / name).read_text() for name in ("api.md", "messages.md", "analysts.md"))
RAISED = {
    *("Invalid", "NotFound", "Conflict", "Unauthenticated", "Forbidden", "TooLarge", "Unavailable"),
    *("Permanent", "Retryable", "Undeliverable"),
}


def reasons() -> Iterator[str]:
    for room in ("backend", "lambdas"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED:
                    yield from (text for argument in node.args[:2] for text in constants(argument))


def constants(node: ast.expr) -> list[str]:
    written = isinstance(node, ast.Constant) and re.fullmatch(r"[A-Z][A-Z0-9_]+_[A-Z0-9_]+", str(node.value))
    return [str(node.value)] if isinstance(node, ast.Constant) and written else []


@pytest.mark.parametrize("reason", sorted(set(reasons())))
def test_every_reason_is_explained(reason: str) -> None:
    assert f"`{reason}`" in API + MESSAGES + ANALYSTS or f" {reason}`" in MESSAGES


def test_every_endpoint_is_documented(client: Client) -> None:
    schema = client.get("/api/schema", headers={"Accept": "application/vnd.oai.openapi+json"}).json()

    missing = [
        f"{method.upper()} {path}"
        for path, operations in schema["paths"].items()
        for method in operations
        if f"`{method.upper()} {path}`" not in API and (method, path) != ("post", "/api/docs/callback")
    ]
    assert missing == []
    assert "/api/docs/callback" in schema["paths"], "the schema was read"


def test_the_result_example_has_the_result_s_keys(client: Client) -> None:
    schema = client.get("/api/schema", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    documented = next(json.loads(block) for block in examples(API) if '"fieldStatus"' in block)

    assert set(documented) == set(schema["components"]["schemas"]["Result"]["properties"])


def test_the_job_message_example_is_one() -> None:
    (text,) = examples(MESSAGES, "job message")

    assert json.loads(JobMessage.from_json(text).to_json()) == json.loads(text)


@pytest.mark.parametrize("text", re.findall(r"<!-- callback -->\n```json\n(.*?)```", MESSAGES, re.S))
def test_the_callback_examples_are_callbacks(text: str) -> None:
    assert json.loads(Callback.from_json(text).to_json()) == json.loads(text)


def test_the_replay_example_names_what_a_replay_needs() -> None:
    (text,) = examples(MESSAGES, "replay message")

    assert set(json.loads(text)) == set(NAMES)


def test_every_json_example_is_json() -> None:
    for text in [*examples(API), *examples(MESSAGES)]:
        json.loads(text)


def examples(page: str, mark: str | None = None) -> list[str]:
    before = rf"<!-- {mark} -->\n" if mark else ""
    return re.findall(before + r"```json\n(.*?)```", page, re.S)
