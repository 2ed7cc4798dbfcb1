"""The world without some of its mechanisms: numbers at which they do nothing, events left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from difflib import get_close_matches

from sim.errors import InputError, Problem
from sim.region import LedgerRow, Mechanism, Region
from sim.scenario import Event, Scenario


def without(region: Region, names: Sequence[str]) -> Region:
    """Return a region in which some mechanisms are switched off.

    Every number of theirs is the one at which it does nothing, without a range; all else is as it
    was, so that a member is the same member but for what is off.
    """
    chosen = [name for name in dict.fromkeys(names) if name not in region.off]
    if not chosen:
        return region
    numbers: dict[str, float] = {}
    for name in chosen:
        numbers |= named(region, name).numbers
    ledger = tuple(
        fixed(row, numbers[row.attribute]) if row.attribute in numbers else row
        for row in region.ledger
    )
    return replace(region, ledger=ledger, off=(*region.off, *chosen))


def fixed(row: LedgerRow, value: float) -> LedgerRow:
    """Return a row of the ledger that is one number and nothing else."""
    return replace(row, low=value, central=value, high=value)


def without_events(scenario: Scenario, region: Region) -> Scenario:
    """Return a scenario, and its baseline with it, in a region where some mechanisms are off.

    Events by which alone a mechanism enters do not happen.
    """
    if not region.off:
        return scenario
    events, removed = (
        tuple(event for event in some if not left_out(event, region))
        for some in (scenario.events, scenario.removed)
    )
    gone = {e.id for e in (*scenario.events, *scenario.removed) if left_out(e, region)}
    return replace(
        scenario,
        events=events,
        removed=removed,
        own_events=tuple(name for name in scenario.own_events if name not in gone),
        baseline=scenario.baseline and without_events(scenario.baseline, region),
        arms=tuple(without_events(arm, region) for arm in scenario.arms),
        without=region.off,
    )


def left_out(event: Event, region: Region) -> bool:
    """Return whether an event belongs to a mechanism that is off."""
    labels = labels_of(event)
    return any(
        event.kind == kind and labels.issuperset(wanted)
        for name in region.off
        for kind, wanted in named(region, name).events
    )


def labels_of(event: Event) -> set[str]:
    """Return the partners, states and domains that an event names."""
    fields = (of if isinstance(of, list | tuple) else [of] for of in event.what.values())
    return {label for field in fields for label in field if isinstance(label, str)}


def named(region: Region, name: str) -> Mechanism:
    """Return a mechanism by its name; an unknown one is told with what may have been meant."""
    for one in region.mechanisms:
        if one.name == name:
            return one
    known = [one.name for one in region.mechanisms]
    raise InputError("What is switched off", [Problem(unknown(name, known))])


def unknown(name: str, known: Collection[str]) -> str:
    """Return what to say of a name that no mechanism has."""
    near = get_close_matches(name.lower().replace(" ", "_"), known, n=1, cutoff=0.5)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    there = f" There are {', '.join(known)}." if known else " This region has none."
    return f"{name!r} is no mechanism.{meant}{there}"


def refuse_unknown(region: Region, names: Sequence[str]) -> None:
    """Refuse names that no mechanism has, all of them at once."""
    known = [one.name for one in region.mechanisms]
    problems = [Problem(unknown(name, known)) for name in names if name not in known]
    if problems:
        raise InputError("What is switched off", problems)


def told(region: Region) -> list[str]:
    """Return for each mechanism that is off a sentence on what is so then."""
    return [f"{spoken(name)} is switched off: {named(region, name).says}." for name in region.off]


PROPER = ("american", "turkish")
"""Words of names that have a capital in a sentence."""


def plain(name: str) -> str:
    """Return the name of a mechanism as it stands within a sentence."""
    words = name.split("_")
    return " ".join(word.capitalize() if word in PROPER else word for word in words)


def spoken(name: str) -> str:
    """Return the name of a mechanism as it stands at the beginning of a sentence."""
    return plain(name)[0].upper() + plain(name)[1:]
