"""What the commands about a line share: their arguments, the runs, and words for outcomes."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.answer.words import possessive
from sim.compare import date_in_words
from sim.errors import InputError, Problem
from sim.region import Region
from sim.scenario import Scenario
from sim.study.findings import Findings
from sim.study.lines import Line, by_state, in_words, line_of, margin, refuse_crossed_by_nothing
from sim.study.outcomes import Outcome, outcomes_of
from sim.study.play import Study, levels
from sim.study.settings import Setting

QUANTITIES = {
    "breadth": "breadth of ties",
    "breadth_pooled": "breadth of ties pooled over domains",
    "deliberate": "deliberate spread of ties",
    "two_sidedness": "two-sidedness",
    "ambiguity": "security ambiguity",
    "gdp_gap": "income against its trend",
    "threat": "fear of",
    "pressure": "pressure from",
    "leverage": "exposure to",
    "lean": "lean between",
}
"""How quantities stand in a sentence after whose they are; before a label where there is one."""


def line_arguments(parser: argparse.ArgumentParser) -> None:
    """Write the arguments that ask for a line into a command's."""
    parser.add_argument(
        "--outcome", action="append", required=True, metavar="STATE.QUANTITY",
        help="what is to cross the line, as KAZ.breadth@end; without a state: all states",
    )  # fmt: skip
    parser.add_argument(
        "--below", metavar="X", help="the line: below X, or 10%% for a tenth below the baseline"
    )
    parser.add_argument(
        "--above", metavar="X", help="the line: above X, or 10%% for a tenth above the baseline"
    )
    parser.add_argument("--arm", metavar="ARM", help="which of a scenario's arms")


@dataclass(frozen=True)
class Crossing:
    """A line, what is to cross it, and in which scenario."""

    region: Region
    scenario: Scenario
    outcomes: tuple[Outcome, ...]
    line: Line

    def margins(
        self, settings: Sequence[Setting], points: np.ndarray, first: int, count: int
    ) -> np.ndarray:
        """Return how far past the line each run is, (point, member, outcome)."""
        study = Study(self.region, self.scenario, tuple(settings), self.outcomes)
        return self.past(levels(study, points, first, count))

    def past(self, found: np.ndarray) -> np.ndarray:
        """Return how far past the line runs are, from both levels (2, ..., outcome)."""
        level, change = found[0], found[0] - found[1]
        outcome = np.where([one.of == "level" for one in self.outcomes], level, change)
        return margin(self.line, outcome, level, change)


def crossing(region: Region, scenario: Scenario, asked: argparse.Namespace) -> Crossing:
    """Return what was asked, or say what is wrong with it."""
    line = line_of(asked.below, asked.above)
    if len(asked.outcome) > 1:
        message = "one outcome at a time crosses one line; ask again for the other"
        raise InputError("The outcome", [Problem(message)])
    outcomes = outcomes_of(region, scenario, by_state(region, asked.outcome))
    for one in outcomes:
        refuse_crossed_by_nothing(line, one.name, one.of)
    return Crossing(region, scenario, outcomes, line)


def concluded(
    asked: argparse.Namespace,
    command: str,
    studied: Callable[[Region, Scenario, argparse.Namespace, int], Findings],
    members: int,
) -> int:
    """Do a command: read the scenario, study it, write the findings and print them."""
    from sim.asking import scenario_of
    from sim.folders import fresh, readable_errors, results_folder
    from sim.report.study_page import show, write

    region, whole = scenario_of(asked.scenario)
    scenario = sized(one_arm(whole, asked.arm), asked)
    found = studied(region, scenario, asked, asked.members or members)
    target = results_folder(asked.out, f"{scenario.name}_{command}")
    with readable_errors(target), fresh(target) as folder:
        write(found, folder)
    if not asked.quiet:
        show(found, str(target))
    return 0


def one_arm(scenario: Scenario, asked: str | None) -> Scenario:
    """Return a scenario, or the one of its arms that was asked for."""
    arms = {str(arm.arm): arm for arm in scenario.arms}
    if not arms and asked is None:
        return scenario
    if asked in arms:
        return arms[asked]
    there = f"it has {', '.join(arms)}" if arms else "it has none"
    wrong = "is asked in several arms" if asked is None else f"has no arm '{asked}'"
    cure = "; give one with --arm" if arms else "; leave --arm out"
    raise InputError(scenario.file or scenario.name, [Problem(f"it {wrong}; {there}{cure}")])


def sized(scenario: Scenario, asked: argparse.Namespace) -> Scenario:
    """Return a scenario with the length and seed that were asked for."""
    return scenario.resized(None, getattr(asked, "months", None), getattr(asked, "seed", None))


# Words ----------------------------------------------------------------------------------------


def subject(crossed: Crossing, outcome: Outcome, timed: bool = True, owned: bool = True) -> str:
    """Return whose what, and when: "Kazakhstan's breadth of ties at the end of the run"."""
    plain = outcome.name.partition("@")[0].partition(":")[0]
    state, quantity, *labels = plain.split(".")
    whose = possessive(crossed.region.actor(state).name) if owned else ""
    what = QUANTITIES.get(quantity, quantity.replace("_", " "))
    of = " and ".join(_label(crossed.region, label) for label in labels)
    return " ".join(filter(None, (whose, what, of, time_of(crossed, outcome) if timed else "")))


def _label(region: Region, label: str) -> str:
    """Return the name of a partner, of a pair of them, or a label itself."""
    known = {actor.code: actor.name for actor in region.actors}
    return " and ".join(known.get(part, part) for part in label.split("-"))


def time_of(crossed: Crossing, outcome: Outcome) -> str:
    """Return when an outcome is read, in words."""
    from sim.moments import month_names

    if outcome.when == "worst":
        return "in the month in which it is farthest from the baseline"
    if outcome.when == "mean":
        return "on average over the run"
    if outcome.when == "end":
        return "at the end of the run"
    months = month_names(crossed.scenario.start, crossed.scenario.months)
    return f"in {date_in_words(months[outcome.months[0]])}"


def past_the_line(crossed: Crossing, outcome: Outcome) -> str:
    """Return what crossing the line is, as the end of a sentence."""
    return in_words(crossed.line, outcome.unit, outcome.of)


def clause(crossed: Crossing, outcome: Outcome) -> str:
    """Return a sentence's part: whose what, when, is past which line."""
    return f"{subject(crossed, outcome)} {past_the_line(crossed, outcome)}"


def event_named(name: str) -> str:
    """Return an event's name as it stands in a sentence."""
    return f"'{name.replace('_', ' ')}'"


FIELDS = {"left": "part left by", "size": "size of", "intent": "intent behind"}
"""How a field of an event stands in a sentence."""


def field_named(setting: Setting) -> str:
    """Return a field of an event as it stands in a sentence: "the intent behind 'x'"."""
    field = FIELDS.get(setting.field, f"{setting.field.replace('_', ' ')} of")
    return f"the {field} {event_named(setting.event)}"


def percent(share: float) -> str:
    """Return a share of runs in whole per cent; never all or none where it is not."""
    whole = round(100.0 * share)
    if whole == 100 and share < 1.0:
        return "more than 99%"
    if whole == 0 and share > 0.0:
        return "less than 1%"
    return f"{whole}%"


def numbered(setting: Setting, number: float) -> str:
    """Return a setting's number with as many digits as its range deserves."""
    if setting.whole:
        return f"{number:.0f}"
    digits = max(0, 2 - int(np.floor(np.log10(max(setting.high - setting.low, 1e-12)))))
    return f"{number:.{min(digits, 9)}f}".replace("-", "\N{MINUS SIGN}")


def about(crossed: Crossing, members: int, **more: object) -> dict[str, object]:
    """Return what was asked, to be written beside the findings."""
    return {
        "scenario": crossed.scenario.name,
        "arm": crossed.scenario.arm,
        "start": crossed.scenario.start,
        "months": crossed.scenario.months,
        "seed": crossed.scenario.seed,
        "members": members,
        "outcomes": [one.name for one in crossed.outcomes],
        "line": {
            "at": crossed.line.at,
            "side": "above" if crossed.line.above else "below",
            "of_baseline": crossed.line.of_baseline,
        },
        **more,
    }
