"""Patterns against what is asked of them, and how many are shown in other worlds."""

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
from sim.report.figures.axes import filling, lying_bars, rows_for
from sim.report.figures.bands import Array
from sim.report.figures.canvas import SMALL, WIDTH, legend_at, place_on
from sim.report.figures.lettering import wrapped
from sim.report.palette import Look

HUNDREDTHS = 2.5
"""Dots no farther apart than this stand on each other."""

STACKED, GAP = 0.085, 0.14
"""Inches: from dot to dot in a stack, and between rows."""


@dataclass(frozen=True)
class Dot:
    """A pattern: in what share of runs it lies within its band, and what share is asked."""

    asked: float
    within: float
    free: bool  # shown by a base year that never ends
    number: str = ""  # by which a table calls it


@dataclass(frozen=True)
class Strip:
    """Patterns that stand together."""

    head: str
    dots: tuple[Dot, ...]


DARK, WARM = palette.RUNS["scenario"].colour, palette.ARMS[1].colour

LOOKS: dict[tuple[bool, bool], dict[str, Any]] = {
    (True, False): {"marker": "o", "mfc": DARK, "mec": DARK, "ms": 4.6},
    (True, True): {"marker": "o", "mfc": "white", "mec": DARK, "ms": 4.6},
    (False, False): {"marker": "X", "mfc": WARM, "mec": "white", "mew": 0.3, "ms": 7.0},
    (False, True): {"marker": "D", "mfc": "white", "mec": WARM, "mew": 1.2, "ms": 4.2},
}
"""By whether a pattern is shown, and whether the base year for ever would show it too."""

WORDS = {
    (True, False): "shown; a base year that never ends misses it",
    (True, True): "shown; so would a base year that never ends",
    (False, False): "missed; a base year that never ends misses it too",
    (False, True): "missed; a base year that never ends shows it",
}


def patterns(figure: Figure, strips: Sequence[Strip]) -> None:
    """Draw patterns in columns, in a row for each share that is asked, the highest on top."""
    rows = sorted({dot.asked for strip in strips for dot in strip.dots}, reverse=True)
    stacks = [[stacked([d for d in strip.dots if d.asked == row]) for row in rows]
              for strip in strips]  # fmt: skip
    high = np.array([max(1 + max((k for _, k in own), default=0) for own in row)
                     for row in zip(*stacks, strict=True)])  # fmt: skip
    heights = STACKED * high + GAP
    tops = np.concatenate([[0.0], np.cumsum(heights)])
    tall = float(tops[-1])
    figure.set_size_inches(WIDTH, tall + 1.6)
    wide = (WIDTH - 0.85 - 0.25 * len(strips)) / len(strips)
    for place, (strip, own) in enumerate(zip(strips, stacks, strict=True)):
        axes = place_on(figure, 0.85 + place * (wide + 0.25), 1.35, wide, tall)
        axes.set_xlim(-4, 104)
        axes.set_ylim(tall, 0)
        axes.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100"])
        axes.set_xlabel("runs within the band, %")
        axes.set_title(strip.head, size=SMALL, pad=4)
        axes.grid(False, axis="y")
        asked_lines(axes, rows, tops)
        for row, dots in enumerate(own):
            for dot, level in dots:
                height = tops[row + 1] - GAP / 2 - STACKED * (level + 0.5)
                one_dot(axes, dot, float(height))
        labels = [f"{100 * row:.0f}%" for row in rows] if place == 0 else []
        axes.set_yticks((tops[:-1] + tops[1:]) / 2 if labels else [], labels)
    figure.text(0.16 / WIDTH, (1.35 + tall / 2) / (tall + 1.6), "asked of the runs", rotation=90,
                size=SMALL, va="center")  # fmt: skip
    legend_at(figure, 0.12, 0.78, handles())


def asked_lines(axes: Axes, rows: Sequence[float], tops: Array) -> None:
    """Draw in each row where it begins to be enough, and shade what is."""
    for row, top, bottom in zip(rows, tops[:-1], tops[1:], strict=True):
        axes.fill_between([100 * row, 104], top, bottom, color=palette.WINDOW, lw=0, zorder=0)
        axes.plot([100 * row] * 2, [top, bottom], color=palette.GREY, lw=1.2, zorder=1)
    for top in tops[1:-1]:
        axes.axhline(top, color=palette.GRID, lw=0.6, zorder=0.5)


def one_dot(axes: Axes, dot: Dot, height: float) -> None:
    """Draw one pattern, with its number beside it if it has one."""
    shown = dot.within >= dot.asked
    x = 100 * dot.within
    axes.plot([x], [height], ls="", zorder=3, **LOOKS[shown, dot.free])
    if dot.number:
        side = 1 if x < 92 else -1
        axes.annotate(
            dot.number, (x, height), xytext=(5 * side, 0), textcoords="offset points",
            ha="left" if side > 0 else "right", va="center_baseline", size=SMALL, zorder=2,
            bbox={"facecolor": "white", "lw": 0, "pad": 0.4},
        )  # fmt: skip


def stacked(dots: Sequence[Dot]) -> list[tuple[Dot, int]]:
    """Return dots with the level on which each stands: on those that are where it is.

    One with a number takes two levels, as letters are taller than dots.
    """
    taken: list[tuple[float, float, range]] = []
    found = []
    for dot in sorted(dots, key=lambda one: (one.number != "", one.within)):
        x, wide, tall = (
            100 * dot.within,
            (4 if dot.number else 1) * HUNDREDTHS,
            1 + bool(dot.number),
        )
        level = 0
        while any(
            {*range(level, level + tall)} & {*levels} and x < right and left < x + wide
            for left, right, levels in taken
        ):
            level += 1
        taken.append((x, x + wide, range(level, level + tall)))
        found.append((dot, level))
    return found


def handles() -> list[Line2D | Patch]:
    """Return the entries of the legend."""
    dots = [Line2D([], [], ls="", label=WORDS[key], **look) for key, look in LOOKS.items()]
    return [*dots, Patch(facecolor=palette.WINDOW, edgecolor=palette.GREY, label="enough runs")]


# In other worlds --------------------------------------------------------------------------------


BAR = 0.3
"""Inches that a row takes."""

EARNED, FREE = Look(DARK), Look(palette.PALE, "////")
LOST, GAINED = Look(WARM, "\\\\\\\\"), Look(DARK)


@dataclass(frozen=True)
class Count:
    """How many patterns of each strip are shown in a world: those it earns, and those for free."""

    name: str
    earned: tuple[int, ...]  # by strip; that a base year that never ends misses
    free: tuple[int, ...]


def worlds(
    figure: Figure, heads: Sequence[str], totals: Sequence[int], counts: Sequence[Count]
) -> None:
    """Draw a row for each world and a column for each strip of patterns."""
    tall = BAR * len(counts)
    figure.set_size_inches(WIDTH, tall + 1.6)
    left, gap = 1.75, 0.3
    wide = (WIDTH - left - 0.15 - gap * (len(heads) - 1)) / len(heads)
    for place, (head, total) in enumerate(zip(heads, totals, strict=True)):
        axes = place_on(figure, left + place * (wide + gap), 1.15, wide, tall)
        names = [one.name for one in counts] if place == 0 else [""] * len(counts)
        rows = rows_for(axes, names)
        free = np.array([one.free[place] for one in counts], dtype=float)
        both = free + [one.earned[place] for one in counts]
        lying_bars(axes, rows, np.zeros(len(rows)), free, FREE, 0.62)
        lying_bars(axes, rows, free, both, EARNED, 0.62)
        for row, number in zip(rows, both, strict=True):
            axes.annotate(
                f"{number:.0f}", (number, row), xytext=(3, 0), textcoords="offset points",
                va="center_baseline", size=SMALL,
            )  # fmt: skip
        axes.axvline(total, color=palette.GREY, lw=0.9, ls="--")
        axes.set_xlim(0, 1.12 * total)
        axes.set_title(head, size=SMALL, pad=4)
        axes.set_xlabel("patterns shown", size=SMALL)
    legend_at(figure, 0.12, 0.6, [
        Patch(**filling(FREE), label="that a base year that never ends would show too"),
        Patch(**filling(EARNED), label="that it would miss: skill"),
        Line2D([], [], color=palette.GREY, lw=0.9, ls="--", label="all patterns of the half"),
    ])  # fmt: skip


def turned(
    figure: Figure, names: Sequence[str], lost: Sequence[int], gained: Sequence[int]
) -> None:
    """Draw for each mechanism how many patterns are lost, to the left, and gained without it."""
    tall = 0.24 * len(names)
    figure.set_size_inches(WIDTH, tall + 1.05)
    axes = place_on(figure, 1.9, 0.85, WIDTH - 2.1, tall)
    rows = rows_for(axes, [wrapped(name, 30, 1) for name in names])
    zero = np.zeros(len(names))
    lying_bars(axes, rows, -np.array(lost, dtype=float), zero, LOST, 0.62)
    lying_bars(axes, rows, zero, np.array(gained, dtype=float), GAINED, 0.62)
    most = max(1, *lost, *gained)
    axes.set_xlim(-most - 0.5, most + 0.5)
    step = max(1, most // 4)
    ticks = [k * step for k in range(-(most // step), most // step + 1)]
    axes.set_xticks(ticks, [str(abs(tick)) for tick in ticks])
    axes.axvline(0, color=palette.GREY, lw=0.9)
    axes.set_xlabel("patterns whose judgement turns without it", size=SMALL)
    legend_at(figure, 1.9, 0.28, [
        Patch(**filling(LOST), label="shown patterns that are lost"),
        Patch(**filling(GAINED), label="misses that are shown"),
    ], columns=2)  # fmt: skip
