"""A scenario's answer under every rule of choice: what holds whichever way states choose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from sim import by_rule
from sim.answer.cells import summed
from sim.answer.verdict import feared_most
from sim.answer.words import possessive, when
from sim.by_rule import (
    ByRule,
    Change,
    breadth,
    dates_of,
    differences,
    headline,
    headline_changes,
    under_each,
    what_is_chosen,
)
from sim.compare import name as named
from sim.question import Answered, Run
from sim.results import Results
from sim.scenario import Scenario
from sim.vocabulary import RULES

Record = dict[str, Any]
Watch = Callable[[int], None]

TAGS = (
    (7, "is robust"),
    (4, "depends on the rule"),
    (2, "rests on few rules"),
    (1, "rests on one rule"),
)
"""Least number of rules under which a change holds, for each word."""


def with_all_rules(run: Run, watch: Watch, step: Callable[[str], None]) -> Run:
    """Return an answered run with what holds under how many rules beside each arm's answer."""
    return replace(run, arms=tuple(_with_rules(one, watch, step) for one in run.arms))


def member_months(scenario: Scenario) -> int:
    """Return how many member-months `with_all_rules` is to report."""
    return len(scenario.arms or (scenario,)) * by_rule.member_months(scenario)


def _with_rules(one: Answered, watch: Watch, step: Callable[[str], None]) -> Answered:
    results = one.results
    if not results.differs.any():
        return one
    asked = list(changes(results))
    others = {}
    for rule in RULES:
        if rule != results.region.rule:
            step(f"under the rule {rule}")
            others[rule] = differences(results, rule, dates_of(asked), watch)
    found = under_each(results, asked, others)
    rows = [row(results, each) for each in found]
    told = [
        sentence(line, each) for line, each in zip(rows, found, strict=True) if line["headline"]
    ]
    return replace(one, answer={**one.answer, "under_rules": {"rows": rows, "sentences": told}})


def changes(results: Results) -> Iterator[Change]:
    """Yield the changes that are compared: the headline's, then each state's at the end."""
    region, asked, end = results.region, headline(results), results.moments[-1]
    yield from headline_changes(results)
    for place, state in enumerate(region.states):
        owner = possessive(region.actor(state).name)
        if (place, end) != asked:
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


def row(results: Results, one: ByRule) -> Record:
    """Return what is saved of one change: its median by rule, and under how many rules it holds."""
    change, region, count = one.change, results.region, len(one.holds_under)
    return {
        "state": region.states[change.state],
        "name": region.actor(region.states[change.state]).name,
        "what": change.what,
        "unit": change.unit,
        "date": when(change.at),
        "month": change.at.key,
        "headline": (change.state, change.at) == headline(results),
        "claim": one.claim if one.sign else "",
        "by_rule": bands(one, "whole"),
        "chosen_by_rule": bands(one, "chosen"),
        "holds_under": one.holds_under,
        "holds": count if one.sign else None,
        "of": len(one.parts),
        "tag": tag(count) if one.sign else "",
    }


def bands(one: ByRule, part: str) -> dict[str, list[float]]:
    """Return [median, 5th, 95th percentile] of a change or a part of it by rule, in its unit."""
    return {
        rule: summed(one.change.factor * getattr(parts, part)) for rule, parts in one.parts.items()
    }


def tag(holds: int) -> str:
    """Return what is said of a change that holds under so many rules."""
    return next(said for least, said in TAGS if holds >= least)


def sentence(line: Record, one: ByRule) -> str:
    """Return under how many rules a change of the headline holds, and what is chosen, in words."""
    if line["holds"] is None:
        return (
            f"The change of {line['name']}'s {line['what']} in {line['date']} cannot be told from "
            f"nothing, so there is nothing to hold under other rules."
        )
    idle = "inertia" in line["holds_under"]
    also = ", inertia among them, by which states choose nothing" if idle else ""
    return (
        f"That {line['claim']} in {line['date']} {line['tag']}: it holds under {line['holds']} of "
        f"{line['of']} rules{also}. {what_is_chosen(one)}"
    )
