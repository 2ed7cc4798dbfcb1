"""One event as it is written: the event that it stands for, or all that is wrong with it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pydantic import ValidationError

from sim.reading.judgement import judged, judged_in_part
from sim.reading.kinds import KINDS
from sim.reading.quantities import shortened
from sim.reading.wording import Fault, worded_faults
from sim.reading.yaml_lines import near
from sim.region import Region
from sim.scenario import Event

UNKNOWN = ""
"""Stands for the kind of an event whose kind is wrong or missing."""


def kind_of(raw: dict[str, Any]) -> str:
    """Return the kind of an event, if it is one of the known kinds."""
    kind = raw.get("kind")
    return kind if isinstance(kind, str) and kind in KINDS else UNKNOWN


def examined(
    raw: dict[str, Any], region: Region, run: dict[str, Any], inherited: Collection[str]
) -> tuple[Event | None, list[Fault]]:
    """Return the event that is written, and what is wrong with it if anything.

    The end that a changed event has from its baseline may lie after the end of a shorter run.
    """
    kind = kind_of(raw)
    if kind == UNKNOWN:
        no_kind: Fault = (("kind",), _no_kind(raw.get("kind"), list(KINDS)))
        return None, [no_kind, *_faults_of_any_kind(raw, region, run, inherited)]
    schema, end_is_inherited = KINDS[kind], "end" in inherited
    try:
        model = schema.model_validate(raw)
    except ValidationError as error:
        unsound = worded_faults(error, schema, raw)
        wrong = {place[0] for place, _ in unsound if place}
        sound = {name: raw[name] for name in schema.model_fields if name in raw.keys() - wrong}
        part = schema.model_construct(**sound)
        return None, [*unsound, *_placed(judged_in_part(part, region, run, end_is_inherited))]
    event, faults = judged(model, region, run, end_is_inherited)
    return event, _placed(faults)


def _placed(faults: list[tuple[str, str]]) -> list[Fault]:
    return [((name,) if name else (), message) for name, message in faults]


def _faults_of_any_kind(
    raw: dict[str, Any], region: Region, run: dict[str, Any], inherited: Collection[str]
) -> list[Fault]:
    """Return the faults that an event has whichever it is of the kinds that its fields fit best."""
    found = [examined({**raw, "kind": kind}, region, run, inherited)[1] for kind in KINDS]
    fewest = min(len(faults) for faults in found)
    first, *others = (dict(faults) for faults in found if len(faults) == fewest)
    return [fault for fault in first.items() if all(fault[0] in other for other in others)]


def _no_kind(kind: Any, known: list[str]) -> str:
    if kind is None:
        return f"the kind is missing; one of {', '.join(known)}"
    meant = f"{near(str(kind), known)} Kinds: {', '.join(known)}"
    return f"'{shortened(kind)}' is no kind of event.{meant}"
