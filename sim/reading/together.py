"""What cannot be among events together: contradictions, and events that lack what they act on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import inf
from typing import Any

import numpy as np

from sim.reading.network import UNBUILT
from sim.region import Region
from sim.scenario import Event, Size
from sim.timeline import effects, intensity, month_number, span, where
from sim.vocabulary import MONTHS_A_YEAR

FURTHEST = 3.0
"""Log points over a run: a twentieth or twenty times; beyond it no trend is one."""

SHUTTING = ("link_closed", "link_cut")


@dataclass(frozen=True)
class Clash:
    """An event that cannot be as it is, and the other one that is in its way, if one is."""

    event: Event
    message: str
    other: Event | None = None


def clashes(events: list[Event], region: Region) -> Iterator[Clash]:
    """Yield what cannot be among events; of two, the one that is written later is told."""
    for one, other in combinations(events, 2):
        for message in _contradiction(one, other):
            yield Clash(other, message, one)
    yield from _memberships(events, region)


NEEDED = ("link_opened", "sanctions")
"""Kinds without which others have nothing to act on."""


def baseless(events: list[Event], region: Region) -> Iterator[Clash]:
    """Yield events that need another one, in the same months, to act on anything."""
    yield from _unopened(events, region)
    yield from _unsanctioned(events)


def _unopened(events: list[Event], region: Region) -> Iterator[Clash]:
    """Yield what is done to a link before it is there."""
    unbuilt = {link.code for link in region.links if link.opened == UNBUILT}
    for event in (event for event in events if event.kind != "link_opened"):
        for link in sorted(unbuilt & set(event.what.get("links", ()))):
            opening = [e for e in events if e.kind == "link_opened" and link in e.what["links"]]
            if not opening:
                yield Clash(event, f"'{link}' is not built, and no event opens it (link_opened)")
            elif not any(_overlap(event, one) for one in opening):
                message = f"'{event.id}': '{link}' is not open in these months"
                yield Clash(event, message, opening[0])


AGAINST_REEXPORTS = ("crackdown", "enforcement")


def _unsanctioned(events: list[Event]) -> Iterator[Clash]:
    """Yield what is done against re-exports where no sanctions make any."""
    sanctions = [event for event in events if event.kind == "sanctions"]
    for event in (event for event in events if event.kind in AGAINST_REEXPORTS):
        if not any(_overlap(event, one) for one in sanctions):
            yield Clash(
                event,
                f"'{event.id}': no sanctions are in force in these months (kind: sanctions), so "
                "nothing is re-exported",
            )


def _contradiction(one: Event, other: Event) -> Iterator[str]:
    shared = sorted(set(one.what.get("links", ())) & set(other.what.get("links", ())))
    links = ", ".join(f"'{link}'" for link in shared)
    both = f"'{one.id}' and '{other.id}'"
    if shared and one.kind in SHUTTING and other.kind in SHUTTING and _overlap(one, other):
        yield f"{both} both shut or cut {links} in the same months; end one before the other"
    if shared and (_opens_while_shut(one, other) or _opens_while_shut(other, one)):
        yield f"{both} open and shut {links} in the same months"
    if {one.kind, other.kind} == {"join", "leave"} and _same_body(one, other):
        yield f"{both} have a state join and leave {one.what['body']} at once"


def _overlap(one: Event, other: Event) -> bool:
    (a, b), (c, d) = span(one), span(other)
    return a < d and c < b


def _opens_while_shut(one: Event, other: Event) -> bool:
    if one.kind != "link_opened" or other.kind not in SHUTTING:
        return False
    begins, ends = span(other)
    return begins <= span(one)[0] < ends if ends < inf else begins <= span(one)[0]


def _same_body(one: Event, other: Event) -> bool:
    return (
        one.what["body"] == other.what["body"]
        and bool(set(one.what["states"]) & set(other.what["states"]))
        and one.start == other.start
    )


# Bodies, in the order of the dates ------------------------------------------------------------


@dataclass(frozen=True)
class Turn:
    """A moment at which a state comes into a body, or goes out of it."""

    moment: float  # months since the year 0
    begins: bool  # of two at one moment, the event that ends goes first
    enters: bool
    event: Event


def _memberships(events: list[Event], region: Region) -> Iterator[Clash]:
    """Yield where a state joins a body that it is in by then, or leaves one that it is not in."""
    if not region.ledger:
        return
    members = {r.keys for r in region.ledger if r.attribute == "membership" and r.central > 0}
    moving = [event for event in events if event.kind in ("join", "leave")]
    for state, body in dict.fromkeys((s, e.what["body"]) for e in moving for s in e.what["states"]):
        mine = [e for e in moving if e.what["body"] == body and state in e.what["states"]]
        yield from _out_of_turn(mine, state, body, (state, body) in members)


def _out_of_turn(events: list[Event], state: str, body: str, inside: bool) -> Iterator[Clash]:
    before: Event | None = None
    turns = sorted(_turns(events), key=lambda turn: (turn.moment, turn.begins))
    for turn in turns:
        if turn.enters == inside:
            already = "is a member already of" if inside else "is no member of"
            since = f"by '{before.id}'" if before else "in the base year"
            when = "" if turn.begins else " when it ends"
            yield Clash(
                turn.event, f"'{turn.event.id}': {state} {already} {body}{when}, {since}", before
            )
        inside, before = turn.enters, turn.event


def _turns(events: list[Event]) -> Iterator[Turn]:
    for event in events:
        begins, ends = span(event)
        yield Turn(begins, True, event.kind == "join", event)
        if ends < inf:
            yield Turn(ends, False, event.kind != "join", event)


# Trends, over the whole run -------------------------------------------------------------------


def overgrown(events: list[Event], run: dict[str, Any]) -> Iterator[Clash]:
    """Yield trends that lead further than the model bears, alone or with those written before."""
    total: dict[tuple[str, ...], Size] = {}
    for event in (event for event in events if event.kind == "trend"):
        years = _years(event, run)
        grown = Size(event.size.low * years, event.size.high * years)
        for drift in _drifts(event):
            before = total.get(drift, Size(0.0, 0.0))
            total[drift] = Size(before.low + grown.low, before.high + grown.high)
        sums = [total[drift] for drift in _drifts(event)]
        furthest = max(abs(end) for size in (grown, *sums) for end in (size.low, size.high))
        if furthest > FURTHEST:
            yield Clash(event, _too_far(event, furthest, years))


def _drifts(event: Event) -> list[tuple[str, ...]]:
    what, partner = event.what["what"], event.what.get("partner") or ""
    return [(what, state, partner) for state in event.what["states"]]


def _years(event: Event, run: dict[str, Any]) -> float:
    """Return for how many years a trend is under way by the end of a run."""
    begins, ends = span(event)
    return (min(ends, month_number(run["start"]) + run["months"]) - begins) / MONTHS_A_YEAR


def _too_far(event: Event, furthest: float, years: float) -> str:
    return (
        f"'{event.id}' leads to a change of {furthest:.2g} log points in {years:.3g} years, with "
        f"the trends of the same before it; {FURTHEST:g} at most: a smaller per_year, or an end"
    )


# Drivers that are full already ----------------------------------------------------------------

FILLED = ("sanctions", "enforcement", "crackdown", "threat_signal", "rhetoric", "backlash")
"""Drivers from none to full, to which events add; what is added to one that is full is lost."""


def overfull(events: list[Event], region: Region, run: dict[str, Any]) -> Iterator[Clash]:
    """Yield events that add only to what those written before them have filled already."""
    for driver in FILLED:
        adding = [e for e in events if any(of.driver == driver for of in effects(e))]
        least = np.zeros(1)  # what is there at the least, whatever is drawn
        for number, event in enumerate(adding):
            added = _added(event, driver, region, run)
            if number and added.any() and (least[added > 0.0] >= 1.0).all():
                other = next((e for e in adding[:number] if _overlap(e, event)), adding[0])
                yield Clash(
                    event, f"'{event.id}' adds to what is full already in these months", other
                )
            least = least + added * event.size.low


def _added(event: Event, driver: str, region: Region, run: dict[str, Any]) -> np.ndarray:
    """Return how far an event adds to a driver, (month, *axes), at a size of 1."""
    effect = next(of for of in effects(event) if of.driver == driver)
    mask = where(event, effect, region)
    return np.multiply.outer(intensity(event, run["start"], run["months"]), mask)
