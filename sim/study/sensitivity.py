"""Sensitivity: which of many settings an outcome answers to, and which it does not.

First Morris's screening (1991; with the mean absolute move of Campolongo et al. 2007), then Sobol's
indices of the few that are left (estimators of Saltelli et al. 2010 and Jansen 1999), the sample
doubled until they have settled. Samples are SALib's.

Every point is run for the same members, so that a move between two points is no member's luck. What
is left of it, members that answer differently, is kept apart too: variances and indices are made of
products of two *different* members only, so that no member's own can pass for a setting's. With one
member the indices are SALib's.

A setting may stand for several numbers that are moved together, each its own way: `groups` says for
each coordinate of a point to which setting it belongs, in order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Model = Callable[[np.ndarray], np.ndarray]
"""From points of the unit cube (point, coordinate) to outcomes (point, member, outcome)."""

Groups = Sequence[int]
"""The setting to which each coordinate belongs, by place: 0, 0, 1, 2, 2, 2."""

LEVELS = 4
"""Levels of each setting in the screening, as Morris has it: the middles of four equal parts of its
range. From one to the next but one is half of the range, the move of which sizes are told."""

FEWEST_TRAJECTORIES, MOST_TRAJECTORIES = 4, 40
"""Of the screening: below four a mean says little; at forty its standard error is a sixth of the
spread from place to place, and more runs are better spent on the indices."""

CLEAR = 2.0
"""A move counts as clear from this many times what members' luck alone shows on average."""

RELEVANT = 0.1
"""Part of the largest move below which a setting is dropped: a hundredth of its variance."""

MOST_KEPT = 8
"""Settings that go on to Sobol's indices: more are neither affordable nor told in a sentence."""

FIRST_ROWS = 32
"""Rows of Sobol's sample to begin with. A row is a point for each setting, and two."""

BOOTSTRAPS = 400
"""Resamples of which an interval is made: ten of them lie outside on each side."""

MATTERS = 0.05
"""Total index from which a setting matters: a twentieth of the variance that settings make."""

TRACE = 0.01
"""Total index below which a setting is told as nothing, whatever its sign."""

WIDE = 0.1
"""Width of a 95% interval from which an index is not settled, unless all of it matters."""

MATTERING, LITTLE, NOTHING, UNSETTLED = "matters", "little", "nothing", "unsettled"
"""The verdicts."""

ROUGH = 0.25
"""Width of an interval beyond which a verdict that does not change is no reason to stop."""

CHANCE = 0.05
"""How often luck may show a correlation as close, over all the numbers there are to choose from."""

AHEAD = 0.9
"""Part of the resamples in which a number has to go closest with the outcome to stand out."""

LOW, HIGH = 0.025, 0.975
"""Ends of an interval of 95%."""

SEEDS = 2**32
"""SALib takes seeds below this."""


def problem(groups: Groups) -> dict[str, Any]:
    """Return settings of the unit cube as SALib wants them."""
    return {
        "num_vars": len(groups),
        "names": [f"x{k}" for k in range(len(groups))],
        "groups": [f"setting{k}" for k in groups],
        "bounds": [[0.0, 1.0]] * len(groups),
    }


def starts(groups: Groups) -> np.ndarray:
    """Return the first coordinate of each setting."""
    return np.flatnonzero(np.diff(np.asarray(groups), prepend=-1))


def of_different_members(one: np.ndarray, other: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the mean product (...) of two arrays (..., member) over pairs of different members.

    What is a member's own, and not another's, has no part in it on average. With one member there
    are no pairs, and it is its own product.
    """
    squares = weights * weights
    own = (one * other * squares).sum(axis=-1)
    if len(weights) == 1:
        return np.asarray(own)
    both = (one * weights).sum(axis=-1) * (other * weights).sum(axis=-1)
    return np.asarray((both - own) / (1.0 - squares.sum()))


def even(count: int) -> np.ndarray:
    """Return equal weights that sum to one."""
    return np.full(count, 1.0 / count)


# Screening ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Screening:
    """How far each setting moves each outcome by half of its range, (outcome, setting) each."""

    mean: np.ndarray  # with its sign (Morris's mu)
    size: np.ndarray  # without it (mu*)
    spread: np.ndarray  # from one place to another (sigma)
    luck: np.ndarray  # the size that members' luck shows where a setting does nothing on average
    square: np.ndarray  # mean square of the move that members share
    moves: np.ndarray  # some run, at some place, to any degree
    trajectories: int

    @property
    def clear(self) -> np.ndarray:
        """Whether a move is clear of luck and not small beside the largest."""
        largest = self.size.max(axis=1, keepdims=True)
        return np.asarray(self.above_luck & (self.size >= RELEVANT * largest))

    @property
    def above_luck(self) -> np.ndarray:
        """Whether a move is more than members' luck shows."""
        return np.asarray(self.moves & (self.size > CLEAR * self.luck))

    def kept(self, most: int = MOST_KEPT) -> tuple[int, ...]:
        """Return the settings that go on, in turn those that move each outcome most."""
        order = np.argsort(-self.size, axis=1, kind="stable")
        turns = [
            int(order[outcome, place])
            for place in range(order.shape[1])
            for outcome in range(len(order))
            if self.clear[outcome, order[outcome, place]]
        ]
        return tuple(sorted(dict.fromkeys(turns), key=turns.index))[:most]

    def missed(self, outcome: int, kept: Sequence[int]) -> float:
        """Return the part of all squared moves that settings account for that were not kept."""
        whole = float(self.square[outcome].sum())
        rest = float(np.delete(self.square[outcome], kept).sum())
        return rest / whole if whole > 0.0 else 0.0


def trajectories(groups: Groups, count: int, seed: int) -> np.ndarray:
    """Return Morris's trajectories as points (point, coordinate), each on a level of SALib's."""
    from SALib.sample import morris

    made = morris.sample(problem(groups), count, num_levels=LEVELS, seed=seed % SEEDS)
    return np.asarray(made)


def in_the_middle(levels: np.ndarray) -> np.ndarray:
    """Return levels from 0 to 1 as the middles of equal parts: no range is tried at its ends only.

    A range's ends are the least that it says; three quarters of all draws lie between the outer
    two levels, a quarter between the middle two.
    """
    return np.asarray((levels * (LEVELS - 1) + 0.5) / LEVELS)


def screened(model: Model, groups: Groups, count: int, seed: int) -> Screening:
    """Return how far each setting moves the outcomes along so many trajectories."""
    levels = trajectories(groups, count, seed)
    return moved(groups, levels, model(in_the_middle(levels)))


def moved(groups: Groups, levels: np.ndarray, found: np.ndarray) -> Screening:
    """Return the screening of outcomes (point, member, outcome) along trajectories."""
    settings = len(starts(groups))
    count = len(levels) // (settings + 1)
    step = np.diff(levels.reshape(count, settings + 1, -1), axis=1)
    change = np.diff(found.reshape(count, settings + 1, *found.shape[1:]), axis=1)
    which = np.asarray(groups)[np.abs(step).argmax(axis=2)]  # (trajectory, step): what is moved
    upwards = np.where(step.sum(axis=2) < 0.0, -1.0, 1.0)[:, :, None, None]
    order = np.argsort(which, axis=1)[:, :, None, None]
    each = np.take_along_axis(change * upwards, order, axis=1)
    each = np.moveaxis(each, (3, 1, 0, 2), (0, 1, 2, 3))  # (outcome, setting, trajectory, member)
    return told_apart(each, count)


def told_apart(each: np.ndarray, count: int) -> Screening:
    """Return the screening of single moves (outcome, setting, trajectory, member)."""
    members = each.shape[-1]
    together = each.mean(axis=-1)
    between = each.var(axis=-1, ddof=1) if members > 1 else np.zeros(together.shape)
    square = of_different_members(each, each, even(members)).mean(axis=-1)
    return Screening(
        mean=together.mean(axis=-1),
        size=np.abs(together).mean(axis=-1),
        spread=together.std(axis=-1, ddof=1) if count > 1 else np.zeros(together.shape[:-1]),
        luck=np.sqrt(2.0 / np.pi * between.mean(axis=-1) / members),  # of a normal with no mean
        square=np.maximum(square, 0.0),
        moves=(each != 0.0).any(axis=(2, 3)),
        trajectories=count,
    )


# Sobol's indices ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Interval:
    """Estimates with the ends of their 95% intervals, of one shape."""

    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def shown(self) -> Interval:
        """The same as parts of a whole are shown: none below nothing, none above all."""
        return Interval(*(np.clip(one, 0.0, 1.0) for one in (self.middle, self.low, self.high)))

    @property
    def width(self) -> np.ndarray:
        """How wide it is, of what can be shown."""
        return np.asarray(self.shown.high - self.shown.low)


@dataclass(frozen=True)
class Indices:
    """How the variance of one outcome is shared out among settings."""

    first: Interval  # (setting,): by itself
    alone: Interval  # (1,): all settings, each by itself
    total: Interval  # (setting,): with all its combinations
    parts: Interval  # (3,): of the runs' variance, that of settings, of members, of both together
    ahead: np.ndarray  # (setting, setting): share of resamples in which one's total is larger
    rising: np.ndarray  # (setting,): -1 where more of it always lowers the outcome, 1 raises it
    varies: bool  # at all, from point to point

    @property
    def by_itself(self) -> Interval:
        """First indices as they are shown: no part is more alone than with all its combinations."""
        first, total = self.first.shown, self.total.shown
        middle = np.minimum(first.middle, total.middle)
        high = np.maximum(np.minimum(first.high, total.high), middle)
        return Interval(middle, np.minimum(first.low, middle), high)

    @property
    def told(self) -> bool:
        """Whether settings make any variance that can be told from nothing."""
        return self.varies and bool(self.parts.low[0] > 0.0)

    @property
    def verdicts(self) -> tuple[str, ...]:
        """The verdict on each setting."""
        if not self.varies:
            return (NOTHING,) * len(self.total.middle)
        if not self.told:
            return (UNSETTLED,) * len(self.total.middle)
        ends = zip(self.total.middle, self.total.low, self.total.high, strict=True)
        return tuple(verdict(*(float(end) for end in one)) for one in ends)

    @property
    def widest(self) -> float:
        """The width of the widest interval among the settings that matter."""
        own = [
            float(width)
            for width, told in zip(self.total.width, self.verdicts, strict=True)
            if told == MATTERING
        ]
        return max(own, default=0.0)


def verdict(middle: float, low: float, high: float) -> str:
    """Return what can be said of a total index with an interval."""
    wide = min(high, 1.0) - max(low, 0.0) > WIDE
    if low >= MATTERS or (low > 0.0 and middle >= MATTERS and not wide):
        return MATTERING
    if wide:
        return UNSETTLED
    return NOTHING if low <= 0.0 or high < TRACE else LITTLE


def sample(groups: Groups, rows: int, seed: int) -> np.ndarray:
    """Return Saltelli's points of the unit cube, row by row; twice as many begin with the same."""
    from SALib.sample import sobol

    made = sobol.sample(problem(groups), rows, calc_second_order=False, seed=seed % SEEDS)
    return np.asarray(made)


@dataclass(frozen=True)
class Parted:
    """Outcomes at a row's points: A, A with one setting of B each, B."""

    a: np.ndarray  # (row, member)
    mixed: np.ndarray  # (row, setting, member)
    b: np.ndarray  # (row, member)


def parted(found: np.ndarray, settings: int) -> Parted:
    """Return one outcome (point, member) as Saltelli's sample has it."""
    rows = found.reshape(-1, settings + 2, found.shape[1])
    return Parted(rows[:, 0], rows[:, 1:-1], rows[:, -1])


def shared_out(
    one: Parted, row: np.ndarray, member: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return first and total parts (setting,) of the settings' variance, and all parts (3,).

    Not yet divided by it; `row` and `member` are weights that sum to one each. The three parts are
    those of settings, of members, and of both together, of the variance over all runs.
    """
    centre = 0.5 * (row[:, None] * (one.a + one.b)).sum(axis=0)
    a, b = one.a - centre, one.b - centre
    change = one.mixed - one.a[:, None]
    first = of_different_members(b[:, None], change, member)
    total = 0.5 * of_different_members(change, change, member)
    settings = 0.5 * (of_different_members(a, a, member) + of_different_members(b, b, member))
    within = 0.5 * ((a * a + b * b) * member).sum(axis=-1)
    by_settings = float((row * settings).sum())
    both = float((row * within).sum()) - by_settings
    apart = centre - (centre * member).sum()
    spare = 1.0 - (member * member).sum()
    left_of_both = both * 0.5 * (row * row).sum()  # in a member's mean over the points
    of_members = (apart * apart * member).sum() / spare - left_of_both if spare > 0.0 else 0.0
    weights = row[:, None]
    return (
        np.asarray((weights * first).sum(axis=0)),
        np.asarray((weights * total).sum(axis=0)),
        np.array([by_settings, of_members, both]),
    )


def indices(groups: Groups, points: np.ndarray, found: np.ndarray, seed: int) -> Indices:
    """Return Sobol's indices of one outcome (point, member) at Saltelli's points.

    Intervals are of resampled rows and members, both at once, with smooth weights (Rubin 1981) so
    that no resample is of one member alone.
    """
    one = parted(found, len(starts(groups)))
    rows, members = one.a.shape
    made = [shared_out(one, even(rows), even(members))]
    rng = np.random.default_rng([seed, rows])
    for _ in range(BOOTSTRAPS):
        row, member = (np.asarray(rng.exponential(size=size)) for size in (rows, members))
        made.append(shared_out(one, row / row.sum(), member / member.sum()))
    first, total, parts = (np.array(each) for each in zip(*made, strict=True))
    whole = parts.sum(axis=1)
    varies = bool((one.mixed != one.a[:, None]).any() or (one.a != one.a[:1]).any())
    return Indices(
        first=interval(first, parts[:, 0]),
        alone=interval(first.sum(axis=1, keepdims=True), parts[:, 0]),
        total=interval(total, parts[:, 0]),
        parts=interval(parts, whole),
        ahead=(total[1:, :, None] > total[1:, None, :]).mean(axis=0),
        rising=rising(groups, points, one),
        varies=varies,
    )


def interval(made: np.ndarray, whole: np.ndarray) -> Interval:
    """Return parts of a whole: the first estimate, and an interval from the others.

    Where a resample leaves no whole to be a part of, its part may be anything.
    """
    some = (whole > 0.0)[:, None]
    parts = made / np.where(some, whole[:, None], 1.0)
    low = np.quantile(np.where(some, parts, -np.inf)[1:], LOW, axis=0, method="inverted_cdf")
    high = np.quantile(np.where(some, parts, np.inf)[1:], HIGH, axis=0, method="inverted_cdf")
    middle = np.where(some, parts, 0.0)[0]
    return Interval(middle, np.minimum(low, middle), np.maximum(high, middle))


def rising(groups: Groups, points: np.ndarray, one: Parted) -> np.ndarray:
    """Return for each setting how much of its moves goes one way, from -1 to 1."""
    first = starts(groups)
    rows = points.reshape(len(one.a), -1, points.shape[1])
    steps = np.add.reduceat(rows[:, 1:-1] - rows[:, :1], first, axis=2)
    settings = np.arange(len(first))
    along = steps[:, settings, settings] * (one.mixed - one.a[:, None]).mean(axis=-1)
    whole = np.abs(along).sum(axis=0)
    return np.asarray(along.sum(axis=0) / np.where(whole > 0.0, whole, 1.0))


def goes_most_with(
    groups: Groups, points: np.ndarray, found: np.ndarray, setting: int
) -> tuple[int, float] | None:
    """Return which of a setting's numbers the outcome goes with most, and how closely (-1 to 1).

    By correlation over the moves of this setting alone, so that no other's luck can pass for its
    own. None stands out where luck does as much for the closest of so many numbers (Bonferroni), or
    where another is closest in more than a few resamples of the rows.
    """
    own = np.flatnonzero(np.asarray(groups) == setting)
    one = parted(found, len(starts(groups)))
    rows = len(one.a)
    places = points.reshape(rows, -1, points.shape[1])[:, :, own]
    along = places[:, 1 + setting] - places[:, 0]
    change = (one.mixed[:, setting] - one.a).mean(axis=-1)
    closely = gone_with(along, change, even(rows))
    best = int(np.abs(closely).argmax())
    if len(own) * by_luck(float(closely[best]), rows) > CHANCE:
        return None
    rng = np.random.default_rng([rows, setting])
    weights = rng.exponential(size=(BOOTSTRAPS, rows))
    again = np.abs([gone_with(along, change, weight) for weight in weights]).argmax(axis=1)
    return (best, float(closely[best])) if (again == best).mean() >= AHEAD else None


def gone_with(along: np.ndarray, change: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return how closely a change (row,) goes with moves (row, number), from -1 to 1.

    About 0, as moves up and moves down are alike.
    """
    together = (weight[:, None] * along * change[:, None]).sum(axis=0)
    squares = (weight * change**2).sum() * (weight[:, None] * along**2).sum(axis=0)
    return np.asarray(together / np.sqrt(np.where(squares > 0.0, squares, 1.0)))


def by_luck(closely: float, rows: int) -> float:
    """Return how often luck shows a correlation about 0 as close as this, either way (Student)."""
    from scipy.stats import t

    left = 1.0 - closely**2
    if left <= 0.0:
        return 0.0
    return float(2.0 * t.sf(abs(closely) * np.sqrt((rows - 1) / left), rows - 1))


# The sample doubled -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Settled:
    """Sobol's indices of each outcome, and how they came to be told."""

    by_outcome: tuple[Indices, ...]
    rows: int
    points: int
    members: int
    because: str  # narrow | unchanged | spent
    history: tuple[tuple[int, float], ...]  # runs, and the widest interval of what matters
    drawn: np.ndarray  # the points (point, coordinate)
    found: np.ndarray  # (point, member, outcome)

    @property
    def runs(self) -> int:
        return self.points * self.members


NARROW, UNCHANGED, SPENT = "narrow", "unchanged", "spent"
"""Why doubling stopped."""


def settled(model: Model, groups: Groups, budget: int, seed: int) -> Settled:
    """Return Sobol's indices, the sample doubled until they have settled or the runs are spent.

    They have settled where every verdict is given and either no interval of what matters is wide,
    or two doublings in a row have left all verdicts as they were and no interval is rough. What
    was run is kept.
    """
    rows = FIRST_ROWS
    points = sample(groups, rows, seed)
    found = model(points)
    members = found.shape[1]
    verdicts: list[tuple[tuple[str, ...], ...]] = []
    history: list[tuple[int, float]] = []
    while True:
        told = tuple(indices(groups, points, found[:, :, k], seed) for k in range(found.shape[2]))
        verdicts.append(tuple(one.verdicts for one in told))
        widest = max(one.widest for one in told)
        history.append((len(points) * members, widest))
        because = why_stop(verdicts, widest, 2 * len(points) * members > budget)
        if because:
            return Settled(told, rows, len(points), members, because, tuple(history), points, found)
        rows *= 2
        points = np.concatenate([points, sample(groups, rows, seed)[len(points) :]])
        found = np.concatenate([found, model(points[len(found) :])])


def why_stop(verdicts: Sequence[tuple[tuple[str, ...], ...]], widest: float, spent: bool) -> str:
    """Return why the sample is not doubled any more, or nothing if it is."""
    given = not any(UNSETTLED in one for one in verdicts[-1])
    if given and len(verdicts) > 1 and widest <= WIDE:
        return NARROW
    if (
        given
        and widest <= ROUGH
        and len(verdicts) > 2
        and verdicts[-1] == verdicts[-2] == verdicts[-3]
    ):
        return UNCHANGED
    return SPENT if spent else ""
