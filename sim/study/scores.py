"""Observed figures against what runs say of them: coverage, and skill over runs that know less.

A score is the continuous ranked probability score (CRPS; Matheson and Winkler 1976; Gneiting and
Raftery 2007, Journal of the American Statistical Association 102, 359-378): how far the members
lie from what was observed, less half of how far they lie from each other. It is in the series'
own unit, 0 at best, and for a lone number the distance from it. Skill is 1 less the score over
that of a null: 0 is no better than it, 1 perfect.

A single vote was cast or not, while members have a propensity to cast it. No band of propensities
can hold a vote, so none is asked to, and the score is that of the mean propensity (Brier 1950,
Monthly Weather Review 78, 1-3): the CRPS of members that each cast a vote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from sim.errors import InputError, Problem
from sim.members import stream
from sim.observables import BASE_YEAR, SERIES, Course, Series, as_run, tellings
from sim.reading.csv_lines import (
    Line,
    empty,
    header_problems,
    not_within,
    numbered_rows,
    read_bytes,
    refuse,
    width_problems,
)
from sim.results import Results
from sim.vocabulary import MONTHS_A_YEAR

COLUMNS = ("series", "entity", "partner", "period", "value", "unit")
"""What a table of observations has to have; more columns are passed over."""

SOURCE = "source"
"""A column that may be there: which fact reports the figure."""

FARTHEST = 1e12
"""More than any observed figure."""

BAND = (0.05, 0.95)
"""The ranks between which nine in ten members lie."""

VOTES = ("ukraine_vote_yes_share", "ukraine_vote_no_share")
"""Series that are propensities to vote so."""

PERIOD = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?")

Key = tuple[str, str, str, str]
"""Series, entity, partner, period."""

Members = Mapping[Key, np.ndarray]
"""What the members say, by key, (member,)."""


@dataclass(frozen=True)
class Observation:
    """One observed figure."""

    series: str
    entity: str
    partner: str
    period: str
    value: float
    unit: str
    line: int
    source: str = ""  # the facts that report it, where the table says so

    @property
    def key(self) -> Key:
        return self.series, self.entity, self.partner, self.period

    @property
    def year(self) -> str:
        return self.period[:4]

    @property
    def is_vote(self) -> bool:
        """Whether it is a vote that was cast so or not."""
        return self.series in VOTES and self.value in (0.0, 1.0)


def read_observations(path: Path | str) -> tuple[Observation, ...]:
    """Return the figures of a tidy table, or say all that is wrong with it."""
    path = Path(path)
    rows = list(numbered_rows(path, read_bytes(path)))
    if not rows:
        raise InputError(str(path), [Problem(f"is empty; its first line is {','.join(COLUMNS)}")])
    header = [name.strip() for name in rows[0][1]]
    if len(header) == 1 and ";" in header[0]:
        why = "its columns stand between semicolons; save it with commas, and decimal points"
        raise InputError(str(path), [Problem(why, 1)])
    refuse(str(path), header_problems([one for one in header if one in COLUMNS], COLUMNS))
    refuse(str(path), width_problems(rows, len(header)))
    lines = [Line(n, dict(zip(header, map(str.strip, row), strict=True))) for n, row in rows[1:]]
    refuse(str(path), (problem for line in lines for problem in problems(line)))
    refuse(str(path), twice(lines))
    if not lines:
        raise InputError(str(path), [Problem("holds no observation; a row is one figure")])
    return tuple(
        Observation(
            line["series"], line["entity"], line["partner"], line["period"],
            float(line["value"]), line["unit"], line.number, line.cells.get(SOURCE, ""),
        )
        for line in lines
    )  # fmt: skip


def problems(line: Line) -> Iterable[Problem]:
    """Yield what is wrong with a row."""
    yield from empty(line, ("series", "entity", "period", "unit"))
    if line["value"].count(",") == 1:
        yield line.problem(f"value: {line['value']!r}: write a decimal point, not a comma")
    else:
        yield from not_within(line, "value", -FARTHEST, FARTHEST)
    if line["period"] and not PERIOD.fullmatch(line["period"]):
        yield line.problem(f"period: {line['period']!r} is no year (2022) or month (2022-06)")


def twice(lines: Sequence[Line]) -> Iterable[Problem]:
    """Yield figures that stand there a second time: they would count twice."""
    seen: dict[tuple[str, ...], int] = {}
    for line in lines:
        key = tuple(line[column] for column in COLUMNS[:4])
        if key in seen:
            yield line.problem(f"{' '.join(filter(None, key))} is already on line {seen[key]}")
        seen.setdefault(key, line.number)


# What runs say ----------------------------------------------------------------------------------


def said(results: Results, run: str, course: Course = as_run) -> Members:
    """Return what the members of a run say of every series, place and period."""
    return {
        (telling.series.name, *place, period): telling.members[t, :, k]
        for telling in tellings(results, run, course)
        for k, place in enumerate(telling.places)
        for t, period in enumerate(telling.periods)
    }


def persistence(series: Series, base: np.ndarray, by_month: np.ndarray) -> np.ndarray:
    """Return the base year for ever."""
    return np.broadcast_to(base, by_month.shape)


def random_walk(seed: int, series: Series, base: np.ndarray, by_month: np.ndarray) -> np.ndarray:
    """Return the base year and steps at random, as large from month to month as the run's own."""
    path = np.concatenate([base, by_month])
    steps = np.diff(path, axis=0)
    spread = np.sqrt(np.mean(steps**2, axis=(0, 1)))
    drawn = stream(seed, "null", "random walk", series.name).standard_normal(by_month.shape)
    return base + np.cumsum(spread * drawn, axis=0)


def trend(slopes: Mapping[Key, float], results: Results, run: str) -> Members:
    """Return the straight lines through the years before, drawn on from the base year.

    Only of series that have such years.
    """
    known = said(results, run, persistence)
    monthly = {one.name for one in SERIES if one.over_time == "volume"}
    return {
        key: members + slopes[where] * years_on(key[3]) * part_of_a_year(key, monthly)
        for key, members in known.items()
        if (where := (*key[:3], "")) in slopes
    }


def part_of_a_year(key: Key, volumes: Collection[str]) -> float:
    """Return what part of a year's change a period has: a twelfth for a volume of a month."""
    return 1.0 / MONTHS_A_YEAR if key[0] in volumes and "-" in key[3] else 1.0


def years_on(period: str) -> float:
    """Return the years from the middle of the base year to the middle of a period."""
    year, _, month = period.partition("-")
    into = (int(month) - 0.5) / MONTHS_A_YEAR if month else 0.5
    return int(year) + into - (int(BASE_YEAR) + 0.5)


def slopes(before: Sequence[Observation]) -> dict[Key, float]:
    """Return the change a year of each series over the years before, by least squares."""
    groups: dict[Key, list[Observation]] = {}
    for one in before:
        groups.setdefault((one.series, one.entity, one.partner, ""), []).append(one)
    return {
        key: float(np.polyfit([int(one.period) for one in own], [one.value for one in own], 1)[0])
        for key, own in groups.items()
        if len(own) > 2
    }


# Scores -----------------------------------------------------------------------------------------


def crps(members: np.ndarray, value: float) -> float:
    """Return the continuous ranked probability score of members (member,), in their unit."""
    ordered = np.sort(members)
    count = len(ordered)
    ranks = 2.0 * np.arange(1, count + 1) - count - 1.0
    spread = 2.0 * float(ranks @ ordered) / count**2  # mean distance of two members
    return float(np.mean(np.abs(ordered - value))) - spread / 2.0


def brier(members: np.ndarray, value: float) -> float:
    """Return the score of propensities (member,) to cast a vote that was cast (1) or not (0)."""
    return float((members.mean() - value) ** 2)


def score_of(one: Observation, members: np.ndarray) -> float:
    """Return the score of what members (member,) say of a figure."""
    return (brier if one.is_vote else crps)(members, one.value)


@dataclass(frozen=True)
class Scored:
    """An observation, what the members say of it, and how far both are apart."""

    observed: Observation
    members: np.ndarray
    score: float
    nulls: Mapping[str, float]  # scores of those that say something of it
    of_nulls: Mapping[str, np.ndarray] = field(default_factory=dict)  # what their members say

    @property
    def band(self) -> tuple[float, float]:
        low, high = np.quantile(self.members, BAND)
        return float(low), float(high)

    @property
    def covered(self) -> bool:
        """Whether the observed figure lies where nine in ten members do, to rounding."""
        low, high = self.band
        slack = 1e-9 * max(1.0, abs(low), abs(high))
        return low - slack <= self.observed.value <= high + slack

    @property
    def miss(self) -> float:
        """How far the figure lies beyond the nearer end of the band, in its unit; 0 within it."""
        low, high = self.band
        return 0.0 if self.covered else max(low - self.observed.value, self.observed.value - high)

    @property
    def beyond(self) -> float:
        """How far the figure lies beyond the band, in widths of it; a band of no width is one."""
        low, high = self.band
        width = high - low
        return self.miss / width if width > 0.0 else self.miss / max(abs(high), 1e-9)


def scored(
    observations: Sequence[Observation], members: Members, nulls: Mapping[str, Members]
) -> list[Scored]:
    """Return those observations of which the runs say something, with their scores."""
    found = []
    for one in observations:
        if one.key in members:
            of = {name: own[one.key] for name, own in nulls.items() if one.key in own}
            by_null = {name: score_of(one, own) for name, own in of.items()}
            own = members[one.key]
            found.append(Scored(one, own, score_of(one, own), by_null, of))
    return found


def banded(some: Sequence[Scored]) -> list[Scored]:
    """Return the figures that a band can hold: all but votes."""
    return [one for one in some if not one.observed.is_vote]


def skill(some: Sequence[Scored], null: str) -> float:
    """Return the skill over a null, of those that it says something of; NaN where there are none.

    Scores of one series are in one unit: they are added up before they are compared.
    """
    both = [(one.score, one.nulls[null]) for one in some if null in one.nulls]
    if not both:
        return float("nan")
    own, other = (sum(part) for part in zip(*both, strict=True))
    return 1.0 - own / other if other > 0.0 else (0.0 if own == 0.0 else float("-inf"))


def nulls_of(results: Results, run: str, before: Sequence[Observation]) -> dict[str, Members]:
    """Return what the nulls say: persistence, the trend of the years before, a random walk."""
    walk: Callable[..., np.ndarray] = partial(random_walk, results.scenario.seed)
    return {
        "persistence": said(results, run, persistence),
        "trend": trend(slopes(before), results, run),
        "random walk": said(results, run, walk),
    }
