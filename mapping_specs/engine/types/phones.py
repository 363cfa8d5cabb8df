"""phone: E.164, by the locale's country."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mapping_specs.engine.resolved import Locale
from mapping_specs.engine.types.outcome import ConversionFailed, Converted

MIN_DIGITS, MAX_CHARACTERS = 7, 40


def phone(text: str, field: Mapping[str, Any], locale: Locale) -> Converted:
    """Seven digits at least. A number without its area code stays as printed, and a person should look."""
    import phonenumbers

    digits = sum(character.isdecimal() for character in text)
    if digits < MIN_DIGITS or len(text) > MAX_CHARACTERS or any(c.isalpha() for c in text.lower().replace("ext", "")):
        raise ConversionFailed("not a phone number")
    try:
        parsed = phonenumbers.parse(text, locale.get("country"))
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is not None and phonenumbers.is_possible_number(parsed):
        reason = phonenumbers.is_possible_number_with_reason(parsed)
        if reason == phonenumbers.ValidationResult.IS_POSSIBLE:
            return Converted(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    return Converted(" ".join(text.split()), certain=False)
