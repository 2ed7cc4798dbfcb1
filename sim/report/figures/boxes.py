"""A box of settings in which a line is crossed: its ranges, and coverage against density."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report import palette
from sim.report.figures.axes import rows_for
from sim.report.figures.canvas import SMALL, WIDTH, place_on
from sim.report.figures.lettering import wrapped

MOST_NAMES = 26
"""Letters of a setting's name in a line."""


@dataclass(frozen=True)
class Range:
    """One setting: the range over which it was varied, and the part of it in the box."""

    name: str
    low: float  # parts of the whole range, 0 to 1
    high: float
    ends: tuple[str, str]  # of the whole range, in words
    bounds: tuple[str, str]  # of the box, in words; empty where it is not bounded


@dataclass(frozen=True)
class Spot:
    """A set of runs: part of the crossing runs that it covers, part of its runs that cross."""

    coverage: float
    density: float


def boxes(
    figure: Figure,
    ranges: Sequence[Range],
    path: Sequence[Spot],
    told: Spot,
    fresh: Spot,
    share: float,
) -> None:
    """Draw the box over the ranges on top, and below how it was chosen and how it held."""
    tall = 0.52 * len(ranges)
    figure.set_size_inches(WIDTH, tall + 3.35)
    above = place_on(figure, 2.0, 2.95, 4.6, tall)
    box_rows(above, ranges)
    chosen(place_on(figure, 0.65, 0.5, 3.4, 1.95), path, told, fresh, share)


def box_rows(axes: Axes, ranges: Sequence[Range]) -> None:
    """Draw each range as a pale bar, the part in the box dark, with its bounds written above."""
    heights = rows_for(axes, [wrapped(one.name, MOST_NAMES, 2) for one in ranges])
    look = palette.RUNS["scenario"]
    for height, one in zip(heights, ranges, strict=True):
        axes.barh(height, 1.0, height=0.26, color=palette.GRID, edgecolor=palette.PALE, lw=0.5)
        axes.barh(height, one.high - one.low, left=one.low, height=0.26, color=look.colour, lw=0)
        for place, end, side in ((0.0, one.ends[0], "left"), (1.0, one.ends[1], "right")):
            axes.text(place, height + 0.17, end, size=SMALL, color=palette.GREY, ha=side, va="top")
        for place, bound in ((one.low, one.bounds[0]), (one.high, one.bounds[1])):
            if bound:
                side = "left" if place < 0.1 else "right" if place > 0.9 else "center"
                axes.text(place, height - 0.17, bound, size=SMALL, ha=side, va="bottom")
    axes.set_xlim(0, 1)
    axes.set_xticks([])
    axes.spines[:].set_visible(False)
    axes.set_title("Where the line is crossed (dark) in the ranges tried (pale)")


def chosen(axes: Axes, path: Sequence[Spot], told: Spot, fresh: Spot, share: float) -> None:
    """Draw coverage against density of all boxes considered, the one told and the fresh runs."""
    along = sorted(path, key=lambda spot: spot.coverage)
    axes.plot(
        [100 * spot.coverage for spot in along],
        [100 * spot.density for spot in along],
        ".", color=palette.PALE, ms=6, label="boxes considered",
    )  # fmt: skip
    axes.axhline(100 * share, color=palette.GREY, lw=0.9, ls=":", label="all runs")
    for spot, look, name in ((told, "o", "the box told"), (fresh, "D", "the same, fresh runs")):
        axes.plot(
            100 * spot.coverage, 100 * spot.density, look, color=palette.INK, ms=6.5,
            mfc=palette.INK if look == "o" else "white", label=name, ls="", zorder=4,
        )  # fmt: skip
    axes.set_xlim(0, 104)
    axes.set_ylim(0, 104)
    axes.set_xlabel("coverage: % of the runs that cross")
    axes.set_ylabel("density: % of the box's runs")
    axes.set_title("How the box was chosen")
    axes.legend(loc="center left", bbox_to_anchor=(1.05, 0.5))
