"""What changes between two specs, by meaning, and what of it breaks a client that reads the results.

A client breaks where a name it reads goes away or changes its type, where a value it counts on may be missing, or where
a choice gets a value it does not know or loses one that it offers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mapping_specs.engine.spec import Spec

DEFAULTS = {"title", "description"}
"""Said to people; told, and never a break."""


@dataclass(frozen=True, slots=True)
class Change:
    path: str
    """`fields.owner_name`, `tables.previous_owners.columns.name`, `rules.order`."""
    message: str
    breaks: str = ""
    """How it breaks a client; empty: it doesn't."""

    def to_dict(self) -> dict[str, str]:
        return {"path": self.path, "message": self.message, **({"breaks": self.breaks} if self.breaks else {})}


def differences(old: Spec, new: Spec) -> list[Change]:
    """Every change, in the order of the specs: fields, tables, then the rest."""
    before, after = old.resolved, new.resolved
    changes: list[Change] = []
    if before["doc_type"] != after["doc_type"]:
        message = f"docType {before['doc_type']} becomes {after['doc_type']}"
        changes.append(Change("doc_type", message, "clients submit with the old name"))
    changes += _fields(before["fields"], after["fields"])
    changes += _tables(before["tables"], after["tables"])
    changes += _variants(before, after)
    changes += _rules(before["rules"], after["rules"])
    for name in ("title", "locale", "blank", "textract", "recognize", "sections"):
        if before[name] != after[name]:
            changes += _of_part(name, before[name], after[name])
    if before["locale"]["currency"] and not after["locale"]["currency"] and _has_money(after):
        message = "no currency where none is printed"
        changes.append(Change("locale.currency", message, "a currency beside an amount may be missing"))
    return changes


def _has_money(spec: Mapping[str, Any]) -> bool:
    layouts = [spec, *spec["variants"]]
    columns = (
        column for layout in layouts for table in layout["tables"].values() for column in table["columns"].values()
    )
    return any(one["type"] == "money" for one in (*(f for part in layouts for f in part["fields"].values()), *columns))


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    renamed = _renamed(before, after)
    for name, field in before.items():
        path = f"fields.{name}"
        if name in renamed:
            yield Change(path, f"renamed to {renamed[name]}", "the old name goes away")
        elif name not in after:
            yield Change(path, f"removed ({field['type']})", "the field goes away")
        else:
            yield from _field(path, field, after[name])
    for name, field in after.items():
        if name not in before and name not in renamed.values():
            required = ", required" if field["required"] else ""
            yield Change(f"fields.{name}", f"added ({field['type']}{required})")


def _renamed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """A field that is gone and one that is new, with the same sources: the same field under another name."""
    gone = [name for name in before if name not in after]
    new = [name for name in after if name not in before]
    pairs: dict[str, str] = {}
    for name in gone:
        twin = next((other for other in new if _same_sources(before[name], after[other])), None)
        if twin is not None:
            pairs[name] = twin
            new.remove(twin)
    return pairs


def _same_sources(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(one["type"] == other["type"] and one["sources"] == other["sources"])


def _field(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    if before["required"] and not after["required"]:
        yield Change(path, "no longer required", "it may be missing without review")
    elif after["required"] and not before["required"]:
        yield Change(path, "now required")
    yield from _typed(path, before, after)
    yield from _sources(path, before["sources"], after["sources"])
    if after["type"] != "enum":
        yield from _options(path, _of_boxes(before), _of_boxes(after))
    elif _may_join(after) and not _may_join(before):
        yield Change(path, "may give several options, joined", "it gives values the client does not know")
    for name, said in (("review_below", "reviewed below"), ("pick", "pick"), ("confidence", "confidence policy")):
        if before[name] != after[name]:
            yield Change(path, f"{said} {_shown(before[name])} becomes {_shown(after[name])}")


def _of_boxes(field: Mapping[str, Any]) -> Mapping[str, str] | None:
    """The options of a field that reads nothing but boxes; an enum says its own."""
    options = [source["args"].get("options") for source in field["sources"] if source["kind"] == "checkbox"]
    if len(options) < len(field["sources"]) or None in options:
        return None
    return {printed: value for one in options for printed, value in one.items()}


def _may_join(field: Mapping[str, Any]) -> bool:
    return any(source["all"] or source["args"].get("choose") == "any" for source in field["sources"])


def _typed(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """What fields and columns have in common."""
    if before["type"] != after["type"]:
        breaks = "its values are of another kind" if _kind(before) != _kind(after) else "its values look different"
        yield Change(path, f"type {before['type']} becomes {after['type']}", breaks)
    yield from _options(path, before.get("options"), after.get("options"))
    for name in ("format", "unit"):
        if before.get(name) != after.get(name):
            yield Change(path, f"{name} {_shown(before.get(name))} becomes {_shown(after.get(name))}")
    for name in ("clean", "check"):
        if before[name] != after[name]:
            yield Change(path, f"{name} changed: {_shown(before[name])} becomes {_shown(after[name])}")
    if before["pii"] != after["pii"]:
        yield Change(path, "now personal (pii)" if after["pii"] else "no longer personal (pii)")
    for name in sorted(DEFAULTS):
        if before.get(name) != after.get(name):
            yield Change(path, f"{name} {_shown(before.get(name))} becomes {_shown(after.get(name))}")


NUMERIC = {"integer", "number", "money", "percent"}


def _kind(typed: Mapping[str, Any]) -> str:
    return "number" if typed["type"] in NUMERIC else "text"


def _options(path: str, before: Mapping[str, str] | None, after: Mapping[str, str] | None) -> Iterator[Change]:
    if before is None or after is None or before == after:
        return
    gone, new = set(before.values()) - set(after.values()), set(after.values()) - set(before.values())
    if gone or new:
        parts = (("without", gone), ("with", new))
        told = [f"{word} {', '.join(sorted(map(str, values)))}" for word, values in parts if values]
        breaks = "it gives values the client does not know" if new else "a value the client offers no longer comes"
        yield Change(path, f"values changed: {', '.join(told)}", breaks)
    printed = [*(f"without {name!r}" for name in before if name not in after)]
    printed += [f"with {name!r}" for name in after if name not in before]
    if printed and not (gone or new):
        yield Change(path, f"printed words changed: {', '.join(printed)}")


def _sources(path: str, before: list[Any], after: list[Any]) -> Iterator[Change]:
    if before == after:
        return
    for number, (one, other) in enumerate(zip(before, after, strict=False), start=1):
        if one != other:
            yield from _source(path, number if max(len(before), len(after)) > 1 else 0, one, other)
    for source in before[len(after) :]:
        yield Change(path, f"source {source['kind']} removed: {_said(source)}")
    for source in after[len(before) :]:
        yield Change(path, f"source {source['kind']} added: {_said(source)}")


def _source(path: str, number: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    where = f"source {number}: " if number else ""
    if before["kind"] != after["kind"]:
        yield Change(path, f"{where}{before['kind']} {_said(before)} becomes {after['kind']} {_said(after)}")
        return
    old, new = before["args"], after["args"]
    for name in {**old, **new}:
        if old.get(name) == new.get(name):
            continue
        if isinstance(old.get(name), list) and isinstance(new.get(name), list):
            yield from _listed(path, where, name.removesuffix("s"), old[name], new[name])
        else:
            yield Change(path, f"{where}{name} {_shown(old.get(name))} becomes {_shown(new.get(name))}")
    for name in ("where", "nth", "all", "join", "clean", "check"):
        if before[name] != after[name]:
            yield Change(path, f"{where}{name} {_shown(before[name])} becomes {_shown(after[name])}")


def _listed(path: str, where: str, name: str, before: list[Any], after: list[Any]) -> Iterator[Change]:
    gone = [item for item in before if item not in after]
    new = [item for item in after if item not in before]
    for item in gone:
        yield Change(path, f"{where}{name} {_shown(item)} removed")
    for item in new:
        yield Change(path, f"{where}{name} {_shown(item)} added")
    if not gone and not new:
        yield Change(path, f"{where}{name}s in another order")


def _said(source: Mapping[str, Any]) -> str:
    args = source["args"]
    return _shown(
        next((args[name] for name in ("labels", "name", "pattern", "expression", "type") if name in args), args)
    )


def _tables(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name, table in before.items():
        path = f"tables.{name}"
        if name not in after:
            yield Change(path, "removed", "the table goes away")
            continue
        yield from _columns(path, table["columns"], after[name]["columns"])
        if table["required"] and not after[name]["required"]:
            yield Change(path, "no longer required", "it may be missing without review")
        elif after[name]["required"] and not table["required"]:
            yield Change(path, "now required")
        for part in ("where", "skip", "fill_down", "header_rows", "repeat", "title"):
            if table.get(part) != after[name].get(part):
                yield Change(path, f"{part} {_shown(table.get(part))} becomes {_shown(after[name].get(part))}")
    for name in after:
        if name not in before:
            yield Change(f"tables.{name}", f"added ({', '.join(after[name]['columns'])})")


def _columns(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name, column in before.items():
        place = f"{path}.columns.{name}"
        if name not in after:
            yield Change(place, "removed", "the column goes away")
            continue
        yield from _typed(place, column, after[name])
        for part in ("header", "column", "row", "optional", "source"):
            if column.get(part) != after[name].get(part):
                yield Change(place, f"{part} {_shown(column.get(part))} becomes {_shown(after[name].get(part))}")
    for name, column in after.items():
        if name not in before:
            yield Change(f"{path}.columns.{name}", f"added ({column['type']})")


def _variants(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Paired by when they hold, what is left by position. A new one takes documents from the spec itself, one that goes
    away leaves them to it."""
    old, new = before["variants"], after["variants"]
    pairs = _paired(old, new)
    for number, variant in enumerate(new):
        path, twin = f"variants[{number}]", pairs.get(number)
        if twin is not None:
            yield from _variant(path, _filled(old[twin], variant, before), _filled(variant, old[twin], after))
            continue
        yield Change(path, f"added (when {_shown(variant['when'])})")
        for change in _of_layouts(_shared(before, variant), _shared(variant, before)):
            yield Change(f"{path}.{change.path}", f"where it holds: {change.message}", change.breaks)
    for number, variant in enumerate(old):
        if number in pairs.values():
            continue
        path = f"variants[{number}]"
        yield Change(path, f"removed (when {_shown(variant['when'])})")
        for change in _of_layouts(variant, _anywhere(variant, after)):
            yield Change(f"{path}.{change.path}", f"where it held: {change.message}", change.breaks)


def _filled(variant: Mapping[str, Any], other: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    """With what only the other says of the spec's own fields and tables: it has those of the spec."""
    own = {
        part: {name: spec[part][name] for name in other[part] if name in spec[part]} for part in ("fields", "tables")
    }
    return {**variant, **{part: {**own[part], **variant[part]} for part in own}}


def _paired(old: list[Any], new: list[Any]) -> dict[int, int]:
    """Position in the new ones → position in the old ones."""
    pairs: dict[int, int] = {}
    for wanted in (lambda one, other: old[one]["when"] == new[other]["when"], lambda one, other: one == other):
        for other in range(len(new)):
            free = (one for one in range(len(old)) if one not in pairs.values() and wanted(one, other))
            if other not in pairs and (one := next(free, None)) is not None:
                pairs[other] = one
    return pairs


def _of_layouts(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What of it breaks a client."""
    changes = [*_fields(before["fields"], after["fields"]), *_tables(before["tables"], after["tables"])]
    return [change for change in changes if change.breaks]


def _shared(layout: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Of its fields and tables those that the other one has too."""
    return {
        part: {name: one for name, one in layout[part].items() if name in other[part]} for part in ("fields", "tables")
    }


def _anywhere(variant: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    """The fields and tables of a variant as the spec has them, or another of its variants."""
    layouts = [*reversed(spec["variants"]), spec]
    every: dict[str, Any] = {
        part: {name: one for layout in layouts for name, one in layout[part].items()} for part in ("fields", "tables")
    }
    return _shared(every, variant)


def _variant(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    if before["when"] != after["when"]:
        yield Change(path, f"when {_shown(before['when'])} becomes {_shown(after['when'])}")
    for change in [*_fields(before["fields"], after["fields"]), *_tables(before["tables"], after["tables"])]:
        yield Change(f"{path}.{change.path}", change.message, change.breaks)


def _rules(before: list[Any], after: list[Any]) -> Iterator[Change]:
    old, new = {rule["id"]: rule for rule in before}, {rule["id"]: rule for rule in after}
    for name, rule in old.items():
        if name not in new:
            yield Change(f"rules.{name}", "removed")
        else:
            yield from _of_part(f"rules.{name}", rule, new[name])
    for name, rule in new.items():
        if name not in old:
            yield Change(f"rules.{name}", f"added ({rule['severity']}): {rule['assert']}")


def _of_part(path: str, before: Any, after: Any) -> Iterator[Change]:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        if before != after:
            yield Change(path, f"{_shown(before)} becomes {_shown(after)}")
        return
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield Change(f"{path}.{name}", f"{_shown(before.get(name))} becomes {_shown(after.get(name))}")


def _shown(value: Any) -> str:
    if value is None or value == [] or value == {}:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_shown(item)}" for name, item in value.items() if item is not None) + "}"
    text = str(value)
    return text if len(text) <= 80 else text[:77] + "…"
