"""date, time, datetime: ISO 8601. Mapping knows no today; two-digit years lie in the hundred from `year_from`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date as Date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mapping_specs.engine.types.outcome import ConversionFailed, Converted

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Locale

MAX_CHARACTERS = 80
MONTHS = {
    "january januari jan": 1,
    "february februari feb": 2,
    "march machi mar": 3,
    "april aprili apr": 4,
    "may mei": 5,
    "june juni jun": 6,
    "july julai jul": 7,
    "august agosti aug": 8,
    "september septemba sept sep": 9,
    "october oktoba oct": 10,
    "november novemba nov": 11,
    "december desemba dec": 12,
}
MONTH_NUMBERS = {name: number for names, number in MONTHS.items() for name in names.split()}
WEEKDAYS = re.compile(
    r"\b(?:mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"jumatatu|jumanne|jumatano|alhamisi|ijumaa|jumamosi|jumapili)\b\.?,?",
    re.IGNORECASE,
)
ORDINAL = re.compile(r"(?<=\d)\s?(?:st|nd|rd|th)\b", re.IGNORECASE)
EMPTY_BRACKETS = re.compile(r"\(\s*\)")
"""What is left of a weekday in brackets."""
FILLERS = re.compile(r"\b(?:the|of|day)\b", re.IGNORECASE)
CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:\s?[:.h]\s?(?P<minute>\d{2})(?:\s?[:.]\s?(?P<second>\d{2})(?:\.\d+)?)?)?"
    r"\s*(?P<half>[ap]\.?\s?m\.?)?\s*(?:hrs?|hours|h)?\.?",
    re.IGNORECASE,
)
MILITARY = re.compile(r"(?P<hour>\d{2})(?P<minute>\d{2})\s*(?:hrs?|hours|h)?\.?", re.IGNORECASE)
TIME_AT_END = re.compile(
    r"(?P<gap>(?:\s-\s|[\sT,])+)(?:at\s+)?"
    r"(?P<clock>\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?\s*(?:[ap]\.?m\.?)?(?:\s*hrs?)?|\d{4}\s*hrs?)"
    r"\s*(?:Z|[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)
DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.(?:\d{2}|\d{4})")
SURELY_CLOCK = re.compile(r":|hrs?$|[ap]\.?m\.?$|^24[.h]00", re.IGNORECASE)
YEAR_FIRST = re.compile(r"(\d{4})\s?[-/. ]\s?(\d{1,2})\s?[-/. ]\s?(\d{1,2})")
NUMERIC = re.compile(r"(\d{1,2})\s?[-/. ]\s?(\d{1,2})\s?[-/. ]\s?(\d{4}|\d{2})")
COMPACT_YEAR_LAST = re.compile(r"(\d{2})(\d{2})((?:19|20)\d{2})")
"""No month is 19 or 20, so such digits never begin with the year."""
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
DAY_MONTH = re.compile(r"(\d{1,2})[\s\-/.,]*([a-z]{3,9})[\s\-/.,']*(\d{4}|\d{2})", re.IGNORECASE)
MONTH_DAY = re.compile(r"([a-z]{3,9})[\s\-/.,]*(\d{1,2})(?:[\s\-/.,']+)(\d{4}|\d{2})", re.IGNORECASE)
YEAR_MONTH = re.compile(r"(\d{4})[\s\-/.,]*([a-z]{3,9})[\s\-/.,]*(\d{1,2})", re.IGNORECASE)
FORMAT_TOKENS = {
    "YYYY": r"(?P<year>\d{4})",
    "YY": r"(?P<year>\d{2})",
    "MMMM": r"(?P<name>[A-Za-z]{3,9})",
    "MMM": r"(?P<name>[A-Za-z]{3,9})",
    "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{2})",
    "D": r"(?P<day>\d{1,2})",
}

PERCENT_TOKENS = {"Y": "YYYY", "y": "YY", "B": "MMMM", "b": "MMM", "m": "M", "d": "D"}
"""`%d/%m/%Y`, as many tools write it."""
PERCENT_TOKEN = re.compile(r"%-?([YyBbmd])")


def date(text: str, field: Mapping[str, Any], locale: Locale) -> Converted:
    text = _short(text)
    if field.get("format"):
        return Converted(_by_format(text, str(field["format"]), locale))
    return Converted(_date(_parted(text, locale)[0], locale))


def time(text: str, field: Mapping[str, Any], locale: Locale) -> Converted:
    return Converted(_clock(_short(text)))


def datetime(text: str, field: Mapping[str, Any], locale: Locale) -> Converted:
    day, clock = _parted(_short(text), locale)
    if not clock:
        raise ConversionFailed("not a date with a time")
    if field.get("format"):
        return Converted(f"{_by_format(day, str(field['format']), locale)}T{clock}")
    return Converted(f"{_date(day, locale)}T{clock}")


def _parted(text: str, locale: Locale) -> tuple[str, str]:
    """The date and the clock behind it, ISO 8601; the whole text where there is none. The end of a period is none:
    `01.01.20 - 12.03.20`."""
    found = TIME_AT_END.search(text)
    if not found:
        return text, ""
    day, clock = text[: found.start()], found["clock"]
    has_year = day[-4:].isdigit() and "-" not in found["gap"]
    if DOTTED.fullmatch(clock) and DOTTED.fullmatch(day) and not has_year and _is_date(clock, locale):
        return text, ""
    try:
        return day, _clock(clock)
    except ConversionFailed:
        # `24:00` is no hour of that day, and the day is sure.
        return (day if SURELY_CLOCK.search(clock) else text), ""


def _is_date(text: str, locale: Locale) -> bool:
    try:
        return bool(_date(text, locale))
    except ConversionFailed:
        return False


def _short(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > MAX_CHARACTERS:
        raise ConversionFailed("not a date or time: too long")
    return text


def _date(text: str, locale: Locale) -> str:
    text = FILLERS.sub(" ", ORDINAL.sub("", WEEKDAYS.sub(" ", text)))
    text = EMPTY_BRACKETS.sub(" ", text)
    text = " ".join(text.split()).strip(" ,.")
    for read in (_year_first, _numeric, _day_month, _month_day, _year_month, _compact):
        if found := read(text, locale):
            return _iso(*found)
    raise ConversionFailed("not a date")


def _year_first(text: str, locale: Locale) -> tuple[int, int, int] | None:
    match = YEAR_FIRST.fullmatch(text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _numeric(text: str, locale: Locale) -> tuple[int, int, int] | None:
    match = NUMERIC.fullmatch(text)
    if not match:
        return None
    return _in_order(match[1], match[2], _year(match[3], locale), locale)


def _in_order(first: str, second: str, year: int, locale: Locale) -> tuple[int, int, int]:
    """(year, month, day): day or month first as the locale has it; the other way where only that is a date."""
    day, month = (int(first), int(second)) if locale["day_first"] else (int(second), int(first))
    return (year, day, month) if month > 12 >= day else (year, month, day)


def _day_month(text: str, locale: Locale) -> tuple[int, int, int] | None:
    match = DAY_MONTH.fullmatch(text)
    return (_year(match[3], locale), _month(match[2]), int(match[1])) if match else None


def _month_day(text: str, locale: Locale) -> tuple[int, int, int] | None:
    match = MONTH_DAY.fullmatch(text)
    return (_year(match[3], locale), _month(match[1]), int(match[2])) if match else None


def _year_month(text: str, locale: Locale) -> tuple[int, int, int] | None:
    match = YEAR_MONTH.fullmatch(text)
    return (int(match[1]), _month(match[2]), int(match[3])) if match else None


def _compact(text: str, locale: Locale) -> tuple[int, int, int] | None:
    last = COMPACT_YEAR_LAST.fullmatch(text)
    if last:
        return _in_order(last[1], last[2], int(last[3]), locale)
    match = COMPACT.fullmatch(text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _month(name: str) -> int:
    """By its name or what is printed of it, three letters at least."""
    name = name.lower()
    number = MONTH_NUMBERS.get(name)
    if number:
        return number
    found = {number for full, number in MONTH_NUMBERS.items() if len(name) >= 3 and full.startswith(name)}
    if len(found) != 1:
        raise ConversionFailed("not a date: no such month")
    return found.pop()


def _year(text: str, locale: Locale) -> int:
    year = int(text)
    if len(text) > 2:
        return year
    start = locale["year_from"]
    return start + (year - start) % 100


def _iso(year: int, month: int, day: int) -> str:
    try:
        return Date(year, month, day).isoformat()
    except ValueError:
        raise ConversionFailed("not a date: no such day") from None


def _by_format(text: str, wanted: str, locale: Locale) -> str:
    match = format_pattern(wanted).fullmatch(" ".join(text.split()))
    if not match:
        raise ConversionFailed("not a date of this format")
    parts = match.groupdict()
    month = _month(parts["name"]) if parts.get("name") else int(parts["month"])
    return _iso(_year(parts["year"], locale), month, int(parts.get("day") or 1))


@lru_cache(maxsize=256)
def format_pattern(wanted: str) -> re.Pattern[str]:
    """`DD/MM/YYYY` as a pattern; ValueError where year or month is not in it, or one is there twice."""
    wanted = PERCENT_TOKEN.sub(lambda token: PERCENT_TOKENS.get(token[1], token[0]), wanted)
    tokens = re.split(r"(YYYY|YY|MMMM|MMM|MM|M|DD|D)", wanted)
    pattern = "".join(FORMAT_TOKENS.get(token, re.escape(token)) for token in tokens)
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except re.error:
        raise ValueError("a date format names each part once") from None
    names = compiled.groupindex.keys()
    if "year" not in names or not names & {"month", "name"}:
        raise ValueError("a date format names year and month")
    return compiled


def _clock(text: str) -> str:
    text = text.strip()
    match = CLOCK.fullmatch(text) or MILITARY.fullmatch(text)
    if not match:
        raise ConversionFailed("not a time")
    parts = match.groupdict()
    if parts.get("minute") is None and not parts.get("half"):
        raise ConversionFailed("not a time")
    hour, minute, second = int(parts["hour"]), int(parts.get("minute") or 0), int(parts.get("second") or 0)
    if half := parts.get("half"):
        if not 1 <= hour <= 12:
            raise ConversionFailed("not a time: no such hour")
        hour = hour % 12 + (12 if half.lower().startswith("p") else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ConversionFailed("not a time: no such hour or minute")
    return f"{hour:02}:{minute:02}" + (f":{second:02}" if parts.get("second") else "")
