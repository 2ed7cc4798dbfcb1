"""What a schema cannot know of an event: whether the region has what it names, and its dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sim.reading.event import Anywhere, OnLinks, OnStates
from sim.reading.event import Event as Written
from sim.reading.idle import Fault, idle
from sim.reading.kinds import (
    Budget,
    Cut,
    LinkCut,
    LinkEnlarged,
    LinkOpened,
    Realign,
    Trend,
)
from sim.reading.network import UNBUILT
from sim.reading.quantities import UNITS, Amount, shortened
from sim.reading.yaml_lines import near
from sim.region import Link, Region
from sim.scenario import Event, Size
from sim.timeline import month_after, month_number, span

AXIS_OF = {
    "state": "state",
    "states": "state",
    "power": "power",
    "partner": "partner",
    "by": "partner",
    "domain": "domain",
    "need": "need",
    "commodity": "commodity",
    "body": "body",
    "link": "link",
    "links": "link",
    "route": "route",
}
"""What the labels in each field are labels of."""

BY_A_POWER = ("rhetoric", "pressure", "visit", "summit")
"""Kinds whose `by` is a power; elsewhere passive partners can act too."""

_FACT = re.compile(r"[A-Z][A-Z0-9]{2}-\d{3}")


def judged(
    model: Any, region: Region, run: dict[str, Any], end_is_inherited: bool = False
) -> tuple[Event | None, list[Fault]]:
    """Return the event that a checked schema stands for, and what is wrong with it if anything."""
    faults = [
        *judged_in_part(model, region, run, end_is_inherited),
        *_alternatives(model),
        *_shape_faults(model),
    ]
    if faults:
        return None, faults
    event = _event(model, model.supposed(), _what(model, region))
    faults = [
        *_link_faults(model, event, region),
        *_trend_faults(model),
        *_realign_faults(model),
        *idle(model, event, region),
    ]
    return (None if faults else event), faults


def judged_in_part(
    model: Written, region: Region, run: dict[str, Any], end_is_inherited: bool = False
) -> list[Fault]:
    """Return what is wrong with the fields of an event that its schema found sound."""
    faults = [*_unknown_labels(model, region), *_unknown_facts(model, region)]
    if hasattr(model, "start"):
        faults += _date_faults(_event(model, Size(0.0, 0.0), {}), run, end_is_inherited)
    return faults


def _event(model: Written, size: Size, what: dict[str, Any]) -> Event:
    return Event(
        id=getattr(model, "id", ""),
        kind=model.kind,  # type: ignore[attr-defined]
        role=model.role,
        start=model.start[:7] if model.one_off else model.start,
        end=model.end[:7] if model.one_off and model.end else model.end,
        shape=_shape(model),
        months=model.months,
        size=size,
        what=what,
        because=tuple(model.because),
        note=model.note,
        theme=model.theme,
    )


def _what(model: Written, region: Region) -> dict[str, Any]:
    """Return the fields of its kind that the timeline needs, with names resolved."""
    what = {name: getattr(model, name) for name in model.carried}
    what = {n: c.size if isinstance(c, Amount) else c for n, c in what.items() if c is not None}
    if isinstance(model, OnLinks):
        what["links"] = _links(model, region)
    if isinstance(model, OnStates | Anywhere):
        what["states"] = _states(model, region)
    if isinstance(model, LinkEnlarged) and model.factor is not None:
        what["by_factor"] = True
    if model.one_off and len(model.start) > len("2022-01"):
        what["day"] = model.start
    return what


# Names --------------------------------------------------------------------------------------


def _unknown_labels(model: Written, region: Region) -> Iterator[Fault]:
    by_power = model.kind in BY_A_POWER  # type: ignore[attr-defined]
    for name, axis in {**AXIS_OF, **({"by": "power"} if by_power else {})}.items():
        given = getattr(model, name, None)
        if given is None or given == "all":
            continue
        for label in (given,) if isinstance(given, str) else given:
            if label not in region.axes[axis]:
                yield name, unknown(label, axis, region)
    corridor = getattr(model, "corridor", None)
    corridors = sorted({route.corridor for route in region.routes})
    if corridor is not None and corridor not in corridors:
        known = near(corridor, corridors) or f" It has: {', '.join(corridors)}."
        yield "corridor", f"'{shortened(corridor)}' is no corridor of this region.{known}"


def unknown(label: str, axis: str, region: Region) -> str:
    """Return that a label is unknown on an axis, and the nearest one that is known."""
    known = {code: code for code in region.axes[axis]}
    named = {"link": region.links, "route": region.routes, "commodity": region.commodities}
    for thing in named.get(axis, region.actors):
        if thing.code in known:  # type: ignore[attr-defined]
            known[thing.name] = thing.code  # type: ignore[attr-defined]
    meant = near(label, known) or f" It has: {', '.join(region.axes[axis])}."
    return f"'{shortened(label)}' is no {axis} of this region.{meant}"


def _unknown_facts(model: Written, region: Region) -> Iterator[Fault]:
    for fact in model.because:
        if _FACT.fullmatch(fact) and region.facts and fact not in region.facts:
            yield "because", f"'{fact}' is no fact of the articles.{near(fact, list(region.facts))}"


def _states(model: OnStates | Anywhere, region: Region) -> tuple[str, ...]:
    unnamed = isinstance(model, Anywhere) and model.state is None and model.states is None
    if model.states == "all" or unnamed:
        return region.states
    return (model.state,) if model.state else tuple(model.states or ())


def _links(model: OnLinks, region: Region) -> tuple[str, ...]:
    """Return the links that are meant; of a route or corridor, those that no other one uses."""
    if model.link:
        return (model.link,)
    if model.links:
        return tuple(model.links)
    mine = [r for r in region.routes if model.route == r.code or model.corridor == r.corridor]
    others = {link for route in region.routes if route not in mine for link in route.links}
    return tuple(dict.fromkeys(link for r in mine for link in r.links if link not in others))


# Fields that go together --------------------------------------------------------------------


def _alternatives(model: Written) -> Iterator[Fault]:
    if isinstance(model, OnLinks):
        yield from _exactly_one(model, ("link", "links", "route", "corridor"))
    if isinstance(model, OnStates):
        yield from _exactly_one(model, ("state", "states"))
    if isinstance(model, Anywhere) and model.state is not None and model.states is not None:
        yield "states", "give either state or states, not both."
    if isinstance(model, Budget) and model.domain is None and (model.state or model.states):
        yield "state", "a whole budget is spent on all states: name a domain beside the state."
    if isinstance(model, LinkCut):
        yield from _exactly_one(model, ("left", "lost"))
    if isinstance(model, LinkEnlarged):
        yield from _exactly_one(model, ("added", "factor"))


def _exactly_one(model: Written, names: tuple[str, ...]) -> Iterator[Fault]:
    given = [name for name in names if getattr(model, name) is not None]
    if not given:
        yield "", f"one of {', '.join(names)} is missing"
    elif len(given) > 1:
        yield given[1], f"give {' or '.join(given)}, not both"


def _shape(model: Written) -> str:
    if model.shape is not None:
        return model.shape
    return "pulse" if model.months is not None else model.shape_if_none


def _shape_faults(model: Written) -> Iterator[Fault]:
    shape = _shape(model)
    if model.shape == "step" and model.months is not None:
        yield "months", "a step has no length; give its end, or write shape: pulse"
    if shape in ("ramp", "decay") and model.months is None:
        wanted = "over how many it rises" if shape == "ramp" else "in how many it halves"
        yield "", f"a {shape} needs months: {wanted}"
    if shape == "pulse" and model.months is not None and model.end is not None:
        yield "end", "give end or months, not both"
    if isinstance(model, Trend) and model.shape in ("ramp", "decay"):
        yield "shape", "a trend has no shape: it grows evenly from start to end"
    if getattr(model, "reopening", 0.0) and (shape in ("ramp", "decay") or _open_ended(model)):
        yield "reopening", "only what ends can reopen; give its end or months"


def _open_ended(model: Written) -> bool:
    return _shape(model) == "step" and model.end is None


# Dates --------------------------------------------------------------------------------------


def _date_faults(event: Event, run: dict[str, Any], end_is_inherited: bool) -> Iterator[Fault]:
    begins, ends = span(event)
    first = month_number(run["start"])
    last = month_after(run["start"], run["months"] - 1)
    if ends <= begins:
        yield "end", f"{event.end} is before the start ({event.start})"
    elif begins >= first + run["months"]:
        yield "start", f"{event.start} is after the last month of this run ({last})"
    elif begins < first and event.kind != "trend":
        yield "start", f"{event.start} is before the first month of this run ({run['start']})"
    elif event.kind == "trend" and ends <= first:
        yield "end", f"{event.end} is before the first month of this run ({run['start']})"
    elif event.end is not None and not end_is_inherited and ends > first + run["months"]:
        yield "end", f"{event.end} is after the last month of this run ({last})"


# Links, bodies, trends ----------------------------------------------------------------------


def _link_faults(model: Written, event: Event, region: Region) -> Iterator[Fault]:
    if not isinstance(model, OnLinks):
        return
    if not event.what["links"]:
        yield "", "every link of it is used by others too; name the links that are meant"
    for link in (link for link in region.links if link.code in event.what["links"]):
        if isinstance(model, LinkOpened) and link.opened != UNBUILT:
            yield "", f"'{link.code}' is open since {link.opened}; use kind: link_enlarged"
        yield from _unit_faults(model, link)
        if isinstance(model, Cut) and model.by and model.by != link.gatekeeper:
            keeper = link.gatekeeper or "none of the partners"
            yield "by", f"'{model.by}' does not keep '{link.code}' ({keeper} does)"


def _unit_faults(model: Written, link: Link) -> Iterator[Fault]:
    for name in ("capacity", "added"):
        written: Amount | None = getattr(model, name, None)
        if written is None or written.named is None:
            continue
        if written.named.casefold() not in (unit.casefold() for unit in UNITS[link.unit]):
            yield name, f"'{written.named}' is the wrong unit; '{link.code}' is in {link.unit}"


def _realign_faults(model: Written) -> Iterator[Fault]:
    if isinstance(model, Realign) and model.domain == "routes":
        yield "domain", "ties of routes follow the cargo; a wish is for security or economic"


def _trend_faults(model: Written) -> Iterator[Fault]:
    if not isinstance(model, Trend):
        return
    if model.what == "trade" and model.partner is None:
        yield "partner", "a trend of trade needs the partner"
    if model.what == "gdp" and model.partner is not None:
        yield "partner", "a trend of GDP has no partner; leave it out"
