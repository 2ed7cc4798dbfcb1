"""`run.py compare`: several scenarios side by side, ranked by how far they move an outcome."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.answer.words import ends
from sim.answer.words import moved as moved_words
from sim.claims import amount, frequency, listed
from sim.errors import InputError, Problem
from sim.region import Region
from sim.results import RUNS, band
from sim.scenario import Scenario
from sim.study.findings import Findings, Picture, Table
from sim.study.lines import by_state, can_be_told
from sim.study.outcomes import Outcome, outcomes_of, told_in
from sim.study.ranking import (
    LEAST_APART,
    TOLD_APART,
    Moved,
    Ranking,
    moved_by,
    ranked,
    refuse_levels,
    side_by_side,
)
from sim.studying.common import folder_name, progress, sized
from sim.studying.lines import (
    MOVED,
    in_every_run,
    percent,
    state_of,
    time_of,
    what_of,
    whose,
    world_in_record,
    written_out,
)

if TYPE_CHECKING:
    from sim.report.figures.ranking import Column

MEMBERS = 100
"""Runs of each scenario, if nothing is asked for."""

COLUMNS = 5
"""Outcomes side by side in a figure."""

LEAST_WRITTEN = 0.01
"""Part of the largest number of a row below which another is written as 0."""

MOST_NAMED = 2
"""Scenarios that make no difference which are named; of more it is said how many they are."""

MOSTLY = 2.0
"""How many times the other part a part of a change is at least, to be most of it."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Write the command's own arguments into its parser."""
    parser.add_argument(
        "scenarios", nargs="+", metavar="SCENARIO",
        help="scenario files or names; each arm counts by itself",
    )  # fmt: skip
    parser.add_argument(
        "--outcome", action="append", metavar="STATE.QUANTITY",
        help=f"what is compared, as KAZ.breadth@end; without a state: all states ({MOVED}; "
        "repeatable)",
    )  # fmt: skip
    sized(parser)


@dataclass(frozen=True)
class Compared:
    """Scenarios that were run for the same members, and how far each moved each outcome."""

    region: Region
    scenarios: tuple[Scenario, ...]
    outcomes: tuple[tuple[Outcome, ...], ...]  # as each scenario reads them
    moved: tuple[tuple[Moved, ...], ...]  # (scenario, outcome)
    rankings: tuple[Ranking, ...]  # by outcome

    @property
    def labels(self) -> list[str]:
        """The scenarios as they stand in a sentence."""
        return [label(one) for one in self.scenarios]

    def of(self, outcome: int) -> list[Moved]:
        """Return how far each scenario moves one outcome."""
        return [own[outcome] for own in self.moved]

    def tells(self, scenario: int, outcome: int) -> bool:
        """Return whether a scenario moves an outcome by more than nothing."""
        return can_be_told(self.outcomes[scenario][outcome], self.moved[scenario][outcome].whole)


def label(scenario: Scenario) -> str:
    """Return a scenario as it stands in a sentence, with its arm."""
    arm = f": {scenario.arm}" if scenario.arm else ""
    return f"'{scenario.name}{arm}'".replace("_", " ")


def compared(region: Region, scenarios: Sequence[Scenario], asked: argparse.Namespace) -> Compared:
    """Return scenarios run side by side and ranked."""
    texts = by_state(region, asked.outcome or [MOVED])
    for one in scenarios:
        refuse_levels(outcomes_of(region, one, texts))
    total = len(RUNS) * sum(one.members * one.months for one in scenarios)
    shown = progress(total, 0, asked.quiet, "months of runs")
    with shown as advance, ThreadPoolExecutor(asked.workers) as threads:
        found = list(threads.map(lambda one: moved_by(region, one, texts, advance), scenarios))
    outcomes, moved = zip(*found, strict=True)
    rankings = [ranked([own[place].whole for own in moved]) for place in range(len(outcomes[0]))]
    return Compared(region, tuple(scenarios), outcomes, tuple(map(tuple, moved)), tuple(rankings))


# Told -------------------------------------------------------------------------------------------


def findings(found: Compared, notes: Sequence[str]) -> Findings:
    """Return the ranking in sentences, tables and figures."""
    first = found.scenarios[0]
    names = list(dict.fromkeys(one.name.replace("_", " ") for one in found.scenarios))
    return Findings(
        kind="compare",
        title=f"Side by side: {listed(names)}",
        question=question(found),
        sentences=tuple(told(found)),
        notes=(same_members(first), *in_every_run(first), *notes),
        tables=tuple(table for table in (movements(found), pairs(found)) if table.rows),
        pictures=tuple(pictures(found)),
        about={
            "scenarios": [
                f"{one.name}{f' ({one.arm})' if one.arm else ''}" for one in found.scenarios
            ],
            "start": first.start,
            "months": first.months,
            "seed": first.seed,
            "members": first.members,
            "outcomes": [one.name for one in found.outcomes[0]],
            **world_in_record(first),
        },
    )


def same_members(one: Scenario) -> str:
    """Return over what the scenarios were run."""
    same = "member" if one.members == 1 else f"{one.members} members"
    return (
        f"All were run for the same {same} from the same baseline, so that two of them are "
        "compared run by run; more is farther from the baseline, up or down."
    )


def question(found: Compared) -> str:
    """Return what is asked."""
    at = when_read(found, range(len(found.rankings)))
    return f"Which of them moves {outcomes_compared(found)} most{f', {at}' if at else ''}?"


def what_is_compared(found: Compared) -> str:
    """Return the outcomes in words, and when they are read if it is the same for all."""
    return f"{outcomes_compared(found)} {when_read(found, range(len(found.rankings)))}".rstrip()


def outcomes_compared(found: Compared) -> str:
    """Return the outcomes in words; where all states are asked the same, only what."""
    first = found.outcomes[0]
    if len(first) > 1 and alike(found):
        return what_of(found.region, first[0])
    groups: dict[str, list[Outcome]] = {}
    for one in first:
        groups.setdefault(what_of(found.region, one), []).append(one)
    return listed([
        f"the {what} of {listed([state_of(found.region, one) for one in some])}"
        if len(some) > 1 else whose(found.region, some[0])
        for what, some in groups.items()
    ])  # fmt: skip


def when_read(found: Compared, places: Iterable[int]) -> str:
    """Return when some outcomes are read, if it is the same for all scenarios; else nothing."""
    times = {
        time_of(scenario, own[place])
        for scenario, own in zip(found.scenarios, found.outcomes, strict=True)
        for place in places
    }
    return times.pop() if len(times) == 1 else ""


def subject(found: Compared, place: int) -> str:
    """Return whose what, with its time where outcomes are read at different ones."""
    if when_read(found, range(len(found.rankings))):
        return whose(found.region, found.outcomes[0][place])
    when = when_read(found, [place]) or "each at its own date"
    return f"{whose(found.region, found.outcomes[0][place])} {when}"


def told(found: Compared) -> list[str]:
    """Return sentences on all outcomes, those that are moved farthest first."""

    def size(place: int) -> float:
        return float(np.median(np.abs(found.of(place)[found.rankings[place].order[0]].whole)))

    places = sorted(range(len(found.rankings)), key=lambda place: -size(place))
    return [told_of(found, place) for place in places]


def told_of(found: Compared, place: int) -> str:
    """Return what moves one outcome most, and which of the others can be told apart from it."""
    order = found.rankings[place].order
    some = [one for one in order if found.tells(one, place)]
    none = [found.labels[one] for one in order if one not in some]
    if not some:
        return f"To {subject(found, place)} none of them makes a difference that {NOTHING_TOLD}."
    lead, *others = some
    pairs = found.rankings[place].pairs
    near = [one for one in others if not pairs[lead, one].apart]
    most = "most in the median run" if near else "most"
    first = (
        f"{found.labels[lead]} moves {subject(found, place)} {most}: "
        f"{amounts(found, lead, place)}{made_of(found, lead, place)}."
    )
    sentences = [first]
    sentences += alike_to(found, place, lead, near)
    if far := [one for one in others if one not in near]:
        each = [f"more than {outdone(found, place, lead, one)}" for one in far]
        sentences.append(f"It moves it {listed(each)}.")
    return " ".join([*sentences, *([makes_none(none)] if none else [])])


NOTHING_TOLD = "we can tell from nothing"


def makes_none(labels: Sequence[str]) -> str:
    """Return that the scenarios not told of yet make no difference."""
    if len(labels) > MOST_NAMED:
        return f"None of the other {len(labels)} makes a difference to it that {NOTHING_TOLD}."
    verb = "makes" if len(labels) == 1 else "make"
    return f"{upper(listed(labels))} {verb} no difference to it that {NOTHING_TOLD}."


def alike_to(found: Compared, place: int, lead: int, near: Sequence[int]) -> list[str]:
    """Return from which scenarios the one that moves an outcome most cannot be told apart, and why.

    It moves it more in too few runs, or else the two medians are too near to each other.
    """
    pairs = found.rankings[place].pairs
    short = [one for one in near if pairs[lead, one].share < TOLD_APART]
    level = [one for one in near if one not in short]
    reasons = (
        (short, f"fewer than the {percent(TOLD_APART)} that are needed"),
        (level, f"but in the median by no more than {percent(LEAST_APART)} of how far it moves it"),
    )
    return [
        f"It cannot be told apart from {listed([beside(found, place, one) for one in some])}: "
        f"{found.labels[lead]} moves it more in "
        f"{listed([short_of(pairs[lead, one].share) for one in some])} of runs, {why}."
        for some, why in reasons
        if some
    ]


def short_of(share: float) -> str:
    """Return a share of runs; one that is short of what is needed never reads as enough."""
    told, needed = percent(share), percent(TOLD_APART)
    return f"just under {needed}" if share < TOLD_APART and told == needed else told


def beside(found: Compared, place: int, other: int) -> str:
    """Return a scenario, and how far it moves an outcome."""
    return f"{found.labels[other]} ({spread_of(found, other, place)})"


def outdone(found: Compared, place: int, lead: int, other: int) -> str:
    """Return a scenario that clearly moves an outcome less than another, and how often it does."""
    share, runs = found.rankings[place].pairs[lead, other].share, len(found.of(place)[lead].whole)
    often = f"{frequency(share, runs)} ({percent(share)})"
    if share == 1.0:
        often = "in the one run" if runs == 1 else f"in each of the {runs} runs"
    return f"{beside(found, place, other)} {often}"


def spread_of(found: Compared, scenario: int, place: int) -> str:
    """Return how far a scenario moves an outcome, by the ends of its band."""
    return ends(cell_of(found, scenario, place), shown_in(found.outcomes[scenario][place])[1])


def cell_of(found: Compared, scenario: int, place: int) -> list[float]:
    """Return median, 5% and 95% of a movement, as it is shown."""
    scale, _ = shown_in(found.outcomes[scenario][place])
    return [scale * float(part) for part in band(found.moved[scenario][place].whole, 0)]


def amounts(found: Compared, scenario: int, place: int) -> str:
    """Return how far a scenario moves an outcome, range before median."""
    unit = shown_in(found.outcomes[scenario][place])[1]
    return moved_words(cell_of(found, scenario, place), unit)


def shown_in(one: Outcome) -> tuple[float, str]:
    """Return by what an outcome is multiplied to be shown, and its unit then."""
    return told_in(one.unit, one.of)


def made_of(found: Compared, scenario: int, place: int) -> str:
    """Return whether a movement was imposed or chosen for the most part, if it can be told."""
    own = found.moved[scenario][place]
    if own.imposed is None or own.chosen is None:
        return ""
    imposed, chosen = (abs(float(np.median(part))) for part in (own.imposed, own.chosen))
    if imposed > MOSTLY * chosen:
        return ", most of it imposed"
    if chosen > MOSTLY * imposed:
        return ", most of it chosen"
    against = np.sign(np.median(own.imposed)) != np.sign(np.median(own.chosen))
    return (
        ", where choice works against what is imposed"
        if against
        else (", in part imposed and in part chosen")
    )


def upper(text: str) -> str:
    """Return a text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def movements(found: Compared) -> Table:
    """Return how far each scenario moves each outcome, and its rank; none that moves nothing."""
    rows: list[tuple[Any, ...]] = []
    for place, ranking in enumerate(found.rankings):
        ranks = ranking.ranks()
        for one in ranking.order:
            if not found.tells(one, place):
                continue
            own, (scale, unit) = found.moved[one][place], shown_in(found.outcomes[one][place])
            parts = [median_of(part, scale) for part in (own.imposed, own.chosen)]
            cells = [*cell_of(found, one, place), *parts]
            least = LEAST_WRITTEN * max(abs(cell) for cell in cells if cell is not None)
            rows.append((
                head_of(found, place), str(ranks[one]), found.labels[one].strip("'"),
                *(signed(cell, least) for cell in cells), unit,
            ))  # fmt: skip
    columns = (
        what_heads(found), "rank", "scenario", "median", "5%", "95%", "imposed", "chosen", "unit",
    )  # fmt: skip
    caption = (
        "Changes from the baseline that can be told from nothing; rank: one more than how many "
        "scenarios clearly move it more"
    )
    if len({row[-1] for row in rows}) == 1:
        caption += f"; in {rows[0][-1]}" if rows[0][-1] else ""
        return Table("ranking", caption, columns[:-1], tuple(row[:-1] for row in rows))
    return Table("ranking", caption, columns, tuple(rows))


def what_heads(found: Compared) -> str:
    """Return what stands at the head of the rows of a table."""
    return "state" if alike(found) else "outcome"


def head_of(found: Compared, place: int) -> str:
    """Return what an outcome is called at the head of a row or column."""
    one = found.outcomes[0][place]
    return state_of(found.region, one) if alike(found) else one.name


def signed(number: float | None, least: float) -> str:
    """Return a change with its sign; 0 where it is less than is written, empty where none is."""
    if number is None:
        return ""
    text = amount(number if abs(number) >= least else 0.0)
    return f"+{text}" if number > 0.0 and text != "0" else text


def pairs(found: Compared) -> Table:
    """Return for each pair in how many runs the one that moves more does."""
    rows: list[tuple[Any, ...]] = []
    for place, ranking in enumerate(found.rankings):
        some = [one for one in ranking.order if found.tells(one, place)]
        for k, one in enumerate(some):
            for other in some[k + 1 :]:
                pair = ranking.pairs[one, other]
                rows.append((
                    head_of(found, place), *(found.labels[n].strip("'") for n in (one, other)),
                    percent(pair.share), "yes" if pair.apart else "no",
                ))  # fmt: skip
    columns = (
        what_heads(found), "this scenario", "moves it more than", "in runs", "told apart",
    )  # fmt: skip
    return Table("pairs", "In how many runs one moves it more than another", columns, tuple(rows))


def pictures(found: Compared) -> list[Picture]:
    """Return the figures: so many outcomes side by side in each."""
    places = range(len(found.rankings))
    return [
        picture(found, places[first : first + COLUMNS], 1 + first // COLUMNS)
        for first in range(0, len(places), COLUMNS)
    ]


def picture(found: Compared, places: Sequence[int], number: int) -> Picture:
    """Return the figure of some outcomes."""
    from sim.report.figures.ranking import ranking

    columns = [column(found, place) for place in places]
    names = [name.strip("'") for name in found.labels]
    return Picture(
        "ranking" if number == 1 else f"ranking_{number}",
        f"Change of {what_is_compared(found)} against the baseline, by scenario.",
        lambda figure: ranking(figure, names, columns),
    )


def column(found: Compared, place: int) -> Column:
    """Return one outcome as a figure shows it."""
    from sim.report.figures.ranking import Column

    scale, unit = shown_in(found.outcomes[0][place])
    own = found.of(place)
    middle, low, high = np.array([cell_of(found, k, place) for k in range(len(own))]).T
    return Column(
        head=head_of(found, place),
        quantity=found.outcomes[0][place].quantity,
        unit=unit,
        whole=(low, middle, high),
        imposed=[median_of(each.imposed, scale) for each in own],
        chosen=[median_of(each.chosen, scale) for each in own],
    )


def alike(found: Compared) -> bool:
    """Return whether the same is read of every state, so that the state's name is enough."""
    return len({one.name.partition(".")[2] for one in found.outcomes[0]}) == 1


def median_of(members: np.ndarray | None, scale: float) -> float | None:
    """Return a median as it is shown."""
    return None if members is None else scale * float(np.median(members))


def refuse_other_rules(scenarios: Sequence[Scenario]) -> None:
    """Refuse scenarios in which states choose by different rules: they are other worlds."""
    rules = {one.name: one.rule for one in scenarios}
    if len(set(rules.values())) > 1:
        each = listed([f"{name} by {rule}" for name, rule in rules.items()])
        message = f"their states choose by different rules ({each}); give all files one rule:"
        raise InputError("The comparison", [Problem(message)])


def run(asked: argparse.Namespace) -> int:
    """Do the command: read, run side by side, write, print."""
    from sim.asking import scenario_of
    from sim.folders import results_folder

    read = [scenario_of(name) for name in asked.scenarios]
    region, whole = read[0][0], [scenario for _, scenario in read]
    refuse_other_rules(whole)
    names = [scenario.name for scenario in whole]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError("The comparison", [Problem(f"{', '.join(twice)} is named twice")])
    members = asked.members or MEMBERS
    scenarios, notes = side_by_side(whole, members, asked.months, asked.seed)
    target = results_folder(asked.out, folder_name("compare", names))
    found = compared(region, scenarios, asked)
    return written_out(findings(found, notes), target, asked.quiet)
