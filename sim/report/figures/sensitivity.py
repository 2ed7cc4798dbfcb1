"""What an outcome answers to: shares of variance as bars, and the screening as a cloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.report import palette
from sim.report.figures.axes import filling, round_ticks, rows_for, tick_label
from sim.report.figures.bands import Box
from sim.report.figures.canvas import SMALL, WIDTH, legend_at, place_on
from sim.report.figures.lettering import (
    frame_in_points,
    freest,
    in_points,
    text_box,
    wrapped,
    write_at,
)
from sim.report.palette import Look

LETTERS, LINES = 27, 2
"""Of a setting's name, a line and at most."""

ROW = 0.4
"""Inches."""

TOTAL, ALONE = Look("#c3d0dc"), palette.PARTS["chosen"]
WHOLE = (palette.RUNS["scenario"], palette.PARTS["imposed"], Look("#e4e6e8", "...."))
"""How the parts of the variance of all runs are drawn: settings, members, both."""

KEPT: dict[str, Any] = {"color": ALONE.colour, "marker": "o", "ms": 5, "ls": ""}
DROPPED: dict[str, Any] = {"color": palette.GREY, "marker": ".", "ms": 5, "ls": ""}
"""How the settings of the screening are drawn."""

NARROW_PART = 0.07
"""Part of the bar below which no number is written into it."""


@dataclass(frozen=True)
class Bar:
    """One setting's shares of the variance that settings make."""

    name: str
    total: float
    ends: tuple[float, float]
    alone: float
    alone_ends: tuple[float, float]
    settled: bool
    word: str  # the verdict


@dataclass(frozen=True)
class Part:
    """One part of the variance of all runs."""

    name: str
    share: float


@dataclass(frozen=True)
class Move:
    """One setting of the screening; its name is empty where it was dropped."""

    name: str
    size: float
    spread: float


def shares(figure: Figure, bars: Sequence[Bar], parts: Sequence[Part]) -> None:
    """Draw on top whose the variance of all runs is, below a row for each setting."""
    tall = ROW * len(bars)
    figure.set_size_inches(WIDTH, tall + 1.8)
    whole(place_on(figure, 2.05, tall + 1.35, 3.55, 0.26), parts)
    legend_at(figure, 0.09, tall + 1.24, [
        Patch(**filling(look), label=part.name) for look, part in zip(WHOLE, parts, strict=True)
    ], columns=3)  # fmt: skip
    axes = place_on(figure, 2.05, 0.78, 3.55, tall)
    setting_rows(axes, bars)
    legend_at(figure, 0.09, 0.24, handles(), columns=3)


def whole(axes: Axes, parts: Sequence[Part]) -> None:
    """Draw the parts of the variance of all runs, one after another, summing to one."""
    left, total = 0.0, sum(part.share for part in parts) or 1.0
    for look, part in zip(WHOLE, parts, strict=True):
        wide = part.share / total
        axes.barh(0.0, wide, left=left, height=1.0, **filling(look))
        if wide >= NARROW_PART:
            dark = look is WHOLE[0]
            axes.text(
                left + wide / 2, 0.0, f"{100 * wide:.0f}%", size=SMALL, ha="center", va="center",
                color="white" if dark else palette.INK,
                bbox=None if dark else {"facecolor": "white", "lw": 0, "pad": 1.0},
            )  # fmt: skip
        left += wide
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.set_yticks([0.0], ["variance of all runs"])
    axes.tick_params(axis="y", length=0, labelcolor=palette.INK)
    axes.spines[:].set_visible(False)
    axes.grid(False)


def setting_rows(axes: Axes, bars: Sequence[Bar]) -> None:
    """Draw each setting's total share pale, its share by itself dark, and both intervals."""
    heights = rows_for(axes, [wrapped(bar.name, LETTERS, LINES) for bar in bars])
    for height, bar in zip(heights, bars, strict=True):
        if bar.settled:
            axes.barh(height - 0.14, 100 * bar.total, height=0.28, color=TOTAL.colour, lw=0)
            axes.barh(height + 0.14, 100 * bar.alone, height=0.28, color=ALONE.colour, lw=0)
            whisker(axes, height + 0.14, bar.alone_ends)
        whisker(axes, height - 0.14, bar.ends)
        axes.annotate(
            bar.word, (1.0, height), xycoords=axes.get_yaxis_transform(), size=SMALL,
            xytext=(6, 0), textcoords="offset points", va="center", color=palette.GREY,
        )  # fmt: skip
    axes.set_xlim(0, 100)
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.set_xlabel("% of the variance that the settings make")


def whisker(axes: Axes, height: float, ends: tuple[float, float]) -> None:
    """Draw an interval."""
    axes.plot(
        [100 * end for end in ends], [height] * 2, color=palette.INK, lw=1.0, marker="|", ms=4,
        zorder=3, clip_on=False,
    )  # fmt: skip


def handles() -> list[Patch | Line2D]:
    """Return the entries of the legend."""
    return [
        Patch(facecolor=TOTAL.colour, label="with all its combinations (total)"),
        Patch(facecolor=ALONE.colour, label="by itself (first order)"),
        Line2D([], [], color=palette.INK, lw=1.0, marker="|", ms=4, label="95% interval"),
    ]


# The screening ------------------------------------------------------------------------------------


def moves(figure: Figure, dots: Sequence[Move], least: float, unit: str) -> None:
    """Draw each setting by how far it moves the outcome, and how much that differs by place."""
    figure.set_size_inches(WIDTH, 3.6)
    axes = place_on(figure, 0.75, 0.75, WIDTH - 1.0, 2.55)
    right = 1.18 * max(dot.size for dot in dots)
    top = 1.15 * max(dot.spread for dot in dots) or right
    axes.set_xlim(-0.02 * right, right)
    axes.set_ylim(-0.03 * top, top)
    axes.axvspan(-0.02 * right, least, color=palette.WINDOW, lw=0, zorder=0)
    for some, look in (
        ([dot for dot in dots if dot.name], KEPT),
        ([dot for dot in dots if not dot.name], DROPPED),
    ):
        axes.plot([dot.size for dot in some], [dot.spread for dot in some], **look, zorder=3)
    name_dots(axes, dots, least)
    for axis, most in ((axes.xaxis, right), (axes.yaxis, top)):
        ticks = [0.0, *round_ticks(0.0, most, 4)]
        axis.set_ticks(ticks, list(map(tick_label, ticks)))
    axes.set_xlabel(f"how far half of its range moves it on average{unit}")
    axes.set_ylabel("spread from place to place")
    legend_at(figure, 0.09, 0.24, [
        Line2D([], [], **KEPT, label="went on"),
        Line2D([], [], **DROPPED, label="dropped"),
        Patch(facecolor=palette.WINDOW, label="less than a tenth of the largest"),
    ], columns=3)  # fmt: skip


def name_dots(axes: Axes, dots: Sequence[Move], least: float) -> None:
    """Write the names of what went on and is not small, each where least is in its way."""
    frame = frame_in_points(axes)
    spots = [in_points(axes, (dot.size, dot.spread)) for dot in dots]
    taken: list[Box] = [(x - 3, y - 3, x + 3, y + 3) for x, y in spots]
    for dot, spot in sorted(zip(dots, spots, strict=True), key=lambda pair: -pair[0].size):
        if not dot.name or dot.size < least:
            continue
        ways = [(7, 0, "left"), (-7, 0, "right"), (0, 9, "center"), (0, -9, "center"),
                (7, 9, "left"), (7, -9, "left"), (-7, 9, "right"), (-7, -9, "right")]  # fmt: skip
        boxes = [text_box(spot + np.array([x, y]), dot.name, side) for x, y, side in ways]
        best = freest(boxes, taken, frame)
        taken.append(boxes[best])
        x, y, side = ways[best]
        write_at(axes, (dot.size, dot.spread), dot.name, offset=(x, y), ha=side, size=SMALL)
