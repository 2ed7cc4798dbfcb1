"""Which sets of events take an outcome across a line: the share of runs in which each does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from sim.report import palette
from sim.report.figures.axes import rows_for
from sim.report.figures.canvas import SMALL, WIDTH, place_on
from sim.report.figures.lettering import wrapped

LETTERS, LINES = 58, 3
"""Of a set's name, a line and at most."""

LINE_HEIGHT, GAP = 0.145, 0.16
"""Inches."""


@dataclass(frozen=True)
class Bar:
    """One set of events."""

    name: str
    share: float
    told: bool


def worst(figure: Figure, bars: Sequence[Bar], enough: float, crossed: str) -> None:
    """Draw a bar for each set, with an upright at the share that is enough."""
    names = [wrapped(bar.name, LETTERS, LINES) for bar in bars]
    lines = max(name.count("\n") + 1 for name in names)
    tall = (LINE_HEIGHT * lines + GAP) * len(bars)
    figure.set_size_inches(WIDTH, tall + 0.95)
    axes = place_on(figure, 4.05, 0.6, 2.75, tall)
    heights = rows_for(axes, names)
    for height, bar in zip(heights, bars, strict=True):
        look = palette.RUNS["scenario"]
        colour = look.colour if bar.told else palette.PALE
        axes.barh(height, 100 * bar.share, height=0.55, color=colour, lw=0)
        axes.text(100 * bar.share + 1.5, height, f"{100 * bar.share:.0f}", size=SMALL, va="center")
    axes.axvline(100 * enough, color=palette.GREY, lw=0.9, ls="--")
    axes.set_xlim(0, 108)
    axes.set_xticks([0, 50, 100])
    axes.set_xlabel(f"% of runs in which {crossed}".replace("  ", " "), size=SMALL)
