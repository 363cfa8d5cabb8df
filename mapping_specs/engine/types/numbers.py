"""integer, number, money, percent: exact decimals inside, JSON numbers outside."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from mapping_specs.engine.types.outcome import ConversionFailed, Converted

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Locale

MAX_CHARACTERS = 60
UNITS = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
# CLDR: countries whose decimal sign is the comma.
COMMA_COUNTRIES = frozenset(
    "AL AR AT AZ BE BG BO BR BY CL CM CO CR CY CZ DE DK DZ EC EE ES FI FR GE GR HR HU ID IS IT KZ LT LU LV MA MD ME MK "
    "MZ NL NO PL PT PY RO RS RU SE SI SK SN TN TR UA UY UZ VE VN ZA".split()
)
SYMBOLS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₦": "NGN", "₵": "GHS", "₽": "RUB", "₩": "KRW", "₺": "TRY"}
DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "JMD", "NAD", "ZWL", "LRD"})
THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""Currencies with three decimals."""
SHILLINGS = frozenset({"KES", "UGX", "TZS", "SOS"})
CODES = frozenset(
    "AED AUD BIF BRL BWP CAD CHF CLP CNY COP CZK DKK EGP ETB EUR GBP GHS HKD HUF IDR ILS INR JPY KES KRW KWD MAD MUR "
    "MWK MXN MYR MZN NAD NGN NOK NZD PHP PKR PLN QAR RON RUB RWF SAR SEK SGD SOS SSP THB TND TRY TZS UGX USD VND XAF "
    "XOF ZAR ZMW".split()
)
NAMED = re.compile(r"(?<![a-z])(kshs?|ushs?|tshs?|shs?|rs?|(?:us|a|c|nz|s|hk)\$|[a-z]{3})\.?(?![a-z])", re.IGNORECASE)
PREFIXED = {"ksh": "KES", "kshs": "KES", "ush": "UGX", "ushs": "UGX", "tsh": "TZS", "tshs": "TZS"}
PREFIXED |= {"us$": "USD", "a$": "AUD", "c$": "CAD", "nz$": "NZD", "s$": "SGD", "hk$": "HKD"}
OF_LOCALE = {
    "sh": SHILLINGS,
    "shs": SHILLINGS,
    "r": frozenset({"ZAR"}),
    "rs": frozenset({"INR", "PKR", "MUR", "LKR", "NPR"}),
}
"""Signs of several currencies, or of none: they say the locale's where it is one of these."""
FOOTNOTES = re.compile(r"[*†‡§¹²³⁰⁴⁵⁶⁷⁸⁹]+|(?<=\d)\s*\([a-z]\)$")
TAX_FLAG = re.compile(r"(?<=[.,]\d\d) ?[AEFGINOPTWXYZ]$")
"""A till's letter for how an amount is taxed. Not C, D, H, S (credit and debit), nor K, M and B (thousands to billions)."""
OVERDRAWN = re.compile(r"(?<=\d) ?O/?D\.?$")
"""Behind the balance of an account that owes. Not CR and DR, whose sign is the bank's own."""
NO_CENTS = re.compile(r"[.,]\s?-+$")
"""`500.-`, `500,-`: no minus."""
SHILLING_END = re.compile(r"/[=\-–—]\s*$")
POINT = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?|\d{1,3}(?:[ '’]\d{3})+(?:\.\d+)?|"
    r"\d+(?:\.\d*)?|\.\d+"
)
PLAIN = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
"""What most numbers are where the decimal sign is the point."""
COMMA = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:[ '’]\d{3})+(?:,\d+)?|\d+(?:,\d*)?|,\d+")
UNCLEAR = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
"""It says a number of thousands where its sign is not the decimal one."""
SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f"), " ")
MINUS = dict.fromkeys(map(ord, "\u2212\u2013\u2014\u2012"), "-")


def number(text: str, field: Mapping[str, Any], locale: Locale) -> Converted:
    return Converted(as_json(parsed(text, locale).value * _unit(field)))


def integer(text: str, field: Mapping[str, Any], locale: Locale) -> Converted:
    found = parsed(text, locale)
    value = found.value * _unit(field)
    if value != value.to_integral_value():
        raise ConversionFailed("not a whole number")
    return Converted(int(value), certain=not found.unclear or bool(field.get("unit")))


def money(text: str, field: Mapping[str, Any], locale: Locale) -> Converted:
    found = parsed(text, locale)
    currency = found.currency or locale.get("currency")
    certain = not found.unclear or bool(field.get("unit")) or currency in THOUSANDTHS
    return Converted(as_json(found.value * _unit(field)), {"currency": currency} if currency else {}, certain)


def percent(text: str, field: Mapping[str, Any], locale: Locale) -> Converted:
    """The number printed: 16 % is 16."""
    found = parsed(text.replace("%", " ", 1), locale)
    if found.currency and "%" not in text:
        raise ConversionFailed("not a percentage: an amount of money")
    return Converted(as_json(found.value))


class Number(NamedTuple):
    value: Decimal
    currency: str | None
    """As printed with it."""
    unclear: bool
    """Its decimal sign stands before three digits, as the sign of thousands does elsewhere: `450.000`."""


def parsed(text: str, locale: Locale) -> Number:
    plain_number = PLAIN.fullmatch(text)
    if plain_number and len(text) <= MAX_CHARACTERS and (locale.get("country") or "") not in COMMA_COUNTRIES:
        return Number(Decimal(text.replace(",", "")), None, "." in text and UNCLEAR.fullmatch(text) is not None)
    text = text.translate(SPACES).translate(MINUS).strip()
    if len(text) > MAX_CHARACTERS:
        raise ConversionFailed("not a number: too long")
    text = TAX_FLAG.sub("", SHILLING_END.sub("", FOOTNOTES.sub("", text)).strip()).removeprefix("#").lstrip()
    text, overdrawn = OVERDRAWN.subn("", text)
    text, currency = _without_currency(text, locale)
    negative, text = _sign(NO_CENTS.sub("", text))
    text, later = _without_currency(text, locale)
    comma = (locale.get("country") or "") in COMMA_COUNTRIES
    if not (COMMA if comma else POINT).fullmatch(text):
        raise ConversionFailed("not a number")
    plain = re.sub(r"[ '’.]" if comma else r"[ '’,]", "", text).replace(",", ".").rstrip(".")
    value = Decimal(plain)
    unclear = UNCLEAR.fullmatch(text) is not None and ("," in text) == comma
    return Number(-value if negative or overdrawn else value, currency or later, unclear)


def _without_currency(text: str, locale: Locale) -> tuple[str, str | None]:
    currency = None
    for symbol, named in SYMBOLS.items():
        if symbol in text:
            text, currency = text.replace(symbol, " "), named
    for match in NAMED.finditer(text):
        if code := _code(match[1].lower(), locale):
            text, currency = text[: match.start()] + " " + text[match.end() :], code
            break
    if "$" in text:
        own = locale.get("currency")
        text, currency = text.replace("$", " "), currency or (own if own in DOLLARS else "USD")
    return text.strip(), currency


def _code(name: str, locale: Locale) -> str | None:
    if name in OF_LOCALE:
        own = locale.get("currency")
        return own if own in OF_LOCALE[name] else None
    return PREFIXED.get(name) or (name.upper() if name.upper() in CODES else None)


def _sign(text: str) -> tuple[bool, str]:
    """Brackets or a minus at either end say negative."""
    if text.startswith("(") and text.endswith(")"):
        return True, text[1:-1].strip()
    if text.startswith("-"):
        return True, text[1:].strip()
    if text.endswith("-"):
        return True, text[:-1].strip()
    return False, text.removeprefix("+").strip()


def _unit(field: Mapping[str, Any]) -> Decimal:
    unit = field.get("unit")
    return Decimal(UNITS.get(str(unit), 1)) if unit else Decimal(1)


def as_json(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def as_text(value: int | float) -> str:
    """A JSON number as plain digits; it then takes the same way as printed ones."""
    if isinstance(value, float) and not math.isfinite(value):
        return ""
    return format(Decimal(str(value)), "f")
