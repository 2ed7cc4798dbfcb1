"""Sentences on why it moves, who else moves, and what the size of it rests on."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from sim.answer.cells import summed
from sim.answer.clauses import ties_tell
from sim.answer.words import ends, told
from sim.claims import NOTHING, amount, listed, tells
from sim.compare import SENTENCES
from sim.compare import name as named
from sim.moments import Moment
from sim.results import Results

Record = dict[str, Any]


def why_it_moves(results: Results, state: Record, place: int, at: Moment) -> list[str]:
    """Return the sentences on what the change goes with, and who else moves."""
    wider = breadth_tells(results, place, at)
    return [
        *(sentences_on_why(results, state, at) if wider else ()),
        *sentence_on_others(results, place, at),
    ]


def what_it_rests_on(results: Results, rests_on: list[Record], place: int, at: Moment) -> list[str]:
    """Return the sentence on what the size of the change goes with over the runs."""
    if not rests_on or not breadth_tells(results, place, at):
        return []
    return sentence_on_evidence(results, rests_on[0])


def breadth_tells(results: Results, place: int, at: Moment) -> bool:
    """Return whether breadth moves, and the ties with it."""
    breadth = results.at("difference", "breadth", at)[:, place]
    return tells(breadth, "breadth") and ties_tell(results, place, at)


def sentence_on_others(results: Results, place: int, at: Moment) -> list[str]:
    """Return which of the other states' ties move too and by how much, and which do not."""
    region = results.region
    change = results.at("difference", "pooled", at)
    moving, still = [], []
    for other, code in enumerate(region.states):
        most = int(np.abs(np.median(change[:, other], axis=0)).argmax())
        name = region.actor(code).name
        if other == place:
            continue
        if tells(change[:, other, most], "share"):
            by = ends(summed(100.0 * change[:, other, most]), "points")
            moving.append(f"{name} ({named(region.partners[most], region)} {by})")
        else:
            still.append(name)
    said = [f"Ties move as well in {listed(moving)}."] if moving else []
    return [*said, f"The ties of {listed(still)} show {NOTHING}."] if still else said


IN_DOMAIN = {"security": "in security", "economic": "in the economy", "routes": "on routes"}


def sentences_on_why(results: Results, state: Record, at: Moment) -> list[str]:
    """Return the events and channels that carry most of the change of breadth."""
    parts = state["events"].get("breadth", {}).get(at.key, [])
    most = sorted(parts, key=lambda row: -abs(row["mean"]))[:2]
    total = sum(row["mean"] for row in parts)
    said = []
    if len(parts) > 1 and abs(total) > 0:
        largest = [
            f"{event_in_words(results, row['event'])} ({told(row['mean'], abs(total) / 100.0)})"
            for row in most
        ]
        said.append(
            f"By event, of a mean change of {amount(total)} effective partners: {listed(largest)}."
        )
    return [*said, *sentence_on_channels(results, state["channels"][at.key])]


def event_in_words(results: Results, name: str) -> str:
    """Return what an event supposes, without when; a theme of events by its name."""
    scenario = results.scenario
    for event in (*scenario.events, *scenario.removed):
        if event.id == name:
            gone = "no longer: " if event in scenario.removed else ""
            return f"{gone}{SENTENCES[event.kind](event, results.region)}"
    return name


def sentence_on_channels(results: Results, channels: list[Record]) -> list[str]:
    """Return the partners and domains that carry most of the change of breadth."""
    largest = sorted(channels, key=lambda row: -abs(row["mean"]))[:3]
    if not largest or largest[0]["mean"] == 0:
        return []
    parts = [
        f"those with {named(row['partner'], results.region)} {IN_DOMAIN[row['domain']]} "
        f"{'widen' if row['mean'] > 0 else 'narrow'} it by {amount(abs(row['mean']))}"
        for row in largest
        if abs(row["mean"]) > abs(largest[0]["mean"]) / 10.0
    ]
    return [f"By channel, in effective partners, of all changes of ties {listed(parts)}."]


KINDS = {"judged": "an assumption", "supposed": "what the scenario leaves open"}


def sentence_on_evidence(results: Results, row: Record) -> list[str]:
    """Return what the size of the change rests on."""
    meaning = spoken(row["meaning"])
    of = f" for {listed([key_in_words(results, key) for key in row['keys']])}" * bool(row["keys"])
    if row["method"] == "supposed":
        field, _, event = row["attribute"].partition(" of ")
        meaning = f"{field} of “{event_in_words(results, event.strip('“”'))}”"
    kind = KINDS.get(row["method"], "evidence with a range")
    more = "more" if (row["correlation"] > 0) == row["widens"] else "less"
    way = "widen" if row["widens"] else "narrow"
    return [
        f"From run to run, how far the breadth moves goes most closely with {kind}{of}: {meaning} "
        f"(the higher it is, the {more} the ties {way}: rank correlation "
        f"{amount(row['correlation'])})."
    ]


def spoken(meaning: str) -> str:
    """Return the meaning of a number as it stands within a sentence, without units in brackets."""
    first, rest = meaning[:1], re.sub(r" \([^)]*\)", "", meaning[1:]).replace(";", ",")
    return (first if rest[:1].isupper() else first.lower()) + rest


def key_in_words(results: Results, key: str) -> str:
    """Return the name of what a number of the ledger belongs to."""
    region = results.region
    named_by_code = {
        **{stream.code: stream.name for stream in region.streams},
        **{route.code: route.name for route in region.routes},
        **{link.code: link.name for link in region.links},
        **{good.code: f"{good.name[:1].lower()}{good.name[1:]}" for good in region.commodities},
        "economic": "the economy",
        **{actor.code: actor.name for actor in region.actors},
    }
    return named_by_code.get(key, key.replace("_", " "))
