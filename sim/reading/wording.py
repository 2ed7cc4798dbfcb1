"""What a schema found wrong, in our own words and with what would be right."""

from __future__ import annotations

import math
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.reading.quantities import OTHER_BASE, shortened
from sim.reading.scenario_file import Arm, Include
from sim.reading.yaml_lines import Place, near

Fault = tuple[Place, str]
"""The place of a fault within a part of a file, and what is wrong there."""


def worded_faults(error: ValidationError, schema: type[BaseModel], raw: Any) -> list[Fault]:
    """Return each fault that a schema found, once for each place."""
    told: dict[Place, str] = {}
    for fault in error.errors(include_url=False):
        place = _known_part(raw, fault["loc"], fault["type"])
        if place not in told:
            told[place] = _worded(fault, schema, place)
    return list(told.items())


def _known_part(raw: Any, place: Place, kind: str) -> Place:
    """Return the place of a fault without the schema's own names for its variants."""
    for depth, part in enumerate(place):
        inside = (isinstance(raw, dict) and part in raw) or (
            isinstance(raw, list) and isinstance(part, int) and part < len(raw)
        )
        if not inside:
            return place[: depth + 1] if kind == "missing" else place[:depth]
        raw = raw[part]
    return place


def _worded(fault: Any, model: Any, place: Place) -> str:
    """Return what is wrong in our own words, and what would be right."""
    given, kind = fault["input"], fault["type"]
    if kind == "missing":
        told = model.model_fields.get(place[-1])
        return f"this is missing. {told.description}" if told is not None else "this is missing"
    if given is None and kind.endswith(("_type", "literal_error")):
        return "this is empty; fill it in, or leave the line out"
    if kind == "extra_forbidden":
        fields = list(_model_of(model, place).model_fields)
        return f"there is no such field here.{near(str(place[-1]), fields) or _listed(fields)}"
    if kind == "value_error":
        return str(fault["ctx"]["error"])
    if kind == "literal_error":
        known = [
            word.strip("' ") for word in fault["ctx"]["expected"].replace(" or ", ",").split(",")
        ]
        return f"'{shortened(given)}' is none of {', '.join(known)}.{near(str(given), known)}"
    in_tens = isinstance(given, str) and OTHER_BASE.match(given)
    told = _WORDING.get(kind, "{msg}") + ("; numbers are written in tens" if in_tens else "")
    return told.format(given=_as_written(given), msg=fault["msg"], **fault.get("ctx", {}))


def _model_of(model: Any, place: Place) -> Any:
    """Return the schema of the part of a file that holds a field."""
    inner = {"arms": Arm, "include": Include}
    return inner.get(str(place[0]), model) if len(place) > 1 else model


def _as_written(given: Any) -> str:
    if isinstance(given, float) and not math.isfinite(given):
        return ".nan" if math.isnan(given) else ".inf" if given > 0 else "-.inf"
    if isinstance(given, list | dict):
        return "a list" if isinstance(given, list) else "fields"
    return shortened(given)


def _listed(fields: list[str]) -> str:
    return f" Fields: {', '.join(fields)}"


_WORDING = {
    "string_type": "text is expected, not {given}; put it in quotes if it is meant as text",
    "string_too_short": "this is empty",
    "int_type": "a whole number is expected, not {given}",
    "string_unicode": "halves of characters in the text; take them out",
    "int_from_float": "a whole number is expected, not {given}",
    "float_type": "a number is expected, not {given}",
    "float_parsing": "a number is expected, not {given}",
    "finite_number": "a finite number is expected, not {given}",
    "list_type": "a list is expected: [a, b], or lines that begin with '- '",
    "dict_type": "fields are expected: 'name: what it is', indented below",
    "model_type": "fields are expected: 'name: what it is', indented below",
    "greater_than": "{given} is too small; it must be above {gt:g}",
    "greater_than_equal": "{given} is too small; the least is {ge:g}",
    "less_than_equal": "{given} is too large; the most is {le:g}",
    "too_short": "this list is empty; name at least one",
}
