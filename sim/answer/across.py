"""Sentences that compare the arms of one question, member by member: arms share their members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.answer.cells import streams, summed
from sim.answer.verdict import MOST, headline_moment, headline_state
from sim.answer.words import ends, moved, told
from sim.claims import direction, frequency, listed
from sim.compare import name as named
from sim.results import Results
from sim.vocabulary import MONTHS_A_YEAR

Record = dict[str, Any]


@dataclass(frozen=True)
class Compared:
    """What one arm is compared by: small arrays (member,), at the date of its own answer."""

    arm: str
    state: str  # name of the state whose ties move most
    partner: str
    sent: str  # the state's stream that loses most, or nothing
    unit: str
    changes: dict[str, np.ndarray]  # by what stands in a sentence


def compared(results: Results) -> Compared:
    """Return what one arm is compared by."""
    region, place = results.region, headline_state(results)
    at = headline_moment(results, place)
    pooled = results.at("difference", "pooled", at)[:, place]
    most = int(np.abs(np.median(pooled, axis=0)).argmax())
    threat = results.at("difference", "threat", at)[:, place, : len(region.powers)]
    feared = int(np.abs(np.median(threat, axis=0)).argmax())
    lost = [row for row in streams(results) if row["state"] == region.states[place]][:1]
    unsent = {"unsent": not_sent(results, lost[0]["stream"])} if lost else {}
    return Compared(
        arm=str(results.scenario.arm).replace("_", " "),
        state=region.actor(region.states[place]).name,
        partner=named(region.partners[most], region),
        sent=lost[0]["name"] if lost else "",
        unit=lost[0]["unit"].split("/")[0] if lost else "",
        changes={
            **unsent,
            "gdp": 100.0 * results.at("difference", "gdp_gap", at)[:, place],
            "threat": 100.0 * threat[:, feared],
            "share": 100.0 * pooled[:, most],
            "chosen": 100.0 * results.at("chosen change", "pooled", at)[:, place, most],
        },
    )


def not_sent(results: Results, code: str) -> np.ndarray:
    """Return what a stream sends less over the whole run, in its unit."""
    k = results.region.axes["stream"].index(code)
    runs = results.runs
    change = runs["scenario"].served[:, :, k] - runs["baseline"].served[:, :, k]
    return -change.sum(axis=0) / MONTHS_A_YEAR


def across(arms: list[Compared]) -> list[str]:
    """Return one or two sentences that compare the arms."""
    if len(arms) < 2:
        return []
    alike = len({(arm.state, arm.partner) for arm in arms}) == 1
    return [*sentence_on_most(arms)] if not alike else sentences_on_pairs(arms)


def sentence_on_most(arms: list[Compared]) -> list[str]:
    """Return whose ties move most in each arm, and in which arm they move furthest."""
    each = [
        f"{arm.state}'s in “{arm.arm}”, with the share of {arm.partner} "
        f"{ends(summed(arm.changes['share']), 'points')}"
        for arm in arms
    ]
    sizes = np.abs(np.stack([arm.changes["share"] for arm in arms]))
    first = int(np.median(sizes, axis=1).argmax())
    share = float(np.mean(sizes.argmax(axis=0) == first))
    return [
        f"The ties that move most are {'; '.join(each)}.",
        f"Ties move furthest in “{arms[first].arm}”, {frequency(share, sizes.shape[1])}.",
    ]


def sentences_on_pairs(arms: list[Compared]) -> list[str]:
    """Return how the first arm and each other differ, where the same ties move."""
    return [said for other in arms[1:] for said in sentences_on_pair(arms[0], other)]


def sentences_on_pair(one: Compared, other: Compared) -> list[str]:
    """Return what is the same in two arms of one state, and what differs, run by run."""
    pairs = {
        key: (one.changes[key], other.changes[key])
        for key in one.changes
        if key in other.changes and (one.changes[key].any() or other.changes[key].any())
    }
    apart = [key for key, (before, after) in pairs.items() if differs(before, after)]
    same = [noun_of(key, one)[0] for key in pairs if key not in apart]
    arms = f"“{one.arm}” and “{other.arm}”"
    said = [f"{arms} do not differ so that we can tell in {listed(same)}."] if same else []
    return [*said, *([sentence_on_differences(one, other, apart)] if apart else [])]


def sentence_on_differences(one: Compared, other: Compared, apart: list[str]) -> str:
    """Return what is higher or lower in the second arm than in the first, run by run."""
    parts = []
    for key in apart:
        noun, unit = noun_of(key, one)
        change = other.changes[key] - one.changes[key]
        often = frequency(direction(change)[1], len(change))
        parts.append(f"{noun} is {moved(summed(change), unit)}, {often}")
    chosen = [told(float(arm.changes["chosen"].mean())) for arm in (one, other)]
    by_choice = f"; by choice the share moves by {chosen[0]} and {chosen[1]} points, by the mean"
    return (
        f"In “{other.arm}” against “{one.arm}”, run by run: {'; '.join(parts)}"
        f"{by_choice if 'chosen' not in apart else ''}."
    )


def noun_of(key: str, arm: Compared) -> tuple[str, str]:
    """Return what is compared as it stands in a sentence, and its unit."""
    share = f"the share of {arm.partner} in {arm.state}'s ties"
    return {
        "unsent": (f"{arm.sent} not sent", arm.unit),
        "gdp": (f"{arm.state}'s GDP", "%"),
        "threat": (f"the threat that {arm.state} perceives", "points"),
        "share": (share, "points"),
        "chosen": ("its chosen part", "points"),
    }[key]


APART = 0.05
"""Part of the larger of two changes by which arms must differ to be told apart."""


def differs(before: np.ndarray, after: np.ndarray) -> bool:
    """Return whether two arms differ one way in most runs, and by more than next to nothing."""
    sign, share = direction(after - before)
    most = max(abs(float(np.median(before))), abs(float(np.median(after))))
    middle = abs(float(np.median(after - before)))
    return sign != 0 and share >= MOST and middle >= APART * most
