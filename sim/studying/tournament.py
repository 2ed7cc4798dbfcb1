"""`run.py tournament`: strategies of students in every seat of some scenarios, scored."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from sim.arguments import whole
from sim.claims import NOTHING, amount, counted_runs, listed
from sim.errors import InputError, Problem
from sim.game.played_out import MEMBERS
from sim.game.prices import TURN_MONTHS
from sim.game.round_robin import ALL, RoundRobin, round_robin
from sim.game.scores import OF_STATES, Score
from sim.game.strategies import FIRST_SECONDS, SECONDS, Named, in_folder
from sim.game.told import cells, clear, since
from sim.game.worlds import MOST_MEMBERS
from sim.region import Region
from sim.results import band
from sim.scenario import LIMITS, Scenario
from sim.study.findings import Findings, Picture, Table
from sim.studying.common import progress
from sim.studying.game_told import NONE
from sim.studying.lines import written_out

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SCENARIOS = "history_shocks_only,cpc_closure"
"""The worlds of a tournament: the war as it came, and the pipeline shut."""

TURNS, MOST_TURNS = 8, 40

RULES = "than by the rules"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is asked."""
    parser.add_argument("folder", metavar="FOLDER", help="files of strategies, such as strategies")
    parser.add_argument(
        "--scenarios", default=SCENARIOS, metavar="A,B", help=f"the worlds ({SCENARIOS})"
    )
    parser.add_argument(
        "--seats", metavar="KAZ,UZB", help=f"states to play (each); {ALL}: every state at once"
    )
    parser.add_argument(
        "--turns", type=whole(1, MOST_TURNS), default=TURNS, metavar="N", help="quarters (8)"
    )
    parser.add_argument(
        "--members", type=whole(1, MOST_MEMBERS), default=MEMBERS, metavar="N",
        help="runs of each match (40)",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=whole(*LIMITS["seed"]), metavar="N", help="where random numbers begin"
    )
    parser.add_argument("--out", default="results", metavar="FOLDER", help="write inside FOLDER")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")


def run(asked: argparse.Namespace) -> int:
    """Do the command: find the strategies, play every match, write, print."""
    from sim.folders import at_home, results_folder

    folder = at_home(asked.folder)
    strategies = in_folder(folder)
    region, scenarios = worlds_of(asked)
    seats = seats_of(region, asked.seats)
    target = results_folder(asked.out, f"{folder.resolve().name}_tournament")
    matches = len(scenarios) * (1 + len(strategies) * len(seats))
    with progress(asked.members * matches, 0, asked.quiet) as advance:
        found = round_robin(
            region, scenarios, strategies, seats, asked.turns, asked.members, advance
        )
    return written_out(findings(found), target, asked.quiet)


def worlds_of(asked: argparse.Namespace) -> tuple[Region, list[Scenario]]:
    """Return the region and the scenarios that are played; of arms the first."""
    from sim.asking import scenario_of

    found = [scenario_of(name.strip()) for name in asked.scenarios.split(",") if name.strip()]
    if not found:
        raise InputError("The command line", [Problem(f"--scenarios: name some, as {SCENARIOS}")])
    for region, scenario in found:
        if region.off != found[0][0].off or scenario.rule != found[0][1].rule:
            message = "--scenarios: they differ in rule or in what is switched off; play them apart"
            raise InputError("The command line", [Problem(message)])
    worlds = [(scenario.arms or (scenario,))[0] for _, scenario in found]
    return found[0][0], [one.resized(seed=asked.seed) for one in worlds]


def seats_of(region: Region, written: str | None) -> list[str]:
    """Return the seats that are played."""
    if written is None:
        return [*region.states, ALL]
    seats = [one.strip() for one in written.split(",") if one.strip()]
    known = (*region.states, ALL)
    wrong = [seat for seat in seats if seat not in known]
    if wrong or not seats:
        message = f"--seats: '{(wrong or [''])[0]}' is no state; there are {', '.join(known)}"
        raise InputError("The command line", [Problem(message)])
    return list(dict.fromkeys(seats))


# Told -------------------------------------------------------------------------------------------


def findings(found: RoundRobin) -> Findings:
    """Return the standings in sentences, tables and a figure."""
    return Findings(
        kind="tournament",
        title=f"Tournament of {len(found.strategies)} strategies",
        question="How does each strategy do in the seats of states, beside the rules of the model "
        "in the same seats?",
        sentences=tuple(sentences(found)),
        notes=notes(found),
        tables=(standings(found), every_match(found)),
        pictures=(picture(found),),
        about={
            "strategies": [one.shown for one in found.strategies],
            "scenarios": [name_of(one) for one in found.scenarios],
            "seats": list(found.seats),
            "turns": found.turns,
            "members": found.members,
            "seeds": [one.seed for one in found.scenarios],
        },
    )


def name_of(scenario: Scenario) -> str:
    """Return a scenario's name, with its arm's."""
    return ".".join(filter(None, (scenario.name, scenario.arm)))


def label(found: RoundRobin, strategy: Named) -> str:
    """Return a strategy's name; with its file where another has the same name."""
    alike = [one for one in found.strategies if one.name == strategy.name]
    return strategy.name if len(alike) == 1 else strategy.shown


def notes(found: RoundRobin) -> tuple[str, ...]:
    """Return how it was played."""
    many = len(found.scenarios) * len(found.seats)
    seats = [seat for seat in found.seats if seat != ALL]
    together = ["every state at once"] if ALL in found.seats else []
    return (
        f"Each strategy plays {many} matches of {found.turns * TURN_MONTHS} months over "
        f"{counted_runs(found.members)}: in {listed([name_of(one) for one in found.scenarios])}, "
        f"as {listed([*seats, *together])}. All other seats are held by the rules.",
        "A strategy is asked once a quarter for the shares that it wants, and the government "
        "wishes for what is missing (kind realign); how near ties come to it is the model's.",
        "No score is the score: they are not added up, and a strategy that is last in one may be "
        "first in another (Axelrod 1984 had one currency; a foreign policy has not).",
        f"Strategies are code. Each ran in a process of its own, {FIRST_SECONDS:g} seconds for its "
        f"first quarter and {SECONDS:g} for each after that.",
    )


def sentences(found: RoundRobin) -> Iterator[str]:
    """Yield for each score which strategies stand out from the rules, the furthest first."""
    for score in OF_STATES:
        told = []
        ordered = sorted(
            found.strategies, key=lambda one: -float(np.median(found.mean(one, score)))
        )
        for strategy in ordered:
            change = since(found.mean(strategy, score), score.kind, score.unit, score.scale, RULES)
            if change != NOTHING:
                told.append(f"{label(found, strategy)} {change}")
        name = f"{score.name[0].upper()}{score.name[1:]} ({score.meaning})"
        said = "; ".join(told) if told else f"of all strategies {NOTHING}"
        yield f"{name}: {said}."


def standings(found: RoundRobin) -> Table:
    """Return what each strategy changes of each score, and in how many matches it is above."""
    rows = []
    for strategy in found.strategies:
        row: list[str] = [label(found, strategy)]
        for score in OF_STATES:
            change = found.mean(strategy, score)
            middle = amount(float(np.median(score.scale * change)))
            row.append(middle if clear(change, score.kind) else NONE)
        rows.append(tuple(row))
    heads = [f"{score.name}, {score.unit}" for score in OF_STATES]
    return Table(
        "standings",
        "Scores less those of the rules in the same seats: medians of the mean match "
        f"({NONE} {NOTHING})",
        ("strategy", *heads), tuple(rows),
    )  # fmt: skip


def every_match(found: RoundRobin) -> Table:
    """Return every match with every score and its band."""
    rows = [
        (
            label(found, match.strategy), match.scenario, match.seat, score.name,
            *(amount(part) for part in cells(score.scale * match.changes[score.name])), score.unit,
        )
        for match in found.matches
        for score in OF_STATES
    ]  # fmt: skip
    return Table(
        "matches", "Every match",
        ("strategy", "scenario", "seat", "score", "change", "5%", "95%", "unit"), tuple(rows),
        seen="page",
    )  # fmt: skip


def picture(found: RoundRobin) -> Picture:
    """Return the figure: a row a strategy, a column a score."""
    return Picture(
        "standings",
        "Scores of each strategy less those of the rules in the same seats, the mean of its "
        "matches: median and 90% band over the runs.",
        drawing(found),
    )


def drawing(found: RoundRobin) -> Callable[[Figure], None]:
    """Return what draws the standings."""
    from sim.report.figures.ranking import Column, ranking

    names = [label(found, one) for one in found.strategies]

    def column(score: Score) -> Column:
        bands = [band(score.scale * found.mean(one, score), 0) for one in found.strategies]
        whole = tuple(np.array([one[k] for one in bands]) for k in (1, 0, 2))
        none = [None] * len(names)
        return Column(score.name, score.name, score.unit, whole, none, none)  # type: ignore[arg-type]

    columns = [column(score) for score in OF_STATES]
    return lambda figure: ranking(figure, names, columns)
