"""`run.py hindcast`: both histories from January 2022 on, scored beside what knows less."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.arguments import whole
from sim.claims import amount
from sim.region import Region
from sim.scenario import LIMITS
from sim.study.findings import Findings, Table
from sim.study.scores import BAND, banded
from sim.studying.common import progress
from sim.studying.figures_told import (
    NULLS,
    STILL,
    articles,
    observations_of,
    picture,
    score,
    share_of,
    shown,
    unscored,
)
from sim.studying.hindcast_told import History, history, sentences
from sim.studying.lines import written_out

HISTORIES = {
    "history_shocks_only": "shocks only",
    "history_2022_2024": "all events",
}
"""The scenarios that are played, and how each is called."""

GIVEN = {
    "history_shocks_only": "what came from outside alone; visits, orders and deals are left to "
    "the rules",
    "history_2022_2024": "all dated events of the articles, reactions too",
}
"""What each history is given."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Write the command's own arguments into its parser."""
    parser.add_argument(
        "file", metavar="FILE", nargs="?",
        help="a table of figures: series, entity, partner, period, value, unit (docs/scoring.md); "
        "without it the few figures of 2022 to 2024 that the articles themselves report",
    )  # fmt: skip
    parser.add_argument(
        "--members", type=whole(*LIMITS["members"]), metavar="M", help="runs of each history (200)"
    )
    parser.add_argument(
        "--seed", type=whole(*LIMITS["seed"]), metavar="N", help="where random numbers begin"
    )
    parser.add_argument("--out", default="results", metavar="FOLDER", help="write inside FOLDER")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")


# Told -------------------------------------------------------------------------------------------


def findings(both: Sequence[History], region: Region) -> Findings:
    """Return how near both histories come, told."""
    first = both[0].found
    anywhere = set().union(*(one.stated for one in both))
    return Findings(
        kind="hindcast",
        title=f"Figures of {Path(first.file).name} against both histories",
        question="Played from January 2022 on with the articles' events alone, how near does the "
        "model come to what was observed, and is it nearer than what knows less?",
        sentences=tuple(sentences(both, region)),
        notes=(
            *(f"{label}: {GIVEN[name]} ({name})." for name, label in HISTORIES.items()),
            *(f"{name}: {what}." for name, what in NULLS.items()),
            "Skill is 1 less the score over the null's: 0 is no better than it, 1 perfect. Its "
            "band holds nine in ten of 1000 draws of years, each with all of its figures, and of "
            "members; from one year there is none.",
            *unscored(first),
        ),
        tables=(series_table(both), figures_table(both), skill_table(both)),
        pictures=(picture([(one.label, one.found) for one in both], anywhere),),
        about={
            "file": Path(first.file).name,
            "runs": [one.found.scenario.name for one in both],
            "start": first.scenario.start,
            "months": first.scenario.months,
            "members": first.scenario.members,
            "seed": first.scenario.seed,
        },
    )


# Tables -----------------------------------------------------------------------------------------


def series_table(both: Sequence[History]) -> Table:
    """Return coverage, score and skill by series, both histories side by side."""
    rows: list[tuple[Any, ...]] = []
    for name, own in both[0].found.by_series().items():
        unit = own[0].observed.unit
        score = "score (Brier)" if own[0].observed.is_vote else f"score, {unit}"
        lines = [
            ("figures", [counts(one, name) for one in both]),
            ("within the band", [within(one, name) for one in both]),
            (score, [mean_score(one, name) for one in both]),
        ]
        for null in NULLS:
            cells = [shown(one.skills[name, null]) if name in one.counted else "" for one in both]
            lines.append((f"over {null}", cells))
        rows += [(name, what, *cells) for what, cells in lines if any(cells)]
    return Table(
        "series",
        "By series: figures (echoes), how many within the 90% band, mean score (CRPS), and skill "
        "over each null with its band; echoes are not counted",
        ("series", "what", *(one.label for one in both)),
        tuple(rows),
    )


def counts(one: History, name: str) -> str:
    """Return how many figures of a series count, and how many are echoes."""
    every = len(one.found.by_series()[name])
    own = len(one.counted.get(name, ()))
    echoes_too = "and one echo" if every - own == 1 else f"and {every - own} echoes"
    return f"{own}" if own == every else f"{own} ({echoes_too})"


def within(one: History, name: str) -> str:
    """Return how many of a series' figures lie within the band; of votes nothing."""
    own = banded(one.counted.get(name, ()))
    return share_of(own) if own else ""


def mean_score(one: History, name: str) -> str:
    """Return the mean score of a series' figures."""
    own = one.counted.get(name, ())
    return amount(float(np.mean([each.score for each in own]))) if own else ""


def figures_table(both: Sequence[History]) -> Table:
    """Return every figure with the band of each history and how far it lies outside."""
    rows = []
    for pair in zip(*(one.found.figures for one in both), strict=True):
        one = pair[0].observed
        cells: list[Any] = []
        for of, each in zip(both, pair, strict=True):
            miss = "a vote" if one.is_vote else each.miss
            cells += [*each.band, miss, ", ".join(of.stated.get(one.line, ()))]
        low, high = np.quantile(pair[0].of_nulls[STILL], BAND)
        rows.append((
            one.series, one.entity, one.partner, one.period, one.unit, one.value, *cells,
            float(low), float(high),
        ))  # fmt: skip
    heads = [
        f"{one.label}: {what}" for one in both for what in ("p05", "p95", "outside by", "stated by")
    ]
    return Table(
        "figures",
        "Every figure: observed, the 90% band of each history, how far the figure lies outside, "
        "and the event that states it if one does; last, the band of 2021 for ever",
        (
            "series", "entity", "partner", "period", "unit", "observed", *heads, "2021: p05",
            "2021: p95",
        ),
        tuple(rows),
        seen="page",
    )  # fmt: skip


def skill_table(both: Sequence[History]) -> Table:
    """Return every skill as numbers, for who computes on."""
    rows = []
    for one in both:
        every = {(name, null): each for (name, null), each in one.skills.items()}
        every |= {("all", null): each for null, each in one.pooled.items()}
        rows += [
            (
                one.found.scenario.name, name, null, each.figures, each.years, each.number,
                *(each.band or ("", "")),
            )
            for (name, null), each in every.items()
            if each.figures
        ]  # fmt: skip
    return Table(
        "skill",
        "Skill by history, series and null",
        ("run", "series", "null", "figures", "years", "skill", "p05", "p95"),
        tuple(rows),
        seen="file",
    )


def run(asked: argparse.Namespace) -> int:
    """Do the command: read, play both histories, score, write, print."""
    from sim.asking import scenario_of
    from sim.folders import results_folder
    from sim.reading.tables import read_region

    file = asked.file or articles(read_region())
    observations_of(file)  # what is wrong with it is told before anything is run
    target = results_folder(asked.out, "hindcast")
    both = []
    with progress(len(HISTORIES), 0, asked.quiet, "histories") as advance:
        for name, label in HISTORIES.items():
            region, scenario = scenario_of(name)
            found = score(region, scenario.resized(asked.members, None, asked.seed), True, file)
            both.append(history(label, found, region))
            advance(1)
    return written_out(findings(both, region), target, asked.quiet)
