"""Sea, land, states and places under a map."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path as Outline

from sim.region import Region
from sim.report import palette
from sim.report.figures.bands import Box
from sim.report.figures.canvas import SMALL
from sim.report.figures.lettering import backing, in_points, name_of, text_box, wrapped, write_at


def outline(rings: Sequence[Sequence[Sequence[float]]]) -> Outline:
    """Return one closed shape from its outer ring and its holes."""
    shapes = [Outline(np.array([*ring, ring[0]]), closed=True) for ring in rings]
    return Outline.make_compound_path(*shapes)


def ground(axes: Axes, outlines: Mapping[str, Any]) -> None:
    """Draw sea, land without inner borders, and the states of the region."""
    axes.set_facecolor(palette.SEA)
    land = [outline(rings) for rings in outlines["land"]]
    states = [outline([ring]) for rings in outlines["states"].values() for ring in rings]
    axes.add_collection(
        PathCollection(land, facecolor=palette.LAND, edgecolor="#d5d3ca", lw=0.5), autolim=False
    )
    axes.add_collection(
        PathCollection(states, facecolor=palette.STATE, edgecolor=palette.BORDER, lw=0.6),
        autolim=False,
    )


SIDES = {
    "left": (-3.5, 0.0, "right"),
    "right": (3.5, 0.0, "left"),
    "above": (0.0, 6.5, "center"),
    "below": (0.0, -7.5, "center"),
}


def name_places(axes: Axes, outlines: Mapping[str, Any], names: Mapping[str, str]) -> list[Box]:
    """Write the names of seas, states and places; return the boxes that they take."""
    boxes = []
    for name, point in outlines["seas"].items():
        text = wrapped(name_of(name, names), 8)
        write_at(axes, point, text, size=SMALL, style="italic", color="#6f8797", ha="center")
        boxes.append(text_box(in_points(axes, point), text, "center"))
    for code, point in outlines["labels"].items():
        text = name_of(code, names).upper()
        write_at(
            axes, point, text, size=SMALL, color="#5f573f", ha="center", weight="bold", zorder=9
        )
        boxes.append(text_box(in_points(axes, point), text, "center"))
    spots = outlines["places"]
    if spots:
        points = np.array([[lon, lat] for lon, lat, _ in spots.values()])
        axes.plot(*points.T, ls="none", marker="o", ms=2.8, mfc="white", mec=palette.INK, zorder=8)
    for name, (lon, lat, side) in spots.items():
        right, up, align = SIDES[side]
        text = name_of(name, names)
        write_at(
            axes,
            (lon, lat),
            text,
            offset=(right, up),
            ha=align,
            size=SMALL,
            bbox=backing(),
            zorder=9,
        )
        here = in_points(axes, (lon, lat)) + np.array([right, up])
        boxes.append(text_box(here, text, align))
    return boxes


def view_of(region: Region, outlines: Mapping[str, Any]) -> Box:
    """Return what the map shows: west, south, east, north; about the links where no one says."""
    if "view" in outlines:
        west, south, east, north = outlines["view"]
        return west, south, east, north
    points = np.concatenate([np.array(link.path) for link in region.links])
    low, high = points.min(axis=0) - 1, points.max(axis=0) + 1
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def shrink(view: Box) -> float:
    """Return how long a degree of longitude is against one of latitude in the middle of a view."""
    return math.cos(math.radians((view[1] + view[3]) / 2))
