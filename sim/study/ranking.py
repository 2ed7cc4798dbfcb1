"""Several scenarios side by side: which moves an outcome more, and in how many of the runs.

Every scenario is run for the same members, so that two of them are compared run by run: chance and
what we are unsure of are the same in both, and what is left is what they suppose.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.claims import FREQUENCIES
from sim.errors import InputError, Problem
from sim.region import Region
from sim.results import RUNS, Results, compare
from sim.scenario import Scenario
from sim.situation import DECISIONS
from sim.study.outcomes import Outcome, outcomes_of

TOLD_APART = FREQUENCIES[1][0]
"""Share of runs in which one has to move more for the two to be told apart: most runs."""

LEAST_APART = 0.05
"""Part of the larger of two movements by which they have to differ to be told apart."""


@dataclass(frozen=True)
class Moved:
    """How far one scenario moves one outcome from the baseline, by member."""

    whole: np.ndarray  # (member,)
    imposed: np.ndarray | None  # with decisions held; none for what is a decision itself

    @property
    def chosen(self) -> np.ndarray | None:
        """The rest, after what was imposed."""
        return None if self.imposed is None else self.whole - self.imposed


@dataclass(frozen=True)
class Pair:
    """How often one scenario moves an outcome more than another."""

    share: float  # of members in which the first moves it more
    apart: bool  # they can be told apart


@dataclass(frozen=True)
class Ranking:
    """Scenarios by how far they move one outcome, the one that moves it most first."""

    order: tuple[int, ...]  # scenarios, by place
    pairs: dict[tuple[int, int], Pair]  # (one, other): one moves it more

    def ranks(self) -> list[int]:
        """Return the rank of each scenario: one more than how many clearly move it more."""
        above = {one: self.order[:place] for place, one in enumerate(self.order)}
        return [
            1 + sum(self.pairs[other, one].apart for other in above[one])
            for one in range(len(self.order))
        ]


def ranked(moved: Sequence[np.ndarray]) -> Ranking:
    """Return scenarios by the size of their movements (member,), whichever way they go.

    The order is that of the median size; of equals the first that was named.
    """
    sizes = [np.abs(one) for one in moved]
    medians = [float(np.median(size)) for size in sizes]
    order = sorted(range(len(sizes)), key=lambda k: -medians[k])
    pairs = {
        (one, other): pair(sizes[one], sizes[other])
        for one in order
        for other in order
        if one != other
    }
    return Ranking(tuple(order), pairs)


def pair(one: np.ndarray, other: np.ndarray) -> Pair:
    """Return how often one size (member,) is larger than another; a tie counts as half.

    They are told apart only where the one that leads in the median is also larger in most runs.
    """
    share = float(((one > other) + 0.5 * (one == other)).mean())
    medians = [float(np.median(size)) for size in (one, other)]
    far = abs(medians[0] - medians[1]) > LEAST_APART * max(medians)
    of_leader = share if medians[0] > medians[1] else 1.0 - share
    return Pair(share, far and of_leader >= TOLD_APART)


# The runs ---------------------------------------------------------------------------------------


def side_by_side(
    scenarios: Sequence[Scenario], members: int | None, months: int | None, seed: int | None
) -> tuple[list[Scenario], list[str]]:
    """Return scenarios, each arm by itself, made alike to be compared, and what was done to it.

    They have to be set against the same baseline from the same month on. Where their lengths or
    seeds differ, the shortest run and the first's seed are taken for all.
    """
    arms = [arm for one in scenarios for arm in one.arms or (one,)]
    refuse_other_worlds(arms)
    notes = []
    length = months or min(one.months for one in arms)
    if months is None and len({one.months for one in arms}) > 1:
        notes.append(f"The runs differ in length; all are {length} months long here, as the "
                     "shortest is; for another length: --months.")  # fmt: skip
    begun = arms[0].seed if seed is None else seed
    if seed is None and len({one.seed for one in arms}) > 1:
        notes.append(f"The files have different seeds; all runs here have that of the first, "
                     f"{begun}; for another: --seed.")  # fmt: skip
    return [one.resized(members, length, begun) for one in arms], notes


def refuse_other_worlds(arms: Sequence[Scenario]) -> None:
    """Refuse scenarios that cannot be compared, all of them at once."""
    problems = []
    if len(arms) < 2:
        problems.append(Problem("there is one scenario only; name two or more"))
    first = arms[0]
    for one in arms[1:]:
        if one.start != first.start:
            problems.append(Problem(
                f"{one.name} begins in {one.start}, {first.name} in {first.start}; let their files "
                "say the same start"
            ))  # fmt: skip
        elif world_of(one) != world_of(first):
            problems.append(Problem(
                f"{one.name} is set against another baseline than {first.name}; compare scenarios "
                "that extend the same one"
            ))  # fmt: skip
    if problems:
        raise InputError("The comparison", list(dict.fromkeys(problems)))


def world_of(one: Scenario) -> tuple[Any, ...]:
    """Return the events of the baseline of a scenario, and what is off and what is set in it."""
    return (one.baseline.events if one.baseline else (), one.without, one.numbers)


def moved_by(
    region: Region,
    scenario: Scenario,
    asked: Sequence[str],
    watch: Callable[[int], None] = lambda done: None,
) -> tuple[tuple[Outcome, ...], list[Moved]]:
    """Return outcomes as one scenario reads them, and how far it moves each."""
    outcomes = outcomes_of(region, scenario, asked)
    refuse_levels(outcomes)
    keep = tuple(dict.fromkeys(name for one in outcomes for name in one.reads))
    results = compare(region, scenario, watch=watch, keep=keep)
    return outcomes, [moved(results, one) for one in outcomes]


def refuse_levels(outcomes: Sequence[Outcome]) -> None:
    """Refuse outcomes that are no differences."""
    problems = [
        Problem(f"{one.name}: movements from the baseline are compared; leave ':level' out")
        for one in outcomes
        if one.of == "level"
    ]
    if problems:
        raise InputError("The outcome", problems)


def moved(results: Results, one: Outcome) -> Moved:
    """Return how far an outcome is from the baseline, and how far with decisions held."""
    place: Any = (list(one.months), slice(None), *one.place)
    before, held, after = (results.runs[run][one.quantity][place] for run in RUNS)
    at = weights(one.when, after - before)
    imposed = None if one.quantity in DECISIONS else ((held - before) * at).sum(axis=0)
    return Moved(((after - before) * at).sum(axis=0), imposed)


def weights(when: str, change: np.ndarray) -> np.ndarray:
    """Return the weight of each month (month, member) in an outcome that is read at some time."""
    if when == "mean":
        return np.full(change.shape, 1.0 / len(change))
    if when == "worst":
        month = np.arange(len(change))[:, None]
        return np.asarray(month == np.abs(change).argmax(axis=0)).astype(float)
    return np.ones(change.shape)
