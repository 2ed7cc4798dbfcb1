"""The headline changes of scenarios under each rule of choice, beside the spread of placebos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.report import palette
from sim.report.figures.axes import lying_whiskers, round_ticks, rows_for, tick_label
from sim.report.figures.bands import Array, Band, reach
from sim.report.figures.canvas import SMALL, WIDTH, legend_at, place_on
from sim.report.figures.lettering import wrapped

ROW = 0.23
"""Of a rule, in inches."""

LEFT, GAP, RIGHT = 1.28, 0.26, 0.12
ABOVE, BELOW = 0.52, 0.46
"""Inches beside, above and below the panels of a scenario."""

LEGEND = 0.5
"""Inches for the legend below all."""

HEAD = 46
"""Letters of a panel's head in a line."""

MARGIN = 0.1
"""Room on each side of what is drawn, in parts of it."""

LEAST_SEEN = 0.012
"""A spread is drawn no narrower than this part of its panel."""

NEAR = 0.09
"""No number stands nearer to zero than this part of its panel."""

LOWER = 0.27
"""How far below the whole its chosen part is drawn, in rows."""

COLOUR = palette.RUNS["scenario"].colour
PLACEBOS: dict[str, Any] = {"facecolor": palette.PALE, "alpha": 0.6, "lw": 0}


@dataclass(frozen=True)
class Panel:
    """One change by rule: bands with shape (rule,), and between which ends its placebos lie."""

    head: str
    unit: str
    band: Band
    chosen: Sequence[float]  # medians
    holds: Sequence[bool]
    placebos: tuple[float, float] | None


def robust(
    figure: Figure, rules: Sequence[str], rows: Sequence[tuple[str, Sequence[Panel]]], members: int
) -> None:
    """Draw a row of panels for each scenario, with a dot for each rule."""
    tall = ROW * len(rules)
    whole = (tall + ABOVE + BELOW) * len(rows) + LEGEND
    figure.set_size_inches(WIDTH, whole)
    for place, (title, panels) in enumerate(rows):
        bottom = whole - (place + 1) * (tall + ABOVE + BELOW) + BELOW
        figure.text(
            0.09 / WIDTH, (bottom + tall + ABOVE - 0.1) / whole, title, weight="bold", va="top"
        )
        wide = (WIDTH - LEFT - RIGHT - GAP * (len(panels) - 1)) / len(panels)
        for k, one in enumerate(panels):
            axes = place_on(figure, LEFT + k * (wide + GAP), bottom, wide, tall)
            heights = rows_for(axes, rules if k == 0 else [""] * len(rules))
            draw(axes, heights, one)
    legend_at(figure, 0.09, LEGEND - 0.06, handles(rows, members), columns=3)


def draw(axes: Axes, heights: Array, one: Panel) -> None:
    """Draw one change: placebos as a ground, a line and a dot for each rule, what is chosen."""
    low, middle, high = one.band
    limits = reach([one.band, *([ends(one.placebos)] if one.placebos else [])], MARGIN)
    if one.placebos:
        axes.axvspan(*seen(one.placebos, limits), zorder=0.5, **PLACEBOS)
    axes.axvline(0.0, color=palette.GREY, lw=0.8, zorder=1)
    lying_whiskers(axes, heights, (low, middle, high), COLOUR)
    for height, at, part, holds in zip(heights, middle, one.chosen, one.holds, strict=True):
        axes.plot([at], [height], **dot(holds), zorder=4)
        axes.plot([part], [height + LOWER], **chosen(), zorder=4)
    axes.set_xlim(*limits)
    apart = NEAR * (limits[1] - limits[0])
    ticks = [0.0, *(tick for tick in round_ticks(*limits, most=4) if abs(tick) > apart)]
    axes.set_xticks(ticks, list(map(tick_label, ticks)))
    axes.set_xlabel(one.unit, size=SMALL, color=palette.GREY, labelpad=1)
    axes.set_title(wrapped(one.head, HEAD, 2), size=SMALL, weight="normal", pad=4)


def seen(spread: tuple[float, float], limits: tuple[float, float]) -> tuple[float, float]:
    """Return the ends of a spread, no narrower than can be seen."""
    middle, half = (spread[0] + spread[1]) / 2.0, (spread[1] - spread[0]) / 2.0
    half = max(half, LEAST_SEEN * (limits[1] - limits[0]) / 2.0)
    return middle - half, middle + half


def ends(spread: tuple[float, float]) -> Band:
    """Return the ends of a spread as a band, to be held by what is drawn."""
    from numpy import array

    low, high = spread
    return array([low]), array([low]), array([high])


def dot(holds: bool) -> dict[str, Any]:
    """Return how the median of a rule is drawn: hollow where the change does not hold."""
    return {"color": COLOUR, "marker": "o", "ms": 5.0, "ls": "", "mew": 1.1,
            "mfc": COLOUR if holds else "white"}  # fmt: skip


def chosen() -> dict[str, Any]:
    """Return how the chosen part of a change is drawn."""
    known = palette.PARTS["chosen"]
    return {"color": known.colour, "marker": "D", "ms": 3.0, "ls": ""}


def handles(rows: Sequence[tuple[str, Sequence[Panel]]], members: int) -> list[Any]:
    """Return the entries of the legend; of one run there is no median and no band."""
    many = members > 1
    panels = [one for _, some in rows for one in some]
    fails = not all(all(one.holds) for one in panels)
    hollow = [Line2D([], [], **dot(False), label="does not hold under this rule")] if fails else []
    ground = [Patch(**PLACEBOS, label="nine in ten placebos")]
    of = ", median of runs" if many else ""
    line = [Line2D([], [], color=COLOUR, lw=1.0, label="90% of runs")] if many else []
    return [
        Line2D([], [], **dot(True), label=f"change{of}"),
        *hollow,
        *line,
        Line2D([], [], **chosen(), label=f"of it, chosen{', median' if many else ''}"),
        *(ground if any(one.placebos for one in panels) else []),
    ]
