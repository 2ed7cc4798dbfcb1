"""A scenario file's whole question, run and answered: one answer, or one for each of its arms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.answer import answer
from sim.aside import aside
from sim.attribution import Attribution, attribute
from sim.errors import InputError, Problem
from sim.labelled import dataset
from sim.region import Region
from sim.results import RUNS, Results, compare, dates
from sim.scenario import Scenario

if TYPE_CHECKING:
    import xarray
    from matplotlib.figure import Figure

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

    def figure(self, name: str) -> Figure:
        """Return one of the report's figures by name."""
        from sim.report.pictures import pictures

        drawn = pictures(self)
        if name not in drawn:
            message = f"there is no figure '{name}'. Figures: {', '.join(drawn)}"
            raise InputError(self.results.scenario.name, [Problem(message)])
        return drawn[name].draw()


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

    @property
    def answer(self) -> Record:
        """The answer as in summary.json: of the only arm, or of all under "arms"."""
        if len(self.arms) == 1:
            return self.only.answer
        return {
            "about": {**self.only.answer["about"], "arm": None, "title": self.scenario.title},
            "arms": {str(one.results.scenario.arm): one.answer for one in self.arms},
        }

    def figure(self, name: str, arm: str | None = None) -> Figure:
        """Return one of the report's figures by name; of the first arm unless told which."""
        chosen = [one for one in self.arms if arm in (None, one.results.scenario.arm)]
        if not chosen:
            known = ", ".join(str(one.results.scenario.arm) for one in self.arms)
            raise InputError(self.scenario.name, [Problem(f"there is no arm '{arm}': {known}")])
        return chosen[0].figure(name)

    def save(self, folder: Path | str = "results") -> Path:
        """Write the results folder `folder`/<scenario>/ and return its path."""
        from sim.folders import fresh
        from sim.outputs import write

        target = Path(folder) / self.scenario.name
        with fresh(target) as new:
            write(self, new)
        return target


def answered(
    region: Region,
    scenario: Scenario,
    shocks: bool = True,
    watch: Watch = lambda done: None,
    step: Callable[[str], None] = lambda what: None,
    second: bool = False,
) -> Run:
    """Return a scenario's answer by arm; `watch` hears of member-months, `step` of stages.

    Why it moved can be asked meanwhile in a `second` process; the numbers are the same.
    """
    arms: list[Answered] = []
    for one in scenario.arms or (scenario,):
        with aside(partial(_why, region, one, shocks), second) as why:
            step(f"running {one.name}{f' ({one.arm})' if one.arm else ''}")
            alike = arms[0].results if arms else None
            results = compare(region, one, shocks, watch, alike, second)
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
