"""phone: E.164, by the locale's country."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from mapping_specs.engine.types.outcome import ConversionFailed, Converted

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

    from mapping_specs.engine.resolved import Locale

MIN_DIGITS, MAX_CHARACTERS = 7, 40


def phone(text: str, field: Mapping[str, Any], locale: Locale) -> Converted:
    """Seven digits at least. A number without its area code stays as printed, and a person should look; also at one with
    digits too few or too many: another may stand behind it, `020 222 1234/5`."""
    import phonenumbers

    digits = sum(character.isdecimal() for character in text)
    if digits < MIN_DIGITS or len(text) > MAX_CHARACTERS or any(c.isalpha() for c in text.lower().replace("ext", "")):
        raise ConversionFailed("not a phone number")
    try:
        parsed = phonenumbers.parse(text, locale.get("country"))
    except phonenumbers.NumberParseException:
        parsed = None
    possible = phonenumbers.ValidationResult.IS_POSSIBLE
    if parsed is not None and phonenumbers.is_possible_number_with_reason(parsed) == possible:
        plain = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        return Converted(plain, certain=_is_as_long_as_others(parsed) or phonenumbers.is_valid_number(parsed))
    return Converted(" ".join(text.split()), certain=False)


def _is_as_long_as_others(number: PhoneNumber) -> bool:
    """Of its country: what is not valid by the library's tables may have come after them."""
    import phonenumbers

    return len(phonenumbers.national_significant_number(number)) in _lengths(number.country_code or 0)


@cache
def _lengths(country_code: int) -> set[int]:
    """Of the numbers that most of its telephones have."""
    import phonenumbers

    region = phonenumbers.region_code_for_country_code(country_code)
    kinds = (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)
    examples = [phonenumbers.example_number_for_type(region, kind) for kind in kinds]
    return {len(phonenumbers.national_significant_number(one)) for one in examples if one is not None}
