"""Patterns that the articles report, and whether the runs show them.

Pattern-oriented modelling (Grimm et al. 2005, Science 310, 987-991): many weak patterns on several
levels say more of a model than one strong fit. A pattern is held by the runs where at least a
given share of the members lies within its band.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.base_year import World, world
from sim.ensemble import Block, Course, Kept, block, course, side_by_side
from sim.measures import MEASURES, measured
from sim.moments import month_names
from sim.month import at_rest
from sim.on_tape import varying_in
from sim.region import Region
from sim.results import MEASURED_FROM
from sim.scenario import Scenario
from sim.study.formula import BASE, Formula, Term
from sim.timeline import drivers as drivers_of

TO_FIT, HELD_BACK, NOT_SCORED = "to fit", "held back", "not scored"
"""Halves: what a fit may use, and what judges it; base-year checks and echoes are in neither."""

TO_FIT_UNTIL = "2022-12"
"""The last month that what a fit uses may know of."""

KINDS = ("level", "change", "ordering", "timing", "mechanism")

ROLES = ("emergent", "base", "echo")
"""Whether the rules have to bring a pattern about, or it is read in, or an event says it."""


@dataclass(frozen=True)
class Pattern:
    """One thing that the articles report, and how it is read in a run."""

    code: str
    says: str
    facts: tuple[str, ...]
    known: str  # the month in which the last of its facts was known, YYYY-MM
    kind: str
    role: str
    voices: int  # independent ones that it rests on
    measure: Formula
    unit: str
    low: float
    high: float
    share: float  # of members that have to be within the band
    why: str  # of the band
    missed: str  # why it would most likely be missed
    line: int

    @cached_property
    def last_month(self) -> str:
        """The last month that its measure reads; nothing where it reads the base year alone."""
        ends = [term.time.rpartition("..")[2] for term in self.measure.terms]
        return max((end for end in ends if end != BASE), default="")

    @property
    def half(self) -> str:
        """A fit may use patterns of which all facts and months lie up to the end of 2022."""
        if self.role != "emergent":
            return NOT_SCORED
        return TO_FIT if max(self.known, self.last_month) <= TO_FIT_UNTIL else HELD_BACK

    @property
    def asks_truth(self) -> bool:
        """Whether it asks for something to be true, rather than for a number in a band."""
        return self.unit == "true"


@dataclass(frozen=True)
class Judged:
    """A pattern, and what it measured in a run of every member."""

    pattern: Pattern
    values: np.ndarray  # (member,)

    @property
    def within(self) -> float:
        """The share of members within the band."""
        inside = (self.values >= self.pattern.low) & (self.values <= self.pattern.high)
        return float(inside.mean())

    @property
    def held(self) -> bool:
        return self.within >= self.pattern.share

    @property
    def lacking(self) -> float:
        """How far the share of members within the band is from what is asked; below 0: more."""
        return self.pattern.share - self.within

    @property
    def band(self) -> tuple[float, float, float]:
        """Median, 5% and 95% over the members that give a number."""
        told = self.values[np.isfinite(self.values)]
        if not len(told):
            return (np.nan,) * 3
        middle, low, high = np.quantile(told, (0.5, 0.05, 0.95))
        return float(middle), float(low), float(high)


# Runs ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Runs:
    """The history and its variants, played for the same members, as far as patterns read them."""

    world: World
    months: Sequence[str]
    courses: Mapping[str, Course]  # by arm; "" is the history itself
    places: Mapping[str, Mapping[int, int]]  # by arm: where each month stands that is kept of it

    @cached_property
    def base(self) -> Mapping[str, np.ndarray]:
        """Every quantity and measure in the base year, arrays (member, *axes)."""
        rest = at_rest(self.world)
        year = type(rest)({name: array[None] for name, array in rest.items()}, rest.axes)
        found = {name: array[0] for name, array in measured(self.world, year).items()}
        return {**dict(rest.items()), **found}

    @cached_property
    def _measures(self) -> dict[str, Mapping[str, np.ndarray]]:
        return {
            run: measured(self.world, kept.months)
            for run, kept in self.courses.items()
            if set(MEASURED_FROM) <= set(kept.months)
        }

    def read(self, term: Term) -> np.ndarray:
        """Return what a term stands for."""
        if term.time == BASE:
            return term.of(self.base[term.name])
        own = self.courses[term.run].months
        array = self._measures[term.run][term.name] if term.name in MEASURES else own[term.name]
        span, kept = self._span(term), self.places[term.run]
        found = term.of(array[kept[span[0]] : kept[span[-1]] + 1])
        return np.moveaxis(found, 0, 1) if ".." in term.time else found[0]

    def _span(self, term: Term) -> range:
        return months_of(term, self.months)

    def persistent(self, term: Term) -> np.ndarray:
        """Return what a term would be if the base year went on for ever, whatever happens."""
        here = term.of(self.base[term.name])
        if ".." not in term.time:
            return here
        return np.repeat(here[:, None], len(self._span(term)), axis=1)


def play(
    region: Region,
    history: Scenario,
    variants: Iterable[Scenario],
    patterns: Sequence[Pattern],
    members: int,
    first: int = 0,
    drawn_in: Sequence[Region] = (),
) -> Runs:
    """Return the history and those of its variants that patterns read, for some members.

    `drawn_in` are regions of which only the numbers differ from this one: the members of each
    stand side by side, and months noted for one serve all.
    """
    arms = {"": history, **{str(one.arm): one for one in variants}}
    terms = [term for pattern in patterns for term in pattern.measure.terms]
    asked = {term.run for term in terms if term.time != BASE} | {""}
    others = drawn_in or (region,)
    each = [block(one, history.seed, first, members, history.months) for one in others]
    wide = side_by_side([one.world.members for one in each], axis=0)
    noise = side_by_side([one.shocks for one in each], axis=1)
    some = Block(first, world(region, wide), noise, history.seed)

    def draws(event: str) -> np.ndarray:
        return np.tile(each[0].draws(event), len(each))

    drivers = {run: drivers_of(arms[run], region, draws) for run in arms if run in asked}
    differ = varying_in(*drivers.values())
    months = month_names(history.start, history.months)
    kept = {run: Kept(_reads(terms, run), months=_when(terms, run, months)) for run in drivers}
    courses = {run: course(some, own, kept[run], varying=differ) for run, own in drivers.items()}
    places = {run: of.places(history.months) for run, of in kept.items()}
    return Runs(some.world, months, courses, places)


def months_of(term: Term, months: Sequence[str]) -> range:
    """Return the places of the months that a term reads, in order."""
    first, _, last = term.time.partition("..")
    return range(months.index(first), months.index(last or first) + 1)


def _when(terms: Iterable[Term], run: str, months: Sequence[str]) -> tuple[int, ...] | None:
    """Return the places of the months that have to be kept of a run; None: all, of the history."""
    if not run:
        return None
    own = (term for term in terms if term.run == run and term.time != BASE)
    return tuple(sorted({place for term in own for place in months_of(term, months)}))


def _reads(terms: Iterable[Term], run: str) -> tuple[str, ...]:
    """Return the quantities that have to be kept of a run."""
    found: dict[str, None] = {}
    for term in terms:
        if term.run == run and term.time != BASE:
            names = MEASURED_FROM if term.name in MEASURES else (term.name,)
            found |= dict.fromkeys(names)
    return tuple(found)


def judged(patterns: Sequence[Pattern], runs: Runs) -> list[Judged]:
    """Return every pattern as the runs show it."""
    return [Judged(one, one.measure.value(runs.read)) for one in patterns]


def judged_apart(patterns: Sequence[Pattern], runs: Runs, groups: int) -> list[list[Judged]]:
    """Return every pattern as each of some groups of members shows it that were played together."""
    whole = judged(patterns, runs)
    parts = [np.split(one.values, groups) for one in whole]
    return [[Judged(p, own[k]) for p, own in zip(patterns, parts, strict=True)]
            for k in range(groups)]  # fmt: skip


def persisting(patterns: Sequence[Pattern], runs: Runs) -> list[Judged]:
    """Return every pattern as a world shows it in which the base year never ends."""
    return [Judged(one, one.measure.value(runs.persistent)) for one in patterns]


def rate(some: Sequence[Judged], weighted: bool = False) -> float:
    """Return the share of patterns that hold; weighted: by the voices that they rest on."""
    weights = np.array([one.pattern.voices if weighted else 1 for one in some], dtype=float)
    return float(weights @ [one.held for one in some] / weights.sum()) if len(some) else np.nan
