"""Tables over pages: whether one of the next page goes on the one before, and where its header is printed again."""

from __future__ import annotations

import re

from mapping_specs.engine.matching import looks_like, matcher, normalize
from mapping_specs.engine.tables.headers import headers_of
from mapping_specs.engine.tables.logical import LogicalTable, marked_header
from mapping_specs.engine.view import View
from mapping_specs.engine.view.tables import YEAR, Table, has_amount, has_digit

GOES_ON = re.compile(r"\bcont(?:\b|in)|\b(?:brought|carried)\s+f|\b[bc]\s?/\s?f\b", re.IGNORECASE)
"""`continued`, `(cont.)`, `brought forward`, `b/f`."""
TIME_OR_PAGE = re.compile(
    r"\bpage\b|\bof\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|\b\d+\b", re.IGNORECASE
)
SAME_EDGE = 0.04
"""Tables whose left and right edges differ by less, in widths of the page, can be parts of one."""


def join(built: LogicalTable, view: View) -> None:
    """Append what goes on over the next pages: the header repeated, or the same columns without another header."""
    last = built.parts[-1]
    page = last.page
    while True:
        page += 1
        part = next((table for table in view.tables_on(page) if _continues(built, last, table, view)), None)
        if part is None:
            return
        built.add(part, _repeated_depth(built, part))
        last = part


def _continues(built: LogicalTable, last: Table, table: Table, view: View) -> bool:
    if not table.grid or len(table.grid[0]) != len(built.headers) or not _same_edges(last, table):
        return False
    if _repeated_depth(built, table):
        return not _has_title_of_its_own(table, built.parts[0], view)
    if last is not _last_alike(table, view):
        return False
    header = marked_header(table)
    return header is None or (any(map(has_digit, header)) and not _is_of_years(table, header))


def _is_of_years(table: Table, header: list[str]) -> bool:
    """Figures in several columns, all of them years, over amounts: `Item`, `2020`, `2019`."""
    figures = [column for column, text in enumerate(header) if has_digit(text)]
    years = all(YEAR.fullmatch(header[column].strip()) for column in figures)
    return len(figures) > 1 and years and has_amount(row[column].text for row in table.grid[1:] for column in figures)


def _has_title_of_its_own(table: Table, first: Table, view: View) -> bool:
    """One that says something else than the first table's: not that it goes on, which page it is, or what stands over
    every page."""
    if not table.is_titled or not first.is_titled or GOES_ON.search(table.title):
        return False
    one, other = (normalize(TIME_OR_PAGE.sub(" ", title)) for title in (table.title, first.title))
    if one.startswith(other) or other.startswith(one) or matcher((first.title,)).match(table.title) is not None:
        return False
    whole = normalize(table.title)
    return not any(normalize(line.text).startswith(whole) for line in view.lines_on(first.page))


def _same_edges(one: Table, other: Table) -> bool:
    return (
        abs(one.box.left - other.box.left) <= SAME_EDGE
        and abs(one.box.right - other.box.right) <= SAME_EDGE
        and bool(one.grid)
        and bool(other.grid)
        and len(one.grid[0]) == len(other.grid[0])
    )


def _last_alike(table: Table, view: View) -> Table | None:
    """Of the page before, the lowest table with the same edges and columns, and with figures under the same of them if
    there is one: that is what goes on."""
    alike = [other for other in view.tables_on(table.page - 1) if _same_edges(other, table)]
    several = len(alike) > 1
    same = [other for other in alike if other.figure_columns == table.figure_columns] if several else []
    return max(same or alike, key=lambda other: other.box.top, default=None)


def _repeated_depth(built: LogicalTable, table: Table) -> int:
    """How many leading rows repeat the header; 0 if none."""
    wanted = [normalize(" ".join(texts)) for texts in built.headers]
    if not any(wanted):
        return 0
    for depth in range(1, min(4, len(table.grid)) + 1):
        printed = [normalize(" ".join(texts)) for texts in headers_of(table, depth)]
        if printed == wanted or _is_misread(printed, wanted):
            return depth
    return 0


def _is_misread(printed: list[str], wanted: list[str]) -> bool:
    """One header of several, by a letter: `Amourt` for `Amount`."""
    others = [(one, other) for one, other in zip(printed, wanted, strict=False) if one != other]
    equal = sum(one == other != "" for one, other in zip(printed, wanted, strict=False))
    return len(printed) == len(wanted) and len(others) == 1 < equal and looks_like(others[0][1], others[0][0])
