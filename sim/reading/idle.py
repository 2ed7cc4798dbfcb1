"""Events that would change nothing at all, though they are written as if they did."""

from __future__ import annotations

from collections.abc import Iterator

from sim.reading.event import Event as Written
from sim.reading.kinds import Cut
from sim.region import Region
from sim.scenario import Event
from sim.timeline import effects
from sim.vocabulary import DOMAINS

Fault = tuple[str, str]
"""The field (or "" for the event as a whole) and what is wrong."""

INSTEAD = "leave the event out (in an arm: remove: [{id}])"


def idle(model: Written, event: Event, region: Region) -> Iterator[Fault]:
    """Yield why an event would change nothing, or a field of it would not."""
    yield from _size_of_nothing(model, event)
    if isinstance(model, Cut):
        yield from _intent_of_nobody(model, event, region)
    if region.ledger and event.kind in GRIPS:
        yield from GRIPS[event.kind](event, region)


def _size_of_nothing(model: Written, event: Event) -> Iterator[Fault]:
    at_rest = 1.0 if effects(event)[0].how == "factor" else 0.0
    if event.size.low == event.size.high == at_rest:
        written = ("left", "lost", "added", "factor", model.size_field)
        name = next((field for field in written if getattr(model, field, None) is not None), "")
        yield name, f"this size changes nothing; {INSTEAD.format(id=event.id)}"


def _intent_of_nobody(model: Cut, event: Event, region: Region) -> Iterator[Fault]:
    """Yield that no partner is feared for a cut, where its intent is told all the same."""
    cut = [link for link in region.links if link.code in event.what["links"]]
    if "intent" in model.model_fields_set and not any(link.gatekeeper for link in cut):
        codes = ", ".join(f"'{link.code}'" for link in cut)
        yield "intent", f"no partner keeps {codes}, so nobody is feared for it; leave intent out"


# What the region has for an event to act on ---------------------------------------------------


def _given(region: Region, attribute: str, *keys: str | None) -> bool:
    """Return whether any number above 0 is known under these keys (None: whichever)."""
    return any(
        row.attribute == attribute
        and row.high > 0.0
        and all(key in (None, own) for key, own in zip(keys, row.keys, strict=True))
        for row in region.ledger
    )


def _without_restraint(event: Event, region: Region) -> Iterator[Fault]:
    power = event.what["power"]
    if not _given(region, "restraint", power):
        some = ", ".join(one for one in region.powers if _given(region, "restraint", one))
        yield "power", f"'{power}' holds itself back in nothing at rest (restraint: {some} only)"


def _without_migrants(event: Event, region: Region) -> Iterator[Fault]:
    power = event.what["power"]
    none = [s for s in event.what["states"] if not _given(region, "remittances_share", s, power)]
    if len(none) == len(region.states) or (none and len(event.what["states"]) < len(region.states)):
        yield "power", f"nothing is sent home from {power} to {', '.join(none)}"


def _needs_no_migrants(event: Event, region: Region) -> Iterator[Fault]:
    if not _given(region, "remittances_share", None, event.what["power"]):
        yield "power", f"no migrants of the region work in {event.what['power']}"


def _without_reexports(event: Event, region: Region) -> Iterator[Fault]:
    none = [s for s in event.what["states"] if not _given(region, "reexport_capacity_busd", s)]
    if none:
        yield "states", f"no firm of {', '.join(none)} passes goods on"


def _without_effort(event: Event, region: Region) -> Iterator[Fault]:
    domain = event.what.get("domain")
    partner = event.what.get("partner") or event.what["power"]
    known = DOMAINS if domain is None else (domain,)
    if not any(
        _given(region, "effort", partner, s, d) for s in event.what["states"] for d in known
    ):
        yield "domain", f"'{partner}' does nothing there in the base year that could grow or shrink"


def _without_sellers(event: Event, region: Region) -> Iterator[Fault]:
    commodity = event.what["commodity"]
    if not any(stream.state for stream in region.streams if stream.commodity == commodity):
        yield "commodity", f"no state sells '{commodity}', so its price moves nothing"


GRIPS = {
    "restraint": _without_restraint,
    "remittances": _without_migrants,
    "labour_need": _needs_no_migrants,
    "crackdown": _without_reexports,
    "engagement": _without_effort,
    "budget": _without_effort,
    "price": _without_sellers,
}
"""What must be there for a kind of event to act on."""
