"""The numbers of an answer: [median, 5th percentile, 95th percentile] over the members."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sim.moments import Moment
from sim.results import Results, band
from sim.rules.sums import add_up
from sim.vocabulary import DOMAINS, MONTHS_A_YEAR

Record = dict[str, Any]

COMPARED = ("baseline", "scenario", "difference", "imposed change", "chosen change")


def summed(members: np.ndarray) -> list[float]:
    """Return [median, 5th, 95th percentile] of one number over the members."""
    return [float(x) for x in band(members, axis=0)]


def agreed(members: np.ndarray) -> np.ndarray:
    """Return the share of the members (first axis) whose change has the sign of the median.

    One too small to be written beside the ends of the band counts for no sign.
    """
    return with_sign_of(members, *band(members, axis=0))


def with_sign_of(
    members: np.ndarray, middle: np.ndarray, low: np.ndarray, high: np.ndarray, axis: int = 0
) -> np.ndarray:
    """Return the share of the members along an axis that have the sign of their median."""
    least = np.maximum(np.abs(low), np.abs(high)) / 100.0
    alike = (np.sign(members) == np.sign(middle)) & (np.abs(members) >= least)
    return np.asarray(np.mean(alike, axis))


class Tables:
    """Every quantity that is asked for, summed up once for each date: [median, 5th, 95th]."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self._known: dict[tuple[str, str], tuple[dict[str, np.ndarray], np.ndarray]] = {}

    def cell(
        self, name: str, moment: Moment, place: tuple[int, ...], factor: float = 1.0
    ) -> Record:
        """Return one quantity at one date in every run and change, and how often its sign holds."""
        bands, shares = self._at(name, moment)
        found: Record = {
            run: [factor * float(row[place]) for row in table] for run, table in bands.items()
        }
        found["share_of_runs"] = float(shares[place])
        return found

    def _at(self, name: str, moment: Moment) -> tuple[dict[str, np.ndarray], np.ndarray]:
        key = (name, moment.key)
        if key not in self._known:
            levels = {run: self._members(run, name, moment) for run in COMPARED}
            stacked = np.stack(list(levels.values()))
            bands = np.stack(band(stacked, axis=1), axis=1)
            named = {run.replace(" change", ""): bands[k] for k, run in enumerate(levels)}
            self._known[key] = (named, agreed(levels["difference"]))
        return self._known[key]

    def _members(self, run: str, name: str, moment: Moment) -> np.ndarray:
        summed_up = SUMMED.get(name)
        return (
            summed_up(self.results, run, moment)
            if summed_up
            else self.results.at(run, name, moment)
        )


def over_states(results: Results, run: str, name: str, moment: Moment) -> np.ndarray:
    """Return what each power has of a quantity by state and partner, summed over the states."""
    by_state = results.at(run, name, moment)[..., : len(results.region.powers)]
    return add_up(np.moveaxis(by_state, -2, -1))


SUMMED: dict[str, Callable[[Results, str, Moment], np.ndarray]] = {
    "remittances": lambda results, run, at: add_up(results.at(run, "remittances", at)),
    "passage": lambda results, run, at: (
        over_states(results, run, "passage", at) + results.at(run, "transit_passage", at)
    ),
    "labour": lambda results, run, at: over_states(results, run, "labour", at),
    "turnover": lambda results, run, at: over_states(results, run, "turnover", at),
}
"""Quantities that the answer gives as sums: a state's over powers, a power's over states."""


def streams(results: Results) -> list[Record]:
    """Return, for every stream that the scenario moves, by route, what it sends."""
    numbers = range(len(results.region.streams))
    found = [stream(results, k) for k in numbers if moves(results, k)]
    return sorted(found, key=lambda row: row["part_of_year"][0])


def moves(results: Results, k: int) -> bool:
    """Return whether the scenario moves a stream on any of its routes."""
    routes = np.flatnonzero(results.region.stream_of_route == k)
    flows = [results.runs[run].flow[:, :, routes] for run in ("scenario", "baseline")]
    moved = np.abs(np.median(flows[0] - flows[1], axis=1)).max()
    return bool(moved > 1e-3 * float(np.median(results.base.served[:, k])))


def stream(results: Results, k: int) -> Record:
    """Return what one stream sends in both runs, in all and by route."""
    region, base = results.region, results.base.served[:, k]
    told = region.streams[k]
    sent = {run: results.runs[run].served[:, :, k] for run in ("baseline", "scenario")}
    change = sent["scenario"] - sent["baseline"]
    total = change.sum(axis=0) / MONTHS_A_YEAR
    return {
        "stream": told.code,
        "name": told.name,
        "state": told.state,
        "unit": region.commodities[region.axes["commodity"].index(told.commodity)].unit,
        "base": summed(base),
        "change_total": summed(total),
        "part_of_year": summed(total / base),
        "share_of_runs": float(agreed(total)),
        "worst_month": summed(change.min(axis=0)),
        "at": at_each(results, "served", k),
        "routes": [
            {
                "route": region.routes[r].code,
                "name": region.routes[r].name,
                "at": at_each(results, "flow", int(r)),
            }
            for r in np.flatnonzero(region.stream_of_route == k)
        ],
    }


def at_each(results: Results, name: str, k: int) -> Record:
    """Return a flow at every date, in both runs and their difference."""
    return {
        m.key: {
            run: summed(results.at(run, name, m)[:, k])
            for run in ("baseline", "scenario", "difference")
        }
        for m in results.moments
    }


def ties_of(tables: Tables, moment: Moment, place: int) -> Record:
    """Return a state's ties by domain and partner, and pooled."""
    partners = tables.results.region.partners
    found: Record = {
        domain: {q: tables.cell("ties", moment, (place, d, k)) for k, q in enumerate(partners)}
        for d, domain in enumerate(DOMAINS)
    }
    found["pooled"] = {q: tables.cell("pooled", moment, (place, k)) for k, q in enumerate(partners)}
    return found
