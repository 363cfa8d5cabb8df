"""What an analyst wrote laid over what is there: a spec over its library, a variant's fields over the spec's."""

from __future__ import annotations

from typing import Any


def spec_over(base: Any, own: dict[str, Any]) -> dict[str, Any]:
    """Fields and tables word by word, other mappings name by name; lists are replaced."""
    merged = dict(base)
    for name, value in own.items():
        over = OVER.get(name, _named_over)
        both = isinstance(value, dict) and isinstance(base.get(name), dict)
        merged[name] = over(base[name], value) if both else value
    return merged


def _named_over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    both = {name: _named_over(base[name], value) for name, value in own.items() if _are_mappings(base.get(name), value)}
    return {**base, **own, **both}


def _fields_over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    return {
        **base,
        **own,
        **{name: field_over(base[name], field) for name, field in own.items() if name in base and field},
    }


def _tables_over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    both = {name: table_over(base[name], one) for name, one in own.items() if _are_mappings(base.get(name), one)}
    return {**base, **own, **both}


def _are_mappings(*values: Any) -> bool:
    return all(isinstance(value, dict) for value in values)


OVER = {"fields": _fields_over, "tables": _tables_over}


def field_over(base: Any, own: Any) -> Any:
    """A field over another of its name: word by word, the short form is its source."""
    return {**_long_field(base), **_long_field(own)}


def _long_field(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {} if value is None else {"from": {"key": value}}


def table_over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """A table over another of its name: word by word, and its columns so too."""
    columns = dict(base.get("columns") or {})
    for name, column in (own.get("columns") or {}).items():
        columns[name] = {**long_column(columns.get(name)), **long_column(column)}
    return {**base, **own, "columns": columns}


def long_column(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {} if value is None else {"header": value}
