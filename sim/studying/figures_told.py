"""Figures from outside against runs: what `score` and `hindcast` share, up to the words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.claims import amount, listed
from sim.errors import InputError, Problem
from sim.observables import SERIES
from sim.reading.csv_lines import meant
from sim.reading.tables import region_folder
from sim.region import Region
from sim.results import Results, compare
from sim.scenario import Scenario
from sim.study.echoes import known_before
from sim.study.findings import Picture
from sim.study.scores import (
    BAND,
    Key,
    Observation,
    Scored,
    banded,
    nulls_of,
    read_observations,
    said,
    scored,
)
from sim.study.skills import Draws, Skill, draws, skill_of
from sim.studying.lines import percent

if TYPE_CHECKING:
    from sim.report.figures.observed import Panel

NULLS = {
    "persistence": "the base year for ever",
    "trend": "the straight line through 2015 to 2021, for series that have those years",
    "random walk": "the base year and steps at random, as large from month to month as the run's",
}
"""What knows less than the model, and what each says."""

ENOUGH = 10
"""Figures below which a share of them is counted and not told in per cent."""

MOST_SHOWN = 30
"""Figures that a drawing has room for; all of them are in the table."""

STILL = "persistence"
"""The null that is drawn: what each figure was before."""

Groups = dict[str, list[Scored]]
"""Figures by series."""


@dataclass(frozen=True)
class Score:
    """Figures, the run that they are set against, and what of them could be scored."""

    scenario: Scenario
    months: tuple[str, ...]
    file: str
    observations: tuple[Observation, ...]
    figures: tuple[Scored, ...]

    @property
    def unscored(self) -> list[Observation]:
        """The figures of which the run says nothing."""
        known = {one.observed.line for one in self.figures}
        return [one for one in self.observations if one.line not in known]

    def by_series(self) -> Groups:
        """Return the figures by series, as the model lists them."""
        return by_series(self.figures)

    def draws(self, counted: Sequence[Scored]) -> Draws:
        """Return members, and the years of the figures that count, drawn again."""
        years = [one.observed.year for one in counted]
        return draws(self.scenario.seed, self.scenario.members, years)


def by_series(figures: Sequence[Scored]) -> Groups:
    """Return figures by series, as the model lists them."""
    groups: Groups = {}
    for series in SERIES:
        if own := [one for one in figures if one.observed.series == series.name]:
            groups[series.name] = own
    return groups


def observations_of(file: str) -> tuple[Observation, ...]:
    """Return the figures of a file in the units that their series have here, or refuse them."""
    observations = read_observations(file)
    units = {one.name: one.unit for one in SERIES}
    wrong = [
        Problem(f"{one.series} is in {units[one.series]} here, not in {one.unit}", one.line)
        for one in observations
        if one.unit != units.get(one.series, one.unit)
    ]
    if wrong:
        raise InputError(file, wrong)
    return observations


def articles(region: Region) -> str:
    """Return the file of the few figures that the articles themselves report."""
    return str(region_folder(region.name) / "observed_articles.csv")


def score(region: Region, scenario: Scenario, shocks: bool, file: str) -> Score:
    """Return figures scored against a scenario's own run, or refuse them."""
    observations = observations_of(file)
    results = compare(region, scenario, shocks)
    before = read_observations(region_folder(region.name) / "observed_before.csv")
    known = said(results, "scenario")
    figures = scored(observations, known, nulls_of(results, "scenario", before))
    if not figures:
        raise InputError(file, [nothing(observations, results, known)])
    return Score(scenario, tuple(results.months), file, observations, tuple(figures))


def nothing(
    observations: Sequence[Observation], results: Results, known: Collection[Key]
) -> Problem:
    """Return why none of the figures can be scored, by the first of them, and what could be."""
    first = observations[0]
    series = [one.name for one in SERIES]
    if first.series not in series:
        return Problem(f"'{first.series}' is no series{meant(first.series, series)}", first.line)
    own = [key for key in known if key[0] == first.series]
    entities = sorted({key[1] for key in own})
    if first.entity not in entities:
        return Problem(f"'{first.entity}' is no entity{meant(first.entity, entities)}", first.line)
    partners = sorted({key[2] for key in own if key[1] == first.entity})
    if first.partner not in partners:
        has = listed([one or "none" for one in partners])
        return Problem(f"'{first.partner}' is no partner there; it has {has}", first.line)
    span = f"{results.months[0]} to {results.months[-1]}, its whole years, and 2021"
    return Problem(f"the run says nothing of {first.period}; it has {span}", first.line)


# Words ------------------------------------------------------------------------------------------


def share_of(figures: Sequence[Scored]) -> str:
    """Return how many figures are within the band, with their share where there are enough."""
    inside = sum(one.covered for one in figures)
    share = f" ({percent(inside / len(figures))})" if len(figures) >= ENOUGH else ""
    return f"{inside} of {len(figures)}{share}"


def figures_counted(count: int) -> str:
    """Return how many figures there are, as the beginning of a sentence."""
    return "One figure" if count == 1 else f"{count} figures"


def single_votes(found: Score) -> str:
    """Return a sentence on single votes, which no band can hold; nothing if there are none."""
    votes = len(found.figures) - len(banded(found.figures))
    if not votes:
        return ""
    one = votes == 1
    return (
        f"{'One is a single vote' if one else f'{votes} are single votes'}, cast or not, which no "
        f"band of propensities can hold: {'it is' if one else 'they are'} scored by the mean "
        "propensity (Brier) and left out of what is said of bands."
    )


def place_of(one: Observation) -> str:
    """Return whose figure it is, with whom, and of when."""
    return f"{' '.join(part for part in (one.entity, one.partner) if part)}, {one.period}"


def named(one: Observation) -> str:
    """Return a figure's name as it stands in a sentence."""
    return f"{one.series} of {place_of(one)}"


def against(one: Scored) -> str:
    """Return a figure against the band."""
    low, high = one.band
    return f"{amount(one.observed.value, 3)} against {amount(low, 3)} to {amount(high, 3)}"


def shown(one: Skill) -> str:
    """Return a skill with its band as a table tells it."""
    number = skill_amount(one.number)
    alone = one.band is None or one.band[0] == one.band[1]
    return number if alone else f"{number} ({in_band(one)})"


def in_band(one: Skill) -> str:
    """Return the band of a skill as it is told."""
    low, high = one.band or (one.number, one.number)
    return f"{skill_amount(low)} to {skill_amount(high)}"


def skill_amount(number: float) -> str:
    """Return a skill as it is told: in hundredths, with a true minus sign."""
    if np.isnan(number):
        return ""
    if np.isinf(number):
        return "the null is exact"
    return f"{round(number, 2) + 0.0:.2f}".replace("-", "\N{MINUS SIGN}")


def unscored(found: Score) -> list[str]:
    """Return which figures were passed over, and why."""
    left = found.unscored
    series = {one.name for one in SERIES}
    unknown = sorted({one.series for one in left} - series)
    elsewhere = [one for one in left if one.series in series]
    told = []
    if unknown:
        told.append(f"Not scored, as the model has no such series: {listed(unknown)}.")
    if elsewhere:
        some = listed([named(one) for one in elsewhere[:3]])
        more = f" and {len(elsewhere) - 3} more" if len(elsewhere) > 3 else ""
        told.append(f"Not scored, as the run says nothing of it: {some}{more}.")
    return told


def told_before(found: Score, region: Region) -> str:
    """Return a sentence on figures whose reports the base year was made with; nothing if none."""
    count = len(known_before([one.observed for one in found.figures], region))
    if not count:
        return ""
    which = "Each of them" if count == len(found.figures) else f"Of them {count}"
    return (
        f"{which} was known before: a number of the base year was quoted from the same report, or "
        "judged with it. So persistence is as good as told the figure, and what is tested is only "
        "whether the run moves nearer to it or off it."
    )


# Drawn ------------------------------------------------------------------------------------------


def picture(runs: Sequence[tuple[str, Score]], stated: Collection[int] = ()) -> Picture:
    """Return figures against the bands of runs and what they were before, by series.

    `stated` are the lines of figures that an event states in some run.
    """
    from sim.report.figures.observed import observed

    some = as_evenly(runs[0][1].by_series(), MOST_SHOWN)
    total = len(runs[0][1].figures)
    panels = [panel_of(name, own, runs, stated) for name, own in some.items()]
    count = sum(map(len, some.values()))
    part = f" {count} of {total} figures; all are in the tables." if count < total else ""
    echo = " Hollow: an event of some run states the figure." if stated else ""
    return Picture(
        "observed",
        "What was observed, against what nine in ten members say and what a base year that never "
        f"ended says.{echo}{part}",
        lambda figure: observed(figure, panels, [name for name, _ in runs]),
    )


def as_evenly(groups: Groups, most: int) -> Groups:
    """Return at most so many figures, the first ones of every series as evenly as there are."""
    left, places = most, dict.fromkeys(groups, 0)
    while left and (open_ := [name for name in groups if places[name] < len(groups[name])]):
        for name in open_[:left]:
            places[name] += 1
        left -= len(open_[:left])
    return {name: own[: places[name]] for name, own in groups.items() if places[name]}


def panel_of(
    name: str, own: Sequence[Scored], runs: Sequence[tuple[str, Score]], stated: Collection[int]
) -> Panel:
    """Return one series as the figure shows it."""
    from sim.report.figures.observed import Panel, Row

    by_line = [{one.observed.line: one for one in found.figures} for _, found in runs]
    rows = [
        Row(
            place_of(one.observed),
            one.observed.value,
            tuple(band_of(each[one.observed.line].members) for each in by_line),
            band_of(one.of_nulls[STILL]),
            one.observed.line in stated,
        )
        for one in own
    ]
    unit = own[0].observed.unit
    votes = any(one.observed.is_vote for one in own)
    return Panel(name, f"{unit}; a vote is 0 or 1" if votes else unit, tuple(rows))


def band_of(members: np.ndarray) -> tuple[float, float, float]:
    """Return 5th percentile, median and 95th over members (member,)."""
    low, middle, high = np.quantile(members, (BAND[0], 0.5, BAND[1]))
    return float(low), float(middle), float(high)


def skills(found: Score, groups: Groups, drawn: Draws) -> dict[tuple[str, str], Skill]:
    """Return the skill by series and null."""
    return {
        (name, null): skill_of(own, null, drawn) for name, own in groups.items() for null in NULLS
    }
