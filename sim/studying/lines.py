"""What the commands about a line share: their arguments, the runs, and words for outcomes."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from sim import own_numbers
from sim.answer import rule_in_words
from sim.answer.words import possessive
from sim.claims import SIZE_WORDS, listed
from sim.compare import date_in_words
from sim.errors import InputError, Problem
from sim.region import Region
from sim.scenario import Scenario
from sim.study.findings import Findings
from sim.study.lines import (
    NAMED,
    Line,
    by_state,
    in_words,
    limits_of,
    line_of,
    margin,
    reached_in_words,
    read,
    refuse_crossed_by_nothing,
    refuse_out_of_reach,
    room,
    telling_line,
)
from sim.study.outcomes import SCALE, Outcome, outcomes_of
from sim.study.play import Study, levels
from sim.study.settings import Setting
from sim.studying.common import progress, run_by, study_folder
from sim.timeline import begins_too_late, month_number
from sim.vocabulary import PORTFOLIO

QUANTITIES = {
    "breadth": "breadth of ties",
    "breadth_pooled": "breadth of ties pooled over domains",
    "deliberate": "deliberate hedge",
    "two_sidedness": "two-sidedness",
    "ambiguity": "security ambiguity",
    "gdp_gap": "income against its trend",
    "threat": "fear of",
    "pressure": "pressure from",
    "leverage": "exposure to",
    "lean": "lean between",
}
"""How quantities stand in a sentence after whose they are; before a label where there is one."""

PILOT = 24
"""Runs from which a state or a line is chosen where none is asked for."""

ONE_POINT = np.empty((1, 0))
"""The scenario as written."""

MOVED = "breadth@worst"
"""What is read where nothing is asked for: the headline measure, where it moves most."""

Advance = Callable[[int], None]
"""Told how many more runs are done."""


@dataclass(frozen=True)
class Pilot:
    """A few runs from which a line is chosen."""

    settings: tuple[Setting, ...] = ()
    points: np.ndarray = field(default_factory=lambda: ONE_POINT)
    members: int = PILOT
    ends: bool = False  # the points are the ends of a range, which the line is to tell apart


AS_WRITTEN = Pilot()


def line_arguments(parser: argparse.ArgumentParser) -> None:
    """Write the arguments that ask for a line into a command's."""
    parser.add_argument(
        "--outcome", action="append", metavar="STATE.QUANTITY",
        help="what is to cross the line, as KAZ.breadth@end; without a state: all states",
    )  # fmt: skip
    parser.add_argument(
        "--below", metavar="X", help="the line: below X, or 10%% for a tenth below the baseline"
    )
    parser.add_argument(
        "--above", metavar="X", help="the line: above X, or 10%% for a tenth above the baseline"
    )
    parser.add_argument(
        "--line", metavar="NAME",
        help=f"instead of these, a line by its name: {', '.join(NAMED)}; hedge_ends:KAZ for KAZ",
    )  # fmt: skip


@dataclass(frozen=True)
class Crossing:
    """A line, what is to cross it, and in which scenario."""

    region: Region
    scenario: Scenario
    outcomes: tuple[Outcome, ...]
    line: Line
    named: str = ""  # the line's name, if it was asked for by one
    chosen: tuple[str, ...] = ()  # sentences on what was not asked for and had to be chosen
    workers: int = 1
    advance: Advance = field(default=lambda more: None, compare=False)

    def margins(
        self, settings: Sequence[Setting], points: np.ndarray, first: int, count: int
    ) -> np.ndarray:
        """Return how far past the line each run is, (point, member, outcome)."""
        return self.past(self.runs(settings, points, first, count))

    def runs(
        self, settings: Sequence[Setting], points: np.ndarray, first: int, count: int
    ) -> np.ndarray:
        """Return the outcomes of runs and of their baselines, (2, point, member, outcome)."""
        study = Study(self.region, self.scenario, tuple(settings), self.outcomes)

        def model(some: np.ndarray) -> np.ndarray:
            return np.moveaxis(levels(study, some, first, count), 0, -1)

        found = run_by(model, points, count, self.workers, self.advance)
        return np.moveaxis(found, -1, 0)

    def past(self, found: np.ndarray) -> np.ndarray:
        """Return how far past the line runs are, from both levels (2, ..., outcome)."""
        return margin(self.line, *self.parts(found))

    def read(self, found: np.ndarray) -> np.ndarray:
        """Return what is held against the line, from both levels (2, ..., outcome)."""
        return read(self.line, *self.parts(found))

    def no_room(self, found: np.ndarray) -> np.ndarray:
        """Return which baselines leave nothing to cross, from both levels (2, ..., outcome)."""
        _, level, change = self.parts(found)
        return np.asarray(self.line.anew & (room(self.line, level, change) <= 0.0))

    def parts(self, found: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return outcomes as asked for, levels and differences, from both levels."""
        level, change = found[0], found[0] - found[1]
        asked = np.where([one.of == "level" for one in self.outcomes], level, change)
        return asked, level, change


def crossing(
    region: Region,
    scenario: Scenario,
    asked: argparse.Namespace,
    by_default: str = "",
    pilot: Pilot = AS_WRITTEN,
) -> Crossing:
    """Return what was asked, or say what is wrong with it; what was not asked is chosen.

    Where neither an outcome nor a line is asked for, it is the line that is named `by_default`.
    """
    free = asked.below is None and asked.above is None
    if asked.line is not None and (asked.outcome or not free):
        message = f"--line {asked.line} says it all; leave --outcome, --below and --above out"
        raise InputError("The line", [Problem(message)])
    if len(asked.outcome or ()) > 1:
        message = "one outcome at a time crosses one line; ask again for the other"
        raise InputError("The outcome", [Problem(message)])
    name = asked.line or (by_default if free and not asked.outcome else "")
    made = Crossing(region, scenario, (), Line(0.0, above=True), workers=asked.workers)
    return by_name(made, name, asked) if name else by_outcome(made, asked, free, pilot)


def by_name(made: Crossing, name: str, asked: argparse.Namespace) -> Crossing:
    """Return a line that is asked for by its name, for a state that is asked for or chosen."""
    name, _, state = name.partition(":")
    if name not in NAMED:
        message = f"'{name}' is no line with a name; there are {', '.join(NAMED)}"
        raise InputError("The line", [Problem(message)])
    why = []
    if not state:
        state = most_moved(made.region, made.scenario)
        why.append(f"{made.region.actor(state).name} is the state whose ties the scenario moves "
                   f"most; for another: --line {name}:{another(made.region, state)}.")  # fmt: skip
    if asked.line is None:
        why.append(f"Nothing was asked for, so the line is {name}; for another: --line, or "
                   "--outcome with --below or --above.")  # fmt: skip
    line = NAMED[name]
    outcomes = outcomes_of(made.region, made.scenario, [f"{state}.{line.quantity}"])
    return replace(made, outcomes=outcomes, line=line.line, named=name, chosen=tuple(why))


def by_outcome(made: Crossing, asked: argparse.Namespace, free: bool, pilot: Pilot) -> Crossing:
    """Return a line for an outcome; whichever of the two was not asked for is chosen."""
    region, scenario = made.region, made.scenario
    why = []
    texts = by_state(region, asked.outcome) if asked.outcome else ()
    if not texts:
        state = most_moved(region, scenario)
        texts = (f"{state}.{MOVED}",)
        why.append(f"{region.actor(state).name} is the state whose ties the scenario moves most; "
                   f"for another: --outcome {another(region, state)}.{MOVED}.")  # fmt: skip
    outcomes = outcomes_of(region, scenario, texts)
    line = telling(made, outcomes, pilot, why) if free else line_of(asked.below, asked.above)
    for one in outcomes:
        refuse_crossed_by_nothing(line, one.name, one.of)
        refuse_out_of_reach(line, one, region)
    return replace(made, outcomes=outcomes, line=line, chosen=tuple(why))


def telling(made: Crossing, outcomes: Sequence[Outcome], pilot: Pilot, why: list[str]) -> Line:
    """Return the line of a size word's limit that tells most of a few runs; note why."""
    limits = limits_of(outcomes[0].quantity, outcomes[0].unit)
    if not limits or outcomes[0].of == "level":
        message = f"give the line for {outcomes[0].name} as --below X or as --above X"
        raise InputError("The line", [Problem(message)])
    changes = piloted(made.region, made.scenario, outcomes, pilot)
    if not pilot.ends:
        changes = changes.reshape(1, -1, len(outcomes))
    most = int(np.abs(np.median(changes, axis=1)).max(axis=0).argmax())
    line = telling_line(changes[..., most], limits)
    size = SIZE_WORDS[list(limits).index(abs(line.at))]
    move, side = ("rise", "--above") if line.above else ("fall", "--below")
    how = (
        "tells the two ends of the range apart best" if pilot.ends else "parts the runs most evenly"
    )
    why.append(f"The line was chosen: where a {move} is no longer {size}, as that {how}; for "
               f"another: {side} X.")  # fmt: skip
    return line


def most_moved(region: Region, scenario: Scenario) -> str:
    """Return the state whose ties with any partner a scenario as written moves most."""
    names = [
        f"{state}.pooled.{partner}@worst" for state in region.states for partner in region.partners
    ]
    changes = piloted(region, scenario, outcomes_of(region, scenario, names))[0]
    most = int(np.abs(np.median(changes, axis=0)).argmax())
    return region.states[most // len(region.partners)]


def piloted(
    region: Region, scenario: Scenario, outcomes: Sequence[Outcome], pilot: Pilot = AS_WRITTEN
) -> np.ndarray:
    """Return differences from the baseline in a few runs, (point, member, outcome)."""
    study = Study(region, scenario, pilot.settings, tuple(outcomes))
    level, before = levels(study, pilot.points, 0, pilot.members)
    return np.asarray(level - before)


def another(region: Region, state: str) -> str:
    """Return another state, as an example."""
    return next(code for code in region.states if code != state)


def concluded(
    asked: argparse.Namespace,
    command: str,
    studied: Callable[[Crossing, int], Findings],
    crossed: Crossing,
    members: int,
) -> int:
    """Do a command: study with its progress shown, write the findings and print them."""
    target = study_folder(asked, crossed.scenario, command)
    with progress(None, 0, asked.quiet) as advance:
        found = studied(replace(crossed, advance=advance), asked.members or members)
    return written_out(found, target, asked.quiet)


def written_out(found: Findings, target: Path, quiet: bool) -> int:
    """Write findings into their folder, print them, and return the exit status."""
    from sim.folders import fresh, readable_errors
    from sim.report.study_page import show, write
    from sim.study.sweep import made_with

    with readable_errors(target), fresh(target) as folder:
        write(found, folder, made_with())
    if not quiet:
        show(found, str(target))
    return 0


def on_the_scenario(scenario: Scenario, arm_asked: str | None) -> list[str]:
    """Return what has to be known of a scenario: which arm was taken, and what it never reaches."""
    return [*arm_taken(scenario, arm_asked), *in_every_run(scenario), *never_reached(scenario)]


def in_every_run(scenario: Scenario) -> list[str]:
    """Return what is otherwise than usual in every run: what is off, and the rule of choice."""
    rule = rule_in_words(scenario.rule)
    own = own_numbers.told(scenario.numbers)
    return [
        *switched_off(scenario),
        *own,
        *([f"{rule[:-1]}, in the baseline too."] if rule else []),
    ]


def switched_off(scenario: Scenario) -> list[str]:
    """Return a sentence on the mechanisms that are off in every run, if there are any."""
    if not scenario.without:
        return []
    names = listed([name.replace("_", " ") for name in scenario.without])
    return [f"Switched off in every run, in the baseline too: {names}."]


def world_in_record(scenario: Scenario) -> dict[str, Any]:
    """Return what is otherwise than usual in every run, as a study keeps it."""
    off = {"without": list(scenario.without)} if scenario.without else {}
    own = {"numbers": dict(scenario.numbers)} if scenario.numbers else {}
    return off | own | ({} if scenario.rule == PORTFOLIO else {"rule": scenario.rule})


def arm_taken(scenario: Scenario, arm_asked: str | None) -> list[str]:
    """Return a sentence on which arm was taken, where none was asked for."""
    if scenario.arm is None or arm_asked is not None:
        return []
    return [f"Of the scenario's arms this is {scenario.arm}; for another: --arm."]


def never_reached(scenario: Scenario, settings: Sequence[Setting] = ()) -> list[str]:
    """Return sentences on what lies after a scenario's last month: own events, and lengths."""
    return [*begun_too_late(scenario), *too_long(scenario, settings)]


def too_long(scenario: Scenario, settings: Sequence[Setting]) -> list[str]:
    """Return a sentence on each length that is tried beyond the end of the run."""
    events = {event.id: event for event in scenario.events}
    end, told = int(month_number(scenario.start)) + scenario.months, []
    for one in settings:
        left = end - int(month_number(events[one.event].start)) if one.field == "months" else 0
        if 0 < left < one.high:
            told.append(
                f"{event_named(one.event)} is tried for up to {one.high:g} months, and after its "
                f"beginning the run has {left}: longer ones are alike."
            )
    return told


def begun_too_late(scenario: Scenario) -> list[str]:
    """Return a sentence on the scenario's own events that begin after its last month, if any do."""
    own = [event for event in scenario.events if event.id in scenario.own_events]
    late = [event_named(event.id) for event in own if begins_too_late(event, scenario)]
    if not late:
        return []
    begin = "begins" if len(late) == 1 else "begin"
    return [f"{listed(late)} {begin} after the last month of the run; for a longer one: --months."]


# Words ----------------------------------------------------------------------------------------


def subject(crossed: Crossing, outcome: Outcome, timed: bool = True, owned: bool = True) -> str:
    """Return whose what, and when: "Kazakhstan's breadth of ties at the end of the run"."""
    what = (whose if owned else what_of)(crossed.region, outcome)
    return f"{what} {time_of(crossed.scenario, outcome)}" if timed else what


def outcome_in_words(region: Region, scenario: Scenario, outcome: Outcome) -> str:
    """Return whose what, and when: "Kazakhstan's breadth of ties at the end of the run"."""
    return f"{whose(region, outcome)} {time_of(scenario, outcome)}"


def whose(region: Region, outcome: Outcome) -> str:
    """Return whose what: "Kazakhstan's breadth of ties"."""
    return f"{owner_of(region, outcome)} {what_of(region, outcome)}"


def owner_of(region: Region, outcome: Outcome) -> str:
    """Return whose an outcome is: "Kazakhstan's"."""
    return possessive(state_of(region, outcome))


def state_of(region: Region, outcome: Outcome) -> str:
    """Return the name of the state of which an outcome is read."""
    return region.actor(outcome.name.partition(".")[0]).name


def what_of(region: Region, outcome: Outcome) -> str:
    """Return what an outcome reads of a state, with its scale if it has one: "breadth of ties"."""
    plain = outcome.name.partition("@")[0].partition(":")[0]
    _, quantity, *labels = plain.split(".")
    what = QUANTITIES.get(quantity, quantity.replace("_", " "))
    of = " and ".join(_label(region, label) for label in labels)
    scale = f"({outcome.unit.replace('-', ' to ')})" if SCALE.fullmatch(outcome.unit) else ""
    return " ".join(filter(None, (what, of, scale)))


def _label(region: Region, label: str) -> str:
    """Return the name of a partner, of a pair of them, or a label itself."""
    known = {actor.code: actor.name for actor in region.actors}
    return " and ".join(known.get(part, part) for part in label.split("-"))


def time_of(scenario: Scenario, outcome: Outcome) -> str:
    """Return when an outcome is read, in words."""
    from sim.moments import month_names

    if outcome.when == "worst":
        return "at its farthest from the baseline"
    if outcome.when == "mean":
        return "on average over the run"
    if outcome.when == "end":
        return "at the end of the run"
    months = month_names(scenario.start, scenario.months)
    return f"in {date_in_words(months[outcome.months[0]])}"


def past_the_line(crossed: Crossing, outcome: Outcome) -> str:
    """Return what crossing the line is, as the end of a sentence."""
    return once_named(crossed, outcome, in_words(crossed.line, outcome.unit, outcome.of))


def reached(crossed: Crossing, outcome: Outcome, number: float) -> str:
    """Return where a number that is read against the line lies, and the line."""
    told = reached_in_words(crossed.line, number, outcome.unit, outcome.of)
    return once_named(crossed, outcome, told)


def once_named(crossed: Crossing, outcome: Outcome, told: str) -> str:
    """Return words after an outcome, in which the baseline is "it" where its time names it."""
    apart = crossed.line.of_baseline or outcome.of == "difference"
    return told.replace("the baseline", "it") if apart and outcome.when == "worst" else told


def clause(crossed: Crossing, outcome: Outcome) -> str:
    """Return a sentence's part: whose what, when, is past which line."""
    if crossed.named:
        return f"{owner(crossed, outcome)} {NAMED[crossed.named].words}"
    return in_full(crossed, outcome)


def any_clause(crossed: Crossing) -> str:
    """Return the same of whichever outcome is past the line: of one state, or of some state."""
    one = crossed.outcomes[0]
    if len(crossed.outcomes) == 1:
        return clause(crossed, one)
    return f"{any_subject(crossed)} {past_the_line(crossed, one)}"


def any_subject(crossed: Crossing) -> str:
    """Return what is read: whose, or some state's where it is read of several."""
    one = crossed.outcomes[0]
    if len(crossed.outcomes) == 1:
        return subject(crossed, one)
    return f"some state's {subject(crossed, one, owned=False)}"


def in_full(crossed: Crossing, outcome: Outcome) -> str:
    """Return the same without the line's name."""
    return f"{subject(crossed, outcome)} {past_the_line(crossed, outcome)}"


def owner(crossed: Crossing, outcome: Outcome) -> str:
    """Return whose an outcome is: "Kazakhstan's"."""
    return owner_of(crossed.region, outcome)


def definition(crossed: Crossing) -> list[str]:
    """Return what the name of a line stands for; nothing where it has none."""
    if not crossed.named:
        return []
    (one,) = crossed.outcomes
    short = " and was not so in the same run's baseline" if one.of == "level" else ""
    return [
        f"“{clause(crossed, one)}” stands for: {in_full(crossed, one)}{short}. The deliberate "
        "hedge is the breadth of ties beyond what the state would choose if it did not mind risk."
    ]


def event_named(name: str) -> str:
    """Return an event's name as it stands in a sentence."""
    return f"'{name.replace('_', ' ')}'"


FIELDS = {"left": "part left by", "size": "size of", "intent": "intent behind"}
"""How a field of an event stands in a sentence."""


def field_named(setting: Setting) -> str:
    """Return a field of an event as it stands in a sentence: "the intent behind 'x'"."""
    which = FIELDS.get(setting.field, f"{setting.field.replace('_', ' ')} of")
    return f"the {which} {event_named(setting.event)}"


def part_of_range(low: float, high: float) -> str:
    """Return which part of its range a rank between two bounds lies in."""
    if high >= 1.0:
        return f"in the upper {100 * (1.0 - low):.0f}% of its range"
    if low <= 0.0:
        return f"in the lower {100 * high:.0f}% of its range"
    return f"between {100 * low:.0f}% and {100 * high:.0f}% of its range"


def meanings(settings: Sequence[Setting]) -> list[str]:
    """Return what numbers of the ledger, and attributes of it, mean."""
    told = [one for one in settings if one.kind in ("ledger", "rank")]
    ranks = any(one.kind == "rank" for one in told)
    return [
        *(f"'{one.name}' is: {plain_words(one)}." for one in told),
        *(["All numbers of one attribute rise and fall together, by rank."] if ranks else []),
    ]


def plain_words(setting: Setting) -> str:
    """Return what is set, without how."""
    return setting.words.partition(" (all of them")[0]


def percent(share: float) -> str:
    """Return a share of runs in whole per cent; never all or none where it is not."""
    whole = round(100.0 * share)
    if whole == 100 and share < 1.0:
        return "more than 99%"
    if whole == 0 and share > 0.0:
        return "less than 1%"
    return f"{whole}%"


def numbered(setting: Setting, number: float) -> str:
    """Return a setting's number with as many digits as its range deserves; a rank in hundredths."""
    if setting.kind == "rank":
        return f"{100.0 * number:.0f}%"
    if setting.whole:
        return f"{number:.0f}"
    digits = max(0, 2 - int(np.floor(np.log10(max(setting.high - setting.low, 1e-12)))))
    text = f"{number:.{min(digits, 9)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "\N{MINUS SIGN}")


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
            **({"of": "the baseline"} if crossed.line.of_baseline else {}),
            **({"crossed": "anew"} if crossed.line.anew else {}),
            **({"named": crossed.named} if crossed.named else {}),
        },
        **world_in_record(crossed.scenario),
        **more,
    }
