"""What a cold start costs: importing the engine, loading a bundle, the first use of one of its specs."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence

from bench.documents import Document
from bench.promises import Promises
from bench.speed import engine
from bench.timing import median_seconds, seconds
from infra.local.application import ROOT
from mapping_specs import Spec, pack, unpack

SPECS = 200
LOAD_LIMIT_MS = 20.0
IMPORT_LIMIT_MS = 40.0
IMPORT_ROUNDS = 15
FACE = "from mapping_specs import build_view, extract, unpack"
"""What the processor imports; with it comes everything that the sources, tables and types are made of."""


HEAVY = (
    "jmespath",
    "mapping_specs.engine.expressions",
    "mapping_specs.engine.types.dates",
    "mapping_specs.engine.types.numbers",
    "orjson",
    "phonenumbers",
    "rapidfuzz.distance",
    "re2",
)
"""Loaded where a document needs them: for an expression, a date, a number, a bundle, a phone, a label that is nearly
right, a pattern."""


def report_bundle(documents: Sequence[Document], promises: Promises) -> None:
    specs = [documents[number % len(documents)].spec for number in range(SPECS)]
    named = [Spec({**spec.resolved, "doc_type": f"kind_{number}"}) for number, spec in enumerate(specs)]
    packed = pack((spec, 1) for spec in named)
    loading = median_seconds(lambda: unpack(packed.data, packed.id), 15)
    print(f"a bundle of {SPECS} specs, {len(packed.data) / 1024:.0f} kB packed")
    print(promises.hold("loading it", loading * 1000, LOAD_LIMIT_MS, "ms"))
    spec, _ = unpack(packed.data).spec("kind_0")
    document = documents[0]._replace(spec=spec)
    first, second = seconds(lambda: engine(document)), median_seconds(lambda: engine(document), 5)
    print(f"first use of one of its specs {first * 1000:.2f} ms, then {second * 1000:.2f} ms")


def report_import(document: Document, promises: Promises) -> None:
    used = [name for name in HEAVY if name in _modules_of_use(document)]
    bare, face, whole = _cpu_ms(["pass", FACE, "\n".join([FACE, *(f"import {name}" for name in used)])])
    print(promises.hold("importing the engine, on a bare interpreter", face - bare, IMPORT_LIMIT_MS, "ms"))
    print(f"with what the first document of {document.spec.doc_type} loads: {whole - bare:.1f} ms ({', '.join(used)})")


def _modules_of_use(document: Document) -> list[str]:
    """Everything loaded once that document has been mapped by a spec from a bundle."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        bundle, answer = os.path.join(folder, "bundle"), os.path.join(folder, "answer")
        with open(bundle, "wb") as file:
            file.write(pack([(document.spec, 1)]).data)
        with open(answer, "wb") as file:
            file.write(document.raw)
        code = (
            f"{FACE}\nimport orjson\nspec, _ = unpack(open({bundle!r}, 'rb').read()).spec({document.spec.doc_type!r})\n"
            f"extract(build_view(orjson.loads(open({answer!r}, 'rb').read())), spec)"
        )
        return _loaded(code)


def _loaded(code: str) -> list[str]:
    script = f"import sys\nbefore = set(sys.modules)\n{code}\nprint(*sorted(set(sys.modules) - before))"
    return _run(script).split()


def _run(code: str) -> str:
    """In a fresh interpreter that finds everything compiled, as a container does after its first start."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(ROOT / ".local" / "bytecode")
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    ).stdout


def _cpu_ms(codes: Sequence[str]) -> list[float]:
    """Processor time of fresh interpreters, in turns: other work on the machine counts for little in it."""
    taken: list[list[float]] = [[] for _ in codes]
    for code in codes:
        _run(code)
    for _ in range(IMPORT_ROUNDS):
        for times, code in zip(taken, codes, strict=True):
            before = _children_seconds()
            _run(code)
            times.append((_children_seconds() - before) * 1000)
    return [statistics.median(times) for times in taken]


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
