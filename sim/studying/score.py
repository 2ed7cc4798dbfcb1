"""`run.py score`: figures that the model never saw, against what its runs say of them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.claims import listed
from sim.errors import InputError, Problem
from sim.region import Region
from sim.scenario import Scenario
from sim.study.findings import Findings, Table
from sim.study.scores import Scored, banded, skill
from sim.studying.common import told_where
from sim.studying.figures_told import (
    NULLS,
    Score,
    against,
    articles,
    figures_counted,
    named,
    observations_of,
    picture,
    score,
    share_of,
    single_votes,
    skill_amount,
    told_before,
    unscored,
)
from sim.studying.lines import written_out

RUN = "history_shocks_only"
"""What is scored if nothing is asked for: the history by what came from outside alone."""


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
    told_where(parser)


# Told -------------------------------------------------------------------------------------------


def findings(found: Score, region: Region, notes: Sequence[str]) -> Findings:
    """Return how near the run comes, told."""
    scenario = found.scenario
    return Findings(
        kind="score",
        title=f"Figures of {Path(found.file).name} against the run '{scenario.name}'",
        question="How near does the run come to figures from outside, and is it nearer than what "
        "knows less?",
        sentences=tuple(filter(None, (*sentences(found), told_before(found, region)))),
        notes=(*notes, *unscored(found), *(f"{name}: {what}." for name, what in NULLS.items())),
        tables=(series_table(found), figures_table(found)),
        pictures=(picture([(scenario.name, found)]),),
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
    figures, in_bands = found.figures, banded(found.figures)
    verb = "is" if len(figures) == 1 else "are"
    told = [f"{figures_counted(len(figures))} {verb} scored. {single_votes(found)}".strip()]
    if in_bands:
        told.append(
            f"{share_of(in_bands)} within the band in which nine in ten of the members lie. Bands "
            "as wide as they should be hold nine figures in ten."
        )
    told += [told_of_null(found, null) for null in NULLS if any(null in s.nulls for s in figures)]
    missed = sorted((one for one in in_bands if not one.covered), key=lambda one: -one.beyond)
    if missed:
        far = [f"{named(one.observed)} ({against(one)})" for one in missed[:3]]
        told.append(f"Farthest outside: {listed(far)}.")
    return told


def told_of_null(found: Score, null: str) -> str:
    """Return in which series the run is nearer to the figures than a null, and in which not."""
    skills = {name: skill(own, null) for name, own in found.by_series().items()}
    known = {name: number for name, number in skills.items() if not np.isnan(number)}
    nearer = [f"{name} (skill {skill_amount(one)})" for name, one in known.items() if one > 0.0]
    farther = [name for name, one in known.items() if one <= 0.0]
    parts = [f"in {listed(nearer)}"] if nearer else ["in no series"]
    parts += [f"not in {listed(farther)}"] if farther and nearer else []
    return f"The run is nearer to the figures than {null} ({NULLS[null]}) {', '.join(parts)}."


def series_table(found: Score) -> Table:
    """Return coverage, scores and skill by series, over the nulls that say something of any."""
    nulls = [null for null in NULLS if any(null in one.nulls for one in found.figures)]
    rows = [
        (
            name, own[0].observed.unit, str(len(own)), share_of(banded(own)) if banded(own) else "",
            float(np.mean([one.score for one in own])),
            *(skill_amount(skill(own, null)) for null in nulls),
        )
        for name, own in found.by_series().items()
    ]  # fmt: skip
    return Table(
        "series",
        "By series: mean score (CRPS, in the series' unit; of votes Brier), and skill over nulls",
        ("series", "unit", "figures", "within the band", "score", *nulls),
        tuple(rows),
    )


def within(one: Scored) -> str:
    """Return whether a figure lies within the band, as a table tells it."""
    return "a vote" if one.observed.is_vote else "yes" if one.covered else "no"


def figures_table(found: Score) -> Table:
    """Return every figure with what the run says of it."""
    rows = [
        (
            one.observed.series, one.observed.entity, one.observed.partner, one.observed.period,
            one.observed.unit, one.observed.value, *one.band, within(one),
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
    file = asked.file or articles(region)
    observations_of(file)  # what is wrong with it is told before anything is run
    scenario, shocks, note = as_saved(region, scenario, Path(asked.out))
    target = results_folder(asked.out, f"{scenario.name}_score")
    found = score(region, scenario, shocks, file)
    return written_out(findings(found, region, [note]), target, asked.quiet)
