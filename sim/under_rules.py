"""A scenario under every rule of choice: what holds whichever way states choose, and what does not.

The other rules are run only as far as this needs: two runs, and the dates that are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.answer import headline_state
from sim.answer.cells import summed
from sim.answer.verdict import feared_most, headline_moment
from sim.answer.words import possessive, when
from sim.claims import direction, tells
from sim.compare import name as named
from sim.ensemble import Block, Kept, blocks
from sim.moments import Moment
from sim.on_tape import varying_in
from sim.question import Answered, Run
from sim.region import Region
from sim.results import (
    MEASURED_FROM,
    Results,
    first_difference,
    measured_course,
)
from sim.scenario import Scenario
from sim.timeline import drivers as drivers_of
from sim.vocabulary import RULES

Record = dict[str, Any]
Watch = Callable[[int], None]

READ = ("pooled", "threat", "breadth", "deliberate")
"""Quantities and measures that are compared between rules."""

TAGS = ((7, "is robust"), (4, "depends on the rule"), (1, "rests on one rule"))
"""Least number of rules under which a change holds, for each word."""

RUNS_A_RULE = 2


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


def with_all_rules(run: Run, watch: Watch, step: Callable[[str], None]) -> Run:
    """Return an answered run with what holds under how many rules beside each arm's answer."""
    return replace(run, arms=tuple(_with_rules(one, watch, step) for one in run.arms))


def member_months(scenario: Scenario) -> int:
    """Return how many member-months `with_all_rules` is to report."""
    arms = len(scenario.arms or (scenario,))
    return RUNS_A_RULE * (len(RULES) - 1) * arms * scenario.members * scenario.months


def _with_rules(one: Answered, watch: Watch, step: Callable[[str], None]) -> Answered:
    results = one.results
    if not results.differs.any():
        return one
    asked = list(changes(results))
    dates = sorted({change.at.place for change in asked})
    found = {results.region.rule: [of_results(results, change) for change in asked]}
    for rule in RULES:
        if rule not in found:
            step(f"under the rule {rule}")
            differ = differences(results, rule, dates, watch)
            found[rule] = [picked(differ, dates, change) for change in asked]
    rows = [
        row(results, change, {rule: found[rule][k] for rule in RULES})
        for k, change in enumerate(asked)
    ]
    told = [sentence(line) for line in rows if line["headline"]]
    return replace(one, answer={**one.answer, "under_rules": {"rows": rows, "sentences": told}})


def changes(results: Results) -> Iterator[Change]:
    """Yield the changes that are compared: the headline's, then each state's at the end."""
    region, (headline, at), end = results.region, _headline(results), results.moments[-1]
    pooled = results.at("difference", "pooled", at)[:, headline]
    most = int(np.abs(np.median(pooled, axis=0)).argmax())
    partner = named(region.partners[most], region)
    owner = possessive(region.actor(region.states[headline]).name)
    yield Change(
        headline, f"share of {partner}", f"the share of {partner} in {owner} ties is", "higher",
        "lower", "points", 100.0, "pooled", (headline, most), "share", at,
    )  # fmt: skip
    yield breadth(headline, owner, at)
    for place, state in enumerate(region.states):
        owner = possessive(region.actor(state).name)
        if (place, end) != (headline, at):
            yield breadth(place, owner, end)
        yield Change(
            place, "deliberate hedge", f"{owner} deliberate hedge is", "higher", "lower",
            "effective partners", 1.0, "deliberate", (place,), "breadth", end,
        )  # fmt: skip
        feared = feared_most(results, end, place)
        power = named(feared, region)
        yield Change(
            place, f"threat from {power}", f"{owner} fear of {power} is", "higher", "lower",
            "points", 100.0, "threat", (place, region.powers.index(feared)), "share", end,
        )  # fmt: skip


def breadth(place: int, owner: str, at: Moment) -> Change:
    """Return the change of the breadth of a state's ties at a date."""
    return Change(
        place, "breadth", f"{owner} ties are spread", "wider", "narrower", "effective partners",
        1.0, "breadth", (place,), "breadth", at,
    )  # fmt: skip


def of_results(results: Results, change: Change) -> np.ndarray:
    """Return a change under the rule of the run itself, shape (member,)."""
    where: tuple[Any, ...] = (slice(None), *change.place)
    return results.at("difference", change.quantity, change.at)[where]


def picked(differ: dict[str, np.ndarray], dates: Sequence[int], change: Change) -> np.ndarray:
    """Return a change of those of all quantities and dates, shape (member,)."""
    where: tuple[Any, ...] = (dates.index(change.at.place), slice(None), *change.place)
    return differ[change.quantity][where]


def differences(
    results: Results, rule: str, dates: Sequence[int], watch: Watch
) -> dict[str, np.ndarray]:
    """Return by how much scenario and baseline differ under a rule: (date, member, *axes)."""
    region, scenario = replace(results.region, rule=rule), results.scenario.under(rule)
    found = [
        _of_block(region, scenario, block, dates, watch)
        for block in blocks(region, scenario, results.shocks)
    ]
    return {name: np.concatenate([part[name] for part in found], axis=1) for name in READ}


def _of_block(
    region: Region, scenario: Scenario, block: Block, dates: Sequence[int], watch: Watch
) -> dict[str, np.ndarray]:
    before, after = (
        drivers_of(one, region, block.draws) for one in (scenario.baseline or scenario, scenario)
    )
    first, varying = first_difference(before, after), varying_in(before, after)
    kept = Kept(("pooled", "threat"), months=tuple(dates)).beside(MEASURED_FROM)
    baseline = measured_course(
        block, before, kept.beside((), first - 1), watch=watch, varying=varying
    )
    start = baseline.start(first)
    run = measured_course(block, after, kept, None, watch, baseline, start, varying)
    return {name: run.months[name] - baseline.months[name] for name in READ}


def row(results: Results, change: Change, members: dict[str, np.ndarray]) -> Record:
    """Return what is saved of one change: its median by rule, and under how many rules it holds."""
    own = members[results.region.rule]
    sign = direction(own)[0] if tells(own, change.kind) else 0
    holds = {
        rule: sign != 0 and tells(some, change.kind) and direction(some)[0] == sign
        for rule, some in members.items()
    }
    count = sum(holds.values())
    region = results.region
    return {
        "state": region.states[change.state],
        "name": region.actor(region.states[change.state]).name,
        "what": change.what,
        "unit": change.unit,
        "date": when(change.at),
        "month": change.at.key,
        "headline": (change.state, change.at) == _headline(results),
        "claim": f"{change.noun} {change.up if sign > 0 else change.down}" if sign else "",
        "by_rule": {rule: summed(change.factor * some) for rule, some in members.items()},
        "holds_under": [rule for rule, one in holds.items() if one],
        "holds": count if sign else None,
        "of": len(members),
        "tag": tag(count) if sign else "",
    }


def _headline(results: Results) -> tuple[int, Moment]:
    """Return the state and the date of the headline; the end where nothing differs at any."""
    place = headline_state(results)
    at = headline_moment(results, place)
    return place, at if at.place >= 0 else results.moments[-1]


def tag(holds: int) -> str:
    """Return what is said of a change that holds under so many rules."""
    return next(said for least, said in TAGS if holds >= least)


def sentence(line: Record) -> str:
    """Return under how many rules one change of the headline holds, in words."""
    if line["holds"] is None:
        return (
            f"The change of {line['name']}'s {line['what']} in {line['date']} cannot be told from "
            f"nothing, so there is nothing to hold under other rules."
        )
    idle = "inertia" in line["holds_under"]
    also = ", inertia among them, by which states choose nothing" if idle else ""
    return (
        f"That {line['claim']} in {line['date']} {line['tag']}: it holds under {line['holds']} of "
        f"{line['of']} rules{also}."
    )
