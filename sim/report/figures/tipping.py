"""Where runs cross a line: the share that has crossed against the setting, a panel for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report import palette
from sim.report.figures.axes import round_ticks, tick_label
from sim.report.figures.bands import Array
from sim.report.figures.canvas import SMALL, WIDTH, note_at, place_on

MOST_IN_A_ROW = 3
"""Panels side by side."""

MOST_TICKS = 3
"""Labels below a panel between its ends: as many numbers as are read apart."""

APART, APART_DATES = 0.16, 0.4
"""How far a label is from those of both ends, in parts of the range; dates are wider."""

ROOM, ROOM_WHOLE = 0.03, 0.5
"""Beside the range on each side, in parts of it; of whole numbers at least half a step."""


@dataclass(frozen=True)
class Panel:
    """One outcome: how many of the runs have crossed at each setting."""

    title: str
    settings: Array
    share: Array  # that have crossed at some setting up to this one
    band: tuple[float, float, float]  # median, 5 % and 95 %; infinite beyond the range
    looked: Array  # settings of the coarse look
    past: Array  # share past the line there
    one_way: bool


def tipping(
    figure: Figure,
    panels: Sequence[Panel],
    setting: str,
    dates: Sequence[str] = (),
    whole: bool = False,
) -> None:
    """Draw a panel for each outcome, all over the same settings; `dates` name whole settings."""
    columns = min(len(panels), MOST_IN_A_ROW)
    rows = -(-len(panels) // columns)
    figure.set_size_inches(WIDTH, 2.05 * rows + 0.62)
    wide = (WIDTH - 0.75 - 0.25 * columns) / columns
    for place, panel in enumerate(panels):
        row, column = divmod(place, columns)
        up = 0.75 + 2.05 * (rows - 1 - row)
        axes = place_on(figure, 0.62 + column * (wide + 0.25), up, wide, 1.5)
        one_panel(axes, panel, dates, whole or len(dates) > 0)
        axes.set_ylabel("% of runs" if column == 0 else "")
        axes.set_yticks([0, 50, 100], ["0", "50", "100"] if column == 0 else [])
    figure.text(0.5, 0.42 / (2.05 * rows + 0.62), setting, size=SMALL, ha="center", va="center")
    turning = any(not panel.one_way for panel in panels)
    note_at(figure, 0.09, 0.08, f"{NOTE} {TURNING}" if turning else NOTE)


NOTE = "Line: runs that have crossed. Shade and dashes: 90% and median of the setting needed."
TURNING = "Crosses: runs past it there."
"""Of runs that turn back, which then are fewer than have crossed."""


def one_panel(axes: Axes, panel: Panel, dates: Sequence[str], whole: bool) -> None:
    """Draw the share that has crossed, with the band of the settings needed."""
    look = palette.RUNS["scenario"]
    low, high = float(panel.settings[0]), float(panel.settings[-1])
    room = max(ROOM * (high - low or 1.0), ROOM_WHOLE if whole else 0.0)
    middle, first, last = panel.band
    start, end = sorted(np.clip([first, last], low, high + room))
    if np.isfinite([first, last]).any():
        axes.axvspan(start, end, color=palette.WINDOW, lw=0, zorder=0)
    if np.isfinite(middle):
        axes.axvline(middle, color=palette.GREY, lw=1.0, ls="--")
    axes.plot(panel.settings, 100 * panel.share, drawstyle="steps-post", color=look.colour, lw=1.6)
    if not panel.share.any():
        axes.text(
            0.5, 0.5, "crossed in no run", size=SMALL, color=palette.GREY, ha="center",
            transform=axes.transAxes,
        )  # fmt: skip
    if not panel.one_way:
        axes.plot(panel.looked, 100 * panel.past, "x", color=palette.INK, ms=4.5)
    axes.set_ylim(0, 104)
    axes.set_xlim(low - room, high + room)
    ticks = months_between(low, high) if len(dates) else numbers_between(low, high, whole)
    labels = [dates[round(tick - low)] for tick in ticks] if len(dates) else map(tick_label, ticks)
    axes.set_xticks(ticks, list(labels))
    if len(dates):
        first_label, *_, last_label = axes.get_xticklabels()
        first_label.set_horizontalalignment("left")
        last_label.set_horizontalalignment("right")
    axes.set_title(panel.title)


def numbers_between(low: float, high: float, whole: bool) -> list[float]:
    """Return where a range of numbers is labelled: its ends, and round numbers between them."""
    if whole and high - low < MOST_TICKS:
        return every_whole(low, high)
    numbers = [tick for tick in round_ticks(low, high, MOST_TICKS) if not whole or tick % 1 == 0.0]
    return [low, *well_between(low, high, numbers, APART), high]


def months_between(low: float, high: float) -> list[float]:
    """Return where a range of months is labelled: its ends, and its middle if there is one."""
    if high - low < MOST_TICKS:
        return every_whole(low, high)
    return [low, *well_between(low, high, [round((low + high) / 2.0)], APART_DATES), high]


def every_whole(low: float, high: float) -> list[float]:
    """Return all whole steps of a short range."""
    return [low + k for k in range(round(high - low) + 1)]


def well_between(low: float, high: float, ticks: Sequence[float], apart: float) -> list[float]:
    """Return those of some ticks that are far enough from both ends."""
    near = apart * (high - low)
    return [tick for tick in ticks if low + near <= tick <= high - near]
