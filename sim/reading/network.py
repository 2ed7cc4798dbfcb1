"""Checks of the network: the base year must be able to flow."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from sim.errors import Problem
from sim.reading.csv_lines import listed
from sim.region import LedgerRow, Region

UNBUILT = "unbuilt"
"""What stands for the month in which a link opened, where it never did."""
ROUNDING = 1e-9
"""Load above capacity (units a year) that counts as none."""


def network_problems(rows: Sequence[LedgerRow], region: Region) -> Iterator[Problem]:
    """Yield links that carry more than they can, and routes that flow where nothing is built."""
    capacity = {row.keys[0]: row for row in rows if row.attribute == "capacity"}
    flows = {row.keys[0]: row for row in rows if row.attribute == "base_flow"}
    latent = {row.keys[0]: row for row in rows if row.attribute == "latent_flow"}
    yield from overload_problems(capacity, flows, region)
    yield from unbuilt_problems(flows, latent, region)
    yield from gate_problems(rows, region)


def overload_problems(
    capacity: dict[str, LedgerRow], flows: dict[str, LedgerRow], region: Region
) -> Iterator[Problem]:
    """Yield links whose base load is above their capacity, and unbuilt ones that have any."""
    for one in region.links:
        users = [r.code for r in region.routes if one.code in r.links and r.code in flows]
        load = math.fsum(flows[code].central for code in users)
        row = capacity[one.code]
        if load > row.central + ROUNDING:
            yield Problem(
                f"{one.code} carries {load:g} {row.unit} in the base year"
                f" ({listed(users)}), above its capacity of {row.central:g}",
                row.line,
            )
        if (one.opened == UNBUILT) != (row.high == 0):
            yield Problem(f"{one.code}: just the unbuilt links have no capacity", row.line)


def unbuilt_problems(
    flows: dict[str, LedgerRow], latent: dict[str, LedgerRow], region: Region
) -> Iterator[Problem]:
    """Yield routes with the wrong kind of flow: base where all is built, else latent."""
    unbuilt = {one.code for one in region.links if one.opened == UNBUILT}
    for one in region.routes:
        open_now = unbuilt.isdisjoint(one.links)
        wrong, right = (latent, "base_flow") if open_now else (flows, "latent_flow")
        if one.code in wrong:
            state = "is open" if open_now else "is not built"
            yield Problem(f"{one.code} {state}: it takes a {right}", wrong[one.code].line)
        if one.code not in (flows if open_now else latent):
            yield Problem(f"{one.code} has no {right}")


def gate_problems(rows: Iterable[LedgerRow], region: Region) -> Iterator[Problem]:
    """Yield gates of links that nobody keeps, and keepers without a gate."""
    gates = {row.keys[0]: row.line for row in rows if row.attribute == "gate"}
    for one in region.links:
        if one.gatekeeper and one.code not in gates:
            yield Problem(f"{one.code} is kept by {one.gatekeeper} and has no gate")
        if not one.gatekeeper and one.code in gates:
            yield Problem(f"{one.code} has a gate and no gatekeeper", gates[one.code])
