"""Why it moved: parts of a change by event and by channel."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report import palette
from sim.report.figures.axes import lying_bars, lying_whiskers, rows_for
from sim.report.figures.bands import Band, picked, reach
from sim.report.figures.canvas import SMALL, blank, place_on, styled
from sim.report.figures.lettering import name_of, wrapped
from sim.report.palette import Look

ROW = 0.3  # inches
TELLS = 0.05
"""A part is drawn where its band reaches at least this part of the furthest of all."""


def telling(band: Band, furthest: float, most: int) -> list[int]:
    """Return the places of the parts that can be seen, the largest first."""
    order = np.argsort(-np.abs(band[1]), kind="stable")
    size = np.maximum(np.abs(band[0]), np.abs(band[2]))
    seen = [int(place) for place in order if size[place] >= TELLS * furthest]
    return seen[:most] or [int(order[0])]


def ledger_panel(
    axes: Axes,
    labels: Sequence[str],
    band: Band,
    looks: Sequence[Look],
    limits: tuple[float, float],
) -> None:
    """Draw one half of the ledger: bars with whiskers and the mean written at the right."""
    heights = rows_for(axes, labels)
    axes.set_xlim(*limits)
    axes.axvline(0, color=palette.GREY, lw=0.8, zorder=1)
    for place, look in enumerate(looks):
        at = slice(place, place + 1)
        lying_bars(axes, heights[at], np.zeros(1), band[1][at], look, 0.62)
    lying_whiskers(axes, heights, band)
    for height, middle in zip(heights, band[1], strict=True):
        axes.annotate(
            signed(float(middle), limits[1] - limits[0]),
            (1.0, height),
            xycoords=axes.get_yaxis_transform(),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            size=SMALL,
        )


@styled
def ledger_bars(
    events: Sequence[str],
    event_parts: Band,
    channels: Sequence[tuple[str, str]],
    channel_parts: Band,
    title: str,
    unit: str,
    names: Mapping[str, str] | None = None,
    most: int = 8,
) -> Figure:
    """Return why it moved: parts by event above, by channel (domain, partner) below.

    Bars are means, whiskers 90% of runs; the largest come first, and how many smaller ones are
    left out is said. Bands have shape (event,) and (channel,).
    """
    limits = reach([event_parts, channel_parts])
    furthest = max(-limits[0], limits[1])
    upper, lower = (telling(band, furthest, most) for band in (event_parts, channel_parts))
    height = 1.72 + ROW * (len(upper) + len(lower))
    figure = blank(height, title, f"{unit}; bars: means (they add up), lines: 90% of runs")
    left, wide = 2.45, 4.05
    above = place_on(figure, left, 0.98 + ROW * len(lower), wide, ROW * len(upper))
    below = place_on(figure, left, 0.4, wide, ROW * len(lower))
    by_event = [wrapped(events[place], 36, 2) for place in upper]
    looks = [palette.PARTS["chosen"]] * len(upper)
    ledger_panel(above, by_event, picked(event_parts, upper), looks, limits)
    above.set_title(heading("By event (Shapley)", len(events) - len(upper)), x=0)
    by_channel = [channel_name(channels[place], names) for place in lower]
    looks = [palette.partner_look(channels[place][1]) for place in lower]
    ledger_panel(below, by_channel, picked(channel_parts, lower), looks, limits)
    below.set_title(heading("By channel: domain and partner", len(channels) - len(lower)), x=0)
    return figure


def channel_name(channel: tuple[str, str], names: Mapping[str, str] | None) -> str:
    """Return the name of a channel: its domain, then its partner."""
    domain, partner = channel
    return wrapped(f"{name_of(domain, names)}: {name_of(partner, names)}", 36, 2)


def signed(part: float, scale: float) -> str:
    """Return a part with a true sign and the digits that it deserves on a scale; 0 if tiny."""
    if abs(part) < 0.002 * scale:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(scale)))
    return f"{part:+.{digits}f}".replace("-", "\N{MINUS SIGN}")


def heading(text: str, left_out: int) -> str:
    """Return a heading that says how many small parts are not drawn."""
    return f"{text}; {left_out} too small to draw" if left_out > 0 else text
