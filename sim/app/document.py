"""A composed scenario: plain fields as a page holds them, and the text of a scenario file."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from sim.errors import InputError, Problem
from sim.explore.sliders import number_of
from sim.reading.kinds import KINDS
from sim.reading.scenarios import SHIPPED
from sim.reading.yaml_lines import first_of, near, parsed
from sim.scenario import Event, Scenario
from sim.study.settings import fields_of
from sim.timeline import later

Document = dict[str, Any]
"""What a scenario file says, as YAML or JSON have it."""

FIELDS = (
    *("title", "question", "beyond", "sources", "extends", "include", "start", "months"),
    *("members", "seed", "rule", "without", "numbers", "strategy", "remove", "change", "events"),
)
"""Fields of a file in the order in which they are written."""

FIRST_OF_EVENT = ("id", "kind")

LARGEST_TEXT = 150_000
"""Bytes of a file that a page opens; the largest shipped one has a fifth of it."""

LEAST_LEFT = 1e-6
"""Part of a link below which nothing is left of it."""

SCHEMA_LINE = "# yaml-language-server: $schema=../docs/scenario.schema.json\n"

NAME = re.compile(r"[A-Za-z0-9_]{1,60}")
"""How the name of a composed scenario, or of a shipped one, is spelt."""


OF_FOLDER = re.compile(r"[A-Za-z0-9_]{1,60}\.py:[A-Za-z_]\w*")
"""How a strategy is named: a file of the folder that is let in, and no path."""


class Refusal(InputError):
    """What a page may not ask for; told as any fault of a file is."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__("The scenario", [Problem(message, line)])


def text_of(document: Mapping[str, Any]) -> str:
    """Return a document as the text of a scenario file: fields in order, empty ones left out."""
    from ruamel.yaml import YAML

    known = [name for name in FIELDS if document.get(name) not in (None, "", [], {})]
    others = [name for name in document if name not in FIELDS]
    ordered = {name: document[name] for name in (*known, *others)}
    if isinstance(ordered.get("events"), list):
        ordered["events"] = [in_order(one) for one in ordered["events"]]
    yaml = YAML(typ="rt", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    written = io.StringIO()
    yaml.dump(ordered, written)
    return SCHEMA_LINE + written.getvalue()


def in_order(event: Any) -> Any:
    """Return an event with its name and kind first; what is no event as it is."""
    if not isinstance(event, Mapping):
        return event
    first = {name: event[name] for name in FIRST_OF_EVENT if name in event}
    return {**first, **{name: given for name, given in event.items() if name not in first}}


def document_of(text: str) -> Document:
    """Return what the text of a scenario file says; refuse what is none, with its lines."""
    if len(text.encode("utf-8", errors="replace")) > LARGEST_TEXT:
        raise Refusal(f"the file is too large for a page ({LARGEST_TEXT // 1000} kB at most)")
    lines = parsed(text)
    if lines.problems or lines.twice:
        raise InputError("The file", first_of([*lines.problems, *lines.twice]))
    if not isinstance(lines.content, dict):
        raise Refusal("a scenario begins with 'title:' and 'question:'; this file does not", 1)
    return lines.content


def shipped(name: str, arm: str = "") -> Document:
    """Return a shipped scenario as a document; of several arms the one named, else the first."""
    if not NAME.fullmatch(name) or not (SHIPPED / f"{name}.yaml").is_file():
        known = sorted(path.stem for path in SHIPPED.glob("*.yaml"))
        raise Refusal(
            f"there is no scenario '{name[:60]}' among the shipped ones.{near(name, known)}"
        )
    text = (SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")
    return without_arms(document_of(text), arm)


def without_arms(document: Document, arm: str = "") -> Document:
    """Return a document with one of its arms as its own; as it is where it has none."""
    arms = document.get("arms")
    if not isinstance(arms, list) or not arms:
        if arm:
            raise Refusal("it has no arms")
        return document
    named = [one for one in arms if isinstance(one, dict)]
    chosen = next((one for one in named if one.get("name") == arm), None)
    if chosen is None and arm:
        raise Refusal("it has no such arm")
    chosen = chosen or (named[0] if named else {})
    whole = {name: given for name, given in document.items() if name != "arms"}
    nothing: Document = {"events": [], "remove": [], "change": {}}
    for name, empty in nothing.items():
        own, more = whole.get(name) or empty, chosen.get(name) or empty
        if isinstance(own, list) and isinstance(more, list):
            whole[name] = [*own, *more]
        elif isinstance(own, dict) and isinstance(more, dict):
            whole[name] = own | more
    if chosen.get("title"):
        whole["title"] = chosen["title"]
    return whole


def refuse_reaching_out(document: Mapping[str, Any], strategies: bool = False) -> None:
    """Refuse a document that names files of this machine, or code, beyond what is shipped."""
    if document.get("strategy") and not strategies:
        raise Refusal(
            "it names a strategy, which is code of somebody's; the app runs none unless it was "
            "begun with --allow-strategies"
        )
    held = document.get("strategy")
    if isinstance(held, dict) and not all(OF_FOLDER.fullmatch(str(one)) for one in held.values()):
        raise Refusal("a strategy is named as FILE.py:Class, a file of the folder that is let in")
    include = document.get("include")
    named = [document.get("extends"), include.get("file") if isinstance(include, dict) else None]
    for one in named:
        if one is None:
            continue
        stem = str(one).removesuffix(".yaml").removesuffix(".yml")
        if not NAME.fullmatch(stem) or not (SHIPPED / f"{stem}.yaml").is_file():
            known = ", ".join(sorted(path.stem for path in SHIPPED.glob("*.yaml")))
            raise Refusal(f"'{str(one)[:60]}': the app builds on shipped scenarios alone: {known}")


# What a slider moves --------------------------------------------------------------------------


def with_setting(document: Document, scenario: Scenario, name: str, number: float) -> Document:
    """Return a document in which one thing is otherwise: `event.field`, or a number of the ledger.

    An event of the file's own is written anew; one of its baseline is put under `change`. A date is
    told in months after that of `scenario`, which is the document as it was read.
    """
    event_id, dot, field = name.partition(".")
    events = {event.id: event for event in scenario.events}
    if not dot or event_id not in events:
        return {**document, "numbers": {**(document.get("numbers") or {}), name: rounded(number)}}
    event = events[event_id]
    if field not in fields_of(event) or field == "on":
        raise Refusal(f"'{event_id}' has no field that is moved so")
    if number_of(event, field) == number:
        return document
    fields = fields_as_set(event, field, number)
    own = [one for one in document.get("events") or [] if one.get("id") == event_id]
    if own:
        listed = [
            altered(one, fields) if one.get("id") == event_id else one for one in document["events"]
        ]
        return {**document, "events": listed}
    change = dict(document.get("change") or {})
    change[event_id] = altered(change.get(event_id) or {}, fields)
    return {**document, "change": change}


def altered(written: Mapping[str, Any], fields: Mapping[str, Any]) -> Document:
    """Return an event with fields that are otherwise; those that are None are left out."""
    whole = {**written, **fields}
    return {name: given for name, given in whole.items() if given is not None}


def fields_as_set(event: Event, field: str, number: float) -> Document:
    """Return the fields of an event that say one number, as a file has them."""
    if field == "months":
        length = int(number) if float(number).is_integer() else float(number)
        return {"months": length, "end": None}
    if field == "start":
        return moved_to(event, round(number))
    if field in ("size", "left"):
        return size_as_set(event, 1.0 - number if field == "left" else number)
    return {field: rounded(number)}


def size_as_set(event: Event, size: float) -> Document:
    """Return the fields that say how large an event is; of a cut the size is what is lost."""
    if event.kind in ("link_closed", "link_cut"):  # shut in part is another kind than shut
        whole = size >= 1.0 - LEAST_LEFT
        if whole:
            return {"kind": "link_closed", "left": None, "lost": None}
        return {"kind": "link_cut", "left": rounded(1.0 - size), "lost": None}
    if event.kind == "link_enlarged":
        other, mine = ("added", "factor") if event.what.get("by_factor") else ("factor", "added")
        return {mine: rounded(size), other: None}
    schema = KINDS[event.kind]
    if schema.size_field not in schema.model_fields:
        raise Refusal(f"'{event.id}' has no size")
    return {schema.size_field: rounded(size)}


def moved_to(event: Event, months: int) -> Document:
    """Return the dates of an event so many months later (earlier, below 0)."""
    fields: Document = {"start": later(event.start, months)}
    if event.end is not None:
        fields["end"] = later(event.end, months)
    return fields


def rounded(number: float) -> float:
    """Return a number as a hand would write it."""
    return float(f"{number:.3g}")
