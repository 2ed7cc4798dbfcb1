"""The two headline changes of a scenario: over its members, under every rule, beside placebos."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sim import by_rule
from sim.answer.cells import agreed
from sim.by_rule import ByRule, Change, dates_of, differences, headline_changes, under_each
from sim.errors import InputError, Problem
from sim.moments import month_name
from sim.region import Region
from sim.results import RUNS, compare, dates
from sim.scenario import Scenario
from sim.study.outcomes import outcomes_of
from sim.study.placebo import LEAST, Compared, Placebo, beside_placebos, placebos
from sim.vocabulary import RULES

OF_PLACEBO = 2
"""Runs of each placebo: its own baseline, and the placebo."""


@dataclass(frozen=True)
class Headline:
    """One headline change of a scenario, and all that it may rest on."""

    region: Region
    scenario: Scenario
    ruled: ByRule
    beside: Compared

    @property
    def change(self) -> Change:
        return self.ruled.change

    @property
    def agree(self) -> float:
        """Share of members whose change has the sign of the median, as the answer counts them."""
        return float(agreed(self.ruled.own.whole))

    @property
    def fails_under(self) -> list[str]:
        """The rules under which it does not hold."""
        return [rule for rule in self.ruled.parts if rule not in self.ruled.holds_under]

    @property
    def no_placebo(self) -> str:
        """Why there is no spread of placebos; nothing where there is one."""
        if not placebos(self.region, self.scenario):
            return "its own events name no link and no state in particular"
        if self.beside.spread is None:
            there = len(self.beside.beside)
            return f"{there or 'none'} of them leave the state alone, and a spread takes {LEAST}"
        return ""


def headlines(
    region: Region, scenario: Scenario, workers: int, advance: Callable[[int], None]
) -> list[Headline]:
    """Return the headline changes of a scenario, or of one arm; `advance` hears of member-months.

    Raises InputError where the scenario supposes nothing beyond its baseline.
    """
    results = compare(region, scenario, watch=advance, keep=by_rule.RECORDED)
    asked = headline_changes(results)
    others = [rule for rule in RULES if rule != region.rule]
    with ThreadPoolExecutor(workers) as threads:
        found = threads.map(
            lambda rule: differences(results, rule, dates_of(asked), advance), others
        )
        ruled = under_each(results, asked, dict(zip(others, found, strict=True)))
    outcomes = outcomes_of(region, scenario, [name_of(region, scenario, one) for one in asked])
    beside = beside_placebos(
        region, scenario, outcomes, [one.own.whole for one in ruled], workers,
        lambda members: advance(OF_PLACEBO * members * scenario.months),
    )  # fmt: skip
    return [
        Headline(region, scenario, one, other) for one, other in zip(ruled, beside, strict=True)
    ]


def refuse_without_change(region: Region, scenario: Scenario) -> None:
    """Refuse a scenario that supposes nothing beyond its baseline: nothing has changed."""
    if not dates(region, scenario)[1].any():
        message = "it supposes nothing beyond its baseline, so that there is no change to ask after"
        raise InputError(scenario.file or scenario.name, [Problem(message)])


def name_of(region: Region, scenario: Scenario, change: Change) -> str:
    """Return a headline change as an outcome is named: KAZ.pooled.RUS@2023-07."""
    state, *partner = change.place
    labels = [region.states[state], change.quantity, *(region.partners[k] for k in partner)]
    return f"{'.'.join(labels)}@{month_name(scenario.start, change.at.place)}"


def member_months(scenario: Scenario, others: list[Placebo]) -> int:
    """Return how many member-months `headlines` is to report."""
    of_placebos = OF_PLACEBO * len(others) * scenario.members * scenario.months
    own = len(RUNS) * scenario.members * scenario.months
    return own + by_rule.member_months(scenario) + of_placebos
