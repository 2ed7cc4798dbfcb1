"""A change from the baseline under every rule of choice: how far it goes, and what of it is chosen.

Each rule is run like the scenario itself: the baseline, the scenario with decisions held at the
baseline's, the scenario. Only the dates that are read are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.answer import headline_state
from sim.answer.verdict import headline_moment
from sim.answer.words import possessive
from sim.claims import LEAST_WRITTEN, amount, direction, tells
from sim.compare import name as named
from sim.drivers import Drivers
from sim.ensemble import Block, Kept, blocks
from sim.moments import Moment
from sim.results import ENDS, RUNS, Results, drivers_of_each, three_runs
from sim.scenario import Scenario
from sim.vocabulary import RULES

Watch = Callable[[int], None]

RECORDED = ("pooled", "threat")
"""Quantities of the situation that are compared between rules."""

READ = (*RECORDED, "breadth", "deliberate")
"""The same with the measures that are."""

WHOLE, IMPOSED, CHOSEN = ENDS
"""A change, and its two parts."""

Differences = dict[str, dict[str, np.ndarray]]
"""By part and quantity: (date, member, *axes)."""


@dataclass(frozen=True)
class Change:
    """One change that is asked for under every rule."""

    state: int
    what: str
    noun: str
    up: str
    down: str
    unit: str
    factor: float  # how many of the unit are one
    quantity: str
    place: tuple[int, ...]
    kind: str  # of size, as in sim.claims.SIZES
    at: Moment


@dataclass(frozen=True)
class Parts:
    """One change by member, and the two parts of which it is the sum."""

    whole: np.ndarray  # (member,)
    imposed: np.ndarray
    chosen: np.ndarray


@dataclass(frozen=True)
class ByRule:
    """One change under every rule, in the order of the rules."""

    change: Change
    rule: str  # of the run itself
    parts: dict[str, Parts]

    @property
    def own(self) -> Parts:
        """The change under the rule of the run itself."""
        return self.parts[self.rule]

    @cached_property
    def sign(self) -> int:
        """Which way it goes under the rule of the run; 0 if it cannot be told from nothing."""
        return clear_direction(self.own.whole, self.change.kind)

    @cached_property
    def holds_under(self) -> list[str]:
        """The rules under which it has the same sign and can be told from nothing."""
        if not self.sign:
            return []
        return [
            rule
            for rule, parts in self.parts.items()
            if clear_direction(parts.whole, self.change.kind) == self.sign
        ]

    @property
    def claim(self) -> str:
        """What is claimed of it, as the end of a sentence that begins with "that"."""
        return f"{self.change.noun} {self.change.up if self.sign > 0 else self.change.down}"


def clear_direction(members: np.ndarray, kind: str) -> int:
    """Return the sign of a change (member,); 0 if it cannot be told from nothing."""
    return direction(members)[0] if tells(members, kind) else 0


def what_is_chosen(one: ByRule) -> str:
    """Return in a sentence how much of a change is chosen: under the run's rule, and the others."""
    unit = one.change.unit
    medians = {
        rule: one.change.factor * float(np.median(parts.chosen))
        for rule, parts in one.parts.items()
    }
    own = signed(medians.pop(one.rule), unit)
    least, most = (signed(end(medians.values()), unit) for end in (min, max))
    others = f"between {least} and {most}" if least != most else least
    counted = "" if len(one.own.whole) == 1 else "medians, "
    return (
        f"Of this, chosen ({counted}in {unit}): {own} under the {one.rule.replace('_', ' ')} "
        f"rule, {others} under the others."
    )


def signed(number: float, unit: str) -> str:
    """Return a change in some unit with its sign; 0 where it is less than is written."""
    if abs(number) < LEAST_WRITTEN[unit]:
        return "0"
    return f"{'+' if number > 0 else ''}{amount(number)}"


# What is asked for ------------------------------------------------------------------------------


def headline(results: Results) -> tuple[int, Moment]:
    """Return the state and the date of the headline; the end where nothing differs at any."""
    place = headline_state(results)
    at = headline_moment(results, place)
    return place, at if at.place >= 0 else results.moments[-1]


def headline_changes(results: Results) -> tuple[Change, Change]:
    """Return the two changes of the headline: the share that moves most, and breadth."""
    region, (place, at) = results.region, headline(results)
    pooled = results.at("difference", "pooled", at)[:, place]
    most = int(np.abs(np.median(pooled, axis=0)).argmax())
    partner = named(region.partners[most], region)
    owner = possessive(region.actor(region.states[place]).name)
    share = Change(
        place, f"share of {partner}", f"the share of {partner} in {owner} ties is", "higher",
        "lower", "points", 100.0, "pooled", (place, most), "share", at,
    )  # fmt: skip
    return share, breadth(place, owner, at)


def breadth(place: int, owner: str, at: Moment) -> Change:
    """Return the change of the breadth of a state's ties at a date."""
    return Change(
        place, "breadth", f"{owner} ties are spread", "wider", "narrower", "effective partners",
        1.0, "breadth", (place,), "breadth", at,
    )  # fmt: skip


def dates_of(asked: Sequence[Change]) -> tuple[int, ...]:
    """Return the months at which changes are read, each once."""
    return tuple(sorted({change.at.place for change in asked}))


# The runs ---------------------------------------------------------------------------------------


def member_months(scenario: Scenario) -> int:
    """Return how many member-months the rules but the run's own report, of one scenario or arm."""
    return len(RUNS) * (len(RULES) - 1) * scenario.members * scenario.months


def under_each(
    results: Results, asked: Sequence[Change], others: dict[str, Differences]
) -> list[ByRule]:
    """Return changes under every rule, from the runs of one and the differences under the others.

    `others` are as from `differences`, by rule, at the dates of what is asked.
    """
    dates, rule = dates_of(asked), results.region.rule
    return [
        ByRule(
            change, rule,
            {
                one: of_results(results, change) if one == rule
                else picked(others[one], dates, change)
                for one in RULES
            },
        )
        for change in asked
    ]  # fmt: skip


def of_results(results: Results, change: Change) -> Parts:
    """Return a change under the rule of the run itself."""
    where: Any = (slice(None), *change.place)
    return Parts(*(results.at(part, change.quantity, change.at)[where] for part in ENDS))


def picked(found: Differences, dates: Sequence[int], change: Change) -> Parts:
    """Return a change out of those of all quantities and dates."""
    where: Any = (dates.index(change.at.place), slice(None), *change.place)
    return Parts(*(found[part][change.quantity][where] for part in ENDS))


def differences(results: Results, rule: str, dates: Sequence[int], watch: Watch) -> Differences:
    """Return by how much scenario and baseline differ under a rule, whole and in parts."""
    region, scenario = replace(results.region, rule=rule), results.scenario.under(rule)
    some = tuple(blocks(region, scenario, results.shocks))
    before = drivers_of_each(scenario.baseline or scenario, some)
    after = drivers_of_each(scenario, some)
    found = [
        _of_block(block, one, other, dates, watch)
        for block, one, other in zip(some, before, after, strict=True)
    ]
    return {
        part: {
            name: np.concatenate([block[part][name] for block in found], axis=1) for name in READ
        }
        for part in ENDS
    }


def _of_block(
    block: Block, before: Drivers, after: Drivers, dates: Sequence[int], watch: Watch
) -> Differences:
    runs = three_runs(block, before, after, Kept(RECORDED), None, watch, second=False)
    at = {
        name: {q: run.months[q][list(dates)] for q in READ}
        for name, run in zip(RUNS, runs, strict=True)
    }
    return {part: {q: at[one][q] - at[less][q] for q in READ} for part, (one, less) in ENDS.items()}
