"""What `run.py hindcast` says of both histories: the sentences, and what they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.claims import amount, listed
from sim.region import Region
from sim.study.echoes import echoes
from sim.study.scores import Scored, banded
from sim.study.skills import Skill, pooled_skill
from sim.studying.figures_told import (
    NULLS,
    STILL,
    Groups,
    Score,
    against,
    by_series,
    figures_counted,
    in_band,
    named,
    share_of,
    single_votes,
    skill_amount,
    skills,
    told_before,
)

MANY = 30
"""Figures from which on their number is not called few; of years there are three at most."""


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
    counted = [one for one in found.figures if one.observed.line not in stated]
    groups, drawn = by_series(counted), found.draws(counted)
    pooled = {null: pooled_skill(list(groups.values()), null, drawn) for null in NULLS}
    return History(label, found, stated, groups, skills(found, groups, drawn), pooled)


def sentences(both: Sequence[History], region: Region) -> list[str]:
    """Return the verdict: how many figures, which are echoes, coverage, skill, what that bears."""
    first = both[0].found
    told = [verdict(both), how_many(first), echoed(both), told_before(first, region)]
    if any(one.figures for one in both):
        told += [coverage(both), votes(both), *(over(null, both) for null in NULLS)]
        told += [no_better(both), farthest(both)]
    told.append(bears(both))
    return [one for one in told if one]


def verdict(both: Sequence[History]) -> str:
    """Return how near the histories come beside a base year that never ended."""
    groups: dict[str, list[str]] = {}
    for one in both:
        skill = one.pooled[STILL]
        if not np.isnan(skill.number):
            groups.setdefault(nearer(skill), []).append(f"with {one.label}")
    told = [which.format(listed(labels)) for which, labels in groups.items()]
    return " ".join(told) or "No figure that counts tells the model from a 2021 that never ended."


def nearer(one: Skill) -> str:
    """Return which of model and base year is nearer, as surely as the band says."""
    if not sure(one):
        return "Which of the model and a 2021 that never ended is nearer cannot be told, {}."
    if one.number > 0.0:
        return "The model is nearer to these figures than a 2021 that never ended, {}."
    return "A 2021 that never ended is nearer to these figures than the model, {}."


def how_many(found: Score) -> str:
    """Return how many figures there are, of how many series and years."""
    series = len(found.by_series())
    years = listed(sorted({one.observed.year for one in found.figures}))
    count = figures_counted(len(found.figures))
    return f"{count} of {series} series and of {years} can be scored. {single_votes(found)}".strip()


def echoed(both: Sequence[History]) -> str:
    """Return which series' figures are echoes, by history; they count for nothing."""
    parts = [
        f"{len(one.stated)} with {one.label} ({listed(series_of(one))})"
        for one in both
        if one.stated
    ]
    if not parts:
        return "No event of either history states one of them, so none is an echo."
    return (
        f"Echoes are {listed(parts)}: an event, or the base year, states the figure's own "
        "quantity. They are marked, and nothing below counts them."
    )


def series_of(one: History) -> list[str]:
    """Return the series of which a history's events state figures."""
    return [
        name
        for name, own in one.found.by_series().items()
        if any(each.observed.line in one.stated for each in own)
    ]


def coverage(both: Sequence[History]) -> str:
    """Return how many figures lie within the bands."""
    inside = [(one.label, banded(one.figures)) for one in both]
    parts = [f"{share_of(own)} with {label}" for label, own in inside if own]
    if not parts:
        return ""
    rest = sum(unmoved([each]) for each in inside[0][1])
    free = f" Of these, {rest} are of series that nothing moves, and say nothing." if rest else ""
    return (
        f"Within the band of nine in ten members: {listed(parts)}. Bands as wide as they should "
        f"be hold nine figures in ten.{free}"
    )


def votes(both: Sequence[History]) -> str:
    """Return how far propensities are from single votes, beside the base year."""
    cast = [(one.label, [each for each in one.figures if each.observed.is_vote]) for one in both]
    if not cast[0][1]:
        return ""
    runs = [f"{off([each.members for each in own], own)} with {label}" for label, own in cast]
    still = off([each.of_nulls[STILL] for each in cast[0][1]], cast[0][1])
    return (
        f"Propensities are off single votes by {listed(runs)}, and by {still} in the base year, on "
        "average."
    )


def off(says: Sequence[np.ndarray], own: Sequence[Scored]) -> str:
    """Return how far mean propensities are from votes, in points of a hundred."""
    apart = [
        abs(float(members.mean()) - one.observed.value)
        for members, one in zip(says, own, strict=True)
    ]
    return f"{amount(100.0 * float(np.mean(apart)))} points in a hundred"


def over(null: str, both: Sequence[History]) -> str:
    """Return the skill over a null, all series together, with its band."""
    known = [one for one in both if not np.isnan(one.pooled[null].number)]
    if not known:
        there = any(null in each.nulls for one in both for each in one.figures)
        why = "in nothing do both differ" if there else "it says nothing of these series"
        return f"Against {null} no skill can be told: {why}."
    parts = [with_band(one.label, one.pooled[null]) for one in known]
    what = f"{null} ({NULLS[null]}), of all series together in which both differ"
    return f"Skill over {what if null == STILL else null}: {listed(parts)}."


def with_band(label: str, one: Skill) -> str:
    """Return a skill with its band in words, and whether it can be told from none."""
    band = "one year, so no band" if one.band is None else f"band {in_band(one)}"
    doubt = "" if one.band is None or sure(one) else ", not to be told from none"
    figures = figures_counted(one.figures).lower()
    return f"{skill_amount(one.number)} with {label} ({figures}, {band}{doubt})"


def sure(one: Skill) -> bool:
    """Return whether a band lies on one side of nothing, as it is told."""
    low, high = one.band or (0.0, 0.0)
    return round(low, 2) > 0.0 or round(high, 2) < 0.0


def no_better(both: Sequence[History]) -> str:
    """Return the series in which the histories are no better than persistence, and why."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in both:
        for name, own in one.counted.items():
            if why := shortcoming(own, one.skills[name, STILL]):
                found.setdefault((name, why), []).append(one.label)
    parts = [
        f"{name} ({why}{'' if len(labels) == len(both) else f', with {listed(labels)}'})"
        for (name, why), labels in found.items()
    ]
    return f"Not surely better than {STILL}: {listed(parts)}." if parts else ""


def unmoved(own: Sequence[Scored]) -> bool:
    """Return whether the run says of all figures just what the base year says."""
    return all(np.array_equal(each.members, each.of_nulls[STILL]) for each in own)


def shortcoming(own: Sequence[Scored], one: Skill) -> str:
    """Return why a series is not surely better than persistence; nothing if it is."""
    if unmoved(own):
        return "nothing moves it"
    if one.number <= 0.0:
        return "no nearer to the figures"
    if one.band is None:
        return "nearer, by one year alone"
    return "" if sure(one) else "nearer, but the band reaches none"


def farthest(both: Sequence[History]) -> str:
    """Return the figures that are farthest outside the band of either history."""
    missed = [(one, of.label) for of in both for one in banded(of.figures) if not one.covered]
    far: dict[int, str] = {}  # a figure once, by the history that is farther from it
    for one, label in sorted(missed, key=lambda pair: -pair[0].beyond):
        far.setdefault(one.observed.line, f"{named(one.observed)} ({against(one)} with {label})")
    return f"Farthest outside: {listed(list(far.values())[:3])}." if far else ""


def bears(both: Sequence[History]) -> str:
    """Return what so few figures, or so few years, mean."""
    count = max(len(one.figures) for one in both)
    years = len({each.observed.year for one in both for each in one.figures})
    if not count:
        return (
            "Nothing is left to be scored: a history that was told a figure shows no skill by "
            "saying it."
        )
    of = f"{figures_counted(count)} of {'one year' if years == 1 else f'{years} years'}"
    few = f"{of} are few, and figures" if count < MANY else f"There are {of.lower()}, but figures"
    return (
        f"{few} of a year are not independent. The band draws years, and with two or three it "
        "spans hardly more than what each says by itself. So few years can show that the model is "
        "wrong somewhere; they cannot show that it is right, nor which of both histories is nearer."
    )
