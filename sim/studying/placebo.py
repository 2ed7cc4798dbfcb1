"""`run.py placebo`: a scenario beside the same events where they should not matter."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from sim.answer.words import moved as moved_words
from sim.claims import amount, counted_runs, listed
from sim.errors import InputError, Problem
from sim.region import Region
from sim.results import band
from sim.scenario import Scenario
from sim.study.findings import Findings, Table
from sim.study.lines import by_state
from sim.study.outcomes import outcomes_of, told_in, with_unit
from sim.study.placebo import Compared, Placebo, compared, placebos, unmoved
from sim.studying.common import band_heads, banded, in_the_one_run, progress, studied, study_folder
from sim.studying.lines import (
    event_named,
    on_the_scenario,
    state_of,
    time_of,
    what_of,
    whose,
    world_in_record,
    written_out,
)
from sim.studying.mechanisms import MEMBERS, arguments, wanted

__all__ = ["arguments", "run"]

NOWHERE = (
    "none of its own events names a link, or some of the states but not all, so that there is "
    "nowhere else to put them"
)
"""Why a scenario has no placebos."""

MANY = 100.0
"""From how many times on it is no use to say how many."""


def findings(
    region: Region,
    scenario: Scenario,
    others: Sequence[Placebo],
    found: Sequence[Compared],
    notes: Sequence[str],
) -> Findings:
    """Return which changes are larger than what placebos do, told."""
    return Findings(
        kind="placebo",
        title=f"Beside placebos: {scenario.title}",
        question="Is what the scenario does more than the same events do where they should not "
        "matter?",
        sentences=tuple(sentences(region, scenario, found)),
        notes=(how(scenario, others), *notes),
        tables=(table_of(found), of_each(found)),
        pictures=(),
        about={
            "scenario": scenario.name,
            "arm": scenario.arm,
            "start": scenario.start,
            "months": scenario.months,
            "seed": scenario.seed,
            "members": scenario.members,
            "outcomes": [one.outcome.name for one in found],
            "placebos": [one.where for one in others],
            **world_in_record(scenario),
        },
    )


def how(scenario: Scenario, others: Sequence[Placebo]) -> str:
    """Return what the placebos are."""
    return (
        f"{counted_runs(scenario.members).capitalize()} of each: the scenario's own events in "
        f"{len(others)} other places, a link or a state at a time, with the same sizes and dates "
        "(of an event that is taken away: what it does elsewhere, with its sign turned). An "
        "outcome of a state is set beside placebos on links that carry nothing of the state's, "
        "or in another state."
    )


def left_out(region: Region, scenario: Scenario) -> list[str]:
    """Return a sentence on the own events that no placebo has, where there are placebos."""
    stay = [event_named(event.id) for event in unmoved(region, scenario)]
    if not stay or not placebos(region, scenario):
        return []
    verb = "is" if len(stay) == 1 else "are"
    return [
        f"{listed(stay)} {verb} in none of the placebos of {event_named(scenario.name)}: no link "
        "is named, and no states but all, so that there is nowhere else to go."
    ]


def sentences(region: Region, scenario: Scenario, found: Sequence[Compared]) -> list[str]:
    """Return the changes that are more than placebos, the clearest first, then the others."""
    clear = sorted((one for one in found if one.outside), key=lambda one: -one.times)
    told = [sentence(region, scenario, one) for one in clear]
    groups: dict[tuple[str, str], list[str]] = {}
    for one in found:
        if not one.outside:
            kind = what_of(region, one.outcome), time_of(scenario, one.outcome)
            groups.setdefault(kind, []).append(state_of(region, one.outcome))
    rest = [f"the {what} of {listed(of)} {when}" for (what, when), of in groups.items()]
    if rest:
        once = in_the_one_run(len(found[0].change))
        no = "no" if once else "No"
        told.append(
            f"{once}{no} more than placebos, or not to be told from nothing: {listed(rest)}."
        )
    return told


def sentence(region: Region, scenario: Scenario, one: Compared) -> str:
    """Return one change that is more than placebos."""
    scale, unit = told_in(one.outcome.unit, one.outcome.of)
    cells = [scale * float(part) for part in band(one.change, 0)]
    low, high = (scale * part for part in one.spread or (0.0, 0.0))
    between = f"{amount(low)} and {with_unit(amount(high), unit)}"
    return (
        f"{in_the_one_run(len(one.change))}{whose(region, one.outcome)} "
        f"{time_of(scenario, one.outcome)} is "
        f"{moved_words(cells, unit)} than in the baseline, {times_as_large(one)} what nine in ten "
        f"of {len(one.beside)} placebos stay below (they lie between {between})."
    )


def times_as_large(one: Compared) -> str:
    """Return how many times as large a change is as nine in ten placebos are at most, in words."""
    return f"{amount(one.times)} times" if one.times < MANY else "many times"


def table_of(found: Sequence[Compared]) -> Table:
    """Return every outcome beside its placebos."""
    rows, members = [], len(found[0].change)
    for one in found:
        scale, unit = told_in(one.outcome.unit, one.outcome.of)
        cells = banded([amount(scale * float(part)) for part in band(one.change, 0)], members)
        spread = [amount(scale * part) for part in one.spread] if one.spread else ["", ""]
        rows.append((
            one.outcome.name, *cells, str(len(one.beside)), *spread, unit,
            "more" if one.outside else "no more",
        ))  # fmt: skip
    return Table(
        "placebo",
        f"Changes, and between which nine in ten placebos lie{their_medians(members)}",
        ("outcome", *band_heads(members), "placebos", "from", "to", "unit", "than placebos"),
        tuple(rows),
    )


def their_medians(members: int) -> str:
    """Return that placebos are told by their medians; nothing where there is one run of each."""
    return " (their medians)" if members > 1 else ""


def of_each(found: Sequence[Compared]) -> Table:
    """Return what each placebo does to each outcome that it should not touch."""
    rows = [
        (one.outcome.name, where, middle, one.outcome.unit)
        for one in found
        for where, middle in one.beside.items()
    ]
    members = len(found[0].change)
    caption = "Every placebo, its median change" if members > 1 else "Every placebo, its change"
    return Table(
        "each", caption, ("outcome", "moved to", band_heads(members)[0], "unit"),
        tuple(rows), seen="file",
    )  # fmt: skip


def run(asked: argparse.Namespace) -> int:
    """Do the command: read, move the events about, run, write, print."""
    region, whole = studied(asked)
    scenario = whole.resized(asked.members or MEMBERS)
    outcomes = outcomes_of(
        region, scenario, by_state(region, asked.outcome or wanted(region, whole))
    )
    others = placebos(region, scenario)
    if not others:
        raise InputError(scenario.file or scenario.name, [Problem(NOWHERE)])
    target = study_folder(asked, scenario, "placebo")
    total = scenario.members * (1 + len(others))
    with progress(total, 0, asked.quiet) as advance:
        found = compared(region, scenario, outcomes, asked.workers, advance)
    notes = [*left_out(region, scenario), *on_the_scenario(whole, asked.arm)]
    return written_out(findings(region, scenario, others, found, notes), target, asked.quiet)
