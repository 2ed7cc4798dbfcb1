"""The page that every figure is drawn on: its size, its style, its panels, and its files.

pyplot is never imported: it costs half a second.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.report import palette

Given = ParamSpec("Given")

WIDTH = 7.2  # inches: the text width of an A4 page, so that 8 points in print are 8 points


SMALL, NORMAL, LARGE = 8.0, 8.5, 10.5


SCREEN_DOTS, DOTS = 100, 150


STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": NORMAL,
    "axes.titlesize": NORMAL,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titley": 1.0,  # a fixed height saves a search for free room at each drawing
    "axes.labelsize": SMALL,
    "axes.edgecolor": palette.PALE,
    "axes.labelcolor": palette.INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": palette.GRID,
    "grid.linewidth": 0.6,
    "text.color": palette.INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.color": palette.GREY,
    "ytick.color": palette.GREY,
    "xtick.bottom": False,
    "ytick.left": False,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "legend.handlelength": 2.2,
    "hatch.linewidth": 0.5,
    "svg.fonttype": "none",
    "svg.hashsalt": "figures",
    "path.simplify": True,
}


def styled(draw: Callable[Given, Figure]) -> Callable[Given, Figure]:
    """Return the same figure function, drawn in the house style whatever the user's settings."""

    @functools.wraps(draw)
    def drawn(*given: Given.args, **named: Given.kwargs) -> Figure:
        with mpl.rc_context(STYLE):
            return draw(*given, **named)

    return drawn


def blank(height: float, title: str, subtitle: str = "") -> Figure:
    """Return an empty figure of the page's width with its title on top; height in inches."""
    figure = Figure(figsize=(WIDTH, height), dpi=SCREEN_DOTS)
    FigureCanvasAgg(figure)
    figure.text(0.012, 1 - 0.08 / height, title, size=LARGE, weight="bold", va="top")
    if subtitle:
        place = 1 - 0.30 / height
        figure.text(0.012, place, subtitle, size=SMALL, color=palette.GREY, va="top")
    return figure


def place_on(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Return axes at a place given in inches from the lower left corner."""
    across, up = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / up, width / across, height / up))


def legend_at(
    figure: Figure, left: float, top: float, handles: list[Any], columns: int = 1
) -> None:
    """Write a legend whose upper left corner lies at a place given in inches."""
    across, up = figure.get_size_inches()
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(left / across, top / up),
        borderaxespad=0,
        borderpad=0,
        ncols=columns,
        columnspacing=1.6,
        labelspacing=0.4,
    )


def note_at(figure: Figure, left: float, bottom: float, text: str) -> None:
    """Write a grey note upwards from a place given in inches."""
    across, up = figure.get_size_inches()
    figure.text(left / across, bottom / up, text, size=SMALL, color=palette.GREY, va="bottom")


QUICK = {"compress_level": 1}


"""A seventh more bytes in a PNG, and a third less time."""


def save(figure: Figure, folder: Path | str, name: str) -> tuple[Path, Path]:
    """Return the PNG and SVG files of a figure: whole or not at all, same figure, same bytes."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    png, svg = (Path(folder) / f"{name}.{kind}" for kind in ("png", "svg"))
    with mpl.rc_context(STYLE):
        write_whole(figure, png, dpi=DOTS, metadata={"Software": None}, pil_kwargs=QUICK)
        write_whole(figure, svg, metadata={"Date": None, "Creator": None})
    return png, svg


def write_whole(figure: Figure, file: Path, **how: Any) -> None:
    """Write a figure beside its file and move it there, so that a killed run leaves the old one."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        figure.savefig(fresh, format=file.suffix[1:], **how)
        os.replace(fresh, file)
    finally:
        fresh.unlink(missing_ok=True)
