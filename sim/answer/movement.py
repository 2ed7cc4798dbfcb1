"""Sentences on what moves beside ties: tonnes; money; threat; hedging; insurance; how long."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.answer.cells import summed
from sim.answer.clauses import MOST_STATES, clear, each_often, often, ties_tell
from sim.answer.words import counted, moved, possessive, told, when
from sim.claims import NOTHING, amount, direction, frequency, listed, size, tells
from sim.compare import name as named
from sim.moments import Moment
from sim.results import Results

Record = dict[str, Any]


def what_moves(results: Results, found: Record, state: Record, place: int, at: Moment) -> list[str]:
    """Return the sentences on what moves, for the state whose ties move most.

    Of breadth, insurance and what stays nothing is said where its ties show nothing.
    """
    first = [
        *sentences_on_exports(found, results.members),
        *sentence_on_money(results, place, state["name"], at),
        *sentence_on_threat(results, at),
    ]
    if not ties_tell(results, place, at):
        return first
    breadth = results.at("difference", "breadth", at)[:, place]
    return [
        *first,
        *sentence_on_hedging(results, place, state, at),
        *sentence_on_insurance(state, at, results.moments),
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
        f"{often(left)}; by the mean, {imposed} points of it "
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
        f"({size(gap, 'gdp')}), {often(gap)}."
    ]


def sentence_on_threat(results: Results, at: Moment) -> list[str]:
    """Return which states perceive more or less threat, and from whom: the three that most do."""
    region = results.region
    found = []
    for place, state in enumerate(region.states):
        change = results.at("difference", "threat", at)[:, place, : len(region.powers)]
        most = int(np.abs(np.median(change, axis=0)).argmax())
        if clear(change[:, most], THREAT_TOLD):
            found.append((region.actor(state).name, region.powers[most], change[:, most]))
    found.sort(key=lambda row: -abs(float(np.median(row[2]))))
    whose = [
        possessive(name)
        if power == found[0][1] and place
        else f"{name} perceives from {named(power, region)} is"
        for place, (name, power, _) in enumerate(found[:MOST_STATES])
    ]
    parts = [
        f"{who} {moved(summed(100.0 * x), 'points')} ({size(x, 'share')})"
        for who, (_, _, x) in zip(whose, found, strict=False)
    ]
    often_all = each_often([x for _, _, x in found[:MOST_STATES]]) if parts else ""
    return [f"In {when(at)} the threat that {listed(parts)}, {often_all}."] if parts else []


THREAT_TOLD = 0.005
"""Least change of a perceived threat that is told, half a point."""


def sentence_on_hedging(results: Results, place: int, state: Record, at: Moment) -> list[str]:
    """Return what may be said of hedging, naming the risk; never where ties were merely cut."""
    breadth = results.at("difference", "breadth", at)[:, place]
    found = state["verdict"][at.key]
    against = named(found["against"], results.region)
    rose = (
        f"{state['name']}'s hedging against being cut off by {against} rose: by its own choices "
        f"{listed([LENS_NAMES[lens] for lens in found['lenses_up']])} are up, the hedge that is on "
        f"purpose is up, and so is the threat that it perceives, each in most runs"
    )
    if not tells(breadth, "breadth"):
        shown = f"The breadth of {state['name']}'s ties shows {NOTHING}"
        return [f"{rose}." if found["hedging"] == "rose" else f"{shown}."]
    wider = direction(breadth)[0] > 0
    imposed, chosen = (
        float(results.at(f"{part} change", "breadth", at)[:, place].mean())
        for part in ("imposed", "chosen")
    )
    lead = (
        f"{state['name']}'s ties are spread "
        f"{moved(summed(breadth), 'effective partners', 'wider', 'narrower')} "
        f"({size(breadth, 'breadth')}), {often(breadth)}; of the mean of "
        f"{amount(imposed + chosen)}, {told(imposed, 0.001)} are imposed and "
        f"{told(chosen, 0.001)} chosen"
    )
    if found["hedging"] == "rose":
        return [f"{lead}.", f"{rose}."]
    if wider:
        return [f"{lead}; this is not called hedging, since {why_not(found)}."]
    return [f"{lead}."]


LENS_NAMES = {
    "breadth": "breadth",
    "ambiguity": "security ambiguity",
    "two_sidedness": "two-sidedness",
}


def why_not(verdict: Record) -> str:
    """Return why wider ties are not called hedging."""
    if not verdict["chosen_up"]:
        return "next to nothing of it was chosen"
    if not verdict["risk_up"]:
        return "there is no more to fear of any power than in the baseline"
    if not verdict["deliberate_up"]:
        return "the part that is on purpose is not up in most runs"
    return "by choice fewer than two of the three lenses are up"


def sentence_on_insurance(state: Record, at: Moment, read: tuple[Moment, ...]) -> list[str]:
    """Return what the change of ties saves if a power withdraws, and what it costs to keep.

    At the date of the answer and at the last at which insurance is computed, where each tells.
    """
    dates = [m for m in read if m.key in state["insurance"] and m.place >= at.place]
    parts = []
    for name, words in INSURED.items():
        cells = {
            m: state["insurance"][m.key]["difference"][name] for m in [*dates[:1], *dates[1:][-1:]]
        }
        clear_ones = {m: cell for m, cell in cells.items() if one_way(cell)}
        if clear_ones:
            each = [f"{hundredths(cell)} in {when(m)}" for m, cell in clear_ones.items()]
            parts.append(f"{words} {listed(each)}")
    whole = f"In the model, {'; '.join(parts)}."
    short = whole if len(whole.split()) <= MOST_WORDS else f"In the model, {''.join(parts[:1])}."
    return [short] if parts else []


MOST_WORDS = 40
"""Words of the sentence on insurance; the premium is left to its table where it does not fit."""

INSURED = {
    "saved": "if the power least to be spared withdraws, ties save",
    "premium": "the premium of ties is",
}


def hundredths(cell: list[float]) -> str:
    """Return a change of insurance in hundredths of a percent of GDP, range before median."""
    middle, *between = (abs(x) for x in cell)
    low, high = sorted(between) if cell[1] * cell[2] > 0 else (0.0, between[cell[0] > 0])
    word = "more" if cell[0] > 0 else "less"
    if f"{low:.2f}" == f"{high:.2f}":
        return f"{middle:.2f}% of GDP {word}"
    return f"{low:.2f} to {high:.2f}% of GDP (median {middle:.2f}) {word}"


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
