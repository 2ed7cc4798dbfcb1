"""`run.py mechanisms`: what each mechanism contributes to what a scenario does."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.answer.words import moved
from sim.claims import amount, counted_runs, listed
from sim.errors import InputError, Problem
from sim.mechanisms import plain
from sim.region import Region
from sim.results import band, dates
from sim.scenario import Scenario
from sim.study.contributions import Contributions, contributions
from sim.study.findings import Findings, Table
from sim.study.lines import by_state
from sim.study.outcomes import Outcome, outcomes_of, told_in
from sim.studying.common import (
    band_heads,
    banded,
    in_the_one_run,
    one_scenario,
    progress,
    sized,
    studied,
    study_folder,
)
from sim.studying.compare import upper
from sim.studying.lines import (
    on_the_scenario,
    state_of,
    time_of,
    what_of,
    whose,
    world_in_record,
    written_out,
)

MEMBERS = 100
"""Runs with all mechanisms and without each, if nothing is asked for."""

QUANTITIES = ("breadth", "deliberate")
"""What is read of every state if nothing is asked for, with the fear of the first power."""

NAMED = 4
"""Mechanisms of which a sentence tells how much they contribute; the rest is in the table."""

NOTHING_TOLD = "that we can tell from nothing"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Write the command's own arguments into its parser."""
    one_scenario(parser)
    parser.add_argument(
        "--outcome", action="append", metavar="STATE.QUANTITY",
        help="what is read, as KAZ.breadth@end; without a state: all states (breadth, "
        "deliberate hedge and fear of the first power, while the events are on; repeatable)",
    )  # fmt: skip
    sized(parser)


def wanted(region: Region, scenario: Scenario) -> list[str]:
    """Return the outcomes that are explained if nothing is asked for."""
    during = any(moment.key == "during" for moment in dates(region, scenario)[0])
    when = "during" if during else "end"
    return [f"{name}@{when}" for name in (*QUANTITIES, f"threat.{region.powers[0]}")]


# Told -------------------------------------------------------------------------------------------


def findings(found: Contributions, notes: Sequence[str]) -> Findings:
    """Return the contributions in sentences and tables."""
    scenario = found.scenario
    return Findings(
        kind="mechanisms",
        title=f"What each mechanism contributes: {scenario.title}",
        question="How much of what the scenario does is owed to each mechanism?",
        sentences=tuple(told(found)),
        notes=(how(scenario), *notes),
        tables=tuple(table for table in (table_of(found), what_is_off(found)) if table.rows),
        pictures=(),
        about={
            "scenario": scenario.name,
            "arm": scenario.arm,
            "start": scenario.start,
            "months": scenario.months,
            "seed": scenario.seed,
            "members": scenario.members,
            "outcomes": [one.name for one in found.outcomes],
            "mechanisms": list(found.names),
            **world_in_record(scenario),
        },
    )


def how(scenario: Scenario) -> str:
    """Return how contributions were found."""
    each = ("one", "member") if scenario.members == 1 else ("as many", "members")
    return (
        f"{counted_runs(scenario.members).capitalize()} of scenario and baseline with all "
        f"mechanisms, and {each[0]} without each, for the same {each[1]}: a contribution is the "
        "change from the baseline with all, less the change without the one. Mechanisms work on "
        "each other, so contributions do not add up to the whole."
    )


def told(found: Contributions) -> list[str]:
    """Return sentences on every outcome that is moved, and on what contributes nothing."""
    places = range(len(found.outcomes))
    explained = sorted(
        (place for place in places if found.order(place)),
        key=lambda place: -float(np.abs(np.median(found.whole[:, place]))),
    )
    sentences = [told_of(found, place) for place in explained]
    rest = [place for place in places if place not in explained]
    if rest:
        sentences.append(
            f"No mechanism makes a difference {NOTHING_TOLD} to {together(found, rest)}."
        )
    silent = [plain(name) for name in found.silent()]
    if explained and silent:
        verb = "makes" if len(silent) == 1 else "make"
        sentences.append(
            f"{upper(listed(silent))} {verb} no difference {NOTHING_TOLD} to any of these outcomes."
        )
    return sentences


def told_of(found: Contributions, place: int) -> str:
    """Return what contributes most to one outcome, beside what all of them do to it."""
    order = found.order(place)
    each = [
        f"{plain(found.names[k])} {size(found, found.parts[k, :, place], place)}"
        for k in order[:NAMED]
    ]
    rest = len(order) - len(each)
    more = f"; {rest} more {'contributes' if rest == 1 else 'contribute'} less" if rest else ""
    whole = found.whole[:, place]
    moves = f"is {size(found, whole, place)}" if whole.any() else "is the same"
    than = "than" if whole.any() else "as"
    return (
        f"{in_the_one_run(found.scenario.members)}{outcome_of(found, place)} {moves} {than} in the "
        "baseline. "
        f"What contributes to that, for or against: {'; '.join(each)}{more}."
    )


def size(found: Contributions, members: np.ndarray, place: int) -> str:
    """Return a change of an outcome in words, range before median."""
    return moved(cells(members, found.outcomes[place]), unit(found, place))


def together(found: Contributions, places: Sequence[int]) -> str:
    """Return several outcomes in words, those of one kind together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for place in places:
        one = found.outcomes[place]
        kind = (what_of(found.region, one), time_of(found.scenario, one))
        groups.setdefault(kind, []).append(state_of(found.region, one))
    return listed([f"the {what} of {listed(of)} {when}" for (what, when), of in groups.items()])


def outcome_of(found: Contributions, place: int) -> str:
    """Return whose what, and when."""
    one = found.outcomes[place]
    return f"{whose(found.region, one)} {time_of(found.scenario, one)}"


def cells(members: np.ndarray, one: Outcome) -> list[float]:
    """Return median, 5% and 95% as they are shown."""
    scale, _ = told_in(one.unit, one.of)
    return [scale * float(part) for part in band(members, 0)]


def unit(found: Contributions, place: int) -> str:
    """Return the unit in which an outcome is shown."""
    one = found.outcomes[place]
    return told_in(one.unit, one.of)[1]


def table_of(found: Contributions) -> Table:
    """Return the contributions that can be told, outcome by outcome, the largest first."""
    rows: list[tuple[Any, ...]] = []
    for place, one in enumerate(found.outcomes):
        order = found.order(place)
        lines = [("all mechanisms", found.whole[:, place])] if order else []
        lines += [(plain(found.names[k]), found.parts[k, :, place]) for k in order]
        rows += [
            (
                one.name,
                name,
                *banded([amount_of(part) for part in cells(members, one)], found.scenario.members),
                unit(found, place),
            )
            for name, members in lines
        ]
    caption = (
        "Contributions that can be told from nothing: the change from the baseline with all "
        "mechanisms, less the change without one"
    )
    columns = ("outcome", "mechanism", *band_heads(found.scenario.members), "unit")
    return Table("contributions", caption, columns, tuple(rows))


def amount_of(number: float) -> str:
    """Return a contribution with its sign."""
    text = amount(number)
    return f"+{text}" if number > 0 and text != "0" else text


def what_is_off(found: Contributions) -> Table:
    """Return what is so without each mechanism that contributes something, and who reports it."""
    told_of_some = set(found.names) - set(found.silent())
    rows = [
        (plain(one.name), one.says, ", ".join(one.facts))
        for one in found.region.mechanisms
        if one.name in told_of_some
    ]
    caption = "What is so in the runs without each of them"
    return Table("mechanisms", caption, ("mechanism", "without it", "reported in"), tuple(rows))


def run(asked: argparse.Namespace) -> int:
    """Do the command: read, run with all and without each, write, print."""
    region, whole = studied(asked)
    if not set(region.off) < {one.name for one in region.mechanisms}:
        raise InputError(whole.name, [Problem("there is no mechanism left to switch off")])
    scenario = whole.resized(asked.members or MEMBERS)
    outcomes = outcomes_of(
        region, scenario, by_state(region, asked.outcome or wanted(region, whole))
    )
    target = study_folder(asked, scenario, "mechanisms")
    total = scenario.members * (1 + len(region.mechanisms) - len(region.off))
    with progress(total, 0, asked.quiet) as advance:
        found = contributions(region, scenario, outcomes, asked.workers, advance)
    return written_out(findings(found, on_the_scenario(whole, asked.arm)), target, asked.quiet)
