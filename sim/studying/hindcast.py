"""`run.py hindcast`: both histories from January 2022 on, scored beside what knows less."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.arguments import whole
from sim.claims import listed
from sim.region import Region
from sim.scenario import LIMITS
from sim.study.echoes import echoes
from sim.study.findings import Findings, Table
from sim.study.scores import Scored
from sim.study.skills import Draws, Skill, pooled_skill
from sim.studying.common import progress
from sim.studying.figures_told import (
    NULLS,
    STILL,
    Groups,
    Score,
    against,
    articles,
    by_series,
    in_band,
    named,
    observations_of,
    picture,
    score,
    share_of,
    shown,
    skill_amount,
    skills,
    told_before,
    unscored,
)
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


@dataclass(frozen=True)
class History:
    """One history, scored: which figures its events state, and how skilful it is in the rest."""

    label: str
    found: Score
    stated: Mapping[int, tuple[str, ...]]  # by line: the events that state the figure
    counted: Groups  # what no event states, by series
    skills: Mapping[tuple[str, str], Skill]  # by series and null
    pooled: Mapping[str, Skill]  # by null

    @property
    def figures(self) -> list[Scored]:
        """The figures that count: echoes are none."""
        return [one for own in self.counted.values() for one in own]


def history(label: str, found: Score, region: Region) -> History:
    """Return a scored history with its echoes set apart, and bands of its skill."""
    stated = echoes([one.observed for one in found.figures], found.scenario, region)
    groups = by_series([one for one in found.figures if one.observed.line not in stated])
    drawn: Draws = found.draws()
    pooled = {null: pooled_skill(list(groups.values()), null, drawn) for null in NULLS}
    return History(label, found, stated, groups, skills(found, groups, drawn), pooled)


# Told -------------------------------------------------------------------------------------------


def findings(both: Sequence[History], region: Region) -> Findings:
    """Return how near both histories come, told."""
    first = both[0].found
    everywhere = set.intersection(*(set(one.stated) for one in both))
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
        pictures=(picture([(one.label, one.found) for one in both], everywhere),),
        about={
            "file": Path(first.file).name,
            "runs": [one.found.scenario.name for one in both],
            "start": first.scenario.start,
            "months": first.scenario.months,
            "members": first.scenario.members,
            "seed": first.scenario.seed,
        },
    )


def sentences(both: Sequence[History], region: Region) -> list[str]:
    """Return the verdict: how many figures, which are echoes, coverage, skill, what that bears."""
    told = [how_many(both[0].found), *(echoed(one) for one in both)]
    told.append(told_before(both[0].found, region))
    if any(one.figures for one in both):
        told.append(coverage(both))
        told += [over(null, both) for null in NULLS]
        told += [no_better(both), farthest(both)]
    told.append(bears(both))
    return [one for one in told if one]


def how_many(found: Score) -> str:
    """Return how many figures there are, of how many series and years."""
    count, series = len(found.figures), len(found.by_series())
    years = sorted({one.observed.year for one in found.figures})
    figures = "One figure" if count == 1 else f"{count} figures"
    return f"{figures} of {series} series and of {listed(years)} can be scored."


def echoed(one: History) -> str:
    """Return which series' figures a history's events state; they count for nothing."""
    if not one.stated:
        return f"With {one.label}, no event states any of them."
    series = sorted(
        {each.observed.series for each in one.found.figures if each.observed.line in one.stated}
    )
    verb = "is an echo" if len(one.stated) == 1 else "are echoes"
    return (
        f"With {one.label}, {len(one.stated)} of them {verb}, as an event or the base year states "
        f"the figure itself (of {listed(series)}), and not counted below."
    )


def coverage(both: Sequence[History]) -> str:
    """Return how many figures lie within the bands."""
    parts = [
        f"{sum(each.covered for each in one.figures)} of {len(one.figures)}"
        f"{share_of(one.figures) if one.figures else ''} with {one.label}"
        for one in both
    ]
    return (
        f"Within the band of nine in ten members lie {listed(parts)}. Bands as wide as they should "
        "be hold nine figures in ten."
    )


def over(null: str, both: Sequence[History]) -> str:
    """Return the skill over a null, all series together, with its band."""
    known = [one for one in both if not np.isnan(one.pooled[null].number)]
    if not known:
        return f"Of {null} there is nothing to say: no series has it, or nothing in it differs."
    parts = [f"{with_band(one.pooled[null])} with {one.label}" for one in known]
    return f"Skill over {null} ({NULLS[null]}), all series together: {listed(parts)}."


def with_band(one: Skill) -> str:
    """Return a skill with its band in words, and whether it can be told from none."""
    if one.band is None:
        return f"{skill_amount(one.number)} (one year, so no band)"
    return f"{skill_amount(one.number)} (band {in_band(one)}{verdict(one)})"


def verdict(one: Skill) -> str:
    """Return what a band says beside its ends."""
    low, high = one.band or (0.0, 0.0)
    if low > 0.0:
        return ": nearer"
    return ": farther" if high < 0.0 else ": not to be told from none"


def no_better(both: Sequence[History]) -> str:
    """Return the series in which the histories are no better than persistence."""
    parts = []
    for one in both:
        skill = {name: one.skills[name, STILL] for name in one.counted}
        same = [name for name, own in one.counted.items() if still(own)]
        worse = [name for name, each in skill.items() if each.number <= 0.0 and name not in same]
        unsure = [
            name
            for name, each in skill.items()
            if each.number > 0.0 and (each.band is None or each.band[0] <= 0.0)
        ]
        told = [f"{listed(worse)}"] if worse else []
        told += [f"{listed(same)} (which does not move)"] if same else []
        told += [f"{listed(unsure)} (nearer, but not surely)"] if unsure else []
        if told:
            parts.append(f"with {one.label} {listed(told)}")
    if not parts:
        return ""
    return f"No better than {STILL}, or not surely: {'; '.join(parts)}."


def still(own: Sequence[Scored]) -> bool:
    """Return whether the run says of all figures just what the base year says."""
    return all(np.array_equal(one.members, one.of_nulls[STILL]) for one in own)


def farthest(both: Sequence[History]) -> str:
    """Return the figures that are farthest outside the band of either history."""
    missed = [
        (one.beyond, f"{named(one.observed)} ({against(one)}, {of.label})")
        for of in both
        for one in of.figures
        if not one.covered
    ]
    far = [words for _, words in sorted(missed, key=lambda pair: -pair[0])[:3]]
    return f"Farthest outside: {listed(far)}." if far else ""


def bears(both: Sequence[History]) -> str:
    """Return what so few figures mean."""
    count = max(len(one.figures) for one in both)
    years = len({each.observed.year for one in both for each in one.figures})
    if not count:
        return (
            "Nothing is left to be scored: a history that was told a figure shows no skill by "
            "saying it."
        )
    figures = "One figure" if count == 1 else f"{count} figures"
    return (
        f"{figures} of {years} {'year' if years == 1 else 'years'} are few: years are what the "
        "band draws, and with two or three it spans hardly more than what each says by itself. "
        "They can show that the model is wrong somewhere; they cannot show that it is right, nor "
        "which of both histories is."
    )


# Tables -----------------------------------------------------------------------------------------


def series_table(both: Sequence[History]) -> Table:
    """Return coverage, score and skill by series, both histories side by side."""
    rows: list[tuple[Any, ...]] = []
    for name, own in both[0].found.by_series().items():
        unit = own[0].observed.unit
        rows += [
            (name, "figures", *(f"{counts(one, name)}" for one in both)),
            (name, "within the band", *(within(one, name) for one in both)),
            (name, f"score, {unit}", *(mean_score(one, name) for one in both)),
        ]
        for null in NULLS:
            cells = [shown(one.skills[name, null]) if name in one.counted else "" for one in both]
            if any(cells):
                rows.append((name, f"over {null}", *cells))
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
    return f"{own}" if own == every else f"{own} (and {every - own} echoes)"


def within(one: History, name: str) -> str:
    """Return how many of a series' figures lie within the band."""
    own = one.counted.get(name, ())
    return f"{sum(each.covered for each in own)} of {len(own)}" if own else ""


def mean_score(one: History, name: str) -> float | str:
    """Return the mean score of a series' figures."""
    own = one.counted.get(name, ())
    return float(np.mean([each.score for each in own])) if own else ""


def figures_table(both: Sequence[History]) -> Table:
    """Return every figure with the band of each history and how far it lies outside."""
    rows = []
    for pair in zip(*(one.found.figures for one in both), strict=True):
        one = pair[0].observed
        cells: list[Any] = []
        for of, each in zip(both, pair, strict=True):
            cells += [*each.band, each.miss, ", ".join(of.stated.get(one.line, ()))]
        low, high = np.quantile(pair[0].of_nulls[STILL], (0.05, 0.95))
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
