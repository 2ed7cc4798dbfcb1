"""Sentences that compare the arms of one question, member by member: arms share their members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.answer.cells import streams, summed
from sim.answer.clauses import clear, often
from sim.answer.verdict import MOST, headline_moment, headline_state
from sim.answer.words import ends, moved, told, when
from sim.claims import SIZES, frequency, listed
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
    date: str
    sent: str  # the state's stream that loses most, or nothing
    unit: str
    year: float  # what that stream sends in the base year
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
        date=when(at),
        sent=lost[0]["name"] if lost else "",
        unit=lost[0]["unit"].split("/")[0] if lost else "",
        year=lost[0]["base"][0] if lost else 0.0,
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
        f"{arm.state}'s in “{arm.arm}” in {arm.date}, with the share of {arm.partner} "
        f"{ends(summed(arm.changes['share']), 'points')}"
        for arm in arms
    ]
    sizes = np.abs(np.stack([arm.changes["share"] for arm in arms]))
    first = int(np.median(sizes, axis=1).argmax())
    share = float(np.mean(sizes.argmax(axis=0) == first))
    furthest = (
        f"Ties move furthest in “{arms[first].arm}”, {frequency(share, sizes.shape[1])}."
        if share >= MOST
        else "In which arm ties move furthest differs from run to run."
    )
    return [f"The ties that move most are {'; '.join(each)}.", furthest]


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
    apart = [key for key, both in pairs.items() if differs(*both, least(key, one))]
    same = [noun_of(key, one)[0] for key in pairs if key not in apart]
    arms = f"“{one.arm}” and “{other.arm}”, {read_in(one, other)},"
    said = [f"{arms} do not differ so that we can tell in {listed(same)}."] if same else []
    return [*said, *([sentence_on_differences(one, other, apart)] if apart else [])]


def sentence_on_differences(one: Compared, other: Compared, apart: list[str]) -> str:
    """Return what is higher or lower in the second arm than in the first, run by run."""
    parts = []
    for key in apart:
        if key == "chosen":
            continue
        noun, unit = noun_of(key, one)
        change = other.changes[key] - one.changes[key]
        parts.append(f"{noun} is {moved(summed(change), unit)}, {often(change)}")
    if "chosen" in apart:
        before, after = (float(arm.changes["chosen"].mean()) for arm in (one, other))
        word = "larger" if abs(after) > abs(before) else "smaller"
        means = f"{told(after)} against {told(before)} points by the mean"
        parts.append(f"its chosen part is {word} in size, {means}")
    return (
        f"In “{other.arm}” against “{one.arm}”, {read_in(other, one)}, run by run: "
        f"{'; '.join(parts)}."
    )


def read_in(one: Compared, other: Compared) -> str:
    """Return at which date two arms are read, or at which two in their order."""
    dates = dict.fromkeys((one.date, other.date))
    return f"read {listed([f'in {date}' for date in dates])}"


def noun_of(key: str, arm: Compared) -> tuple[str, str]:
    """Return what is compared as it stands in a sentence, and its unit."""
    share = f"the share of {arm.partner} in {arm.state}'s ties"
    return {
        "unsent": (f"{arm.sent} not sent over the run", arm.unit),
        "gdp": (f"{arm.state}'s GDP", "%"),
        "threat": (f"the threat that {arm.state} perceives", "points"),
        "share": (share, "points"),
        "chosen": ("its chosen part", "points"),
    }[key]


APART = 0.05
"""Part of the larger of two changes by which arms must differ to be told apart."""


def least(key: str, arm: Compared) -> float:
    """Return by how much arms must differ at least: as any change that is told, in its unit."""
    if key == "unsent":
        return SIZES["lost"][0] / 10.0 * arm.year
    return SIZES["gdp"][0] / 10.0 if key == "gdp" else 100.0 * SIZES["share"][0] / 10.0


def differs(before: np.ndarray, after: np.ndarray, least: float) -> bool:
    """Return whether two arms differ one way in most runs, and by more than next to nothing."""
    most = max(abs(float(np.median(before))), abs(float(np.median(after))))
    return clear(after - before, max(least, APART * most))
