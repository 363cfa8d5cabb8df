"""What is measured: recorded answers of Textract with a spec each, and long documents made of one page."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from infra.local.application import ROOT
from infra.local.textract import analyze
from mapping_specs import Spec, load_spec

SPECS = ROOT / "mapping_specs" / "specs"
SAMPLE_SPECS = ROOT / "tests" / "samples"


class Document(NamedTuple):
    name: str
    raw: bytes
    spec: Spec

    @property
    def fields(self) -> int:
        return len(self.spec.resolved["fields"])


def of_samples(folder: Path) -> list[Document]:
    """Every NAME.response.json for which tests/samples has a spec."""
    return [
        Document(name, path.read_bytes(), load_spec(spec.read_text()))
        for path in sorted(folder.glob("*.response.json"))
        for name in [path.name.removesuffix(".response.json")]
        if (spec := SAMPLE_SPECS / f"{name}.yaml").is_file()
    ]


def of_fixtures() -> list[Document]:
    """The fixtures' PDFs as the local Textract reads them."""
    return [_of_pdf(path) for path in sorted((ROOT / "fixtures" / "documents").glob("*/*.pdf"))]


def _of_pdf(path: Path) -> Document:
    spec = load_spec((SPECS / f"{path.parent.name}.yaml").read_text())
    queries = [{"Text": text, "Alias": alias} for alias, text in spec.textract["queries"].items()]
    answer = analyze(path.read_bytes(), features=spec.textract["features"], queries=queries or None)
    return Document(f"{path.parent.name}/{path.stem}", orjson.dumps(answer), spec)


def repeated(raw: bytes, pages: int) -> bytes:
    """A one-page answer as a document of that many such pages: ids made unique, pages numbered."""
    response = orjson.loads(raw)
    blocks = [block for page in range(1, pages + 1) for block in _on_page(response["Blocks"], page)]
    return orjson.dumps({**response, "Blocks": blocks, "DocumentMetadata": {"Pages": pages}})


def _on_page(blocks: list[dict[str, Any]], page: int) -> list[dict[str, Any]]:
    moved = copy.deepcopy(blocks)
    for block in moved:
        block["Id"], block["Page"] = f"{block['Id']}-{page}", page
        for relationship in block.get("Relationships") or []:
            relationship["Ids"] = [f"{identity}-{page}" for identity in relationship["Ids"]]
    return moved


def with_fields(spec: Spec, count: int) -> Spec:
    """The spec with its fields, repeated under other names, brought to that many."""
    own = list(spec.resolved["fields"].items())
    fields = {f"{own[number % len(own)][0]}_{number}": own[number % len(own)][1] for number in range(count)}
    return Spec({**spec.resolved, "fields": fields, "rules": [], "variants": []})


def changed(raw: bytes, number: int) -> bytes:
    """The same answer with other texts: as if of another person."""
    response = orjson.loads(raw)
    for block in response.get("Blocks", []):
        if isinstance(block.get("Text"), str):
            block["Text"] = f"{block['Text']}{number}"
    return orjson.dumps(response)
