"""Sentences on what moves beside ties: tonnes; money; threat; hedging; insurance; how long."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.answer.cells import summed
from sim.answer.words import counted, moved, told, when
from sim.claims import NOTHING, amount, direction, frequency, listed, size, tells
from sim.compare import name as named
from sim.moments import Moment
from sim.results import Results

Record = dict[str, Any]


def what_moves(results: Results, found: Record, state: Record, place: int, at: Moment) -> list[str]:
    """Return the sentences on what moves, for the state whose ties move most."""
    name = state["name"]
    breadth = results.at("difference", "breadth", at)[:, place]
    return [
        *sentences_on_exports(found, results.members),
        *sentence_on_money(results, place, name, at),
        *sentence_on_threat(results, place, name, at),
        *sentence_on_hedging(results, place, state, at),
        *sentence_on_insurance(results, state, at),
        *(sentence_on_time(state, at) if tells(breadth, "breadth") else ()),
        *sentence_on_later(results, place, at),
    ]


def sentences_on_exports(found: Record, members: int) -> list[str]:
    """Return what is no longer sent, or sent beside it."""
    said = []
    for row in found["streams"]:
        part = row["part_of_year"][0]
        if abs(part) < LEAST_SENT or not row["state"]:
            continue
        change = moved(row["change_total"], row["unit"].split("/")[0], "more", "less")
        said.append(
            f"Over the whole run {change} {row['name']} is sent than in the baseline, or "
            f"{amount(abs(100 * part))}% of a base year's ({size(np.array([part]), 'lost')}), "
            f"{frequency(row['share_of_runs'], members)}."
        )
    return said[:2]


LEAST_SENT = 0.005
"""Part of a base year by which a stream must send more or less to be spoken of."""


def sentence_on_later(results: Results, place: int, at: Moment) -> list[str]:
    """Return what is left of the largest change of ties at the last date that is read."""
    last = results.moments[-1]
    if last.place <= at.place:
        return []
    change = np.median(results.at("difference", "pooled", at)[:, place], axis=0)
    most = int(np.abs(change).argmax())
    left = results.at("difference", "pooled", last)[:, place, most]
    partner = named(results.region.partners[most], results.region)
    if not tells(left, "share"):
        return [f"By {when(last)} the share of {partner} shows {NOTHING}."]
    parts = [results.at(f"{part} change", "pooled", last)[:, place, most] for part in PARTS]
    imposed, chosen = (told(100.0 * float(part.mean())) for part in parts)
    return [
        f"{stays(float(change[most]), float(np.median(left)), when(last), partner)} "
        f"{moved(summed(100.0 * left), 'points')} ({size(left, 'share')}), "
        f"{frequency(direction(left)[1], results.members)}; by the mean, {imposed} points of it "
        f"imposed and {chosen} chosen."
    ]


def stays(change: float, left: float, date: str, partner: str) -> str:
    """Return how a sentence begins on what is left of a change: less of it, or the reverse."""
    share = f"the share of {partner} is"
    if change * left < 0:
        return f"It turns round: by {date} {share}"
    if abs(left) < abs(change) / 2.0:
        return f"A smaller part stays: by {date} {share} still"
    return f"By {date} {share} still"


PARTS = ("imposed", "chosen")
"""The two parts of every change."""


def sentence_on_money(results: Results, place: int, name: str, at: Moment) -> list[str]:
    """Return what it costs or earns."""
    gap = 100.0 * results.at("difference", "gdp_gap", at)[:, place]
    if not tells(gap, "gdp"):
        return []
    return [
        f"{name}'s GDP stands {moved(summed(gap), '%')} than in the baseline in {when(at)} "
        f"({size(gap, 'gdp')}), {frequency(direction(gap)[1], results.members)}."
    ]


def sentence_on_threat(results: Results, place: int, name: str, at: Moment) -> list[str]:
    """Return whose threat moved most."""
    powers = results.region.powers
    change = results.at("difference", "threat", at)[:, place, : len(powers)]
    most = int(np.abs(np.median(change, axis=0)).argmax())
    members = change[:, most]
    if not tells(members, "share"):
        return []
    power = named(powers[most], results.region)
    return [
        f"The threat that {name} perceives from {power} is "
        f"{moved(summed(100.0 * members), 'points')} ({size(members, 'share')}), "
        f"{frequency(direction(members)[1], results.members)}."
    ]


def sentence_on_hedging(results: Results, place: int, state: Record, at: Moment) -> list[str]:
    """Return what may be said of hedging, naming the risk; never where ties were merely cut."""
    breadth = results.at("difference", "breadth", at)[:, place]
    found = state["verdict"][at.key]
    against = named(found["against"], results.region)
    rose = (
        f"{state['name']}'s hedging against being cut off by {against} rose: its own choices "
        f"raise at least two of the three lenses, the hedge that is on purpose is up, and so is "
        f"the threat that it perceives"
    )
    if not tells(breadth, "breadth"):
        shown = f"The breadth of {state['name']}'s ties shows {NOTHING}"
        return [f"{rose}." if found["hedging"] == "rose" else f"{shown}."]
    wider = direction(breadth)[0] > 0
    lead = (
        f"{state['name']}'s ties are spread "
        f"{moved(summed(breadth), 'effective partners', 'wider', 'narrower')} "
        f"({size(breadth, 'breadth')}), {frequency(direction(breadth)[1], results.members)}"
    )
    if found["hedging"] == "rose":
        return [f"{lead}.", f"{rose}."]
    if wider:
        return [f"{lead}; this is not called hedging, since {why_not(found)}."]
    return [f"{lead}."]


def why_not(verdict: Record) -> str:
    """Return why wider ties are not called hedging."""
    if not verdict["chosen_up"]:
        return "next to nothing of it was chosen"
    if not verdict["risk_up"]:
        return "there is no more to fear of any power than in the baseline"
    if not verdict["deliberate_up"]:
        return "the part that is on purpose is not up in most runs"
    return "by choice fewer than two of the three lenses are up"


def sentence_on_insurance(results: Results, state: Record, at: Moment) -> list[str]:
    """Return what the change of ties saves if a power withdraws, and what it costs to keep.

    At the date of the answer and at the last at which insurance is computed.
    """
    dates = [m for m in results.moments if m.key in state["insurance"] and m.place >= at.place]
    dates = [*dates[:1], *dates[1:][-1:]]
    told_at = {
        name: [(m, state["insurance"][m.key]["difference"][name]) for m in dates]
        for name in INSURED
    }
    parts = [
        f"{INSURED[name]} {insured_so(cells)}"
        for name, cells in told_at.items()
        if any(one_way(cell) for _, cell in cells)
    ]
    return [f"In the model, {'; '.join(parts)}."] if parts else []


def insured_so(cells: list[tuple[Moment, list[float]]]) -> str:
    """Return a change of insurance value or premium at each date, in words."""
    return listed(
        [f"{moved(cell, '% of GDP') if one_way(cell) else SAME} in {when(m)}" for m, cell in cells]
    )


SAME = "no different that we can tell"

INSURED = {
    "saved": "what its ties save if the power that it can least spare withdraws for a year is",
    "premium": "the premium of its ties is",
}


def one_way(cell: list[float]) -> bool:
    """Return whether a change of insurance is not tiny and goes one way in most of its band."""
    middle, low, high = cell
    against = max(-low, 0.0) if middle > 0 else max(high, 0.0)
    return abs(middle) >= INSURED_LEAST and against < abs(middle) / 4.0


INSURED_LEAST = 0.01
"""Least change of insurance value or premium that is told, % of GDP."""


def sentence_on_time(state: Record, at: Moment) -> list[str]:
    """Return how long the change of breadth lasts."""
    lasting = state["verdict"]["lasting"]
    if lasting["word"] == "no effect to last":
        return []
    if lasting["months"] is None:
        return [f"The change of breadth is not undone within the run, counted from {when(at)}."]
    return [
        f"The change of breadth is {lasting['word']}: at least half of it is gone "
        f"{counted(lasting['months'], 'month')} after {when(at)}."
    ]
