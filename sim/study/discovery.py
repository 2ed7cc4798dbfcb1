"""Scenario discovery: which combination of settings goes with an outcome, as a box of ranges.

The patient rule induction method (PRIM; Friedman and Fisher 1999) peels a box bit by bit and
pastes back what was peeled too much; a classification tree (CART; Breiman et al. 1984), that of
scikit-learn, is the second opinion. Measures of a box, and the test of each restriction, are
Bryant and Lempert's (2010). `crossed` (point,) is the share of the runs at a point in which the
line was crossed, all points having as many: so what is counted in points holds for runs. Tests take
a point as one, as its runs are alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

PEEL = 0.05
"""Part of the points in a box that a step of peeling takes away: patience (Friedman and Fisher)."""

LEAST_MASS = 0.05
"""Part of all points that a box holds at least: less is an anecdote."""

MOST_RESTRICTIONS = 4
"""Settings that a box may restrict: more cannot be told in a sentence."""

CHANCE = 0.05
"""A restriction that chance explains more often than this is dropped, with as many settings to
choose from as there are (Bonferroni)."""

BLIND = 0.01
"""A box holds if as many fresh points taken blindly do as well less often than this: one box only
is tried on them, and it is to be quoted."""

ROUNDING = 1e-9
"""What sums of shares of runs may be off by, far less than the share of one run."""

STEPS_IN_A_RANGE = 20.0
"""Steps at least into which a range is divided for bounds: finer ones mean nothing at a few hundred
points, and have a digit more to be read."""

DEPTH = 3
"""Questions that the tree may ask in a row."""


@dataclass(frozen=True)
class Box:
    """A range for each setting; infinite on a side that is not restricted."""

    low: np.ndarray  # (setting,)
    high: np.ndarray

    @property
    def restricted(self) -> np.ndarray:
        """The settings that it restricts, by place."""
        return np.flatnonzero(np.isfinite(self.low) | np.isfinite(self.high))


@dataclass(frozen=True)
class Measure:
    """How well a box describes where the line is crossed."""

    coverage: float  # part of all runs that cross which lie in the box
    density: float  # part of the runs in the box that cross
    share: float  # part of all runs that cross
    points: int  # in the box
    every: int  # points, in the box and outside
    restrictions: int

    @property
    def outside(self) -> float:
        """Part of the runs outside the box that cross."""
        left = self.every - self.points
        hits = self.share * self.every - self.density * self.points
        return max(hits, 0.0) / left if left else 0.0

    @property
    def balance(self) -> float:
        """The harmonic mean of coverage and density: high only where both are."""
        total = self.coverage + self.density
        return 2.0 * self.coverage * self.density / total if total > 0 else 0.0


# A box ----------------------------------------------------------------------------------------


def whole_space(settings: int) -> Box:
    """Return the box that restricts nothing."""
    return Box(np.full(settings, -np.inf), np.full(settings, np.inf))


def inside(box: Box, points: np.ndarray) -> np.ndarray:
    """Return which points lie in a box, shape (point,)."""
    return np.asarray(((points >= box.low) & (points <= box.high)).all(axis=1))


def without(box: Box, setting: int) -> Box:
    """Return a box with one setting no longer restricted."""
    low, high = box.low.copy(), box.high.copy()
    low[setting], high[setting] = -np.inf, np.inf
    return Box(low, high)


def narrowed(box: Box, setting: int, low: float = -np.inf, high: float = np.inf) -> Box:
    """Return the part of a box in which a setting lies between two bounds."""
    lows, highs = box.low.copy(), box.high.copy()
    lows[setting], highs[setting] = max(lows[setting], low), min(highs[setting], high)
    return Box(lows, highs)


def moved(box: Box, setting: int, side: str, bound: float) -> Box:
    """Return a box with one bound, "low" or "high", put elsewhere."""
    low, high = box.low.copy(), box.high.copy()
    (low if side == "low" else high)[setting] = bound
    return Box(low, high)


def measure(box: Box, points: np.ndarray, crossed: np.ndarray) -> Measure:
    """Return coverage and density of a box."""
    within = inside(box, points)
    count = int(within.sum())
    hits, every = float(crossed[within].sum()), float(crossed.sum())
    return Measure(
        coverage=hits / every if every else 0.0,
        density=hits / count if count else 0.0,
        share=every / len(crossed),
        points=count,
        every=len(crossed),
        restrictions=len(box.restricted),
    )


# Peeling and pasting --------------------------------------------------------------------------


def peeled(points: np.ndarray, crossed: np.ndarray) -> tuple[Box, ...]:
    """Return boxes from the whole space to the smallest, each peeled from the one before."""
    box = whole_space(points.shape[1])
    boxes = [box]
    least = max(LEAST_MASS * len(points), 1.0)
    while (smaller := best_peel(box, points, crossed, least)) is not None:
        box = smaller
        boxes.append(box)
    return tuple(boxes)


def best_peel(box: Box, points: np.ndarray, crossed: np.ndarray, least: float) -> Box | None:
    """Return the box after the peel that gains most density for each run given up, if any does.

    For each run given up, and not in all, so that a switch, which can only be peeled by half of
    the runs at once, is judged by the same measure as a range (Friedman and Fisher 1999, 14.1).
    """
    within = inside(box, points)
    here, hit = points[within], crossed[within]
    best, most = None, 0.0
    for setting, side, bound, kept in peels(here):
        if kept.sum() < least or kept.all():
            continue
        gain = (hit[kept].mean() - hit.mean()) / (1.0 - kept.mean())
        if gain > most:
            best, most = moved(box, setting, side, bound), gain
    return best


def peels(points: np.ndarray) -> Iterator[tuple[int, str, float, np.ndarray]]:
    """Yield each way to peel a part off one end: setting, side, new bound, points kept."""
    ordered = np.sort(points, axis=0)
    few = max(int(PEEL * len(points)), 1)
    for setting in np.flatnonzero(ordered[0] < ordered[-1]):
        column, order = points[:, setting], ordered[:, setting]
        low = next_above(order, order[min(few - 1, len(order) - 1)])
        high = -next_above(-order[::-1], -order[max(len(order) - few, 0)])
        yield int(setting), "low", low, column >= low
        yield int(setting), "high", high, column <= high


def next_above(order: np.ndarray, bound: float) -> float:
    """Return the point midway to the first of some ordered numbers above a bound.

    Where nothing is above, the bound is beyond all of them.
    """
    place = int(np.searchsorted(order, bound, side="right"))
    return float((bound + order[place]) / 2.0) if place < len(order) else np.inf


def pasted(box: Box, points: np.ndarray, crossed: np.ndarray) -> Box:
    """Return a box widened again at each bound as long as that does not thin it out."""
    density = measure(box, points, crossed).density
    while True:
        wider = [(measure(one, points, crossed), one) for one in pastes(box, points)]
        good = [pair for pair in wider if pair[0].density >= density]
        if not good:
            return box
        found, box = max(good, key=lambda pair: (pair[0].density, pair[0].points))
        density = found.density


def pastes(box: Box, points: np.ndarray) -> Iterator[Box]:
    """Yield a box with one of its bounds moved outwards by a few runs, for each bound."""
    few = max(int(PEEL * inside(box, points).sum()), 1)
    for setting in box.restricted:
        free = points[inside(without(box, setting), points), setting]
        if np.isfinite(box.low[setting]):
            outside = np.sort(free[free < box.low[setting]])[::-1]
            yield moved(box, setting, "low", beyond(outside, few, -np.inf))
        if np.isfinite(box.high[setting]):
            outside = np.sort(free[free > box.high[setting]])
            yield moved(box, setting, "high", beyond(outside, few, np.inf))


def beyond(outside: np.ndarray, few: int, end: float) -> float:
    """Return a bound between the first few numbers outside a box and the next; `end` if none."""
    return float((outside[few - 1] + outside[few]) / 2.0) if len(outside) > few else end


# Which box ------------------------------------------------------------------------------------


def quasi_p(box: Box, points: np.ndarray, crossed: np.ndarray) -> dict[int, float]:
    """Return for each restricted setting how often chance alone would do as well as it does.

    The chance that as many of the box's points cross, if each did so as often as those of the same
    box without that restriction do (binomial). Source: Bryant and Lempert (2010).
    """
    within = inside(box, points)
    hits, count = float(crossed[within].sum()), int(within.sum())
    return {
        int(setting): as_often(
            hits, count, float(crossed[inside(without(box, setting), points)].mean())
        )
        for setting in box.restricted
    }


def as_often(hits: float, count: int, share: float) -> float:
    """Return how often so many points or more cross by chance, if each does with that share."""
    from scipy.stats import binom

    return float(binom.sf(np.floor(hits + ROUNDING) - 1, count, share)) if count else 1.0


def pruned(box: Box, points: np.ndarray, crossed: np.ndarray) -> Box:
    """Return a box without the restrictions that chance explains, the weakest dropped first."""
    while found := quasi_p(box, points, crossed):
        weakest = max(found, key=lambda setting: (found[setting], setting))
        if found[weakest] <= CHANCE / len(box.low) and len(found) <= MOST_RESTRICTIONS:
            return box
        box = without(box, weakest)
    return box


def readable(box: Box, steps: np.ndarray) -> Box:
    """Return a box with its bounds rounded outwards to steps that can be said.

    So that what is told is what was measured.
    """
    low = np.where(np.isfinite(box.low), np.floor(box.low / steps) * steps, box.low)
    high = np.where(np.isfinite(box.high), np.ceil(box.high / steps) * steps, box.high)
    return Box(np.round(low, 12), np.round(high, 12))


def steps_of(low: np.ndarray, high: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return the step to which bounds are rounded: half a unit of what is whole, else 1 % or so.

    So a bound lies between two whole numbers, and that of a range is a power of ten times some.
    """
    width = np.where(high > low, high - low, 1.0)  # what has no width has no bounds to round
    return np.where(whole, 0.5, 10.0 ** np.floor(np.log10(width / STEPS_IN_A_RANGE)))


def best_box(boxes: Sequence[Box], points: np.ndarray, crossed: np.ndarray) -> Box:
    """Return the box with the best balance of coverage and density; the simplest of equals."""

    def rank(box: Box) -> tuple[float, int]:
        found = measure(box, points, crossed)
        return round(found.balance, 9), -found.restrictions

    return max(boxes, key=rank)


# Second opinion -------------------------------------------------------------------------------


def leaves(points: np.ndarray, crossed: np.ndarray) -> tuple[Box, ...]:
    """Return the leaves of a classification tree as boxes that share no point."""
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(
        max_depth=DEPTH, min_weight_fraction_leaf=LEAST_MASS, random_state=0
    )
    both = np.repeat([True, False], len(points))  # each point crosses in part, and in part not
    tree.fit(np.tile(points, (2, 1)), both, sample_weight=np.concatenate([crossed, 1.0 - crossed]))
    return tuple(below(tree.tree_, 0, whole_space(points.shape[1])))


def below(tree: Any, node: int, box: Box) -> Iterator[Box]:
    """Yield the leaves below a node of scikit-learn's tree, whose part of the space is a box."""
    if tree.children_left[node] == tree.children_right[node]:
        yield box
        return
    setting, bound = int(tree.feature[node]), float(tree.threshold[node])
    yield from below(tree, tree.children_left[node], narrowed(box, setting, high=bound))
    beyond_it = narrowed(box, setting, low=np.nextafter(bound, np.inf))
    yield from below(tree, tree.children_right[node], beyond_it)


# All together ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Discovery:
    """What was found in one set of runs, and how it held in another."""

    box: Box
    told: Measure  # on the runs in which the box was found
    fresh: Measure  # on runs that it was not tuned to
    by_chance: float  # how often runs taken blindly from the fresh ones would cross as often
    quasi: dict[int, float]
    path: tuple[Measure, ...]  # the boxes among which it was chosen
    leaf: Box | None  # the tree's best leaf
    leaf_fresh: Measure | None

    @property
    def holds(self) -> bool:
        """Whether the box does better than chance on fresh runs."""
        return len(self.box.restricted) > 0 and self.by_chance <= BLIND


def discover(
    points: np.ndarray,
    crossed: np.ndarray,
    fresh_points: np.ndarray,
    fresh_crossed: np.ndarray,
    steps: np.ndarray,
) -> Discovery:
    """Return the box in which a line is crossed, and how it holds in runs it was not tuned to.

    The rule: every box of the peeling is pasted, restrictions that chance explains are dropped,
    bounds are rounded, and the one with the best balance of coverage and density is taken.
    """
    boxes = candidates(points, crossed, steps)
    box = best_box(boxes, points, crossed)
    fresh = measure(box, fresh_points, fresh_crossed)
    leaf = best_leaf(points, crossed, steps)
    return Discovery(
        box=box,
        told=measure(box, points, crossed),
        fresh=fresh,
        by_chance=by_chance(fresh),
        quasi=quasi_p(box, points, crossed),
        path=tuple(measure(one, points, crossed) for one in boxes),
        leaf=leaf,
        leaf_fresh=measure(leaf, fresh_points, fresh_crossed) if leaf else None,
    )


def candidates(points: np.ndarray, crossed: np.ndarray, steps: np.ndarray) -> tuple[Box, ...]:
    """Return the boxes to choose from: peeled, pasted, pruned, rounded."""
    boxes = (pasted(box, points, crossed) for box in peeled(points, crossed))
    return tuple(readable(pruned(box, points, crossed), steps) for box in boxes)


def best_leaf(points: np.ndarray, crossed: np.ndarray, steps: np.ndarray) -> Box | None:
    """Return the leaf of the tree with the best balance, rounded; None where there is but one."""
    some = leaves(points, crossed)
    rounded = [readable(leaf, steps) for leaf in some]
    return best_box(rounded, points, crossed) if len(some) > 1 else None


def by_chance(found: Measure) -> float:
    """Return how often as many points taken blindly would cross as often as those in a box."""
    return as_often(found.density * found.points, found.points, found.share)
