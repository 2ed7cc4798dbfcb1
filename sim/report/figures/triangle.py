"""The triangle of the three powers, with each state's path from the base year to the end."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from sim.report import palette
from sim.report.figures.bands import Array, Box
from sim.report.figures.canvas import SMALL, blank, legend_at, note_at, place_on, styled
from sim.report.figures.lettering import (
    backing,
    frame_in_points,
    freest,
    in_points,
    name_of,
    text_box,
    write_at,
)
from sim.report.palette import Look

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, math.sqrt(3) / 2]])


def in_triangle(shares: Array) -> Array:
    """Return the points (*batch, 2) of shares over three powers (*batch, 3), made to sum to 1."""
    whole = shares / shares.sum(axis=-1, keepdims=True)
    return np.asarray((whole[..., None] * CORNERS).sum(axis=-2))


LEAST = (0.08, 0.03)
"""The frame never closes in on less than this, as parts of a side, across and upwards."""


def around(points: Array) -> Box:
    """Return a frame (left, bottom, right, top) close about points, not below the base."""
    low, high = points.min(axis=0), points.max(axis=0)
    wide, tall = np.maximum(1.3 * (high - low), LEAST)
    left, bottom = (low + high) / 2 - np.array([wide, tall]) / 2
    bottom = max(bottom - 0.1 * tall, 0.0)
    return float(left), float(bottom), float(left + wide), float(bottom + 1.2 * tall)


def clipped(start: Array, end: Array, frame: Box) -> tuple[Array, Array] | None:
    """Return the part of a segment inside a frame, or None; after Liang and Barsky (1984)."""
    way = end - start
    enter, leave = 0.0, 1.0
    for axis in (0, 1):
        if abs(way[axis]) < 1e-15:
            if not frame[axis] <= start[axis] <= frame[axis + 2]:
                return None
            continue
        ends = sorted(
            ((frame[axis] - start[axis]) / way[axis], (frame[axis + 2] - start[axis]) / way[axis])
        )
        enter, leave = max(enter, ends[0]), min(leave, ends[1])
    return None if enter >= leave else (start + enter * way, start + leave * way)


def share_lines(power: int, frame: Box, step: float) -> list[tuple[float, Array, Array]]:
    """Return the lines of equal share of one power that cross a frame: share and both ends."""
    lines = []
    others = [place for place in range(3) if place != power]
    for share in np.arange(0.0, 1.0 + step / 2, step):
        ends = np.zeros((2, 3))
        ends[:, power] = share
        ends[[0, 1], others] = 1 - share
        start, end = in_triangle(ends)
        inside = clipped(start, end, frame)
        if inside is not None:
            lines.append((float(share), *inside))
    return lines


def grid_step(reach: float) -> float:
    """Return the distance between lines of equal share that gives about five over a reach."""
    return next((step for step in STEPS if step >= reach / 5), STEPS[-1])


STEPS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)


RIGHT = 2
EDGES: tuple[
    tuple[int, dict[str, Any]], ...
] = (  # power: the edge of the frame at which its lines are labelled, and how
    (1, {"offset": (0.0, -7.0), "ha": "center"}),
    (3, {"offset": (0.0, 7.0), "ha": "center"}),
    (2, {"offset": (4.0, 0.0), "ha": "left"}),
)


def triangle_grid(axes: Axes, frame: Box, powers: Sequence[str]) -> None:
    """Draw lines of equal share and label each where it leaves the frame."""
    across, up = grid_step(frame[2] - frame[0]), grid_step(frame[3] - frame[1])
    for place, (power, (edge, where)) in enumerate(zip(powers, EDGES, strict=True)):
        step = up if edge == RIGHT else across
        digits = 1 if step < 0.01 else 0
        lines = share_lines(place, frame, step)
        axes.add_collection(
            LineCollection([np.array(line[1:]) for line in lines], colors=palette.GRID, lw=0.8)
        )
        named = False
        for share, *ends in lines:
            for end in ends:
                at_edge = abs(end[edge % 2] - frame[edge]) < 1e-9
                margin = 0.02 if named else 0.1  # the first label is longer: it has a name
                if at_edge and frame[0] + margin * (frame[2] - frame[0]) < end[0]:
                    label = f"{100 * share:.{digits}f}%"
                    text = label if named else f"{power} {label}"
                    write_at(axes, end, text, size=SMALL, color=palette.GREY, **where)
                    named = True
    axes.add_collection(
        LineCollection([np.array([*CORNERS, CORNERS[0]])], colors=palette.GREY, lw=1.2)
    )


def draw_path(axes: Axes, path: Array, look: Look, run: Look, first: bool = True) -> None:
    """Draw one state's way: open marker at the base, filled marker at the end."""
    axes.plot(*path.T, color=run.colour, ls=run.line, lw=1.3, zorder=4)
    point: dict[str, Any] = {"marker": look.marker, "ls": "none", "clip_on": False}
    if first:
        axes.plot(*path[0], ms=5.5, mfc="white", mec=run.colour, zorder=5, **point)
    size = 6.5 if first else 5.0
    axes.plot(*path[-1], ms=size, mfc=run.colour, mec="white", mew=0.6, zorder=6, **point)


def name_paths(axes: Axes, paths: Array, labels: Sequence[str], others: Array) -> None:
    """Write each state's name near its end, clear of all paths and of the other names."""
    frame = frame_in_points(axes)
    spots = in_points(axes, np.concatenate([paths.reshape(-1, 2), others.reshape(-1, 2)]))
    taken: list[Box] = [(x - 4, y - 4, x + 4, y + 4) for x, y in spots]
    for path, label in zip(paths, labels, strict=True):
        options = [
            (path[at], (gap * right, gap * up), align)
            for gap in (8.0, 14.0, 22.0)
            for at in (-1, 0)
            for right, up, align in (
                (1, 0, "left"),
                (-1, 0, "right"),
                (0, 1.2, "center"),
                (0, -1.2, "center"),
                (0.8, 0.9, "left"),
                (0.8, -0.9, "left"),
                (-0.8, 0.9, "right"),
                (-0.8, -0.9, "right"),
            )
        ]
        boxes = [
            text_box(in_points(axes, point) + np.array(shift), label, align)
            for point, shift, align in options
        ]
        best = freest(boxes, taken, frame)
        taken.append(boxes[best])
        point, shift, align = options[best]
        write_at(
            axes, point, label, offset=shift, ha=align, size=SMALL, bbox=backing("white"), zorder=7
        )


def locator(axes: Axes, powers: Sequence[str], frame: Box) -> None:
    """Draw the whole triangle, small, and where in it the large frame lies."""
    axes.axis("off")
    axes.set_aspect("equal")
    axes.set_xlim(-0.2, 1.2)
    axes.set_ylim(-0.22, 1.08)
    axes.plot(*np.array([*CORNERS, CORNERS[0]]).T, color=palette.GREY, lw=1)
    box = Rectangle(
        frame[:2], frame[2] - frame[0], frame[3] - frame[1], fc=palette.WINDOW, ec=palette.INK
    )
    axes.add_patch(box)
    for power, corner, up in zip(powers, CORNERS, (-9.0, -9.0, 7.0), strict=True):
        write_at(axes, corner, power, offset=(0, up), ha="center", size=SMALL)


@styled
def triangle(
    states: Sequence[str],
    paths: Array,
    powers: Sequence[str] = ("Russia", "China", "United States"),
    title: str = "Ties among the three powers",
    subtitle: str = "",
    baseline: Array | None = None,
    names: Mapping[str, str] | None = None,
) -> Figure:
    """Return the triangle of three powers with each state's path from base to end.

    `paths` (and `baseline`) hold median shares of the powers in their order, shape (state, month,
    3); they are made to sum to 1. The frame closes in on the paths, more so upwards; a small
    triangle, true to scale, shows where it lies.
    """
    points = in_triangle(paths)
    under = in_triangle(baseline) if baseline is not None else points[:, :1]
    frame = around(np.concatenate([points.reshape(-1, 2), under.reshape(-1, 2)]))
    figure = blank(4.3, title, subtitle)
    axes = place_on(figure, 0.12, 0.85, 4.75, 2.6)
    framed(axes, frame)
    triangle_grid(axes, frame, powers)
    for place, state in enumerate(states):
        look = palette.state_look(state, place)
        draw_path(axes, points[place], look, palette.RUNS["scenario"])
        if baseline is not None:
            draw_path(axes, under[place], look, palette.RUNS["baseline"], first=False)
    name_paths(axes, points, [name_of(s, names) for s in states], under)
    locator(place_on(figure, 5.55, 2.35, 1.6, 1.4), powers, frame)
    legend_at(figure, 5.75, 2.1, path_handles(baseline is not None))
    note_at(figure, 0.12, 0.08, TRIANGLE_NOTE)
    return figure


def framed(axes: Axes, frame: Box) -> None:
    """Have the axes show a frame and no numbers."""
    axes.set_xlim(frame[0], frame[2])
    axes.set_ylim(frame[1], frame[3])
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    axes.spines[:].set_visible(True)


TRIANGLE_NOTE = (
    "Shares of the three powers alone, made to sum to 100%; medians of runs. The large frame is\n"
    "stretched upwards, so that paths can be told apart; the box in the small triangle is true."
)


def path_handles(with_baseline: bool) -> list[Any]:
    """Return the legend of the paths: base and end, the runs, the states' markers."""
    scenario, baseline = palette.RUNS["scenario"], palette.RUNS["baseline"]
    point: dict[str, Any] = {"ls": "none", "mec": scenario.colour, "marker": "o", "ms": 5.5}
    handles: list[Any] = [
        Line2D([], [], mfc="white", label="first month", **point),
        Line2D([], [], mfc=scenario.colour, label="last month", **point),
        Line2D([], [], color=scenario.colour, lw=1.3, label="scenario"),
    ]
    if with_baseline:
        line = Line2D(
            [],
            [],
            color=baseline.colour,
            ls=baseline.line,
            lw=1.3,
            marker="o",
            ms=5,
            mec="white",
            label="baseline",
        )
        handles.append(line)
    return handles
