"""Twenty numbers of a small run of the closure, by the same way as a user's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.arrays import Arrays
from sim.asking import scenario_of
from sim.drivers import DRIVER_AXES
from sim.insurance import insurance
from sim.measures import MEASURES
from sim.region import Region
from sim.results import Results, band, compare
from sim.situation import SITUATION

SCENARIO, MEMBERS, MONTHS = "cpc_closure", 20, 36

AXES = {name: axes for name, (axes, _, _) in {**SITUATION, **MEASURES}.items()}

KEPT = Path(__file__).with_name("golden.json")

CLOSE = 1e-9
"""How far a number may be from the one that is kept, over its size (or over 1 if it is smaller)."""


LOSS = "loss if it withdrew"
"""What insurance is about: it is no quantity of a month, but asked of one."""


@dataclass(frozen=True)
class Indicator:
    """One number: of a run or change, a quantity of somebody, in a month, over the members."""

    run: str  # baseline | imposed | scenario | difference | imposed change | chosen change
    quantity: str
    of: str  # labels along the quantity's axes: KAZ.RUS
    month: int  # counted from the first
    over: str  # median | low | high | member 7

    @property
    def name(self) -> str:
        return f"{self.quantity} {self.of}, {self.run}, month {self.month}, {self.over}"


INDICATORS = (
    # what the powers do
    Indicator("scenario", "effort", "USA.UZB.economic", 20, "median"),
    Indicator("baseline", "restraint", "CHN", 35, "high"),
    Indicator("difference", "pressure", "KAZ.RUS", 14, "member 7"),
    # what the states fear and owe
    Indicator("difference", "threat", "KAZ.RUS", 18, "high"),
    Indicator("baseline", "insecurity", "UZB.border", 8, "median"),
    Indicator("scenario", "debt", "KAZ.RUS", 3, "low"),
    Indicator("baseline", "distrust", "KGZ.CHN", 30, "member 0"),
    # what the routes carry
    Indicator("scenario", "flow", "AKTAU_BTC", 16, "median"),
    Indicator("scenario", "shadow_price", "atyrau_samara", 15, "low"),
    Indicator("imposed change", "netback", "KAZ", 15, "median"),
    # which ties are held
    Indicator("chosen change", "target", "KAZ.security.RUS", 19, "median"),
    Indicator("chosen change", "ties", "KAZ.routes.CHN", 24, "high"),
    Indicator("baseline", "trade_ties", "TKM.SOU", 35, "member 19"),
    # what it means
    Indicator("difference", "gdp", "KAZ", 20, "low"),
    Indicator("baseline", "vote_no", "TJK.withdrawal", 28, "median"),
    # hedging
    Indicator("chosen change", "breadth", "KAZ", 22, "median"),
    Indicator("scenario", "lean", "UZB.RUS-CHN", 33, "median"),
    Indicator("scenario", "deliberate", "KAZ", 21, "high"),
    Indicator("baseline", "two_sidedness", "KGZ", 17, "member 11"),
    Indicator("scenario", LOSS, "KAZ.RUS", MONTHS - 1, "median"),
)
"""Each stage of a month, all five states, all domains, levels, changes and single members."""


def golden_run() -> Results:
    """Return the run that the numbers are of."""
    region, scenario = scenario_of(SCENARIO)
    return compare(region, scenario.resized(MEMBERS, MONTHS))


def read(results: Results, one: Indicator) -> float:
    """Return an indicator of a run."""
    axes = ("state", "power") if one.quantity == LOSS else AXES[one.quantity]
    places = [
        _place(results.region, axis, label)
        for axis, label in zip(axes, one.of.split("."), strict=True)
    ]
    members = _at(results, one)[(slice(None), *places)]
    if one.over.startswith("member"):
        return float(members[int(one.over.removeprefix("member "))])
    middle, low, high = band(members, 0)
    return float({"median": middle, "low": low, "high": high}[one.over])


def _at(results: Results, one: Indicator) -> np.ndarray:
    """Return a quantity in a month of a run, shape (member, *axes)."""
    if one.quantity != LOSS:
        return results.of(one.run, one.quantity)[one.month]
    (drivers,) = results.drivers[one.run]
    end = results.moments[-1]
    forces = Arrays(drivers.at(end.place), DRIVER_AXES)
    return insurance(results.world, results.situation(one.run, end), forces).loss


def _place(region: Region, axis: str, label: str) -> int:
    return region.pairs.index(label) if axis == "pair" else region.place(axis, label)


def measured() -> dict[str, float]:
    """Return all indicators of the golden run as it is now, by name."""
    results = golden_run()
    return {one.name: read(results, one) for one in INDICATORS}


def kept() -> dict[str, float]:
    """Return the indicators that are kept."""
    found: dict[str, float] = json.loads(KEPT.read_text("utf-8"))
    return found


def apart(now: float, before: float) -> float:
    """Return how far a number is from the one kept, over its size or over 1."""
    return abs(now - before) / max(abs(before), 1.0)


def changed(now: Mapping[str, float], before: Mapping[str, float]) -> list[str]:
    """Return a line for each indicator that is not where it was, or that is new or gone."""
    lines = [f"{name}: new, {now[name]:.12g}" for name in now if name not in before]
    lines += [f"{name}: gone, it was {before[name]:.12g}" for name in before if name not in now]
    for name in now:
        if name in before and not apart(now[name], before[name]) <= CLOSE:
            by = now[name] - before[name]
            lines.append(f"{name}: {now[name]:.12g}, it was {before[name]:.12g} ({by:+.3g})")
    return lines


def largest(now: Mapping[str, float], before: Mapping[str, float]) -> float:
    """Return the largest distance of an indicator from the one kept."""
    both = [apart(now[name], before[name]) for name in now if name in before]
    return float(np.max(both, initial=0.0))
