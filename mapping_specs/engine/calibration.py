"""A confidence that keeps its word: of the values reported at 90, nine in ten are right, as labelled samples say.

Learned a docType, shipped in the bundle with the size of what it was learned from.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

MIN_SAMPLES = 20
MIN_VALUES = 200
MIN_VALUES_A_STEP = 40
MAX_STEPS = 10
PRIOR_VALUES = 20.0
"""Each step starts as if so many values had kept the word of the evidence: a few right samples prove little."""


class Calibration(NamedTuple):
    samples: int
    """Documents it was learned from."""
    values: int
    """Values on them that somebody has said are right or wrong."""
    points: tuple[tuple[float, float], ...]
    """(confidence by the evidence, share that is right), percent; both ascend. Between two points a straight line."""

    def of(self, percent: float) -> float:
        """The calibrated confidence; never a higher one for a lower."""
        place = bisect_right(self.points, percent, key=lambda point: point[0])
        if place == len(self.points):
            return self.points[-1][1]
        left, low = self.points[place - 1] if place else (0.0, 0.0)
        right, high = self.points[place]
        return round(low + (high - low) * (percent - left) / (right - left), 2)

    def to_dict(self) -> dict[str, Any]:
        return {"samples": self.samples, "values": self.values, "points": [list(point) for point in self.points]}

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> Calibration:
        """ValueError, KeyError or TypeError where it is none."""
        points = tuple((float(raw), float(share)) for raw, share in found["points"])
        between = ((0.0, 0.0), *points, (100.0, 100.0))
        ascend = all(one[0] <= other[0] and one[1] <= other[1] for one, other in pairwise(between))
        if not points or not ascend:
            raise ValueError("points that do not ascend from 0 to 100")
        return cls(int(found["samples"]), int(found["values"]), points)


def calibrate(documents: Iterable[Iterable[tuple[float, bool]]]) -> Calibration | None:
    """Of every labelled document its values as (confidence by the evidence, is it right); None where they are too few."""
    labelled = [values for document in documents if (values := list(document))]
    known = sorted(value for document in labelled for value in document)
    if len(labelled) < MIN_SAMPLES or len(known) < MIN_VALUES:
        return None
    steps = [_Step.of(values) for values in _groups(known)]
    points = [(round(step.percent, 2), round(step.share, 2)) for step in _ascending(steps)]
    return Calibration(len(labelled), len(known), tuple(points))


class _Step(NamedTuple):
    weight: float
    total_percent: float
    right: float

    @classmethod
    def of(cls, values: list[tuple[float, bool]]) -> _Step:
        count, total = len(values), sum(percent for percent, _ in values)
        right = sum(is_right for _, is_right in values) + PRIOR_VALUES * total / count / 100
        return cls(count + PRIOR_VALUES, total * (count + PRIOR_VALUES) / count, right)

    @property
    def percent(self) -> float:
        return self.total_percent / self.weight

    @property
    def share(self) -> float:
        return 100 * self.right / self.weight

    def with_(self, other: _Step) -> _Step:
        return _Step(self.weight + other.weight, self.total_percent + other.total_percent, self.right + other.right)


def _groups(values: list[tuple[float, bool]]) -> list[list[tuple[float, bool]]]:
    """Of one size, as far as it goes; values of one confidence stay together."""
    size = max(MIN_VALUES_A_STEP, -(-len(values) // MAX_STEPS))
    groups: list[list[tuple[float, bool]]] = [[]]
    for value in values:
        if len(groups[-1]) >= size and groups[-1][-1][0] != value[0]:
            groups.append([])
        groups[-1].append(value)
    if len(groups) > 1 and len(groups[-1]) < MIN_VALUES_A_STEP:
        groups[-2:] = [groups[-2] + groups[-1]]
    return groups


def _ascending(steps: list[_Step]) -> list[_Step]:
    """Neighbours that contradict one another become one (pool adjacent violators)."""
    kept: list[_Step] = []
    for step in steps:
        kept.append(step)
        while len(kept) > 1 and kept[-2].share > kept[-1].share:
            last = kept.pop()
            kept[-1] = kept[-1].with_(last)
    return kept
