"""A first draft from one sample alone: what is obviously a field, with the evidence for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from ruamel.yaml.comments import CommentedMap

import mapping_specs
from backend.specs.models import Sample
from backend.specs.reading import NO_LIBRARIES, draft_spec
from backend.specs.studio import kept
from backend.specs.studio.editing.entries import Indents, dumped
from backend.specs.studio.editing.fields import written_field
from backend.specs.studio.editing.names import name_from
from backend.specs.studio.editing.sources import line_pattern
from backend.specs.studio.editing.tables import written_table
from mapping_specs.engine.matching import normalize
from mapping_specs.engine.view.tables import Table

MAX_FIELDS = 60
MAX_TABLES = 10
MIN_VALUE_CHARACTERS = 3
MAX_LABEL_CHARACTERS = 80
MAX_LINE_LABEL_CHARACTERS = 40
DATE = re.compile(
    r"(?i)\d{1,2}[-/. ](?:\d{1,2}|[a-z]{3,9})[-/. ,]+\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}(?:st|nd|rd|th)? [a-z]{3,9},? \d{4}"
)
GUESSES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)),
    ("date", DATE),
    ("phone", re.compile(r"\+\d[\d ()-]{8,}|0\d{2,3}[ -]?\d{3}[ -]?\d{3,4}")),
    (
        "money",
        re.compile(
            r"(?i)(?:kes|kshs?|usd|eur|gbp|[$€£])\.? ?[\d.,]+(?:/[-=])?|[\d,.]+ ?(?:kes|kshs?|usd|eur|gbp|[$€£])"
        ),
    ),
    ("money", re.compile(r"\d{1,3}(?:,\d{3})+\.\d\d")),
    ("integer", re.compile(r"(?:[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,8}|0)(?: ?[a-z]{1,3})?", re.IGNORECASE)),
)
"""Of the whole value, the first that fits; numbers of ten digits and more are identifiers."""
PERSONAL = re.compile(
    r"(?i)\b(name|address|phone|tel|telephone|mobile|e-?mail|pin|id|birth|signature|passport|p\.? ?o\.? ?box)\b"
)


def propose(sample: Sample, *, skeleton: str) -> dict[str, Any]:
    """The draft, and for each field what it was made from: {name, label, value, type, page, why}."""
    view = kept.view_of(sample)
    fields = _named(found for found in _found(view) if found["label"])[:MAX_FIELDS]
    tables = list(_tables(view, [field["name"] for field in fields]))
    text = _text(skeleton, fields, tables)
    found = mapping_specs.extract(view, draft_spec(text, NO_LIBRARIES))["fields"]
    for field in fields:
        if field["type"] != "string" and field["name"] not in found:
            # The guessed type does not read this very value.
            field["type"] = "string"
    shown = ("name", "label", "value", "type", "page", "why")
    evidence = [{name: field[name] for name in shown} for field in fields]
    return {"text": _text(skeleton, fields, tables), "evidence": [*evidence, *tables]}


def _found(view: mapping_specs.View) -> Iterator[dict[str, Any]]:
    """What is obviously a field, of the API that answered; the first line of a page where nothing is."""
    if view.api == "AnalyzeExpense":
        found = list(_of_expenses(view))
    elif view.api == "AnalyzeID":
        found = list(_of_identities(view))
    else:
        found = list(_of_pairs(view)) or list(_of_lines(view))
    yield from found or [_first_line(view)]


def _named(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    named: dict[str, dict[str, Any]] = {}
    for field in found:
        name = name_from(field["label"], named)
        named[name] = {"name": name, **field}
    return list(named.values())


def _text(skeleton: str, fields: list[dict[str, Any]], tables: list[dict[str, Any]]) -> str:
    entries = {field["name"]: written_field(field["from"], field) for field in fields}
    text = skeleton + _part("fields", entries)
    return (
        text + "\n" + _part("tables", {one["name"]: written_table(one["headers"]) for one in tables})
        if tables
        else text
    )


def _part(name: str, entries: dict[str, Any]) -> str:
    return dumped(CommentedMap({name: CommentedMap(entries)}), Indents())


def _first_line(view: mapping_specs.View) -> dict[str, Any]:
    """A spec has a field: this one is for the analyst to put right."""
    words = next((line.text for line in view.lines), "")
    source = {"line": "^(?P<value>.+)$"}
    return _field("first line", source, "string", words, 1, "nothing has a label; the first printed line")


def _of_expenses(view: mapping_specs.View) -> Iterator[dict[str, Any]]:
    """The types that Textract found, each once."""
    seen: set[str] = set()
    for one in (field for expense in view.expenses for field in expense.summary):
        if one.value and one.type not in seen and one.type != "OTHER":
            seen.add(one.type)
            label = one.type.replace("_", " ").capitalize()
            source = {"expense": one.type}
            yield _field(label, source, guessed(one.value), one.value, one.page, "a type of an expense document")


def _of_identities(view: mapping_specs.View) -> Iterator[dict[str, Any]]:
    for one in view.identities:
        if one.value and one.document == 1:
            label = one.type.replace("_", " ").capitalize()
            source = {"identity": one.type}
            yield {
                **_field(label, source, "string", one.value, one.page, "a type of an identity document"),
                "pii": True,
            }


def _of_lines(view: mapping_specs.View) -> Iterator[dict[str, Any]]:
    """`Full Name: John`: a label, a colon and a value in one printed line."""
    seen: set[str] = set()
    for line in view.lines:
        label, colon, value = (part.strip() for part in line.text.partition(":"))
        same = normalize(label)
        if not colon or not value or not same or same in seen or len(label) > MAX_LINE_LABEL_CHARACTERS:
            continue
        seen.add(same)
        source = {"line": line_pattern(line.text, value)}
        yield _field(label, source, guessed(value), value, line.page, "a printed line with a label and a value")


def _of_pairs(view: mapping_specs.View) -> Iterator[dict[str, Any]]:
    printed: Counter[str] = Counter(normalize(pair.label) for pair in view.key_values)
    seen: Counter[str] = Counter()
    for pair in view.key_values:
        label, same = " ".join(pair.label.split()), normalize(pair.label)
        if not same or len(label) > MAX_LABEL_CHARACTERS or not any(map(str.isalpha, label)):
            continue
        seen[same] += 1
        if pair.value is None and pair.selected is None:
            continue
        source: dict[str, Any] = {"key": label}
        kind, why = guessed(pair.value or ""), "a key with a value"
        if pair.selected is not None and not pair.value:
            source, kind, why = {"checkbox": label}, "boolean", "a check box with its label"
        elif printed[same] > 1:
            # The same label stands several times: which one is meant is the analyst's to say, by a section.
            source["nth"] = seen[same]
            why = f"a key with a value, number {seen[same]} of {printed[same]} so labelled"
        yield _field(label, source, kind, pair.value, pair.page, why)


def _field(label: str, source: dict[str, Any], kind: str, value: str | None, page: int, why: str) -> dict[str, Any]:
    personal = bool(PERSONAL.search(label)) and kind in ("string", "phone", "email", "date", "integer")
    parts = {"label": label, "from": source, "type": kind, "pii": personal}
    return {**parts, "value": value, "page": page, "why": why}


def guessed(value: str) -> str:
    """The type that the whole value looks like."""
    text = " ".join(value.split())
    return next((kind for kind, pattern in GUESSES if pattern.fullmatch(text)), "string")


def _tables(view: mapping_specs.View, taken: list[str]) -> Iterator[dict[str, Any]]:
    """Each kind of table once; a table over several pages is one."""
    labels = {normalize(pair.label) for pair in view.key_values}
    values = {text for pair in view.key_values if len(text := normalize(pair.value or "")) >= MIN_VALUE_CHARACTERS}
    known: set[frozenset[str]] = set()
    names = list(taken)
    for table in view.tables:
        headers = list(dict.fromkeys(" ".join(one.split()) for one in table.headers if normalize(one)))
        same = frozenset(map(normalize, headers))
        if len(headers) < 2 or same in known or _is_form(table, labels) or _quotes(same, values):
            continue
        if len(known) == MAX_TABLES:
            return
        known.add(same)
        title = " ".join(table.title.split())[:MAX_LABEL_CHARACTERS]
        names.append(name_from(title or "table", names, fallback="table"))
        yield {"name": names[-1], "headers": headers, "page": table.page, "why": "a table with headers"}


def _is_form(table: Table, labels: set[str]) -> bool:
    """A frame around keys and values: most of what stands at the left are labels."""
    first = [normalize(row[0].text) for row in table.grid if row and row[0].text]
    return 2 * sum(text in labels for text in first) > len(first)


def _quotes(headers: Iterable[str], values: set[str]) -> bool:
    """A header with the value of a key in it is no header: it would put a document's value into the spec."""
    return any(value in header for header in headers for value in values)
