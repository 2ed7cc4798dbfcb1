"""A scenario file's whole question, run and answered: one answer, or one for each of its arms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from sim.answer import across, answer, compared
from sim.aside import aside, give_back
from sim.attribution import Attribution, attribute
from sim.labelled import dataset
from sim.region import Region
from sim.results import RUNS, Results, compare, dates
from sim.scenario import Scenario
from sim.situation import RECORDED

if TYPE_CHECKING:
    import xarray

Record = dict[str, Any]
Watch = Callable[[int], None]


@dataclass(frozen=True)
class Answered:
    """One scenario, or one arm of it: its runs, why they differ, and the answer in plain form."""

    results: Results
    why: Attribution | None
    answer: Record

    @cached_property
    def dataset(self) -> xarray.Dataset:
        """Every quantity and measure as labelled arrays."""
        return dataset(self.results)


@dataclass(frozen=True)
class Run:
    """A scenario file's whole question: one answer, or one for each of its arms."""

    scenario: Scenario
    region: Region
    arms: tuple[Answered, ...]

    @property
    def only(self) -> Answered:
        """The first arm: the only one where the file has none."""
        return self.arms[0]

    @property
    def results(self) -> Results:
        return self.only.results

    @cached_property
    def dataset(self) -> xarray.Dataset:
        """Every quantity and measure as labelled arrays; with arms, along an axis of their own."""
        if len(self.arms) == 1:
            return self.only.dataset
        import xarray

        together = xarray.concat([one.dataset for one in self.arms], dim="arm")
        return together.assign_coords(arm=[str(one.results.scenario.arm) for one in self.arms])

    @cached_property
    def answer(self) -> Record:
        """The answer as in summary.json: of the only arm, or of all under "arms"."""
        if len(self.arms) == 1:
            return self.only.answer
        return {
            "about": {**self.only.answer["about"], "arm": None, "title": self.scenario.title},
            "across": across([compared(one.results) for one in self.arms]),
            "arms": {str(one.results.scenario.arm): one.answer for one in self.arms},
        }


def answered(
    region: Region,
    scenario: Scenario,
    shocks: bool = True,
    watch: Watch = lambda done: None,
    step: Callable[[str], None] = lambda what: None,
    second: bool = False,
    keep: Sequence[str] = RECORDED,
) -> Run:
    """Return a scenario's answer by arm; `watch` hears of member-months, `step` of stages.

    Of every month `keep` is kept. Why it moved can be asked meanwhile in a `second` process; the
    numbers are the same.
    """
    arms: list[Answered] = []
    asked = scenario.arms or (scenario,)
    places = {moment.place for one in asked for moment in dates(region, one)[0]}
    for one in asked:
        with aside(partial(_why, region, one, shocks), second) as why:
            step(f"running {one.name}{f' ({one.arm})' if one.arm else ''}")
            alike = arms[0].results if arms else None
            results = compare(region, one, shocks, watch, alike, second, keep, places)
            give_back()
            step("asking why")
            parts = why()
        arms.append(Answered(results, parts, answer(results, parts)))
    return Run(scenario, region, tuple(arms))


def _why(region: Region, scenario: Scenario, shocks: bool) -> Attribution | None:
    """Return the parts of a scenario's own events in what it changes."""
    return attribute(region, scenario, dates(region, scenario)[0], shocks)


def member_months(scenario: Scenario) -> int:
    """Return how many member-months `answered` is to report."""
    return len(RUNS) * len(scenario.arms or (scenario,)) * scenario.members * scenario.months
