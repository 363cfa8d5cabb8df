"""Where: sections, pages and areas. A thing belongs to the region that holds the centre of its key, box or line."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from mapping_specs.engine.places import Place, Places, places_of
from mapping_specs.engine.view import View
from mapping_specs.engine.view.nodes import Box, overlap_sideways, same_row

if TYPE_CHECKING:
    from mapping_specs.engine.resolved import Heading, Where

FAR = 10**9


class Section(NamedTuple):
    """From a heading to its end, between two upright borders."""

    page: int
    heading: Box
    left: float
    right: float
    end_page: int
    end_top: float

    def holds(self, page: int, box: Box) -> bool:
        if page < self.page or page > self.end_page or not self.left <= box.center_x <= self.right:
            return False
        if page == self.page:
            if same_row(box, self.heading):
                if box.center_x < self.heading.left:
                    return False
            elif box.center_y < self.heading.center_y:
                return False
        elif page < self.page:
            return False
        return page < self.end_page or (page == self.end_page and box.center_y < self.end_top)


class Region(NamedTuple):
    """All of a document that fulfils a `where`; `missing` names a heading that is not printed."""

    sections: tuple[tuple[Section, ...], ...] = ()
    """Each level must hold, by one of its sections."""
    page: int | None = None
    area: tuple[float, float, float, float] | None = None
    missing: str | None = None

    def holds(self, page: int | None, box: Box | None) -> bool:
        if self.missing is not None:
            return False
        if self.page is not None and page != self.page:
            return False
        if not self.sections and self.area is None:
            return True
        if page is None or box is None:
            return False
        if self.area is not None and not _inside(self.area, box):
            return False
        return all(any(section.holds(page, box) for section in level) for level in self.sections)

    @property
    def everywhere(self) -> bool:
        return not self.sections and self.page is None and self.area is None and self.missing is None


EVERYWHERE = Region()


def _inside(area: tuple[float, float, float, float], box: Box) -> bool:
    left, top, right, bottom = area
    return left <= box.center_x * 100 <= right and top <= box.center_y * 100 <= bottom


class Regions:
    """The regions of one document under one spec: the sections of a document are those its spec names."""

    def __init__(
        self,
        view: View,
        headings: list[list[tuple[str, ...]]],
        labels: frozenset[str] = frozenset(),
        labels_in_sections: frozenset[str] = frozenset(),
    ) -> None:
        """`labels`: of the `key` sources; a heading that repeats in the document is none of them."""
        self.view = view
        self._texts = headings
        self._labels = labels
        self._labels_in_sections = labels_in_sections
        self._headings: list[list[Place]] | None = None
        self._cache: dict[str, Region] = {}

    @property
    def places(self) -> Places:
        return places_of(self.view)

    def of(self, where: Where) -> Region:
        if not where or set(where) == {"document"}:
            return EVERYWHERE
        key = repr(where)
        region = self._cache.get(key)
        if region is None:
            region = self._cache[key] = self._region(where)
        return region

    def _region(self, where: Where) -> Region:
        area = where.get("area")
        levels: list[tuple[Section, ...]] = []
        for depth, heading in enumerate(where.get("section", [])):
            sections = self._sections(heading, depth, levels)
            if not sections:
                return Region(missing=" / ".join(heading["heading"]))
            levels.append(tuple(sections))
        bounds = (area["left"], area["top"], area["right"], area["bottom"]) if area else None
        return Region(tuple(levels), where.get("page"), bounds)

    def _sections(self, heading: Heading, depth: int, outer: list[tuple[Section, ...]]) -> list[Section]:
        texts = tuple(heading["heading"])
        found = self._without_labels(texts, self.places.find(texts))
        if outer:
            found = [
                place for place in found if all(any(s.holds(place.page, place.box) for s in level) for level in outer)
            ]
        nth = heading.get("nth")
        if nth:
            position = nth - 1 if nth > 0 else nth
            found = found[position : position + 1 or None] if -len(found) <= position < len(found) else []
        return [self._section(place, heading, depth) for place in found]

    def headings(self, depth: int) -> list[Place]:
        """The printed headings that end a section of this depth: those used deeper only do not."""
        if self._headings is None:
            self._headings = [
                [place for one in labels for place in self._without_labels(one, self.places.find(one))]
                for labels in self._texts
            ]
        return [place for level in self._headings[: depth + 1] for place in level]

    def _without_labels(self, heading: tuple[str, ...], printed: list[Place]) -> list[Place]:
        """A text that stands alone on its row, and is the label of a value that the spec reads further down, heads nothing
        there; further up neither, if the spec looks for that label in a section: a summary comes before what it sums up."""
        if not any(text in self._labels for text in heading):
            return printed
        is_key = [frozenset(word.id for word in place.words) in self._keys for place in printed]
        pairs = list(zip(printed, is_key, strict=True))
        alone = next((at for at, (place, key) in enumerate(pairs) if not key and self._alone(place)), len(printed))
        if alone < len(printed) and any(text in self._labels_in_sections for text in heading):
            alone = 0
        return [place for at, (place, key) in enumerate(pairs) if at < alone or not key]

    @cached_property
    def _keys(self) -> set[frozenset[str]]:
        """The words of each key that Textract has found a value for."""
        return {frozenset(pair.key_word_ids) for pair in self.view.key_values if pair.value_words}

    def _section(self, place: Place, heading: Heading, depth: int) -> Section:
        ends = self.headings(depth)
        left, right, foot = self._width(place, ends)
        end_page, end_top = self._end(place, left, right, foot, ends)
        for until in self.places.find(tuple(heading["until"])) if heading.get("until") else []:
            if (until.page, until.box.top) > (place.page, place.box.top):
                end_page, end_top = min((end_page, end_top), (until.page, until.box.top))
        return Section(place.page, place.box, left, right, end_page, end_top)

    def _width(self, place: Place, ends: list[Place]) -> tuple[float, float, float]:
        """Left and right border, and how far down they go. Headings on one row share the width; a heading next to a
        section that goes on beside it takes only its own side."""
        row = _on_row_of(place, ends)
        before = [end for end in row if end.box.center_x < place.box.left]
        after = [end for end in row if end.box.center_x > place.box.right]
        if before or after or self._alone(place):
            left, foot = self._gutter(_rightmost(before), place) if before else (-1.0, float(FAR))
            right, other = self._gutter(place, _leftmost(after)) if after else (2.0, float(FAR))
            return left, right, min(foot, other)
        return self._beside_open(place, ends)

    def _beside_open(self, place: Place, ends: list[Place]) -> tuple[float, float, float]:
        left, right, lowest = -1.0, 2.0, float(FAR)
        for end in ends:
            if end.page != place.page or end.box.center_y >= place.box.top or overlap_sideways(end.box, place.box):
                continue
            row = _on_row_of(end, ends)
            is_right = end.box.left > place.box.right
            before = [one for one in row if one.box.center_x < end.box.left]
            after = [one for one in row if one.box.center_x > end.box.right]
            if not (before if is_right else after):
                continue
            border, foot = self._gutter(_rightmost(before), end) if is_right else self._gutter(end, _leftmost(after))
            if foot <= place.box.center_y:
                continue
            left, right = (left, min(right, border)) if is_right else (max(left, border), right)
            lowest = min(lowest, foot)
        return left, right, lowest

    def _gutter(self, first: Place, second: Place) -> tuple[float, float]:
        """Where the border between two headings is, and how far down it goes: the middle of the widest upright gutter
        between their centres, in the lines from their row down to the first line that would leave none."""
        free = [(first.box.center_x, second.box.center_x)]
        top, foot = min(first.box.top, second.box.top), float(FAR)
        for line in self.view.lines_on(first.page):
            if line.box.center_y < top:
                continue
            narrowed = _without(free, line.box.left, line.box.right)
            if not narrowed:
                foot = line.box.top
                break
            free = narrowed
        left, right = max(free, key=lambda gap: gap[1] - gap[0])
        return (left + right) / 2, foot

    def _alone(self, place: Place) -> bool:
        """Nothing else is printed on its row."""
        cache: dict[int, bool] = self.view.cache.setdefault("alone", {})
        key = id(place)
        if key not in cache:
            beside = self.view.printed_on(place.page).between(place.box.top, place.box.bottom)
            cache[key] = all(not same_row(line.box, place.box) or _within(line.box, place.box) for line in beside)
        return cache[key]

    def _end(self, place: Place, left: float, right: float, foot: float, ends: list[Place]) -> tuple[int, float]:
        """The next heading that overlaps sideways, stands alone on its row, or comes below the section's borders."""
        width = Box(left, 0.0, right, 1.0)
        best = (FAR, 0.0)
        for end in ends:
            if (
                end.page < place.page
                or end.page > best[0]
                or (end.page == place.page and not _lower(end.box, place.box))
            ):
                continue
            if (end.page, end.box.top) >= best:
                continue
            beside = left <= end.box.center_x <= right and overlap_sideways(end.box, width)
            below = end.page == place.page and end.box.center_y > foot
            if beside or below or self._alone(end):
                best = (end.page, end.box.top)
        return best


def _on_row_of(place: Place, places: list[Place]) -> list[Place]:
    return [one for one in places if one is not place and one.page == place.page and same_row(one.box, place.box)]


def _rightmost(places: list[Place]) -> Place:
    return max(places, key=lambda one: one.box.center_x)


def _leftmost(places: list[Place]) -> Place:
    return min(places, key=lambda one: one.box.center_x)


def _lower(box: Box, other: Box) -> bool:
    return box.center_y > other.center_y and not same_row(box, other)


def _within(line: Box, place: Box) -> bool:
    return place.left - 0.005 <= line.center_x <= place.right + 0.005


def _without(free: list[tuple[float, float]], left: float, right: float) -> list[tuple[float, float]]:
    """The intervals without what lies between left and right; crumbs narrower than 0.2 % of the page are none."""
    kept: list[tuple[float, float]] = []
    for start, end in free:
        if right <= start or left >= end:
            kept.append((start, end))
            continue
        kept += [gap for gap in ((start, left), (right, end)) if gap[1] - gap[0] > 0.002]
    return kept


def compiled_headings(spec: Any) -> list[list[tuple[str, ...]]]:
    """The labels of all headings that the spec names, by the outermost place each has in a list: 0 the outer ones."""
    depths: dict[tuple[str, ...], int] = {}
    for path in _section_paths(spec):
        for depth, heading in enumerate(path):
            labels = tuple(heading["heading"])
            depths[labels] = min(depth, depths.get(labels, depth))
    for heading in (spec.get("sections") or {}).values():
        depths.setdefault(tuple(heading["heading"]), 0)
    deepest = max(depths.values(), default=0)
    return [[labels for labels in depths if depths[labels] == depth] for depth in range(deepest + 1)]


def _section_paths(spec: Any) -> list[list[Heading]]:
    paths: list[list[Heading]] = []
    for part in (spec, *spec.get("variants", [])):
        for field in part["fields"].values():
            for source in field["sources"]:
                paths.append(source["where"].get("section", []))
                paths.append(source["args"].get("section") or [])
                table = source["args"].get("table")
                if isinstance(table, dict):
                    paths.append(table.get("section", []))
        for table in part["tables"].values():
            repeated: list[Heading] = [{"heading": table["repeat"]}] if "repeat" in table else []
            paths.append([*table["where"].get("section", []), *repeated])
            for column in table["columns"].values():
                if "source" in column:
                    paths.append(column["source"]["where"].get("section", []))
    return [path for path in paths if path]
