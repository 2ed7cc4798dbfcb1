"""Scenario discovery: which combination of settings goes with an outcome, as a box of ranges.

The patient rule induction method (PRIM; Friedman and Fisher 1999) peels a box bit by bit and
pastes back what was peeled too much; a classification tree (CART; Breiman et al. 1984) is the
second opinion. Measures of a box, and the test of each restriction, are Bryant and Lempert's
(2010). A run is a point (setting,) of its own; `crossed` says in which runs the line was crossed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

PEEL = 0.05
"""Part of the runs in a box that a step of peeling takes away: patience (Friedman and Fisher)."""

LEAST_MASS = 0.05
"""Part of all runs that a box holds at least: less is an anecdote."""

MOST_RESTRICTIONS = 4
"""Settings that a box may restrict: more cannot be told in a sentence."""

CHANCE = 0.05
"""A restriction that chance explains more often than this is dropped, with as many settings to
choose from as there are (Bonferroni)."""

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
    runs: int  # in the box
    every: int  # runs, in the box and outside
    restrictions: int

    @property
    def outside(self) -> float:
        """Part of the runs outside the box that cross."""
        left = self.every - self.runs
        hits = self.share * self.every - self.density * self.runs
        return hits / left if left else 0.0

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
    hits, runs, every = int(crossed[within].sum()), int(within.sum()), int(crossed.sum())
    return Measure(
        coverage=hits / every if every else 0.0,
        density=hits / runs if runs else 0.0,
        share=every / len(crossed),
        runs=runs,
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
        found, box = max(good, key=lambda pair: (pair[0].density, pair[0].runs))
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

    The chance that as many of the box's runs cross, if each did so as often as the runs of the
    same box without that restriction do (binomial). Source: Bryant and Lempert (2010).
    """
    from scipy.stats import binom

    within = inside(box, points)
    hits, runs = int(crossed[within].sum()), int(within.sum())
    found = {}
    for setting in box.restricted:
        share = float(crossed[inside(without(box, setting), points)].mean())
        found[int(setting)] = float(binom.sf(hits - 1, runs, share))
    return found


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
    """Return the step to which bounds are rounded: half a unit of what is whole, else 1 % or so."""
    width = np.maximum(high - low, 1e-300)
    return np.where(whole, 0.5, 10.0 ** np.floor(np.log10(width / 20.0)))


def best_box(boxes: Sequence[Box], points: np.ndarray, crossed: np.ndarray) -> Box:
    """Return the box with the best balance of coverage and density; the simplest of equals."""

    def rank(box: Box) -> tuple[float, int]:
        found = measure(box, points, crossed)
        return round(found.balance, 9), -found.restrictions

    return max(boxes, key=rank)


# Second opinion -------------------------------------------------------------------------------


def leaves(
    points: np.ndarray, crossed: np.ndarray, box: Box | None = None, depth: int = DEPTH
) -> tuple[Box, ...]:
    """Return the leaves of a classification tree as boxes that share no run (Gini's impurity)."""
    box = whole_space(points.shape[1]) if box is None else box
    within = inside(box, points)
    here, hit = points[within], crossed[within]
    cut = None if depth == 0 else best_cut(here, hit, LEAST_MASS * len(points))
    if cut is None:
        return (box,)
    setting, bound = cut
    below = narrowed(box, setting, high=bound)
    above = narrowed(box, setting, low=np.nextafter(bound, np.inf))
    deeper = (leaves(points, crossed, side, depth - 1) for side in (below, above))
    return tuple(leaf for side in deeper for leaf in side)


def best_cut(points: np.ndarray, crossed: np.ndarray, least: float) -> tuple[int, float] | None:
    """Return the setting and the bound that part crossing from other runs best, if any does."""
    count, hits = len(points), float(crossed.sum())
    if count < 2 or hits in {0.0, float(count)}:
        return None
    order = np.argsort(points, axis=0, kind="stable")
    ordered = np.take_along_axis(points, order, axis=0)
    left = np.arange(1, count, dtype=float)[:, None]
    hit_left = np.cumsum(crossed[order], axis=0, dtype=float)[:-1]
    impurity = gini(hit_left, left) + gini(hits - hit_left, count - left)
    allowed = (ordered[1:] > ordered[:-1]) & (left >= least) & (count - left >= least)
    gain = np.where(allowed, gini(np.array(hits), np.array(float(count))) - impurity, 0.0)
    place, setting = np.unravel_index(int(np.argmax(gain)), gain.shape)
    if gain[place, setting] <= 1e-9 * count:
        return None
    return int(setting), float(ordered[place : place + 2, setting].mean())


def gini(hits: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Return Gini's impurity of groups, weighted by how many they are."""
    return hits * (count - hits) / count


def in_leaves(some: Sequence[Box], points: np.ndarray) -> np.ndarray:
    """Return which points lie in any of some boxes."""
    return np.any([inside(box, points) for box in some], axis=0)


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
        return len(self.box.restricted) > 0 and self.by_chance <= CHANCE / 5.0


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
    """Return how often as many runs taken blindly would cross as often as those in a box."""
    from scipy.stats import binom

    hits = round(found.density * found.runs)
    return float(binom.sf(hits - 1, found.runs, found.share)) if found.runs else 1.0
