"""Two published models beside this one: parts of what lines earn, and holds beside breadths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.report import palette
from sim.report.figures.axes import rows_for
from sim.report.figures.canvas import SMALL, WIDTH, legend_at, place_on
from sim.report.figures.lettering import wrapped

Cell = tuple[float, ...]
"""Median, 5% and 95%."""

ROW, LEAST = 0.36, 2.3
"""Inches a player, and at least in all."""

LETTERS = 16

CARRIED: dict[str, Any] = {"marker": "|", "color": palette.GREY, "ms": 11, "mew": 1.8, "ls": ""}
BARGAINED: dict[str, Any] = {"marker": "o", "color": palette.RUNS["scenario"].colour, "ms": 5.5}
BUILT: dict[str, Any] = {
    "marker": "D", "color": palette.ARMS[1].colour, "mfc": "none", "ms": 5.0, "ls": "",
}  # fmt: skip


@dataclass(frozen=True)
class Shared:
    """A player's part of what the lines earn, %."""

    name: str
    carried: float
    bargained: Cell
    options: float


@dataclass(frozen=True)
class Placed:
    """A state: by how much its hold changes, %, and its breadth, effective partners."""

    state: str
    name: str
    held: Cell
    wider: Cell


def drawn(figure: Figure, shared: Sequence[Shared], placed: Sequence[Placed]) -> None:
    """Draw both panels."""
    tall = max(ROW * len(shared), LEAST)
    figure.set_size_inches(WIDTH, tall + 1.55)
    left = place_on(figure, 1.35, 0.95, 2.2, tall)
    parts(left, shared)
    right = place_on(figure, 4.55, 0.95, WIDTH - 4.75, tall)
    corners(right, placed)
    handles = [
        Line2D([], [], **CARRIED, label="by what is carried"),
        Line2D([], [], **BARGAINED, lw=1.4, label="by bargaining, 90% of runs"),
        Line2D([], [], **BUILT, label="over all that could be built"),
    ]
    legend_at(figure, 0.09, 0.2, handles, columns=3)


def parts(axes: Axes, shared: Sequence[Shared]) -> None:
    """Draw each player's part by three ways of counting."""
    heights = rows_for(axes, [wrapped(one.name, LETTERS, 2) for one in shared])
    for height, one in zip(heights, shared, strict=True):
        middle, low, high = one.bargained
        axes.plot([low, high], [height] * 2, color=BARGAINED["color"], lw=1.4, zorder=3)
        axes.plot([middle], [height], **BARGAINED, ls="", zorder=4)
        axes.plot([one.carried], [height], **CARRIED, zorder=5)
        axes.plot([one.options], [height], **BUILT, zorder=5)
    axes.set_xlim(left=0.0)
    axes.set_xlabel("part of what oil and gas earn, %")
    axes.set_title("Bargaining over lines")


def corners(axes: Axes, placed: Sequence[Placed]) -> None:
    """Draw each state's hold beside the breadth of its ties, with both bands."""
    for place, one in enumerate(placed):
        look = palette.state_look(one.state, place)
        axes.plot(one.held[1:], [one.wider[0]] * 2, color=palette.PALE, lw=1.2, zorder=2)
        axes.plot([one.held[0]] * 2, one.wider[1:], color=palette.PALE, lw=1.2, zorder=2)
        axes.plot(
            [one.held[0]], [one.wider[0]], color=look.colour, marker=look.marker, ms=5, ls="",
            label=one.name, zorder=4,
        )  # fmt: skip
    for line in (axes.axhline, axes.axvline):
        line(0.0, color=palette.GREY, lw=0.8, zorder=1)
    axes.set_xlabel("hold of its bloc, % from the baseline")
    axes.set_ylabel("breadth, effective partners\nfrom the baseline")
    axes.set_title("Blocs and breadth")
    axes.margins(0.1)
    axes.legend(loc="best", fontsize=SMALL, handlelength=1.0, borderaxespad=0.2)
