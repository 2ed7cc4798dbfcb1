"""On whose ground a link lies, by the map that the region ships."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sim.reading.tables import region_folder
from sim.region import Region

Point = tuple[float, float]


def grounds(region: Region) -> dict[str, tuple[str, ...]]:
    """Return the states over whose ground each link's path goes; none where there is no map."""
    outlines = _outlines(region.name)
    return {
        link.code: tuple(
            state
            for state in region.states
            if any(
                inside(point, ring)
                for point in link.path
                for rings in outlines.get(state, ())
                for ring in (rings if isinstance(rings[0][0], list) else [rings])
            )
        )
        for link in region.links
    }


@cache
def _outlines(name: str) -> Mapping[str, Any]:
    file = region_folder(name) / "outlines.json"
    found = json.loads(file.read_text("utf-8"))["states"] if file.exists() else {}
    return dict(found)


def inside(point: Point, ring: Sequence[Point]) -> bool:
    """Return whether a point lies inside a ring: a ray from it crosses the ring an odd number."""
    x, y = point
    odd = False
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            odd = not odd
    return odd
