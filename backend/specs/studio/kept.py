"""What this process keeps between two keystrokes: parsed answers, document bytes, read texts, evidence. Bounded by bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

import orjson
from django.conf import settings

import mapping_specs
from backend.aws import storage
from backend.errors import Conflict, Unavailable
from backend.specs.models import Sample, SampleState

Value = TypeVar("Value")

VIEW_BYTES_PER_RESPONSE_BYTE = 6
"""Measured: a view with its blocks takes five to six times the bytes of the JSON."""


class Kept:
    """The least recently used go first. Two threads may make the same value once each; both get the same kind."""

    def __init__(self, max_bytes: Callable[[], int]) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self.bytes = 0

    def get(self, key: Hashable, make: Callable[[], tuple[Value, int]]) -> Value:
        """The value kept under `key`, else what `make` gives: the value and the bytes it takes."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return cast(Value, self._values[key][0])
        value, size = make()
        self._keep(key, value, size)
        return value

    def peek(self, key: Hashable) -> Any:
        """The value kept under `key`; None where there is none."""
        with self._lock:
            return self._values.get(key, (None, 0))[0]

    def _keep(self, key: Hashable, value: Any, size: int) -> None:
        with self._lock:
            self.bytes += size - self._values.pop(key, (None, 0))[1]
            self._values[key] = (value, size)
            # The newest stays, however large: it is in use.
            while self.bytes > self._max_bytes() and len(self._values) > 1:
                _, (_, gone) = self._values.popitem(last=False)
                self.bytes -= gone

    def __len__(self) -> int:
        return len(self._values)

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self.bytes = 0


views = Kept(lambda: settings.VIEWS_KEPT_MB * 1024 * 1024)
documents = Kept(lambda: settings.DOCUMENTS_KEPT_MB * 1024 * 1024)
readings = Kept(lambda: settings.READINGS_KEPT_MB * 1024 * 1024)
"""Texts read as specs, by `backend.specs.reading`: switching samples does not read them again."""
evidence = Kept(lambda: settings.READINGS_KEPT_MB * 1024 * 1024)
"""What labelled samples say of confidences."""


def view_of(sample: Sample) -> mapping_specs.View:
    """The sample's answer as specs see it. Conflict while it has none."""
    if sample.state != SampleState.DONE:
        raise Conflict("SAMPLE_NOT_DONE", "Textract's answer for this sample is not there.", state=sample.state)
    return views.get(sample.pk, lambda: _view(sample))


def _view(sample: Sample) -> tuple[mapping_specs.View, int]:
    data = _stored(sample.response_key)
    return mapping_specs.build_view(orjson.loads(data)), len(data) * VIEW_BYTES_PER_RESPONSE_BYTE


def document_of(sample: Sample) -> bytes:
    """The document's bytes; only of samples that have one."""

    def make() -> tuple[bytes, int]:
        data = _stored(sample.document_key)
        return data, len(data)

    return documents.get(sample.pk, make)


def _stored(key: str) -> bytes:
    data = storage.get(key, max_bytes=settings.MAX_RESULT_BYTES)
    if data is None:
        raise Unavailable("SAMPLE_NOT_STORED", "The sample's stored object is not there.")
    return data


def forget() -> None:
    for kept in (views, documents, readings, evidence):
        kept.clear()
