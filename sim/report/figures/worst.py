"""Which sets of events take an outcome across a line: in how many runs, or how near they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report import palette
from sim.report.figures.axes import round_ticks, rows_for, tick_label
from sim.report.figures.canvas import SMALL, WIDTH, place_on
from sim.report.figures.lettering import wrapped

LETTERS, LINES = 58, 3
"""Of a set's name, a line and at most."""

BELOW = 52
"""Letters of a line below the axes."""

LINE_HEIGHT, GAP = 0.145, 0.16
"""Inches."""

ALL_RUNS = (0.0, 100.0)
"""What a share of runs, in per cent, lies between."""

ROOM = 0.14
"""Beside the longest bar for its number, in parts of what is drawn."""


@dataclass(frozen=True)
class Bar:
    """One set of events."""

    name: str
    length: float
    number: str  # written at its end
    told: bool


def worst(
    figure: Figure,
    bars: Sequence[Bar],
    upright: float,
    below: str,
    ends: tuple[float, float] | None = None,
) -> None:
    """Draw a bar for each set, with an upright where enough is reached.

    `ends` are those between which a length can lie; without, the bars themselves say.
    """
    names = [wrapped(bar.name, LETTERS, LINES) for bar in bars]
    lines = max(name.count("\n") + 1 for name in names)
    tall = (LINE_HEIGHT * lines + GAP) * len(bars)
    under = wrapped(below, BELOW, LINES)
    figure.set_size_inches(WIDTH, tall + 0.85 + LINE_HEIGHT * (under.count("\n") + 1))
    axes = place_on(figure, 4.05, 0.45 + LINE_HEIGHT * (under.count("\n") + 1), 2.75, tall)
    low, high = ends or spread([*(bar.length for bar in bars), upright])
    room = ROOM * (high - low)
    for height, bar in zip(rows_for(axes, names), bars, strict=True):
        one_bar(axes, float(height), bar, 0.12 * room)
    axes.axvline(upright, color=palette.GREY, lw=0.9, ls="--")
    axes.set_xlim(low - (room if low < 0.0 else 0.0), high + (room if high > 0.0 else 0.0))
    ticks = [low, (low + high) / 2.0, high] if ends else round_ticks(low, high)
    axes.set_xticks(ticks, list(map(tick_label, ticks)))
    axes.set_xlabel(under, size=SMALL, x=0.3)


def one_bar(axes: Axes, height: float, bar: Bar, apart: float) -> None:
    """Draw one bar from zero, with its number beyond its end."""
    colour = palette.RUNS["scenario"].colour if bar.told else palette.PALE
    axes.barh(height, bar.length, height=0.55, color=colour, lw=0)
    place, side = (
        (bar.length - apart, "right") if bar.length < 0.0 else (bar.length + apart, "left")
    )
    axes.text(place, height, bar.number, size=SMALL, ha=side, va="center")


def spread(lengths: Sequence[float]) -> tuple[float, float]:
    """Return the ends of what holds zero and all lengths."""
    low, high = min(0.0, *lengths), max(0.0, *lengths)
    return (low, high) if low < high else (0.0, 1.0)
