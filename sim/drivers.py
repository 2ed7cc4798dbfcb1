"""Drivers: what is in force in each month, as the events of a scenario set it. Frozen arrays."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.region import Region

DRIVERS: dict[str, tuple[tuple[str, ...], float, str]] = {
    # name: (axes, neutral, meaning)
    "capacity_factor": (("link",), 1.0, "what is left of a link's capacity, as a factor"),
    "capacity_added": (("link",), 0.0, "capacity opened beside what there is, units a year"),
    "link_cost": (("link",), 0.0, "dearer passage, as a share of the cargo's worth"),
    "cut_intent": (("link",), 0.0, "share of a link cut, times how deliberate the cut is (0-1)"),
    "insecurity": (("state", "need"), 0.0, "inflow of insecurity this month, log points"),
    "troops": (("state", "power"), 0.0, "a power's troops sent in, thousand men"),
    "threat_signal": (("state", "partner"), 0.0, "a frightening act of a partner, 0-1 this month"),
    "rhetoric": (("state", "power"), 0.0, "hostile words of a power, 0-1 this month"),
    "pressure": (("state", "power"), 0.0, "coercion set by an event, added to the exponent"),
    "visits": (("state", "power"), 0.0, "visits and summits of a power this month"),
    "deals": (("state", "partner"), 0.0, "aid or investment under new deals, bn USD a year"),
    "budget": (("power",), 1.0, "a power's whole budget for the region, as a factor"),
    "priority": (
        ("partner", "state", "domain"),
        1.0,
        "effort in a contest over what a partner would spend by itself, as a factor",
    ),
    "restraint": (("power",), 1.0, "a power's restraint in security, as a factor"),
    "sanctions": ((), 0.0, "Western sanctions on Russia, 0 none to 1 full"),
    "enforcement": ((), 0.0, "how far sanctions are enforced on third parties, 0-1"),
    "crackdown": (("state",), 0.0, "a government's own crackdown on re-exports, 0-1"),
    "remittances": (("state", "power"), 1.0, "what migrants in a power send home, as a factor"),
    "arrivals": (("state",), 0.0, "people arriving from a power at war, thousands living there"),
    "labour_need": (("power",), 0.0, "a power's extra need of migrants, added to the base need"),
    "price": (("commodity",), 1.0, "price of a commodity, as a factor"),
    "backlash": (("state", "partner"), 0.0, "distrust added this month by a failure, 0-1"),
    "membership": (("state", "body"), 0.0, "change of membership: 1 joined, -1 left"),
    "body_pull": (("state", "body"), 0.0, "pull of security ties to a body's leader, log points"),
    "wish": (
        ("state", "domain", "partner"),
        0.0,
        "a government's own wish for a partner, added to the utility of its ties, log points",
    ),
    "trade_trend": (("state", "partner"), 0.0, "named trend: log change of trade with a partner"),
    "fdi_trend": (("state", "power"), 0.0, "named trend: investment beyond upkeep, bn USD a year"),
    "gdp_trend": (("state",), 0.0, "named trend: log change of GDP"),
    "hardship": (("state",), 0.0, "hardship from outside (prices, jobs), share of GDP"),
    "burden": (("state",), 0.0, "military burden decided outside the rules, % of GDP"),
}
"""Every driver, the axes it runs over, the number at which it does nothing, and its meaning."""


DRIVER_AXES = {name: axes for name, (axes, _, _) in DRIVERS.items()}


Entry = tuple[str, tuple[int, ...]]
"""A driver, and a place along its axes."""


@dataclass(frozen=True)
class Drivers:
    """What is in force, month by month.

    Members mostly differ in a few entries of a driver, if at all: these stand by themselves, so
    that a thousand members take hardly more room than one.
    """

    start: str  # first month, YYYY-MM
    months: int
    shared: Mapping[str, np.ndarray]  # by name, (month, member or 1, *axes)
    own: Mapping[Entry, np.ndarray] = field(default_factory=dict)  # (month, member), instead

    @cached_property
    def arrays(self) -> dict[str, np.ndarray]:
        """All of it: one array a driver, shape (month, member or 1, *axes)."""
        return self._whole(slice(None))

    def at(self, month: int) -> dict[str, np.ndarray]:
        """Return the drivers of one month, shape (member or 1, *axes)."""
        return {name: array[0] for name, array in self._whole(slice(month, month + 1)).items()}

    def some(self, members: slice) -> Drivers:
        """Return the drivers of some of the members; what all share stays."""
        shared = {k: a if a.shape[1] == 1 else a[:, members] for k, a in self.shared.items()}
        own = {entry: numbers[:, members] for entry, numbers in self.own.items()}
        return replace(self, shared=shared, own=own)

    def only(self, names: Collection[str]) -> Drivers:
        """Return some of the drivers."""
        own = {entry: numbers for entry, numbers in self.own.items() if entry[0] in names}
        return replace(self, shared={name: self.shared[name] for name in names}, own=own)

    def entry(self, entry: Entry) -> np.ndarray:
        """Return the numbers of one entry, (month, member or 1)."""
        name, place = entry
        every: Any = (slice(None), slice(None), *place)
        return self.own[entry] if entry in self.own else self.shared[name][every]

    def _whole(self, months: slice) -> dict[str, np.ndarray]:
        shared = {name: array[months] for name, array in self.shared.items()}
        filled: dict[str, np.ndarray] = {}
        for (name, place), numbers in self.own.items():
            if name not in filled:
                wide = (len(shared[name]), numbers.shape[1], *shared[name].shape[2:])
                filled[name] = np.broadcast_to(shared[name], wide).copy()
            every: Any = (slice(None), slice(None), *place)
            filled[name][every] = numbers[months]
        whole = {**shared, **filled}
        for array in whole.values():
            array.setflags(write=False)
        return whole


def apart(one: Drivers, other: Drivers) -> dict[str, np.ndarray]:
    """Return in which months and entries two sets of drivers differ for any member, by name."""
    found = {}
    for name, array in one.shared.items():
        found[name] = (array != other.shared[name]).any(axis=1)
    for entry in dict.fromkeys((*one.own, *other.own)):
        every: Any = (slice(None), *entry[1])
        found[entry[0]][every] = (one.entry(entry) != other.entry(entry)).any(axis=1)
    return found


def side_by_side(runs: Sequence[Drivers], count: int) -> Drivers:
    """Return drivers of several runs of `count` members as those of one wide run."""
    first = runs[0]
    shared = {name: array[:, :1] for name, array in first.shared.items()}
    entries = {
        (name, place): None
        for one in runs
        for name, array in one.shared.items()
        for place in places((array != shared[name]).any(axis=(0, 1)))
    } | {entry: None for one in runs for entry in one.own}
    wide = first.months, count
    own = {
        entry: np.concatenate([np.broadcast_to(one.entry(entry), wide) for one in runs], axis=1)
        for entry in entries
    }
    return replace(first, shared=shared, own=own)


def places(mask: np.ndarray) -> list[tuple[int, ...]]:
    """Return the places that a mask names; () where it has no axes."""
    return [tuple(place) for place in np.argwhere(mask).tolist()]


def neutral(region: Region, start: str, months: int, members: int = 1) -> dict[str, np.ndarray]:
    """Return drivers under which nothing happens, to be written into and then frozen."""
    return {
        name: np.full((months, members, *(len(region.axes[axis]) for axis in axes)), at_rest)
        for name, (axes, at_rest, _) in DRIVERS.items()
    }
