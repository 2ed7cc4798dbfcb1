"""Which figures a run was told: by an event that states them, or by its base year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sim.drivers import DRIVERS
from sim.observables import ALL_FIVE, BASE_YEAR, WITHOUT_TURKMENISTAN
from sim.region import Region
from sim.scenario import Event, Scenario
from sim.study.scores import Observation
from sim.timeline import Effect, after, effects, month_number

STATED = {
    "gdp_trend": ("gdp_growth", "gdp_current_usd"),
    "trade_trend": ("trade_turnover_ns", "trade_turnover_gacc"),
    "fdi_trend": ("fdi_stock_from_china",),
    "remittances": ("remittances_pct_gdp",),
    "burden": ("milex_pct_gdp",),
    "membership": ("membership",),
}
"""Drivers that are a series itself, on top of its base year, and no cause of it.

A capacity, a visit or a fear is a cause: what comes of it is for the rules to say.
"""

FACT = re.compile(r"\b[A-Z][A-Z0-9]{2}-\d{3}\b")

THE_BASE_YEAR = "the base year"
"""What states a figure of the year before the run."""


def echoes(
    observations: Sequence[Observation], scenario: Scenario, region: Region
) -> dict[int, tuple[str, ...]]:
    """Return the figures that a scenario states, by line: the events that do, or the base year.

    An event states a figure if it rests on the fact that reports it, or if it sets the figure's
    own quantity, of that place and before the period is over.
    """
    found: dict[int, tuple[str, ...]] = {}
    for one in observations:
        if one.year <= BASE_YEAR:
            found[one.line] = (THE_BASE_YEAR,)
        elif names := tuple(e.id for e in scenario.events if states(e, one, region)):
            found[one.line] = names
    return found


def states(event: Event, one: Observation, region: Region) -> bool:
    """Return whether an event states a figure."""
    if month_number(event.start) >= after(last_month(one.period)):
        return False
    if set(FACT.findall(one.source)) & set(event.because):
        return True
    return any(
        one.series in STATED.get(effect.driver, ()) and is_about(event, effect, one, region)
        for effect in effects(event)
    )


def last_month(period: str) -> str:
    """Return the last month of a year, or the month that a period is."""
    return period if "-" in period else f"{period}-12"


def is_about(event: Event, effect: Effect, one: Observation, region: Region) -> bool:
    """Return whether an effect is on the place of a figure; totals have a part in every state."""
    axes = DRIVERS[effect.driver][0]
    named = dict(zip(axes, (labels(event, key) for key in effect.along), strict=True))
    where = {axis: set(in_statistics(region, own)) for axis, own in named.items()}
    totals = one.entity in (ALL_FIVE, WITHOUT_TURKMENISTAN)
    others = [own for axis, own in where.items() if axis != "state"]
    return (totals or one.entity in where["state"]) and all(
        not one.partner or one.partner in own for own in others
    )


def labels(event: Event, key: str) -> tuple[str, ...]:
    """Return what an event names under a key of its effects."""
    named = event.what[key]
    return (named,) if isinstance(named, str) else tuple(named)


def in_statistics(region: Region, codes: Sequence[str]) -> Iterator[str]:
    """Yield codes as published statistics have them; what is no actor keeps its own."""
    actors = {actor.code: actor.statistics_code for actor in region.actors}
    yield from (actors.get(code, code) for code in codes)


def known_before(observations: Sequence[Observation], region: Region) -> set[int]:
    """Return the lines of figures whose own report stands behind a number of the same state.

    Such a number was quoted from the report or judged with it, so that the run begins where the
    figure lies: its level is no test of the run.
    """
    cited = {
        (fact, code)
        for row in region.ledger
        for fact in FACT.findall(f"{row.place} {row.note}")
        for code in in_statistics(region, row.keys)
    }
    return {
        one.line
        for one in observations
        if any((fact, one.entity) in cited for fact in FACT.findall(one.source))
    }
