"""The shape of a spec: the JSON Schema's errors in the analyst's words, and one source name a source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from mapping_specs.engine.arguments import KINDS
from mapping_specs.engine.checking.found import Found, hint, listed, nearest, short
from mapping_specs.engine.yaml_text import Path


def shape(data: Any) -> list[Found]:
    errors = [found for error in _schema_errors(data) for found in _worded(error)]
    errors += _without_source(data)
    if isinstance(data, dict) and "fields" not in data and "tables" not in data:
        errors.append(Found("MISSING_KEY", "`fields` is missing", (), "fields or tables"))
    return errors or [found for path, source in _written_sources(data) for found in _one_kind(path, source)]


PARTS: dict[str, Any] = {"fields": "x", "tables": {"columns": {"x": "x"}}}
"""The parts of a spec that hold most of it, and an entry of each that is right."""
MAX_KNOWN = 4_096
_right: dict[str, set[str]] = {part: set() for part in PARTS}
"""Entries the schema has nothing against, as they are written: whoever types changes one and leaves two hundred."""


def _schema_errors(data: Any) -> list[Any]:
    if not isinstance(data, dict):
        return list(_validator().iter_errors(data))
    written = {part: _written(data.get(part)) for part in PARTS}
    shorter = dict(data)
    for part, entries in written.items():
        if entries:
            shorter[part] = {
                name: PARTS[part] if text in _right[part] else data[part][name] for name, text in entries.items()
            }
    errors = list(_validator().iter_errors(shorter))
    wrong = {tuple(error.absolute_path)[:2] for error in errors}
    for part, entries in written.items():
        _remember(part, {text for name, text in entries.items() if (part, name) not in wrong})
    return errors


def _written(entries: Any) -> dict[Any, str]:
    """Two entries that are written alike are alike."""
    return {name: repr(entry) for name, entry in entries.items()} if isinstance(entries, dict) else {}


def _remember(part: str, texts: set[str]) -> None:
    if len(_right[part]) > MAX_KNOWN:
        _right[part].clear()
    _right[part] |= texts


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    from mapping_specs.schema import spec_schema

    # JSON Schema takes 1.0 for a whole number; a position in a list it is not.
    whole = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda checker, value: type(value) is int)
    return extend(Draft202012Validator, type_checker=whole)(spec_schema())


def _worded(error: Any) -> Iterator[Found]:
    if "propertyNames" in error.schema_path:
        yield _of_name(error)
    elif error.validator == "anyOf":
        yield from _of_alternatives(error)
    else:
        yield from WORDED.get(error.validator, _otherwise)(error, tuple(error.absolute_path))


def _of_name(error: Any) -> Found:
    name = str(error.instance)
    expected = "at most 64 letters" if error.validator == "maxLength" else _letters(error.validator_value)
    path = (*error.absolute_path, name)
    return Found("BAD_NAME", f"`{short(name)}` is not a valid name", path, expected, at_key=True)


def _letters(pattern: str) -> str:
    return NAMED_PATTERNS.get(pattern, pattern)


NAMED_PATTERNS = {
    "^[a-z][a-z0-9_]*$": "small letters, digits and _, a letter first",
    "^[\\t\\n\\r -~]+$": "plain ASCII, all that Textract takes in a question",
    "^[a-z][a-z0-9_]{1,63}$": "2 to 64 small letters, digits and _, a letter first",
    "^[A-Z]{2}$": "two capital letters, as KE",
    "^[A-Z]{3}$": "three capital letters, as KES",
    "^[a-z][a-z0-9_]*(/[a-z][a-z0-9_]*)*$": "the name of a library, as kenya/base",
}


def _of_unknown(error: Any, path: Path) -> Iterator[Found]:
    known = list(error.schema.get("properties", {}))
    for name in [name for name in error.instance if name not in known]:
        near = nearest(str(name), known)
        message = f"`{short(name)}`{hint(near) or ' is not known here'}"
        yield Found("UNKNOWN_KEY", message, (*path, name), listed(known), near, True)


def _of_missing(error: Any, path: Path) -> Iterator[Found]:
    for name in [name for name in error.validator_value if name not in error.instance]:
        yield Found("MISSING_KEY", f"`{name}` is missing", path, name)


def _of_value(error: Any, path: Path) -> Iterator[Found]:
    allowed = error.validator_value if error.validator == "enum" else [error.validator_value]
    if isinstance(error.instance, str) and any(str(value) == error.instance for value in allowed):
        message = f"The text `{error.instance}` stands here: it wants no quotes"
        yield Found("WRONG_KIND", message, path, listed(allowed))
        return
    near = nearest(str(error.instance), list(map(str, allowed)))
    message = f"`{short(error.instance)}` is not possible here{hint(near)}"
    yield Found("UNKNOWN_VALUE", message, path, listed(allowed), near)


def _of_kind(error: Any, path: Path) -> Iterator[Found]:
    wanted = _types(error.validator_value)
    yield Found("WRONG_KIND", f"{_kind(error.instance)} stands here{_unquoted(error.instance, wanted)}", path, wanted)


def _of_pattern(error: Any, path: Path) -> Iterator[Found]:
    if path[-1] == "doc_type":
        message = f"`{short(error.instance)}` is not a valid name"
        yield Found("BAD_NAME", message, path, _letters(error.validator_value), at_key=True)
    else:
        message = f"`{short(error.instance)}` is not possible here"
        yield Found("WRONG_VALUE", message, path, _letters(error.validator_value))


def _otherwise(error: Any, path: Path) -> Iterator[Found]:
    template = LIMITS.get(error.validator, "This is not possible here")
    yield Found("WRONG_VALUE", template.format(value=short(error.instance), limit=error.validator_value), path)


LIMITS = {
    "minimum": "{value} is less than {limit}",
    "exclusiveMinimum": "{value} is not more than {limit}",
    "maximum": "{value} is greater than the maximum of {limit}",
    "minLength": "An empty text stands here",
    "maxLength": "`{value}` is longer than {limit} characters",
    "minItems": "An empty list stands here",
    "minProperties": "An empty mapping stands here",
    "maxProperties": "More than {limit} in one mapping: each is an item of its own in a list",
    "uniqueItems": "The same stands here twice",
    "not": "Counting starts at 1, or at -1 from the end",
}
WORDED: dict[str, Callable[[Any, Path], Iterator[Found]]] = {
    "additionalProperties": _of_unknown,
    "required": _of_missing,
    "enum": _of_value,
    "const": _of_value,
    "type": _of_kind,
    "pattern": _of_pattern,
}


def _of_alternatives(error: Any) -> Iterator[Found]:
    """Of several possible shapes the one that is of the written kind; else all kinds are named."""
    branches = _branches(error)
    fitting = [errors for errors in branches if not any(_is_of_another_kind(inner, error) for inner in errors)]
    if fitting:
        for inner in min(fitting, key=lambda errors: (_is_whole(errors, error), len(errors))):
            yield from _worded(inner)
        return
    kinds = [kind for errors in branches for inner in errors for kind in _kinds_wanted(inner)]
    wanted = " or ".join(sorted(dict.fromkeys(kinds)))
    message = f"{_kind(error.instance)} stands here{_unquoted(error.instance, wanted)}"
    yield Found("WRONG_KIND", message, tuple(error.absolute_path), wanted or None)


def _branches(error: Any) -> list[list[Any]]:
    branches: dict[int, list[Any]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    return list(branches.values())


def _is_whole(errors: list[Any], outer: Any) -> bool:
    """The branch turns down the thing itself, not a part of it: one that goes deeper knows more."""
    return any(list(inner.absolute_path) == list(outer.absolute_path) for inner in errors)


def _is_of_another_kind(inner: Any, outer: Any) -> bool:
    if list(inner.absolute_path) != list(outer.absolute_path):
        return False
    if inner.validator == "anyOf":
        return all(any(_is_of_another_kind(deeper, outer) for deeper in branch) for branch in _branches(inner))
    if inner.validator in ("const", "enum"):
        allowed = inner.validator_value if inner.validator == "enum" else [inner.validator_value]
        return not any(type(value) is type(outer.instance) for value in allowed)
    return bool(inner.validator == "type")


def _kinds_wanted(inner: Any) -> list[str]:
    if inner.validator == "type":
        return [_types(inner.validator_value)]
    if inner.validator in ("enum", "const"):
        values = inner.validator_value if inner.validator == "enum" else [inner.validator_value]
        return [listed(values)]
    return [kind for deeper in inner.context or [] for kind in _kinds_wanted(deeper)]


NAMES = {
    "string": "a text",
    "array": "a list",
    "object": "a mapping",
    "boolean": "true or false",
    "null": "nothing",
    "integer": "a whole number",
}


def _types(wanted: Any) -> str:
    kinds = wanted if isinstance(wanted, list) else [wanted]
    return " or ".join(NAMES.get(kind, f"a {kind}") for kind in kinds)


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, list):
        return "a list"
    return "a mapping" if isinstance(value, dict) else f"`{short(value)}`"


def _unquoted(value: Any, wanted: str) -> str:
    """`[Name:, Full name:]`: YAML makes mappings of labels that end in a colon."""
    if not isinstance(value, dict) or len(value) != 1 or "a text" not in wanted:
        return ""
    key, behind = next(iter(value.items()))
    if isinstance(behind, dict | list):
        return ""
    text = short(f"{key}:" if behind is None else f"{key}: {behind}")
    return f"; a text with a colon has to stand in quotes, `'{text}'`"


# --- sources ----------------------------------------------------------------------------------------


def _without_source(data: Any) -> Iterator[Found]:
    """A field says where it comes from; a variant's may take that over from the spec's own."""
    own = _mapping(_mapping(data).get("fields"))
    layouts: list[tuple[Path, dict[str, Any]]] = [((), own)]
    variants = _mapping(data).get("variants")
    for number, variant in enumerate(variants if isinstance(variants, list) else []):
        layouts.append((("variants", number), _mapping(_mapping(variant).get("fields"))))
    for base, fields in layouts:
        for name, field in fields.items():
            if isinstance(field, dict) and "from" not in field and (not base or name not in own):
                yield Found("MISSING_KEY", "`from` is missing", (*base, "fields", name), "from")


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _written_sources(data: Any) -> Iterator[tuple[Path, Any]]:
    parts: list[tuple[Path, Any]] = [((), data)]
    parts += [(("variants", number), variant) for number, variant in enumerate(data.get("variants") or [])]
    for base, part in parts:
        for name, field in (part.get("fields") or {}).items():
            if isinstance(field, dict) and "from" in field:
                yield from _sources_under((*base, "fields", name, "from"), field["from"])
        for table_name, table in (part.get("tables") or {}).items():
            for name, column in table.get("columns", {}).items():
                if isinstance(column, dict) and "from" in column:
                    path: Path = (*base, "tables", table_name, "columns", name, "from")
                    yield from _sources_under(path, column["from"])


def _sources_under(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield (*path, number), one
    else:
        yield path, value


BESIDE = {
    **dict.fromkeys(("match", "paired", "whole_line"), "key"),
    **dict.fromkeys(("after", "before"), "line"),
    **dict.fromkeys(("label", "group"), "expense"),
}
"""Words of one source that stand beside its name."""


def _one_kind(path: Path, source: Any) -> Iterator[Found]:
    if not isinstance(source, dict):
        return
    kinds = [name for name in source if name in KINDS]
    if not kinds:
        yield Found("SOURCE_MISSING", "This source has no name of a source", path, listed(KINDS))
    elif len(kinds) > 1:
        yield Found("SOURCES_SEVERAL", f"A source has one name, here are {len(kinds)}: {listed(kinds)}", path)
    else:
        for name in [name for name in source if BESIDE.get(name, kinds[0]) != kinds[0]]:
            message = f"`{name}` is a word of `{BESIDE[name]}`, and this source is `{kinds[0]}`"
            yield Found("WORD_OF_ANOTHER", message, (*path, name), at_key=True)
        yield from _one_box((*path, "checkbox"), source.get("checkbox"))


def _one_box(path: Path, words: Any) -> Iterator[Found]:
    """`label` is one box and a boolean; the other words are of a question with its options."""
    if isinstance(words, dict) and "label" in words:
        for name in [name for name in words if name != "label"]:
            message = f"`{name}` says nothing of the one box that `label` names"
            yield Found("WORD_OF_ANOTHER", message, (*path, name), at_key=True)
