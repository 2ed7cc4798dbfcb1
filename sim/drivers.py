"""Drivers: what is in force in each month, as the events of a scenario set it. Frozen arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    "trade_trend": (("state", "partner"), 0.0, "named trend: log change of trade with a partner"),
    "fdi_trend": (("state", "power"), 0.0, "named trend: investment beyond upkeep, bn USD a year"),
    "gdp_trend": (("state",), 0.0, "named trend: log change of GDP"),
    "hardship": (("state",), 0.0, "hardship from outside (prices, jobs), share of GDP"),
    "burden": (("state",), 0.0, "military burden decided outside the rules, % of GDP"),
}
"""Every driver, the axes it runs over, the number at which it does nothing, and its meaning."""


DRIVER_AXES = {name: axes for name, (axes, _, _) in DRIVERS.items()}


@dataclass(frozen=True)
class Drivers:
    """What is in force: one array a driver, shape (month, member or 1, *axes)."""

    start: str  # first month, YYYY-MM
    months: int
    arrays: dict[str, np.ndarray]

    def at(self, month: int) -> dict[str, np.ndarray]:
        """Return the drivers of one month, shape (member or 1, *axes)."""
        return {name: array[month] for name, array in self.arrays.items()}

    def some(self, members: slice) -> Drivers:
        """Return the drivers of some of the members; what all share stays."""
        arrays = {k: a if a.shape[1] == 1 else a[:, members] for k, a in self.arrays.items()}
        return replace(self, arrays=arrays)


def neutral(region: Region, start: str, months: int, members: int = 1) -> dict[str, np.ndarray]:
    """Return drivers under which nothing happens, to be written into and then frozen."""
    return {
        name: np.full((months, members, *(len(region.axes[axis]) for axis in axes)), at_rest)
        for name, (axes, at_rest, _) in DRIVERS.items()
    }
