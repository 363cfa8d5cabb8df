"""Every text is read here: a saved revision with the libraries it pins, a text being edited with the newest ones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import mapping_specs
from backend.specs.models import Library, LibraryRevision, SpecRevision
from backend.specs.studio import kept
from mapping_specs.engine.libraries import FOLDER, in_folder

READING_BYTES_PER_TEXT_BYTE = 40
Pins = Mapping[str, int]
"""{name: number} of library revisions."""


@dataclass(frozen=True, slots=True)
class Libraries:
    """What a text may extend beside what comes with the engine, by name."""

    revisions: Mapping[str, LibraryRevision] = field(default_factory=dict)

    @property
    def texts(self) -> dict[str, str]:
        return {name: found.text for name, found in self.revisions.items()}

    @property
    def key(self) -> tuple[tuple[str, str], ...]:
        """By content: the same texts under the same names."""
        return tuple(sorted((name, found.sha256) for name, found in self.revisions.items()))


NO_LIBRARIES = Libraries()


@dataclass(frozen=True, slots=True)
class ReadText:
    text: str
    """As it would be saved."""
    reading: mapping_specs.Reading
    libraries: Libraries
    """What it was read with."""
    sha256: str
    """Of the text and of the libraries it extends: a revision's identity."""

    @property
    def spec(self) -> mapping_specs.Spec | None:
        return self.reading.spec

    @property
    def problems(self) -> list[mapping_specs.Problem]:
        return self.reading.problems

    @property
    def pins(self) -> dict[str, int]:
        """Those it extends that have revisions; the others come with the engine."""
        revisions = self.libraries.revisions
        return {name: revisions[name].number for name in sorted(self.reading.libraries) if name in revisions}


def text_normalize(text: str) -> str:
    """Browsers and editors differ in line ends; a revision must not. NUL, which PostgreSQL cannot hold, becomes U+FFFD."""
    return text.replace("\0", "\ufffd").replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"


NOTE_MAX_CHARACTERS = 500


def note_normalize(note: str) -> str:
    """What somebody says of a revision or a publication, as it is kept."""
    return note.replace("\0", "\ufffd")[:NOTE_MAX_CHARACTERS]


def text_sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=1)
def shipped() -> dict[str, str]:
    """The libraries that come with the engine."""
    return {name: text_normalize(data.decode()) for name, data in in_folder(FOLDER).items()}


def libraries_newest() -> Libraries:
    newest = LibraryRevision.objects.select_related("library").order_by("library_id", "-number").distinct("library_id")
    return Libraries({found.library.name: found for found in newest})


def libraries_with(texts: Mapping[str, str]) -> Libraries:
    """The newest, and over them these texts, as if they were saved already."""
    newest = libraries_newest().revisions
    return Libraries({**newest, **{name: _as_saved(name, text, newest.get(name)) for name, text in texts.items()}})


def _as_saved(name: str, text: str, newest: LibraryRevision | None) -> LibraryRevision:
    text = text_normalize(text)
    if newest and newest.text == text:
        return newest
    number = newest.number + 1 if newest else 1
    return LibraryRevision(library=Library(name=name), number=number, text=text, sha256=text_sha256(text))


def libraries_of(revisions: Iterable[SpecRevision]) -> list[LibraryRevision]:
    """What they pin, by name; of one that is pinned in several revisions the newest."""
    found = _pinned(one.libraries for one in revisions)
    return list({name: found[name, number] for name, number in sorted(found)}.values())


def libraries_pinned(pins: Pins) -> Libraries:
    known = _pinned([pins])
    return Libraries({name: known[name, number] for name, number in pins.items()})


def _pinned(pins: Iterable[Pins]) -> dict[tuple[str, int], LibraryRevision]:
    """One query; none where nothing is pinned."""
    wanted = {pin for one in pins for pin in one.items()}
    if not wanted:
        return {}
    found = LibraryRevision.objects.select_related("library").filter(
        library__name__in={name for name, _ in wanted}, number__in={number for _, number in wanted}
    )
    return {(one.library.name, one.number): one for one in found}


def draft_read(text: str, libraries: Libraries | None = None) -> ReadText:
    """A text being edited, with the newest libraries or those given: as saving it would read it."""
    text = text_normalize(text)
    libraries = libraries_newest() if libraries is None else libraries
    reading = _reading(text, libraries)
    return ReadText(text, reading, libraries, _identity(text, reading.libraries, libraries))


def _identity(text: str, names: Iterable[str], libraries: Libraries) -> str:
    known = {**shipped(), **libraries.texts}
    parts = [f"{name} {text_sha256(known[name])}" for name in sorted(names)]
    return text_sha256("\n".join([text_sha256(text), *parts])) if parts else text_sha256(text)


def draft_spec(text: str, libraries: Libraries | None = None) -> mapping_specs.Spec:
    """Raises `mapping_specs.SpecError` with every problem at once."""
    reading = draft_read(text, libraries).reading
    if reading.spec is None:
        raise mapping_specs.SpecError(reading.problems)
    return reading.spec


def revision_read(revision: SpecRevision) -> ReadText:
    """A saved revision, with the libraries it pins."""
    return pinned_read(revision.text, revision.libraries, revision.sha256)


def pinned_read(text: str, pins: Pins, sha256: str) -> ReadText:
    """A text that was noted with its pins and its identity."""
    libraries = libraries_pinned(pins)
    return ReadText(text, _reading(text, libraries), libraries, sha256)


def readings_of(revisions: Sequence[SpecRevision]) -> dict[int, mapping_specs.Reading]:
    """By primary key, each with what it pins; one query at most, and none for what this process has read before."""
    known = {one.pk: kept.readings.peek(_revision_key(one)) for one in revisions}
    unread = [one for one in revisions if known[one.pk] is None]
    pinned = _pinned(one.libraries for one in unread)
    for one in unread:
        libraries = Libraries({name: pinned[name, number] for name, number in one.libraries.items()})
        known[one.pk] = kept.readings.get(_revision_key(one), lambda: _read(one.text, libraries))  # noqa: B023
    return {pk: reading for pk, reading in known.items() if reading is not None}


def _revision_key(revision: SpecRevision) -> tuple[str, str]:
    # `sha256` covers what it pins; an engine that reads otherwise is another process.
    return revision.text, revision.sha256


def _reading(text: str, libraries: Libraries) -> mapping_specs.Reading:
    return kept.readings.get((text, libraries.key), lambda: _read(text, libraries))


def _read(text: str, libraries: Libraries) -> tuple[mapping_specs.Reading, int]:
    return mapping_specs.read_spec(text, libraries.texts), len(text) * READING_BYTES_PER_TEXT_BYTE


def spec_of(revision: SpecRevision) -> mapping_specs.Spec:
    """As it was saved. Raises `SpecError` where the engine of today refuses it."""
    reading = readings_of([revision])[revision.pk]
    if reading.spec is None:
        raise mapping_specs.SpecError(reading.problems)
    return reading.spec


def is_readable(revision: SpecRevision) -> bool:
    """Without problems, by the engine of today: a later one may refuse what an earlier one accepted."""
    return revision.resolved is not None and readings_of([revision])[revision.pk].spec is not None


def pins_moved(old: Pins, new: Pins) -> list[str]:
    """In words: `kenya/base 3 instead of 2`; only of what both extend."""
    return [f"{name} {new[name]} instead of {old[name]}" for name in new if name in old and old[name] != new[name]]


def pins_compared(old: Pins, new: Pins) -> list[str]:
    """In words: `kenya/base 2 → 3`; what only one of them extends stands against `none`."""
    names = sorted({**old, **new})
    return [
        f"{name} {old.get(name, 'none')} → {new.get(name, 'none')}" for name in names if old.get(name) != new.get(name)
    ]
