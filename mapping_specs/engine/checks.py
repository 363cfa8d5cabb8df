"""Checks: `pattern`, `length` and `one_of` see the cleaned text, `min` and `max` the converted value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mapping_specs.engine.patterns import compiled

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Checks


def failures(text: str, value: Any, checks: Checks) -> list[str]:
    """The names of the checks that fail, in the order of CHECKS."""
    if not checks:
        return []
    return [name for name, holds in CHECKS.items() if name in checks and not holds(text, value, checks[name])]  # type: ignore[literal-required]


def pattern(text: str, value: Any, wanted: Any) -> bool:
    return compiled(str(wanted)).search(text) is not None


def minimum(text: str, value: Any, wanted: Any) -> bool:
    compared = _compared(value, wanted)
    return compared is not None and compared[0] >= compared[1]


def maximum(text: str, value: Any, wanted: Any) -> bool:
    compared = _compared(value, wanted)
    return compared is not None and compared[0] <= compared[1]


def _compared(value: Any, wanted: Any) -> tuple[Any, Any] | None:
    """Both as numbers, or both as text (ISO dates and times compare as text); None where that cannot be."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        from decimal import Decimal, InvalidOperation

        try:
            return Decimal(str(value)), Decimal(str(wanted))
        except InvalidOperation:
            return None
    return str(value), str(wanted)


def length(text: str, value: Any, wanted: Any) -> bool:
    """An exact length in characters, or `{min: …, max: …}`."""
    if isinstance(wanted, dict):
        return wanted.get("min", 0) <= len(text) <= wanted.get("max", len(text))
    return len(text) == wanted


def one_of(text: str, value: Any, wanted: Any) -> bool:
    return text in wanted or str(value) in wanted


def checksum(text: str, value: Any, wanted: Any) -> bool:
    return CHECKSUMS[str(wanted)](text)


def luhn(text: str) -> bool:
    """Payment cards, IMEI: ISO/IEC 7812-1 annex B."""
    digits = [int(character) for character in text if character.isdecimal()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return len(digits) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def iban(text: str) -> bool:
    """ISO 13616: modulo 97 of the rearranged number is 1."""
    compact = "".join(text.split()).upper()
    if not compact.isascii() or not compact.isalnum() or not 15 <= len(compact) <= 34:
        return False
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1


def vin(text: str) -> bool:
    """ISO 3779 with the check digit of 49 CFR 565 at place 9."""
    values = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True))
    compact = "".join(text.split()).upper()
    if len(compact) != 17 or any(character not in values and not character.isdecimal() for character in compact):
        return False
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum(
        weight * values.get(c, int(c) if c.isdecimal() else 0) for weight, c in zip(weights, compact, strict=True)
    )
    return compact[8] == "0123456789X"[total % 11]


def mod11(text: str) -> bool:
    """ISBN-10 and its kin: weights 2, 3, 4 … from the right, the check digit X for 10."""
    compact = "".join(character for character in text.upper() if character.isalnum())
    if len(compact) < 2 or not compact[:-1].isdecimal() or compact[-1] not in "0123456789X":
        return False
    digits = [*map(int, compact[:-1]), 10 if compact[-1] == "X" else int(compact[-1])]
    return sum(weight * digit for weight, digit in enumerate(reversed(digits), start=1)) % 11 == 0


CHECKS: dict[str, Callable[[str, Any, Any], bool]] = {
    "pattern": pattern,
    "min": minimum,
    "max": maximum,
    "length": length,
    "one_of": one_of,
    "checksum": checksum,
}
CHECKSUMS: dict[str, Callable[[str], bool]] = {"luhn": luhn, "iban": iban, "vin": vin, "mod11": mod11}
