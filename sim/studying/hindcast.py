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
from sim.study.scores import BAND, Scored, banded
from sim.studying.common import progress
from sim.studying.figures_told import (
    NULLS,
    STILL,
    articles,
    band_of,
    observations_of,
    picture,
    place_of,
    score,
    share_of,
    shown,
    unscored,
)
from sim.studying.hindcast_told import History, history, sentences
from sim.studying.lines import written_out

ROUNDING = 9
"""Decimals of a band's end as it is told: less is left over from adding up."""

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
        tables=(series_table(both), every_figure(both), figures_table(both), skill_table(both)),
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


def every_figure(both: Sequence[History]) -> Table:
    """Return every figure as the page shows it: bands in words, and what is to be known of it."""
    rows = []
    for pair in zip(*(one.found.figures for one in both), strict=True):
        first = pair[0]
        bands = [to(each.band) for each in pair]
        rows.append((
            first.observed.series, place_of(first.observed), first.observed.value, *bands,
            to(band_of(first.of_nulls[STILL])[::2]), remark(both, pair),
        ))  # fmt: skip
    return Table(
        "every",
        "Every figure, the 90% bands of both histories and of 2021 for ever, and misses",
        ("series", "figure", "observed", *(one.label for one in both), "2021 for ever", "remark"),
        tuple(rows),
        seen="page",
    )


def to(band: Sequence[float]) -> str:
    """Return the ends of a band as a table tells them."""
    low, high = (amount(round(end, ROUNDING), 3) for end in band)
    return low if low == high else f"{low} to {high}"


def remark(both: Sequence[History], pair: Sequence[Scored]) -> str:
    """Return how far a figure lies outside the bands, and whether it is an echo, of what."""
    line, vote = pair[0].observed.line, pair[0].observed.is_vote
    told: dict[str, list[str]] = {}
    for one, each in zip(both, pair, strict=True):
        if line in one.stated:
            word = f"echo of {', '.join(one.stated[line])}"
        elif vote:
            word = "a vote, in no band"
        else:
            word = "within" if each.covered else f"outside by {amount(each.miss)}"
        told.setdefault(word, []).append(one.label)
    if len(told) == 1:
        return next(iter(told))
    return "; ".join(f"{', '.join(labels)}: {word}" for word, labels in told.items())


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
        "Every figure as numbers: observed, the 90% band of each history, how far the figure lies "
        "outside, and the event that states it if one does; last, the band of 2021 for ever",
        (
            "series", "entity", "partner", "period", "unit", "observed", *heads, "2021: p05",
            "2021: p95",
        ),
        tuple(rows),
        seen="file",
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
