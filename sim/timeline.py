"""From dated events to what is in force in each month."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import inf
from typing import Any

import numpy as np

from sim.drivers import DRIVERS, Drivers, Entry, neutral, places
from sim.region import Region
from sim.scenario import Event, Scenario, Size
from sim.vocabulary import MONTHS_A_YEAR

Draws = Callable[[str], np.ndarray]
"""Gives, for a name, the uniform numbers (member,) that place each member in a range."""

BOUNDS: dict[str, tuple[float, float]] = {
    "capacity_factor": (0.0, inf),
    "cut_intent": (0.0, 1.0),
    "threat_signal": (0.0, 1.0),
    "rhetoric": (0.0, 1.0),
    "sanctions": (0.0, 1.0),
    "enforcement": (0.0, 1.0),
    "crackdown": (0.0, 1.0),
    "backlash": (0.0, 1.0),
    "membership": (-1.0, 1.0),
}
"""Drivers that stay within bounds however many events add to them."""


NO_DAY = "YYYY-MM"
"""How a date is written that names no day."""

DIGITS = 12
"""Decimals to which a force is kept: what rises to all of a thing leaves no sliver of it."""


@dataclass(frozen=True)
class Effect:
    """What an event at full force does to one driver.

    `how`: "add" the size to it, multiply it by a "factor", or "cut" it by a share. `along` names
    the labels of each axis: a field of the event, or a label itself.
    """

    driver: str
    how: str
    along: tuple[str, ...] = ()
    times: str | None = None  # another field of the event that scales the size


EFFECTS: dict[str, tuple[Effect, ...]] = {
    "link_closed": (
        Effect("capacity_factor", "cut", ("links",)),
        Effect("cut_intent", "add", ("links",), times="intent"),
    ),
    "link_cut": (
        Effect("capacity_factor", "cut", ("links",)),
        Effect("cut_intent", "add", ("links",), times="intent"),
    ),
    "link_slowed": (Effect("link_cost", "add", ("links",)),),
    "link_opened": (Effect("capacity_added", "add", ("links",)),),
    "link_enlarged": (Effect("capacity_added", "add", ("links",)),),
    "link_scaled": (Effect("capacity_factor", "factor", ("links",)),),
    "unrest": (Effect("insecurity", "add", ("states", "need")),),
    "insecurity": (Effect("insecurity", "add", ("states", "need")),),
    "intervention": (Effect("troops", "add", ("states", "power")),),
    "threat_signal": (Effect("threat_signal", "add", ("states", "by")),),
    "rhetoric": (Effect("rhetoric", "add", ("states", "by")),),
    "pressure": (Effect("pressure", "add", ("states", "by")),),
    "visit": (Effect("visits", "add", ("states", "by")),),
    "summit": (Effect("visits", "add", ("states", "by")),),
    "aid": (Effect("deals", "add", ("states", "by")),),
    "investment": (
        Effect("deals", "add", ("states", "by")),
        Effect("fdi_trend", "add", ("states", "by")),
    ),
    "investment_trend": (Effect("fdi_trend", "add", ("states", "power")),),
    "budget": (Effect("budget", "factor", ("power",)),),
    "domain_budget": (Effect("priority", "factor", ("power", "states", "domain")),),
    "attention": (Effect("budget", "factor", ("power",)),),
    "engagement": (Effect("priority", "factor", ("partner", "states", "domain")),),
    "sanctions": (Effect("sanctions", "add"),),
    "enforcement": (Effect("enforcement", "add"),),
    "crackdown": (Effect("crackdown", "add", ("states",)),),
    "remittances": (Effect("remittances", "factor", ("states", "power")),),
    "arrivals": (Effect("arrivals", "add", ("states",)),),
    "labour_need": (Effect("labour_need", "add", ("power",)),),
    "price": (Effect("price", "factor", ("commodity",)),),
    "hardship": (Effect("hardship", "add", ("states",)),),
    "failed_project": (Effect("backlash", "add", ("states", "partner")),),
    "backlash": (Effect("backlash", "add", ("states", "partner")),),
    "join": (
        Effect("membership", "add", ("states", "body")),
        Effect("body_pull", "add", ("states", "body"), times="pull"),
    ),
    "leave": (
        Effect("membership", "add", ("states", "body")),
        Effect("body_pull", "add", ("states", "body"), times="pull"),
    ),
    "realign": (Effect("wish", "add", ("states", "domain", "partner")),),
    "trade_trend": (Effect("trade_trend", "add", ("states", "partner")),),
    "gdp_trend": (Effect("gdp_trend", "add", ("states",)),),
    "restraint": (Effect("restraint", "factor", ("power",)),),
    "defence_budget": (Effect("burden", "add", ("states",)),),
}
"""What each kind of event does to the drivers."""


def effects(event: Event) -> tuple[Effect, ...]:
    """Return what an event does; some kinds do one of two things, as their fields say.

    What a field that is not given would scale does not happen.
    """
    return tuple(e for e in EFFECTS[sort_of(event)] if e.times is None or e.times in event.what)


def sort_of(event: Event) -> str:
    """Return the name under which an event's effects stand."""
    if event.kind == "trend":
        return f"{event.what['what']}_trend"
    if event.kind == "budget" and event.what.get("domain"):
        return "domain_budget"
    if event.kind == "link_enlarged" and event.what.get("by_factor"):
        return "link_scaled"
    return event.kind


# When ---------------------------------------------------------------------------------------


def month_number(date: str) -> float:
    """Return a date as months since the year 0: whole for YYYY-MM, a fraction for a day in it."""
    year, month, *day = (int(part) for part in date.split("-"))
    whole = year * MONTHS_A_YEAR + month - 1
    return whole + (day[0] - 1) / monthrange(year, month)[1] if day else float(whole)


def after(date: str) -> float:
    """Return the moment after the last day or month in force, in months since the year 0."""
    year, month, *day = (int(part) for part in date.split("-"))
    whole = year * MONTHS_A_YEAR + month - 1
    return whole + day[0] / monthrange(year, month)[1] if day else whole + 1.0


def month_after(start: str, months: int) -> str:
    """Return the month that comes so many months after another, YYYY-MM."""
    year, month = divmod(int(month_number(start)) + months, MONTHS_A_YEAR)
    return f"{year:04d}-{month + 1:02d}"


def shifted(event: Event, months: int) -> Event:
    """Return an event so many months later."""
    if months == 0:
        return event
    end = None if event.end is None else later(event.end, months)
    return replace(event, start=later(event.start, months), end=end)


def later(date: str, months: int) -> str:
    """Return a month or day so many months later; a day that its month lacks is the last."""
    year, month, *day = date.split("-")
    moved = month_after(f"{year}-{month}", months)
    if not day:
        return moved
    last = monthrange(*(int(part) for part in moved.split("-")))[1]
    return f"{moved}-{min(int(day[0]), last):02d}"


def lasting(event: Event, months: int) -> Event:
    """Return an event that lasts so many months, to the day; a ramp or decay that takes them."""
    if event.shape in ("ramp", "decay", "pulse"):
        return replace(event, months=float(months))
    if len(event.start) == len(NO_DAY):
        return replace(event, end=month_after(event.start, months - 1))
    year, month, day = (int(part) for part in later(event.start, months).split("-"))
    last = date(year, month, day) - timedelta(days=1)
    return replace(event, end=last.isoformat())


def span(event: Event) -> tuple[float, float]:
    """Return when an event begins and ends, in months since the year 0 (inf: it does not end)."""
    begins = month_number(event.start)
    if event.end is not None:
        return begins, after(event.end)
    if event.shape == "pulse":
        return begins, begins + (event.months or 1.0)
    return begins, inf


def begins_too_late(event: Event, scenario: Scenario) -> bool:
    """Return whether an event begins after the last month of a scenario."""
    return int(month_number(event.start)) >= int(month_number(scenario.start)) + scenario.months


def intensity(event: Event, start: str, months: int) -> np.ndarray:
    """Return how far an event is in force in each month of a run, shape (month,).

    The mean over the month of what the shape says: a step, a pulse, a linear rise, or a decay
    that is full in its first month and then halves every so many months. A trend counts years.
    """
    begins, ends = (moment - month_number(start) for moment in span(event))
    first = np.arange(months, dtype=float)
    opens, closes = np.clip(begins, first, first + 1.0), np.clip(ends, first, first + 1.0)
    in_force = np.maximum(closes - opens, 0.0)
    if event.kind == "trend":
        return _risen(first + 1.0 - begins, ends - begins) / MONTHS_A_YEAR
    if event.shape == "ramp":
        return _ramp_mean(opens - begins, closes - begins, event.months or 1.0)
    if event.shape == "decay":
        halvings = (first - np.floor(begins)).clip(0.0) / (event.months or 1.0)
        return in_force * 0.5**halvings
    return in_force + _reopening(first, ends, event.what.get("reopening", 0.0))


def _risen(until: np.ndarray, longest: float) -> np.ndarray:
    """Return the mean over each month of the time since a trend began, until it ends."""

    def total(elapsed: np.ndarray) -> np.ndarray:
        grown = np.clip(elapsed, 0.0, longest)
        return grown**2 / 2.0 + grown * (np.maximum(elapsed, 0.0) - grown)

    return total(until) - total(until - 1.0)


def _ramp_mean(opens: np.ndarray, closes: np.ndarray, length: float) -> np.ndarray:
    """Return the part of a linear rise to 1 that falls between two moments after its begin."""

    def total(elapsed: np.ndarray) -> np.ndarray:
        rising = np.clip(elapsed, 0.0, length)
        return rising**2 / (2.0 * length) + np.maximum(elapsed - length, 0.0)

    return np.maximum(total(closes) - total(opens), 0.0)


def _reopening(first: np.ndarray, ends: float, length: float) -> np.ndarray:
    """Return what is still shut while a link reopens little by little after the event."""
    if length <= 0.0 or ends == inf:
        return np.zeros_like(first)
    opens, closes = np.clip(first - ends, 0.0, length), np.clip(first + 1.0 - ends, 0.0, length)
    return closes - opens - (closes**2 - opens**2) / (2.0 * length)


# How much -----------------------------------------------------------------------------------


def resolved(size: Size, name: str, draws: Draws | None) -> np.ndarray:
    """Return a size for each member, shape (member,); (1,) where all have the same."""
    if size.low == size.high:
        return np.array([size.low])
    if draws is None:
        return np.array([size.central])
    return size.low + (size.high - size.low) * draws(name)


def amount(event: Event, effect: Effect, draws: Draws | None) -> np.ndarray:
    """Return how much an event at full force does, shape (member or 1,)."""
    size = resolved(event.size, event.id, draws)
    if effect.times is None:
        return size
    return size * resolved(event.what[effect.times], f"{event.id}/{effect.times}", draws)


def where(event: Event, effect: Effect, region: Region) -> np.ndarray:
    """Return 1 for the entries of a driver that an event is about and 0 elsewhere."""
    axes = DRIVERS[effect.driver][0]
    mask = np.ones(())
    for axis, key in zip(axes, effect.along, strict=True):
        named = event.what[key]
        labels = (named,) if isinstance(named, str) else named
        mask = mask[..., None] * np.array([float(label in labels) for label in region.axes[axis]])
    return mask


def change(
    shared: dict[str, np.ndarray],
    own: dict[Entry, np.ndarray],
    effect: Effect,
    by_member: np.ndarray,
    at: Sequence[tuple[int, ...]],
) -> None:
    """Put one effect of one event, (month, member or 1), on entries of a driver, in place.

    Only the months and the entries that the event is about are touched. An entry in which members
    come to differ stands by itself from then on.
    """
    stretches = _together(np.flatnonzero(by_member.any(axis=1)))
    for place in at:
        every: Any = (slice(None), slice(None), *place)
        entry, numbers = (effect.driver, place), shared[effect.driver][every]
        if entry not in own and by_member.shape[1] > 1:
            own[entry] = np.repeat(numbers, by_member.shape[1], axis=1)
        numbers = own.get(entry, numbers)
        for months in stretches:
            if effect.how == "add":
                numbers[months] += by_member[months]
            else:
                moved = by_member[months]
                numbers[months] *= 1.0 - moved if effect.how == "cut" else 1.0 + moved


def _together(places: np.ndarray) -> list[slice]:
    """Return whole numbers in order as stretches without a gap."""
    if not len(places):
        return []
    parts = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
    return [slice(int(part[0]), int(part[-1]) + 1) for part in parts]


# All together -------------------------------------------------------------------------------


Varied = Mapping[str, Sequence[Event | None]]
"""Events that are not the same for all members, by id: as each member has it; None: it has not."""


def drivers(
    scenario: Scenario, region: Region, draws: Draws | None = None, varied: Varied | None = None
) -> Drivers:
    """Return what is in force in each month of a scenario.

    Members have entries of their own only where a range is drawn from, or where they have an event
    in their own way.
    """
    shared = neutral(region, scenario.start, scenario.months)
    own: dict[Entry, np.ndarray] = {}
    for event in scenario.events:
        as_had = varied.get(event.id) if varied else None
        one_for_all = [event] if as_had is None else as_had
        force = forces(one_for_all, scenario.start, scenario.months)
        if not force.any():
            continue
        for effect in effects(event):
            size = (
                amount(event, effect, draws) if as_had is None else amounts(as_had, effect, draws)
            )
            by_member = force * (size - 1.0 if effect.how == "factor" else size)
            at = places(where(event, effect, region))
            change(shared, own, effect, by_member, at)
    for array, bounds in bounded(shared, own):
        np.clip(array, *bounds, out=array)
    for array in (*shared.values(), *own.values()):
        array.setflags(write=False)
    return Drivers(scenario.start, scenario.months, shared, own)


def bounded(
    shared: Mapping[str, np.ndarray], own: Mapping[Entry, np.ndarray]
) -> list[tuple[np.ndarray, tuple[float, float]]]:
    """Return the arrays that stay within bounds, each with its own."""
    within = [(array, BOUNDS[name]) for name, array in shared.items() if name in BOUNDS]
    return within + [(array, BOUNDS[name]) for (name, _), array in own.items() if name in BOUNDS]


def forces(events: Sequence[Event | None], start: str, months: int) -> np.ndarray:
    """Return how far events are in force in each month, shape (month, event)."""
    found: dict[Any, np.ndarray] = {None: np.zeros(months)}
    keys = [None if event is None else _when(event) for event in events]
    for key, event in zip(keys, events, strict=True):
        if event is not None and key not in found:
            found[key] = np.round(intensity(event, start, months), DIGITS)
    return np.stack([found[key] for key in keys], axis=-1)


def _when(event: Event) -> tuple[Any, ...]:
    """Return all of an event that says when it is in force."""
    return event.start, event.end, event.shape, event.months, event.what.get("reopening", 0.0)


def amounts(events: Sequence[Event | None], effect: Effect, draws: Draws | None) -> np.ndarray:
    """Return how much an event at full force does as each member has it, shape (member,)."""
    one = next(event for event in events if event is not None)
    having = [event or one for event in events]
    size = _resolved([event.size for event in having], one.id, draws)
    if effect.times is None:
        return size
    scale = [event.what[effect.times] for event in having]
    return size * _resolved(scale, f"{one.id}/{effect.times}", draws)


def _resolved(sizes: Sequence[Size], name: str, draws: Draws | None) -> np.ndarray:
    """Return the size that each member has of its own, drawn by the same number if a range."""
    low, high = (np.array([getattr(size, end) for size in sizes]) for end in ("low", "high"))
    if (low == high).all():
        return low
    drawn = np.full(len(sizes), 0.5) if draws is None else draws(name)
    return np.where(low == high, low, low + (high - low) * drawn)


def with_events(scenario: Scenario, kept: Collection[str]) -> Scenario:
    """Return the scenario with only some of its own events, for asking what each one did.

    Own events that are not kept are undone: what was added is dropped, what was removed comes
    back, and what was changed is as in the baseline.
    """
    before = {event.id: event for event in scenario.baseline.events} if scenario.baseline else {}
    after_ = {event.id: event for event in scenario.events}
    own = set(scenario.own_events)
    order = [*before, *(name for name in after_ if name not in before)]
    source = {name: after_ if name in kept or name not in own else before for name in order}
    events = tuple(source[name][name] for name in order if name in source[name])
    held = tuple(name for name in scenario.own_events if name in kept)
    removed = tuple(event for event in scenario.removed if event.id in kept)
    return replace(scenario, events=events, own_events=held, removed=removed)
