"""`run.py score`: figures that the model never saw, against what its runs say of them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.claims import amount, listed
from sim.errors import InputError, Problem
from sim.observables import SERIES
from sim.reading.csv_lines import meant
from sim.reading.tables import region_folder
from sim.region import Region
from sim.results import Results, compare
from sim.scenario import Scenario
from sim.study.findings import Findings, Table
from sim.study.scores import (
    Key,
    Observation,
    Scored,
    nulls_of,
    read_observations,
    said,
    scored,
    skill,
)
from sim.studying.lines import percent, written_out

RUN = "history_shocks_only"
"""What is scored if nothing is asked for: the history by what came from outside alone."""

NULLS = {
    "persistence": "the base year for ever",
    "trend": "the straight line through 2015 to 2021, for series that have those years",
    "random walk": "the base year and steps at random, as large from month to month as the run's",
}
"""What knows less than the model, and what each says."""

ENOUGH = 10
"""Figures below which a share of them is counted and not told in per cent."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Write the command's own arguments into its parser."""
    parser.add_argument(
        "file", metavar="FILE", nargs="?",
        help="a table of figures: series, entity, partner, period, value, unit (docs/scoring.md); "
        "without it the few figures of 2022 to 2024 that the articles themselves report",
    )  # fmt: skip
    parser.add_argument(
        "--run", default=RUN, metavar="RUN",
        help=f"a scenario, in the size in which it was saved if it was ({RUN})",
    )  # fmt: skip
    parser.add_argument("--out", default="results", metavar="FOLDER", help="write inside FOLDER")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")


@dataclass(frozen=True)
class Score:
    """Figures, the run that they are set against, and what of them could be scored."""

    results: Results
    file: str
    observations: tuple[Observation, ...]
    figures: tuple[Scored, ...]

    @property
    def unscored(self) -> list[Observation]:
        """The figures of which the run says nothing."""
        known = {one.observed.line for one in self.figures}
        return [one for one in self.observations if one.line not in known]

    def by_series(self) -> dict[str, list[Scored]]:
        """Return the figures by series, as the model lists them."""
        groups: dict[str, list[Scored]] = {}
        for series in SERIES:
            if own := [one for one in self.figures if one.observed.series == series.name]:
                groups[series.name] = own
        return groups


def score(region: Region, scenario: Scenario, shocks: bool, file: str) -> Score:
    """Return figures scored against a scenario's own run, or refuse them."""
    observations = read_observations(file)
    refuse_units(file, observations)
    results = compare(region, scenario, shocks)
    before = read_observations(region_folder(region.name) / "observed_before.csv")
    known = said(results, "scenario")
    figures = scored(observations, known, nulls_of(results, "scenario", before))
    if not figures:
        raise InputError(file, [nothing(observations, results, known)])
    return Score(results, file, observations, tuple(figures))


def refuse_units(file: str, observations: Sequence[Observation]) -> None:
    """Refuse figures in another unit than their series has here."""
    units = {one.name: one.unit for one in SERIES}
    wrong = [
        Problem(f"{one.series} is in {units[one.series]} here, not in {one.unit}", one.line)
        for one in observations
        if one.unit != units.get(one.series, one.unit)
    ]
    if wrong:
        raise InputError(file, wrong)


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


# Told -------------------------------------------------------------------------------------------


def findings(found: Score, notes: Sequence[str]) -> Findings:
    """Return how near the run comes, told."""
    scenario = found.results.scenario
    return Findings(
        kind="score",
        title=f"Figures of {Path(found.file).name} against the run '{scenario.name}'",
        question="How near does the run come to figures that the model never saw, and is it "
        "nearer than what knows less?",
        sentences=tuple(sentences(found)),
        notes=(*notes, *unscored(found), *(f"{name}: {what}." for name, what in NULLS.items())),
        tables=(series_table(found), figures_table(found)),
        pictures=(),
        about={
            "file": Path(found.file).name,
            "run": scenario.name,
            "start": scenario.start,
            "months": scenario.months,
            "members": scenario.members,
            "seed": scenario.seed,
        },
    )


def sentences(found: Score) -> list[str]:
    """Return the verdict: coverage, skill by series, and the figures farthest off."""
    figures = found.figures
    inside = sum(one.covered for one in figures)
    share = f" ({percent(inside / len(figures))})" if len(figures) >= ENOUGH else ""
    told = [
        f"{counted(len(figures), inside)}{share} within the band in which nine in ten of the "
        "members lie. Bands as wide as they should be hold nine figures in ten."
    ]
    told += [told_of_null(found, null) for null in NULLS if any(null in s.nulls for s in figures)]
    missed = sorted((one for one in figures if not one.covered), key=lambda one: -one.beyond)
    if missed:
        far = [f"{named(one.observed)} ({against(one)})" for one in missed[:3]]
        told.append(f"Farthest outside: {listed(far)}.")
    return told


def counted(figures: int, inside: int) -> str:
    """Return how many figures lie, as the beginning of a sentence."""
    if figures == 1:
        return "The one figure lies" if inside else "The one figure does not lie"
    return f"Of {figures} figures {inside} {'lies' if inside == 1 else 'lie'}"


def told_of_null(found: Score, null: str) -> str:
    """Return in which series the run is nearer than a null, and in which it is farther."""
    skills = {name: skill(own, null) for name, own in found.by_series().items()}
    known = {name: number for name, number in skills.items() if not np.isnan(number)}
    nearer = [f"{name} ({amount(number)})" for name, number in known.items() if number > 0.0]
    farther = [name for name, number in known.items() if number <= 0.0]
    parts = [f"nearer than it in {listed(nearer)}"] if nearer else []
    parts += [f"no nearer in {listed(farther)}"] if farther else []
    return f"Against {null} ({NULLS[null]}) the run is {' and '.join(parts)}; skill in brackets."


def named(one: Observation) -> str:
    """Return a figure's name as it stands in a sentence."""
    of = " ".join(part for part in (one.entity, one.partner) if part)
    return f"{one.series} of {of}, {one.period}"


def against(one: Scored) -> str:
    """Return a figure against the band."""
    low, high = one.band
    return f"{amount(one.observed.value, 3)} against {amount(low, 3)} to {amount(high, 3)}"


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


def series_table(found: Score) -> Table:
    """Return coverage, scores and skill by series."""
    rows = [
        (
            name, own[0].observed.unit, str(len(own)), str(sum(one.covered for one in own)),
            float(np.mean([one.score for one in own])),
            *(shown(skill(own, null)) for null in NULLS),
        )
        for name, own in found.by_series().items()
    ]  # fmt: skip
    return Table(
        "series",
        "By series: mean score (CRPS, in the series' unit), and skill over each null",
        ("series", "unit", "figures", "within the band", "score", *NULLS),
        tuple(rows),
    )


def shown(number: float) -> str:
    """Return a skill as a table tells it."""
    if np.isnan(number):
        return ""
    return amount(number) if np.isfinite(number) else "the null is exact"


def figures_table(found: Score) -> Table:
    """Return every figure with what the run says of it."""
    rows = [
        (
            one.observed.series, one.observed.entity, one.observed.partner, one.observed.period,
            one.observed.unit, one.observed.value, *one.band, "yes" if one.covered else "no",
            one.score, *(one.nulls.get(null, "") for null in NULLS),
        )
        for one in found.figures
    ]  # fmt: skip
    return Table(
        "figures",
        "Every figure: observed, the band of the run, and scores",
        (
            "series", "entity", "partner", "period", "unit", "observed", "p05", "p95", "within",
            "score", *(f"score of {null}" for null in NULLS),
        ),
        tuple(rows),
        seen="page",
    )  # fmt: skip


# The run ----------------------------------------------------------------------------------------


def as_saved(region: Region, scenario: Scenario, folder: Path) -> tuple[Scenario, bool, str]:
    """Return a scenario in the size in which it was saved, whether with shocks, and a note on it.

    A run is made again from what its manifest says, to the same numbers. One that was made of
    another scenario or region than those that are here now is refused.
    """
    file = folder / scenario.name / "manifest.json"
    if not file.is_file():
        return (
            scenario,
            True,
            "The scenario was run as its file says; no saved run of it was found.",
        )
    try:
        kept: dict[str, Any] = json.loads(file.read_text("utf-8"))
        same = (kept["scenario_text"], kept["region_sha256"]) == (scenario.text, region.digest)
        sized = scenario.resized(kept["members"], kept["months"], kept["seed"])
        shocks = bool(kept["shocks"])
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(str(file), [Problem("is damaged; run the scenario again")]) from None
    if not same:
        why = "was made of another scenario file or region; run the scenario again"
        raise InputError(str(file.parent), [Problem(why)])
    return sized, shocks, f"The run is the one saved in {file.parent.name}, made again."


def run(asked: argparse.Namespace) -> int:
    """Do the command: read, run, score, write, print."""
    from sim.asking import scenario_of
    from sim.folders import results_folder

    region, scenario = scenario_of(asked.run)
    file = asked.file or str(region_folder(region.name) / "observed_articles.csv")
    read_observations(file)  # what is wrong with it is told before anything is run
    scenario, shocks, note = as_saved(region, scenario, Path(asked.out))
    target = results_folder(asked.out, f"{scenario.name}_score")
    found = score(region, scenario, shocks, file)
    return written_out(findings(found, [note]), target, asked.quiet)
