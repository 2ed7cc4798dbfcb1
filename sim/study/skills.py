"""How sure a skill is: its band over years and members that are drawn again.

A dozen figures of three years are few, and not independent. The five states' votes on one
resolution are one thing that happened, and an error of this month is there in the next. So whole
years are drawn with replacement, each with all of its figures: a bootstrap in blocks (Carlstein
1986, Annals of Statistics 14, 1171-1179). Members are drawn with replacement too, the same for the
run and for what it is compared with, so that a small ensemble tells in the band as well.

Members alone give a narrow band that says only how well the run is known, and figures one by one
give one that takes five votes on a day for five things. With two or three years even this band is
hardly more than the span of what each year says by itself. From one year there is no band.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.members import stream
from sim.study.scores import BAND, Observation, Scored

RESAMPLES = 1000
"""How often years and members are drawn again."""

LEAST_YEARS = 2
"""Fewer say nothing of how much depends on the year."""


@dataclass(frozen=True)
class Draws:
    """How often each member and each year is taken: once each in row 0, then as drawn."""

    members: np.ndarray  # (row, member)
    years: Mapping[str, np.ndarray]  # each (row,)


@dataclass(frozen=True)
class Skill:
    """A skill, its band if there is one, and what it rests on."""

    number: float  # NaN where the null says nothing
    band: tuple[float, float] | None
    figures: int
    years: int


@dataclass(frozen=True)
class Redrawn:
    """Scores of some figures of one series by row of the draws, and how often each counts."""

    run: np.ndarray  # (row, figure)
    null: np.ndarray  # (row, figure)
    weight: np.ndarray  # (row, figure)
    years: frozenset[str]

    def sums(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return scores of run and null added up over figures, and how many count: (row,)."""
        run, null = ((self.weight * part).sum(axis=-1) for part in (self.run, self.null))
        return run, null, self.weight.sum(axis=-1)


def draws(seed: int, members: int, years: Sequence[str], resamples: int = RESAMPLES) -> Draws:
    """Return members and years as they are, then as often drawn again as there are resamples."""
    named = sorted(set(years))
    by_year = often(seed, "years", len(named), resamples)
    return Draws(
        often(seed, "members", members, resamples),
        {year: by_year[:, k] for k, year in enumerate(named)},
    )


def often(seed: int, what: str, count: int, resamples: int) -> np.ndarray:
    """Return how often each of so many is drawn, (1 + resample, one); once each in row 0."""
    places = stream(seed, "skill", what).integers(0, max(count, 1), size=(resamples, count))
    drawn = (places[:, :, None] == np.arange(count)).sum(axis=1)
    return np.concatenate([np.ones((1, count)), drawn])


def crps_redrawn(members: np.ndarray, value: float, taken: np.ndarray) -> np.ndarray:
    """Return the score (CRPS) of members (member,) taken so often (row, member): (row,)."""
    order = np.argsort(members, kind="stable")
    ordered, weight = members[order], taken[:, order]
    count = weight.sum(axis=-1)
    ranks = 2.0 * np.cumsum(weight, axis=-1) - weight - count[:, None]
    apart = (weight * ranks * ordered).sum(axis=-1) / count**2  # half the mean distance of two
    return np.asarray((weight * np.abs(ordered - value)).sum(axis=-1) / count - apart)


def score_redrawn(one: Observation, members: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """Return the score of what members (member,) taken so often say of a figure: (row,)."""
    if not one.is_vote:
        return crps_redrawn(members, one.value, taken)
    mean = (taken * members).sum(axis=-1) / taken.sum(axis=-1)
    return np.asarray((mean - one.value) ** 2)


def redrawn(some: Sequence[Scored], null: str, drawn: Draws) -> Redrawn | None:
    """Return the scores of a series' figures of which a null says something, by row."""
    both = [one for one in some if null in one.of_nulls]
    if not both:
        return None
    return Redrawn(
        columns([score_redrawn(one.observed, one.members, drawn.members) for one in both]),
        columns([score_redrawn(one.observed, one.of_nulls[null], drawn.members) for one in both]),
        columns([drawn.years[one.observed.year] for one in both]),
        frozenset(one.observed.year for one in both),
    )


def columns(some: Sequence[np.ndarray]) -> np.ndarray:
    """Return arrays (row,) side by side."""
    return np.stack(some, axis=-1)


def skill_of(some: Sequence[Scored], null: str, drawn: Draws) -> Skill:
    """Return the skill of one series' figures over a null: 1 less the ratio of added scores."""
    one = redrawn(some, null, drawn)
    if one is None:
        return Skill(float("nan"), None, 0, 0)
    run, other, count = one.sums()
    return told(less_ratio(run, other, count), one.run.shape[-1], one.years)


def pooled_skill(groups: Sequence[Sequence[Scored]], null: str, drawn: Draws) -> Skill:
    """Return the skill over a null of several series together, which have units of their own.

    Scores of a series are divided by their mean over run and null before they are added up, each
    series by its number of figures: units drop out, and a null that is nearly exact in one series
    does not outweigh all others, as it would in a mean of skills. Where both are exact, as where
    nothing ever moves, there is nothing to tell apart, and the series does not count.
    """
    run = other = count = np.zeros(len(drawn.members))
    figures, years = 0, frozenset[str]()
    for some in groups:
        one = redrawn(some, null, drawn)
        if one is None:
            continue
        own, of_null, weight = one.sums()
        both = own + of_null
        tells = both > 0.0
        share = own / np.where(tells, both, 1.0)
        counts = np.where(tells, weight, 0.0)
        run, other = run + counts * share, other + counts * (1.0 - share)
        count = count + counts
        if tells[0]:
            figures, years = figures + one.run.shape[-1], years | one.years
    return told(less_ratio(run, other, count), figures, years)


def less_ratio(run: np.ndarray, null: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return 1 less the ratio of scores, (row,): NaN where nothing counts, -inf by an exact null.

    Two that are exact are as good as each other: 0.
    """
    exact = null <= 0.0
    skill = 1.0 - run / np.where(exact, 1.0, null)
    skill = np.where(exact, np.where(run <= 0.0, 0.0, -np.inf), skill)
    return np.where(count > 0.0, skill, np.nan)


def told(by_row: np.ndarray, figures: int, years: frozenset[str]) -> Skill:
    """Return the skill of row 0 with the band of the rows drawn, by rank: some may be infinite."""
    known = np.sort(by_row[1:][~np.isnan(by_row[1:])])
    band = None
    if len(years) >= LEAST_YEARS and len(known):
        low, high = (known[round(rank * (len(known) - 1))] for rank in BAND)
        band = float(low), float(high)
    return Skill(float(by_row[0]), band, figures, len(years))
