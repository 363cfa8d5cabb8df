"""A sample's way through the whole product: S3, queue, processor, Textract, callback, preview, and the worker's matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.agent_app import HTTP_SECONDS
from infra.local.application import Application
from tests.journeys.people import People
from tests.waiting import eventually

pytestmark = pytest.mark.stack


class Workbench:
    """What the page does, without the page: a session of a person, and a docType."""

    def __init__(self, application: Application, person: dict[str, Any]) -> None:
        self.http = httpx.Client(
            base_url=application.api_url, timeout=HTTP_SECONDS, headers={"Accept": "application/json"}
        )
        sign_in = "/admin/specs/mappingspec/sign-in/"
        token = self.http.get(sign_in).json()["csrfToken"]
        body = {"username": person["username"], "password": person["password"]}
        answer = self.http.post(sign_in, json=body, headers={"X-CSRFToken": token})
        assert answer.status_code == 200, answer.text
        self.http.headers["X-CSRFToken"] = answer.json()["csrfToken"]

    def open(self, application: Application, doc_type: str) -> None:
        code = f"from backend.specs.models import MappingSpec as M; print(M.objects.get(doc_type='{doc_type}').pk)"
        self.spec_id = application.manage("shell", "-v", "0", "-c", code).strip().splitlines()[-1]

    def url(self, tail: str) -> str:
        return f"/admin/specs/mappingspec/{self.spec_id}/{tail}"

    def get(self, tail: str) -> Any:
        return self.http.get(self.url(tail)).json()

    def post(self, tail: str, **body: Any) -> Any:
        answer = self.http.post(self.url(tail), json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def upload(self, path: Path) -> Any:
        answer = self.http.post(self.url("samples/"), files={"file": (path.name, path.read_bytes())})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def wait(self, tail: str, ended: Callable[[Any], bool]) -> Any:
        eventually(lambda: ended(self.get(tail)))
        return self.get(tail)


@pytest.fixture
def ana(application: Application, people: People) -> Iterator[Workbench]:
    workbench = Workbench(application, people["ana"])
    workbench.open(application, "motor_logbook")
    yield workbench
    workbench.http.close()


def text_of(doc_type: str) -> str:
    return (Path(__file__).parents[2] / "mapping_specs" / "specs" / f"{doc_type}.yaml").read_text(encoding="utf-8")


def test_a_document_becomes_a_sample_and_the_worker_says_which_pass(ana: Workbench, documents: Path) -> None:
    sample = ana.upload(documents / "motor_logbook" / "registration_certificate.pdf")
    at = f"samples/{sample['id']}"
    read = ana.wait(at, lambda shown: shown["state"] in ("DONE", "FAILED"))
    assert (read["state"], read["pageCount"]) == ("DONE", 1)

    text = text_of("motor_logbook")
    shown = ana.post("preview", text=text, sampleId=sample["id"])
    assert shown["needsTextract"] == [], "a sample is asked for every feature a draft may want"
    fields = shown["result"]["fields"]
    assert fields["registration_number"]
    assert ana.http.get(ana.url(f"{at}/pages/1.png")).headers["Content-Type"] == "image/png"

    assert ana.http.put(ana.url(f"{at}/expected"), json={"fields": fields}).status_code == 200
    run = ana.post("matrix", text=text)
    matrix = ana.wait(f"matrix/{run['runId']}", lambda shown: shown["state"] in ("DONE", "FAILED"))
    assert (matrix["state"], matrix["done"]) == ("DONE", matrix["total"])
    assert [one["passed"] for one in matrix["samples"] if one["id"] == sample["id"]] == [True]
    assert ana.get(at)["state"] == "DONE"

    assert ana.http.delete(ana.url(at)).status_code == 204
    assert ana.http.get(ana.url(at)).status_code == 404


def test_several_pages_are_read_asynchronously(application: Application, ana: Workbench, documents: Path) -> None:
    ana.open(application, "motor_claim_form")
    sample = ana.upload(documents / "motor_claim_form" / "three_pages.pdf")
    read = ana.wait(f"samples/{sample['id']}", lambda shown: shown["state"] in ("DONE", "FAILED"))
    assert (read["state"], read["pageCount"]) == ("DONE", 3)
    page = ana.get(f"samples/{sample['id']}/pages/3.json")
    assert page["lines"]
    assert ana.http.delete(ana.url(f"samples/{sample['id']}")).status_code == 204
