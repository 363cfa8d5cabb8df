"""Names of fields and columns from what is printed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from backend.errors import Conflict, Invalid

NAME = re.compile(r"[a-z][a-z0-9_]*")
MAX_CHARACTERS = 60
ITEM_NUMBER = re.compile(r"^\s*\d+[a-z]?[.)]?\s+(?=\D)")
"""`12a. Surname` is about a surname."""


def name_from(label: str, taken: Iterable[str] = (), *, fallback: str = "field") -> str:
    """`Engine No.` → `engine_no`; a number behind it where the name is taken."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    plain = ITEM_NUMBER.sub("", plain) or plain
    words = re.sub(r"[^a-z0-9]+", "_", re.sub(r"['’]", "", plain)).strip("_")
    name = words[:MAX_CHARACTERS].strip("_")
    if not name or not name[0].isalpha():
        name = f"{fallback}_{name}"[:MAX_CHARACTERS].rstrip("_")
    known = set(taken)
    unique, number = name, 2
    while unique in known:
        unique, number = f"{name}_{number}", number + 1
    return unique


def name_check(name: str, taken: Iterable[str], *, what: str = "field") -> str:
    if not NAME.fullmatch(name) or len(name) > 64:
        message = f"A {what}'s name is a small letter, then small letters, digits and _."
        raise Invalid("NAME_INVALID", message, name=name[:80])
    if name in set(taken):
        raise Conflict("NAME_TAKEN", f"There is a {what} {name} already.", name=name)
    return name
