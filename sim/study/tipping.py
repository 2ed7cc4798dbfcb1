"""Tipping points: the smallest size, length or date at which each member's outcome crosses a line.

Every member looks for its own: first a coarse look over the range, which also says whether more
of the setting always goes further, then a bisection of the step in which the line is first
crossed. Settings lie on a lattice (whole months, or small steps), so that nothing is run twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Asked = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From settings (column,) and members (column,) to how far past the line (column, outcome)."""

COARSE = 7
"""Settings of the first look, both ends among them."""

FINE = 128
"""Steps into which a range of real numbers is divided."""

UNKNOWN, SHORT, PAST = -1, 0, 1
"""What is known of a member at a setting: nothing, short of the line, past it."""

STRAYING = 0.02
"""Share of members that may return behind the line before it is said that more is not further."""


@dataclass(frozen=True)
class Lattice:
    """The settings that can be asked for: from the first on, in even steps."""

    low: float
    step: float
    last: int  # place of the last

    def at(self, places: np.ndarray | int) -> np.ndarray:
        """Return the settings at some places."""
        return self.low + np.asarray(places) * self.step


@dataclass(frozen=True)
class Tipping:
    """Where the members cross the line, for each outcome."""

    lattice: Lattice
    threshold: np.ndarray  # (member, outcome): first setting past the line; infinite if none
    from_above: np.ndarray  # (outcome,): the line is crossed as the setting falls
    straying: np.ndarray  # (outcome,): share of members that return behind the line
    looked: np.ndarray  # the settings of the coarse look
    past: np.ndarray  # (setting looked at, outcome): share of members past the line

    @property
    def one_way(self) -> np.ndarray:
        """Whether more always goes further, for each outcome."""
        return np.asarray(self.straying <= STRAYING)

    @property
    def never(self) -> np.ndarray:
        """Share of members that do not cross within the range, for each outcome."""
        return np.asarray((~np.isfinite(self.threshold)).mean(axis=0))

    @property
    def at_once(self) -> np.ndarray:
        """Share of members that are past the line at the near end of the range already."""
        ends = np.where(self.from_above, self.lattice.at(self.lattice.last), self.lattice.low)
        return np.asarray((self.threshold == ends).mean(axis=0))


def lattice(low: float, high: float, whole: bool) -> Lattice:
    """Return the settings between two limits: whole numbers, or a fine division."""
    if whole:
        first, last = np.ceil(low), np.floor(high)
        return Lattice(float(first), 1.0, int(last - first))
    return Lattice(low, (high - low) / FINE, FINE)


def tipping(asked: Asked, members: int, on: Lattice, coarse: int = COARSE) -> Tipping:
    """Return the setting at which each member first crosses the line, for each outcome."""
    places = np.unique(np.round(np.linspace(0, on.last, coarse)).astype(int))
    first = known_at(
        asked, on, np.repeat(places, members), np.tile(np.arange(members), len(places))
    )
    outcomes = first.shape[-1]
    known = np.full((on.last + 1, members, outcomes), UNKNOWN, dtype=np.int8)
    known[places] = first.reshape(len(places), members, outcomes)
    past = known[places] == PAST
    falling = past[0].mean(axis=0) > past[-1].mean(axis=0)
    below, above = brackets(places, past, falling)
    bisect(asked, on, known, below, above)
    found = np.where(above >= 0, on.at(np.maximum(above, 0)), np.inf)
    return Tipping(on, found, falling, strays(past, falling), on.at(places), past.mean(axis=1))


def known_at(asked: Asked, on: Lattice, places: np.ndarray, members: np.ndarray) -> np.ndarray:
    """Return for (place, member) pairs whether the line is past, shape (pair, outcome)."""
    margins = asked(on.at(places), members)
    return np.where(margins > 0.0, PAST, SHORT).astype(np.int8)


def brackets(
    places: np.ndarray, past: np.ndarray, falling: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the last place short of the line and the first past it, (member, outcome) each.

    -1 past the line: it is never crossed. The same place twice: it is crossed at the near end.
    """
    order = np.where(falling, past[::-1], past)
    index = order.argmax(axis=0)
    ever = order.any(axis=0)
    before = np.maximum(index - 1, 0)
    along = np.where(falling, len(places) - 1 - index, index)
    along_before = np.where(falling, len(places) - 1 - before, before)
    none = np.full(index.shape, -1)
    return np.where(ever, places[along_before], none), np.where(ever, places[along], none)


def bisect(
    asked: Asked, on: Lattice, known: np.ndarray, short: np.ndarray, past: np.ndarray
) -> None:
    """Close every member's bracket in place: halve it, ask what is not known, take the half."""
    outcome = np.arange(known.shape[2])
    while (open_ := np.abs(past - short) > 1).any():
        middle = (short + past) // 2
        member = np.broadcast_to(np.arange(known.shape[1])[:, None], middle.shape)
        unknown = open_ & (known[middle, member, outcome] == UNKNOWN)
        if unknown.any():
            pairs = np.unique(np.stack([middle[unknown], member[unknown]]), axis=1)
            known[pairs[0], pairs[1]] = known_at(asked, on, pairs[0], pairs[1])
        there = known[middle, member, outcome] == PAST
        past[open_ & there] = middle[open_ & there]
        short[open_ & ~there] = middle[open_ & ~there]


def strays(past: np.ndarray, falling: np.ndarray) -> np.ndarray:
    """Return the share of members that return behind the line on the way, for each outcome."""
    order = np.where(falling, past[::-1], past).astype(np.int8)
    return np.asarray((np.diff(order, axis=0) < 0).any(axis=0).mean(axis=0))


def band(threshold: np.ndarray, falling: bool) -> tuple[float, float, float]:
    """Return median, 5 % and 95 % of the members, those that never cross beyond the range.

    Members themselves, nothing between two of them; from above, the far end is the lowest.
    """
    ordered = np.where(np.isfinite(threshold), -threshold if falling else threshold, np.inf)
    low, middle, high = np.quantile(ordered, (0.05, 0.5, 0.95), method="inverted_cdf")
    sign = -1.0 if falling else 1.0
    return sign * middle, sign * low, sign * high


def crossed_by(found: Tipping, outcome: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the settings and the share of members that have crossed at each of them."""
    settings = found.lattice.at(np.arange(found.lattice.last + 1))
    own = found.threshold[:, outcome][None, :]
    crossed = own >= settings[:, None] if found.from_above[outcome] else own <= settings[:, None]
    return settings, (crossed & np.isfinite(own)).mean(axis=1)
