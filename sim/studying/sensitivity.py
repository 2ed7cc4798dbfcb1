"""`run.py sensitivity`: which of all that is uncertain an outcome answers to, and which not."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sim.answer.words import moved, ranged
from sim.arguments import whole
from sim.claims import amount, listed
from sim.errors import InputError, Problem
from sim.members import row_name, within
from sim.region import LedgerRow, Region
from sim.results import dates
from sim.scenario import Scenario
from sim.study.designs import named_values, scaled
from sim.study.findings import Findings, Picture, Table
from sim.study.lines import by_state, tiny_of
from sim.study.outcomes import Outcome, outcomes_of, told_in, with_unit
from sim.study.play import played
from sim.study.sensitivity import (
    FEWEST_TRAJECTORIES,
    FIRST_ROWS,
    LITTLE,
    MATTERING,
    MATTERS,
    MOST_KEPT,
    MOST_TRAJECTORIES,
    NARROW,
    NOTHING,
    RELEVANT,
    SPENT,
    UNCHANGED,
    UNSETTLED,
    WIDE,
    Indices,
    Interval,
    Model,
    Screening,
    Settled,
    goes_most_with,
    screened,
    settled,
)
from sim.study.settings import Setting, settings_of
from sim.studying.common import about_the_runs, progress, run_by, study_folder
from sim.studying.common import studied as studied_scenario
from sim.studying.discover import all_uncertain, named
from sim.studying.lines import (
    another,
    arm_taken,
    event_named,
    in_every_run,
    most_moved,
    never_reached,
    outcome_in_words,
    percent,
    state_of,
    time_of,
    what_of,
    world_in_record,
    written_out,
)

RUNS, MEMBERS = 20_000, 8
"""Runs to spend at most, and members of each point, if nothing is asked for."""

SCREENING_PART = 0.25
"""Part of the runs that the screening may take: it only sorts, the indices are what is told."""

SCREENING_MEMBERS = 4
"""Members of each point of the screening, which needs many points: enough to know luck by."""

FEWEST_MEMBERS = 4
"""Below four, what members differ in by themselves is hardly known, and no interval shows it."""

MOST_OUTCOMES = 6
"""Outcomes of one study: more are no page that anybody reads."""

READ = "breadth"
"""What is read where nothing is asked for, in the month in which the scenario is in full force. Not
at its farthest from the baseline, as for a line: that month jumps from run to run, and so would
the outcome."""

ONE_WAY = 0.8
"""Part of the moves that go one way from which it is said that more of a setting does so."""

COMBINED = 0.1
"""Part of the variance from which combinations are worth a sentence of their own."""

VAGUE = 0.3
"""Width of an interval from which it is not said how much comes of combinations."""

MOST_ROWS = 12
"""Settings of the screening in its table and figure, by outcome: those that move it most."""

MOST_NAMED = 3
"""Settings that are named in one sentence on what was dropped."""

NEAREST, NEXT_TO_NOTHING = 5, "next to nothing"
"""Per cent to which a rough share is told, as its interval is seldom narrower; and what less than
half of it is."""

NINE_IN_TEN = (0.5, 0.05, 0.95)
"""Median and ends of the band in which nine runs of ten lie."""

WHOLE = 0.9
"""Part of the resamples in which the first has to be ahead of the second to be told as first."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Write the command's own arguments into its parser."""
    about_the_runs(parser)
    parser.add_argument(
        "--outcome", action="append", metavar="STATE.QUANTITY",
        help="what is to be explained, as KAZ.breadth@end; without a state: all states "
        "(repeatable)",
    )  # fmt: skip
    parser.add_argument(
        "--runs", type=whole(1, 10_000_000), default=RUNS, metavar="N",
        help=f"runs to spend at most ({RUNS}); fewer are made where the answer settles before",
    )  # fmt: skip


@dataclass(frozen=True)
class Varied:
    """One thing that is varied: a setting, or all numbers of the ledger that it stands for."""

    setting: Setting
    numbers: tuple[LedgerRow, ...] = ()  # that members draw, each by itself; else the setting

    @property
    def settings(self) -> tuple[Setting, ...]:
        """What is set of each run."""
        if not self.numbers:
            return (self.setting,)
        words, unit = self.setting.words, self.setting.unit
        return tuple(
            Setting(row_name(row), row.low, row.high, "ledger", unit, words) for row in self.numbers
        )

    def at(self, unit: np.ndarray) -> np.ndarray:
        """Return what is set at points of the unit cube (point, number), as members draw it."""
        if not self.numbers:
            return scaled([self.setting], named_values([self.setting]), unit)
        low, high = (self.setting.low, self.setting.high) if self.by_rank else (0.0, 1.0)
        ranks = low + (high - low) * unit
        return np.column_stack([
            within(row.low, row.central, row.high, rank)
            for row, rank in zip(self.numbers, ranks.T, strict=True)
        ])  # fmt: skip

    @property
    def by_rank(self) -> bool:
        return self.setting.kind == "rank"


def varied(region: Region, setting: Setting) -> Varied:
    """Return what a setting stands for: numbers that members draw are drawn here as they do it.

    Several numbers of one attribute each by itself: weights and shares that all rise together
    change nothing. Numbers whose values or whose range were asked for are set as they were.
    """
    if setting.named or setting.steps or setting.kind not in ("ledger", "rank"):
        return Varied(setting)
    rows = [row for row in region.ledger if row.low < row.high]
    if setting.kind == "rank":
        return Varied(setting, tuple(row for row in rows if row.attribute == setting.name))
    whole_range = (setting.low, setting.high)
    same = [
        row for row in rows
        if row_name(row) == setting.name and (row.low, row.high) == whole_range
    ]  # fmt: skip
    return Varied(setting, tuple(same))


@dataclass(frozen=True)
class Reading:
    """What is asked: outcomes of a scenario, and what they may depend on."""

    region: Region
    scenario: Scenario
    outcomes: tuple[Outcome, ...]
    varied: tuple[Varied, ...]
    runs: int
    members: int
    chosen: tuple[str, ...] = ()  # sentences on what was not asked for and had to be chosen
    workers: int = 1
    advance: Callable[[int], None] = field(default=lambda more: None, compare=False)

    @property
    def settings(self) -> tuple[Setting, ...]:
        """What was asked to be varied."""
        return tuple(one.setting for one in self.varied)

    @property
    def screening_members(self) -> int:
        return min(SCREENING_MEMBERS, self.members)

    @property
    def trajectories(self) -> int:
        """How many trajectories the screening has; none where few enough are varied to begin with.

        As many as a part of the runs allows, within what is sensible.
        """
        if len(self.settings) <= MOST_KEPT:
            return 0
        each = (len(self.settings) + 1) * self.screening_members
        most = int(SCREENING_PART * self.runs) // each
        return min(max(most, FEWEST_TRAJECTORIES), MOST_TRAJECTORIES)

    @property
    def screening_runs(self) -> int:
        return self.trajectories * (len(self.settings) + 1) * self.screening_members

    @property
    def first_runs(self) -> int:
        """Runs of the first of Sobol's samples, with as many settings as can be kept."""
        kept = min(len(self.settings), MOST_KEPT)
        return FIRST_ROWS * (kept + 2) * self.members

    def model(self, kept: Sequence[int], members: int) -> Model:
        """Return the model of some of what is varied, the others being each member's own."""
        some = [self.varied[k] for k in kept]
        settings = [one for each in some for one in each.settings]
        ends = np.cumsum([len(each.settings) for each in some])[:-1]

        def points_run(points: np.ndarray) -> np.ndarray:
            return played(self.region, self.scenario, settings, points, 0, members, self.outcomes)

        def model(unit: np.ndarray) -> np.ndarray:
            columns = np.split(unit, ends, axis=1)
            points = [each.at(own) for each, own in zip(some, columns, strict=True)]
            return run_by(points_run, np.hstack(points), members, self.workers, self.advance)

        return model

    def groups(self, kept: Sequence[int]) -> tuple[int, ...]:
        """Return for each number that is set to which of those kept it belongs."""
        counts = [len(self.varied[k].settings) for k in kept]
        return tuple(place for place, count in enumerate(counts) for _ in range(count))


@dataclass(frozen=True)
class Found:
    """What was found: the screening if there was one, who went on, and their indices."""

    screening: Screening | None
    kept: tuple[int, ...]  # of all settings, in the order of their moves if screened
    settled: Settled | None  # none where nothing went on

    def settings(self, asked: Reading) -> tuple[Setting, ...]:
        """Return the settings that went on."""
        return tuple(asked.settings[k] for k in self.kept)


def sought(asked: Reading) -> Found:
    """Return which settings matter: screened where there are many, then told by their indices."""
    seed, many = asked.scenario.seed, asked.trajectories
    screening, kept = None, tuple(range(len(asked.settings)))
    if many:
        model = asked.model(kept, asked.screening_members)
        screening = screened(model, asked.groups(kept), many, seed)
        kept = screening.kept()
    if not kept:
        return Found(screening, kept, None)
    left = asked.runs - asked.screening_runs
    model = asked.model(kept, asked.members)
    return Found(screening, kept, settled(model, asked.groups(kept), left, seed))


def refuse_too_few(asked: Reading) -> None:
    """Refuse what cannot be told apart with so few members or runs."""
    problems = []
    if asked.members < FEWEST_MEMBERS:
        problems.append(Problem(
            f"{asked.members} members cannot show what members differ in by themselves; write "
            f"--members {FEWEST_MEMBERS} or more"
        ))  # fmt: skip
    least = asked.screening_runs + asked.first_runs
    if asked.runs < least:
        problems.append(Problem(
            f"{asked.runs:,} runs are too few for {counted(len(asked.settings))} and "
            f"{asked.members} members; write --runs {least} or more, or fewer --members, or name "
            "fewer settings with --vary"
        ))  # fmt: skip
    if problems:
        raise InputError("The size of the study", problems)


def counted(settings: int) -> str:
    """Return how many settings there are, in words."""
    return "1 setting" if settings == 1 else f"{settings} settings"


# What is asked ------------------------------------------------------------------------------------


def outcomes_asked(
    region: Region, scenario: Scenario, asked: Sequence[str] | None
) -> tuple[tuple[Outcome, ...], list[str]]:
    """Return the outcomes that are asked for, and a sentence where one had to be chosen."""
    if asked:
        outcomes = outcomes_of(region, scenario, by_state(region, asked))
        if len(outcomes) > MOST_OUTCOMES:
            message = f"{len(outcomes)} outcomes are too many; at most {MOST_OUTCOMES} at once"
            raise InputError("The outcome", [Problem(message)])
        return outcomes, []
    state = most_moved(region, scenario)
    keys = {one.key for one in dates(region, scenario)[0] if one.place >= 0}
    when = "during" if "during" in keys else "end"
    why = (
        f"{region.actor(state).name} is the state whose ties the scenario moves most, read "
        f"{'where the scenario is in full force' if when == 'during' else 'at the end'}; "
        f"for another outcome: --outcome {another(region, state)}.{READ}@end."
    )
    return outcomes_of(region, scenario, [f"{state}.{READ}@{when}"]), [why]


def explained(asked: Reading, outcome: Outcome) -> str:
    """Return what is to be explained: an outcome, or what the scenario makes of it."""
    subject = in_words(asked, outcome)
    return subject if outcome.of == "level" else f"{EFFECT}{subject}"


def in_question(asked: Reading) -> str:
    """Return all that is to be explained; the same of several states at once."""
    groups: dict[tuple[str, str, str], list[Outcome]] = {}
    for one in asked.outcomes:
        key = (what_of(asked.region, one), time_of(asked.scenario, one), one.of)
        groups.setdefault(key, []).append(one)
    parts = []
    for (what, when, of), some in groups.items():
        names = [state_of(asked.region, one) for one in some]
        of_several = f"the {what} of {listed(names)} {when}"
        subject = of_several if len(some) > 1 else in_words(asked, some[0])
        parts.append(subject if of == "level" else f"{EFFECT}{subject}")
    return " and for ".join(parts)


EFFECT = "the scenario's effect on "
"""What is to be explained of an outcome that is a difference."""


def in_words(asked: Reading, outcome: Outcome) -> str:
    """Return whose what, and when."""
    return outcome_in_words(asked.region, asked.scenario, outcome)


# Told ---------------------------------------------------------------------------------------------


def findings(asked: Reading, found: Found) -> Findings:
    """Return what matters in sentences, tables and figures."""
    return Findings(
        kind="sensitivity",
        title=f"{asked.scenario.title}: what matters",
        question=f"What matters most for {in_question(asked)}?",
        sentences=tuple(told(asked, found)),
        notes=tuple(how_asked(asked, found)),
        tables=tuple(tables(asked, found)),
        pictures=tuple(pictures(asked, found)),
        about=asked_about(asked, found),
    )


def asked_about(asked: Reading, found: Found) -> dict[str, Any]:
    """Return what was asked and how many runs were made."""
    made = found.settled
    return {
        "scenario": asked.scenario.name,
        "arm": asked.scenario.arm,
        "start": asked.scenario.start,
        "months": asked.scenario.months,
        "seed": asked.scenario.seed,
        "members": asked.members,
        "outcomes": [one.name for one in asked.outcomes],
        "runs_at_most": asked.runs,
        "runs_of_the_screening": asked.screening_runs,
        "runs_of_the_indices": made.runs if made else 0,
        "went_on": [one.name for one in found.settings(asked)],
        "varied": {one.name: [one.low, one.high] for one in asked.settings},
        **world_in_record(asked.scenario),
    }


def told(asked: Reading, found: Found) -> list[str]:
    """Return what was found: the verdicts, what was dropped, and what the names stand for."""
    sentences = []
    if found.settled is None:
        sentences += of_nothing(asked, found)
    else:
        hardly = hardly_moved(asked, found.settled)
        for place in range(len(asked.outcomes)):
            if place not in hardly:
                sentences += of_outcome(asked, found, found.settled, place)
        sentences += of_hardly_moved(asked, found.settled, hardly)
    if found.screening is not None and found.kept:
        sentences.append(of_the_rest(asked, found, found.screening))
    return [*sentences, *meanings(asked, found), *never_reached(asked.scenario)]


def how_asked(asked: Reading, found: Found) -> list[str]:
    """Return what was chosen, how the runs were made, and what the percentages are."""
    notes = list(asked.chosen)
    if found.screening is not None:
        notes += of_screening(asked, found, found.screening)
    if found.settled is not None:
        notes += [how_settled(asked, found.settled), what_percent_is()]
    return notes


def of_nothing(asked: Reading, found: Found) -> list[str]:
    """Return that nothing went on, and what to ask for where there is nothing to be explained."""
    what = in_question(asked)
    sentences = [f"Nothing that was varied moves {what} by more than members' luck shows."]
    if found.screening is not None and not found.screening.moves.any():
        level = f"{asked.outcomes[0].name.partition(':')[0]}:level"
        sentences.append(
            f"It is the same in all {asked.screening_runs:,} runs. For what the level depends on, "
            f"whatever the scenario does: --outcome {level}."
        )
    return sentences


def of_outcome(asked: Reading, found: Found, made: Settled, place: int) -> list[str]:
    """Return the sentences on one outcome."""
    own = made.by_outcome[place]
    what = explained(asked, asked.outcomes[place])
    if not own.varies:
        moved = found.screening is not None and found.screening.moves[place].any()
        which = "went on to the indices" if moved else "was varied"
        return [f"Nothing that {which} changes {what} at all."]
    if not own.told:
        verdicts = [
            f"Not settled at {made.runs:,} runs: whether anything that was varied makes a "
            f"difference to {what}. What members differ in by themselves hides it."
        ]
        return [*verdicts, of_spread(asked, own, made, place)]
    verdicts = [
        *of_verdicts(found.settings(asked), own, made.runs, what),
        *of_directions([asked.varied[k] for k in found.kept], own),
    ]
    spread = " ".join([of_spread(asked, own, made, place), *of_combinations(own, made.runs)])
    return [*(verdicts if len(asked.outcomes) == 1 else [" ".join(verdicts)]), spread]


def of_verdicts(settings: Sequence[Setting], own: Indices, runs: int, what: str) -> list[str]:
    """Return the verdicts on all settings in words."""
    groups = {word: [] for word in (MATTERING, LITTLE, NOTHING, UNSETTLED)}  # type: dict[str, list[int]]
    for k in np.argsort(-own.total.middle, kind="stable"):
        groups[own.verdicts[k]].append(int(k))
    names = {word: listed([named(settings[k]) for k in some]) for word, some in groups.items()}
    sentences = []
    if most := groups[MATTERING]:
        first = f"{named(settings[most[0]])} at {first_share_of(own, most[0])}"
        rest = [f"{named(settings[k])} at {share_of(own, k)}" for k in most[1:]]
        each = listed([first, *rest])
        sentences.append(f"What matters most for {what}: {each}.{first_of(own, most)}")
    else:
        sentences.append(f"For {what} nothing that was varied clearly matters.")
    if groups[LITTLE]:
        limit = percent(MATTERS)
        sentences.append(f"Matters little (less than {limit} each): {names[LITTLE]}.")
    if groups[NOTHING]:
        sentences.append(f"Indistinguishable from nothing: {names[NOTHING]}.")
    if groups[UNSETTLED]:
        each = listed([f"{named(settings[k])} ({ends_of(own, k)}%)" for k in groups[UNSETTLED]])
        sentences.append(f"Not settled at {runs:,} runs: {each}; --runs asks for more.")
    return sentences


def first_share_of(own: Indices, k: int) -> str:
    """Return the same of the setting that is told first, saying what it is a share of."""
    share = percent(float(own.total.shown.middle[k]))
    return f"{share} of the variance that settings make (95% interval: {ends_of(own, k)})"


def share_of(own: Indices, k: int) -> str:
    """Return a setting's total index as a share with its interval."""
    return f"{percent(float(own.total.shown.middle[k]))} ({ends_of(own, k)})"


def ends_of(own: Indices, k: int) -> str:
    """Return the interval of a total index."""
    return to(float(own.total.shown.low[k]), float(own.total.shown.high[k]))


def to(low: float, high: float) -> str:
    """Return two shares in whole per cent: "36 to 49"."""
    return f"{100.0 * low:.0f} to {100.0 * high:.0f}"


def first_of(own: Indices, most: Sequence[int]) -> str:
    """Return that it is open which of the first two matters more, where it is."""
    if len(most) < 2 or own.ahead[most[0], most[1]] >= WHOLE:
        return ""
    which = "the two" if len(most) == 2 else "the first two"
    return f" Which of {which} matters more is not settled."


def of_directions(every: Sequence[Varied], own: Indices) -> list[str]:
    """Return which way what matters pushes the outcome; several numbers only where they agree."""
    groups: dict[str, list[str]] = {"up": [], "down": [], EITHER: []}
    for k in np.argsort(-own.total.middle, kind="stable"):
        way = pushes(every[k], own, int(k))
        if own.verdicts[k] == MATTERING and way in groups:
            groups[way].append(more_of(every[k].setting))
    parts = [
        f"{listed(names)} {'pushes' if len(names) == 1 else 'push'} it {way}"
        for way, names in groups.items()
        if names
    ]
    text = "; ".join(parts)
    depends = ", depending on the rest" if groups[EITHER] else ""
    return [f"{text[:1].upper()}{text[1:]}{depends}."] if parts else []


MORE = {
    "on": "that {} happens", "months": "a longer {}", "start": "a later {}",
    "size": "a larger size of {}", "left": "a larger part left by {}",
    "intent": "more intent behind {}",
}  # fmt: skip
"""What more of a field of an event is."""


def more_of(setting: Setting) -> str:
    """Return more of what is varied, as it stands in a sentence; a switch is on."""
    if setting.field in MORE:
        return MORE[setting.field].format(event_named(setting.event))
    return named(setting) if setting.kind == "switch" else f"more of {named(setting)}"


EITHER, SEVERAL = "either way", "by number"
"""How a setting pushes that does not always push the same way: one number, or several."""

WAYS = {"up": "up", "down": "down", EITHER: "either"}
"""The same as it stands in a table."""


def pushes(one: Varied, own: Indices, k: int) -> str:
    """Return which way more of a setting pushes."""
    rising = float(own.rising[k])
    if abs(rising) >= ONE_WAY:
        return "up" if rising > 0.0 else "down"
    return EITHER if len(one.settings) == 1 else SEVERAL


def of_combinations(own: Indices, runs: int) -> list[str]:
    """Return how much the settings do each by itself, where there is more than one."""
    if len(own.first.middle) == 1:
        return ["With one setting alone there is nothing to share out."]
    shown = own.alone.shown
    share, low, high = (float(one[0]) for one in (shown.middle, shown.low, shown.high))
    if low >= 1.0 - COMBINED:
        return [
            f"Combinations add little: each by itself the settings make {to(low, high)}% of their "
            "variance."
        ]
    if high - low > VAGUE:
        return [
            f"How much comes of combinations is not settled at {runs:,} runs: each by itself the "
            f"settings make {to(low, high)}% of their variance."
        ]
    if high >= 1.0:
        made = f"Each by itself the settings make {to(low, high)}% of their variance"
        return [f"{made}: combinations cannot be told from nothing."]
    return [
        f"Each by itself the settings make {about_percent(share)} ({to(low, high)}%) of their "
        "variance; the rest comes of combinations."
    ]


def about_percent(share: float) -> str:
    """Return a share as roughly as it is meant."""
    nearest = NEAREST * round(100.0 * share / NEAREST)
    return f"about {nearest}%" if nearest else NEXT_TO_NOTHING


def of_spread(asked: Reading, own: Indices, made: Settled, place: int) -> str:
    """Return where the runs lie, and how much of what they differ by the settings explain."""
    shown = own.parts.shown
    settings, members, both = (percent(float(one)) for one in shown.middle)
    which = "the settings that went on to the indices" if asked.trajectories else "what was varied"
    make = "make" if asked.trajectories else "makes"
    return (
        f"{where_runs_lie(asked, made, place)} Of the variance of all runs {which} {make} "
        f"{settings} ({to(float(shown.low[0]), float(shown.high[0]))}), what members differ in by "
        f"themselves {members}, and that members answer differently to a setting {both}."
    )


def farthest(made: Settled, place: int) -> float:
    """Return how far nine runs of ten are from no difference at most."""
    return float(np.abs(np.quantile(made.found[:, :, place], NINE_IN_TEN)).max())


def hardly_moved(asked: Reading, made: Settled) -> list[int]:
    """Return the outcomes that the scenario moves too little to ask what makes it."""
    return [
        place
        for place, one in enumerate(asked.outcomes)
        if one.of == "difference" and made.by_outcome[place].varies
        and farthest(made, place) < tiny_of(one.quantity, one.unit)
    ]  # fmt: skip


def of_hardly_moved(asked: Reading, made: Settled, hardly: Sequence[int]) -> list[str]:
    """Return how little the scenario moves some outcomes."""
    if not hardly:
        return []
    each = []
    for place in hardly:
        outcome = asked.outcomes[place]
        scale, unit = told_in(outcome.unit, outcome.of)
        most = with_unit(amount(scale * farthest(made, place)), unit)
        each.append(f"{in_words(asked, outcome)} by at most {most}")
    return [
        "There is next to nothing to be explained where in nine runs of ten the scenario moves "
        f"{listed(each)}; what makes even that is in the tables."
    ]


def where_runs_lie(asked: Reading, made: Settled, place: int) -> str:
    """Return the band of an outcome over all runs."""
    outcome = asked.outcomes[place]
    scale, unit = told_in(outcome.unit, outcome.of)
    band = [scale * float(one) for one in np.quantile(made.found[:, :, place], NINE_IN_TEN)]
    head = f"In nine runs of ten {in_words(asked, outcome)} is"
    if outcome.of == "level":
        return f"{head} {ranged(band, unit)}."
    if not any(band):
        return f"{head} as in the baseline."
    return f"{head} {moved(band, unit)} than in the baseline."


def what_percent_is() -> str:
    """Return what the shares are shares of."""
    return (
        "A setting's percentage is its part of the variance that settings make, with all its "
        "combinations (total index), so that several can sum to more than 100%; in brackets the "
        "95% interval. It says what runs differ by, not how far the outcome is moved. Members "
        "differ by themselves in every number that was not set, and in the monthly shocks."
    )


def how_settled(asked: Reading, made: Settled) -> str:
    """Return how the sample grew and why it stopped."""
    grown = (
        f"The sample was doubled from {made.history[0][0]:,} to {made.runs:,} runs"
        if len(made.history) > 1
        else f"One sample of {made.runs:,} runs was made"
    )
    why = {
        NARROW: f"now no interval of what matters is wider than {percent(WIDE)}",
        UNCHANGED: "two doublings in a row changed no verdict",
        SPENT: f"the next doubling goes beyond the {asked.runs:,} runs allowed (--runs)",
    }[made.because]
    return f"{grown}, with the same {made.members} members at every point; {why}."


# The screening, told ------------------------------------------------------------------------------

WENT_ON, NO_ROOM, SLIGHT, LUCK, STILL = (
    "went on", "no room", "small", "no more than luck", "nothing",
)  # fmt: skip
"""What became of a setting in the screening."""


def became(screening: Screening, kept: Sequence[int], k: int) -> str:
    """Return what became of a setting, by the outcome that it moves most."""
    if k in kept:
        return WENT_ON
    if screening.clear[:, k].any():
        return NO_ROOM
    if screening.above_luck[:, k].any():
        return SLIGHT
    return LUCK if screening.moves[:, k].any() else STILL


def of_screening(asked: Reading, found: Found, screening: Screening) -> list[str]:
    """Return how many settings were screened, how many were dropped why, and what was missed."""
    every = range(len(asked.settings))
    fates = [became(screening, found.kept, k) for k in every]
    count = {fate: fates.count(fate) for fate in (WENT_ON, NO_ROOM, SLIGHT, LUCK, STILL)}
    reasons = [
        f"{count[NO_ROOM]} for want of room, as {MOST_KEPT} at most go on",
        f"{count[SLIGHT]} as they move it less than {percent(RELEVANT)} as far as the largest",
        f"{count[LUCK]} as they move it no more than members' luck shows",
        f"{count[STILL]} as they change nothing at all here",
    ]
    dropped = [
        text for text, fate in zip(reasons, (NO_ROOM, SLIGHT, LUCK, STILL), strict=True)
        if count[fate]
    ]  # fmt: skip
    went = f"{count[WENT_ON]} went on" if count[WENT_ON] else "None went on"
    return [
        f"Screened first were {counted(len(asked.settings))}, each moved by half of its range from "
        f"{screening.trajectories} places, for {asked.screening_members} members "
        f"({asked.screening_runs:,} runs). {went}; dropped were {listed(dropped)}.",
        "What was dropped was not held fixed afterwards but left to each member, and so is part "
        "of what members differ in by themselves. What could have been missed: a setting that "
        f"matters only in a rare combination need not show from {screening.trajectories} places.",
    ]


def of_the_rest(asked: Reading, found: Found, screening: Screening) -> str:
    """Return what all that the screening dropped makes together, and the largest of it."""
    missed = max(screening.missed(place, found.kept) for place in range(len(asked.outcomes)))
    about = about_percent(missed)
    most = "at most " if len(asked.outcomes) > 1 and about != NEXT_TO_NOTHING else ""
    count = len(asked.settings) - len(found.kept)
    others = "other setting was" if count == 1 else "other settings were"
    makes = "it makes" if count == 1 else "all together they make"
    first = (
        f"{count} {others} dropped by a screening; {makes} {most}{about} of the squared moves "
        "that it saw."
    )
    fates = [became(screening, found.kept, k) for k in range(len(asked.settings))]
    largest = largest_dropped(screening, fates)
    if not largest:
        return first
    return f"{first} The largest of them: {of_dropped(asked, screening, largest)}."


def largest_dropped(screening: Screening, fates: Sequence[str]) -> list[int]:
    """Return the settings that were dropped although they do something, largest first."""
    largest = screening.size.max(axis=1, keepdims=True)
    beside = (screening.size / np.where(largest > 0.0, largest, 1.0)).max(axis=0)
    order = np.argsort(-beside, kind="stable")
    return [int(k) for k in order if fates[k] in (NO_ROOM, SLIGHT)][:MOST_NAMED]


def of_dropped(asked: Reading, screening: Screening, dropped: Sequence[int]) -> str:
    """Return the settings that were dropped with how far they move the outcome beside the most."""
    largest = screening.size.max(axis=1)
    it = "it" if len(asked.outcomes) == 1 else "one of them"
    first, *rest = (percent(beside(screening, largest, k)) for k in dropped)
    shares = [f"moves {it} {first} as far as the largest of all", *rest]
    names = [named(asked.settings[k]) for k in dropped]
    return listed([f"{name} ({share})" for name, share in zip(names, shares, strict=True)])


def beside(screening: Screening, largest: np.ndarray, k: int) -> float:
    """Return how far a setting moves an outcome beside the largest, at most over outcomes."""
    return float((screening.size[:, k] / np.where(largest > 0.0, largest, 1.0)).max())


def meanings(asked: Reading, found: Found) -> list[str]:
    """Return a sentence on what the numbers of the ledger mean that matter for some outcome."""
    if found.settled is None:
        return []
    hardly = hardly_moved(asked, found.settled)
    told_of = [
        k
        for k in range(len(found.kept))
        if any(
            one.verdicts[k] in (MATTERING, UNSETTLED)
            for place, one in enumerate(found.settled.by_outcome)
            if place not in hardly
        )
    ]
    each = [
        meaning(asked, found, found.settled, place)
        for place in told_of
        if asked.settings[found.kept[place]].kind in ("ledger", "rank")
    ]
    return [" ".join(each)] if each else []


def meaning(asked: Reading, found: Found, made: Settled, place: int) -> str:
    """Return what a setting is, and which of its numbers does most where it has several."""
    one = asked.varied[found.kept[place]]
    what = f"'{one.setting.name}' is: {one.setting.words.partition(' (all of them')[0]}"
    if len(one.numbers) < 2:
        return f"{what}."
    groups = asked.groups(found.kept)
    most = [
        goes_most_with(groups, made.drawn, made.found[:, :, k], place)
        for k in range(len(asked.outcomes))
    ]
    found_some = dict.fromkeys(row_name(one.numbers[pair[0]]) for pair in most if pair)
    if not found_some:
        return f"{what}. No single one of its {len(one.numbers)} numbers stands out."
    return f"{what}. Of its {len(one.numbers)} numbers most hangs on {listed(list(found_some))}."


# Tables and figures -------------------------------------------------------------------------------

VERDICTS = {
    MATTERING: "matters", LITTLE: "little", NOTHING: "nothing", UNSETTLED: "not settled",
}  # fmt: skip
"""The verdicts as they stand in a table."""


def tables(asked: Reading, found: Found) -> list[Table]:
    """Return the tables: indices, parts of the variance, and the screening.

    Of an outcome that nothing moves there is nothing to be shown.
    """
    places, made = range(len(asked.outcomes)), []
    if found.settled is not None:
        made += [
            of_indices(asked, found, found.settled, place)
            for place in places
            if found.settled.by_outcome[place].varies
        ]
        made.append(of_parts(asked, found.settled))
    if found.screening is not None:
        made += [
            of_moves(asked, found, found.screening, place)
            for place in places
            if found.screening.moves[place].any()
        ]
    return made


def by_outcome(asked: Reading, name: str, caption: str, place: int) -> tuple[str, str]:
    """Return the name and caption of an outcome's own table, where there are several."""
    if len(asked.outcomes) == 1:
        return name, caption
    outcome = asked.outcomes[place]
    return f"{name}_{as_file(outcome)}", f"{outcome.name}: {caption[:1].lower()}{caption[1:]}"


def as_file(outcome: Outcome) -> str:
    """Return an outcome's name as part of a file's."""
    return re.sub(r"[^A-Za-z0-9-]", "_", outcome.name)


def cells(one: Interval, k: int) -> tuple[str, str]:
    """Return a share and its interval as they stand in a table."""
    shown = one.shown
    share = percent(float(shown.middle[k]))
    for word, sign in (("less than ", "<"), ("more than ", ">")):
        share = share.replace(word, sign)
    return share, to(float(shown.low[k]), float(shown.high[k]))


def of_indices(asked: Reading, found: Found, made: Settled, place: int) -> Table:
    """Return first and total indices of one outcome by setting."""
    own, settings = made.by_outcome[place], found.settings(asked)
    rows: list[tuple[Any, ...]] = []
    for k in np.argsort(-own.total.middle, kind="stable"):
        way = pushes(asked.varied[found.kept[k]], own, int(k))
        rows.append((
            settings[k].name, VERDICTS[own.verdicts[k]],
            *cells(own.total, int(k)), *cells(own.by_itself, int(k)),
            WAYS.get(way, "") if own.verdicts[k] == MATTERING else "",
        ))  # fmt: skip
    caption = f"What the settings make of their variance, with 95% intervals, at {made.runs:,} runs"
    columns = ("setting", "verdict", "total", "95%", "alone", "its 95%", "pushes")
    return Table(*by_outcome(asked, "indices", caption, place), columns, tuple(rows))


def of_parts(asked: Reading, made: Settled) -> Table:
    """Return whose the variance of all runs is, by outcome."""
    words = ("the settings", "members by themselves", "members answering differently")
    rows = [
        (*((outcome.name,) if len(asked.outcomes) > 1 else ()), word, *cells(own.parts, k))
        for place, (outcome, own) in enumerate(zip(asked.outcomes, made.by_outcome, strict=True))
        if np.ptp(made.found[:, :, place]) > 0.0
        for k, word in enumerate(words)
    ]
    columns = ("part", "share", "95%")
    return Table(
        "parts",
        "Whose the variance of all runs is",
        ("outcome", *columns) if len(asked.outcomes) > 1 else columns,
        tuple(rows),
    )


def of_moves(asked: Reading, found: Found, screening: Screening, place: int) -> Table:
    """Return the screening of one outcome by setting, those that move it most."""
    rows = []
    outcome = asked.outcomes[place]
    scale, unit = told_in(outcome.unit, "difference")
    for k in np.argsort(-screening.size[place], kind="stable")[:MOST_ROWS]:
        one = (
            scale * part[place, k] for part in (screening.size, screening.spread, screening.luck)
        )
        fate = became(screening, found.kept, int(k))
        rows.append((asked.settings[k].name, *map(float, one), fate))
    told_unit = f", in {unit}" if unit else ""
    caption = f"The screening: how far half of its range moves the outcome{told_unit}"
    columns = ("setting", "moves it by", "spread", "luck shows", "became of it")
    return Table(*by_outcome(asked, "screening", caption, place), columns, tuple(rows))


def pictures(asked: Reading, found: Found) -> list[Picture]:
    """Return a figure of the indices for each outcome that is moved, and of the screening."""
    if found.settled is None:
        return []
    hardly = hardly_moved(asked, found.settled)
    some = [(place, one) for place, one in enumerate(asked.outcomes) if place not in hardly]
    made = [
        of_shares(asked, found, found.settled, place, one)
        for place, one in some
        if found.settled.by_outcome[place].told
    ]
    if found.screening is not None:
        made += [
            of_trajectories(asked, found, found.screening, place, one)
            for place, one in some
            if found.screening.size[place].any()
        ]
    return made


def of_shares(asked: Reading, found: Found, made: Settled, place: int, outcome: Outcome) -> Picture:
    """Return the figure of one outcome's indices."""
    from sim.report.figures.sensitivity import Bar, Part, shares

    own, settings = made.by_outcome[place], found.settings(asked)
    total, first, parts = own.total.shown, own.by_itself, own.parts.shown
    bars = [
        Bar(
            name=settings[k].name,
            total=float(total.middle[k]),
            ends=(float(total.low[k]), float(total.high[k])),
            alone=float(first.middle[k]),
            alone_ends=(float(first.low[k]), float(first.high[k])),
            settled=own.verdicts[k] != UNSETTLED,
            word=VERDICTS[own.verdicts[k]],
        )
        for k in np.argsort(-own.total.middle, kind="stable")
    ]
    whole = [
        Part(name, float(share))
        for name, share in zip(
            ("settings", "members by themselves", "members answering differently"),
            parts.middle, strict=True,
        )
    ]  # fmt: skip
    caption = (
        f"What {explained(asked, outcome)} answers to. Upper bar: whose the variance of all runs "
        "is. Below: how the settings share out what they make."
    )
    name = f"indices_{as_file(outcome)}"
    return Picture(name, caption, lambda figure: shares(figure, bars, whole))


def of_trajectories(
    asked: Reading, found: Found, screening: Screening, place: int, outcome: Outcome
) -> Picture:
    """Return the figure of one outcome's screening."""
    from sim.report.figures.sensitivity import Move, moves

    scale, unit = told_in(outcome.unit, "difference")
    size, spread = scale * screening.size[place], scale * screening.spread[place]
    dots = [
        Move(asked.settings[k].name if k in found.kept else "", float(size[k]), float(spread[k]))
        for k in range(len(asked.settings))
        if screening.moves[place, k]
    ]
    least = RELEVANT * float(size.max())
    caption = (
        f"The screening for {explained(asked, outcome)}: every setting by how far half of its "
        "range moves it, and by how much that differs from place to place. Named: what went on "
        "and is not small."
    )
    name = f"screening_{as_file(outcome)}"
    return Picture(
        name, caption, lambda figure: moves(figure, dots, least, f", {unit}" if unit else "")
    )


# The command ------------------------------------------------------------------------------------


def reading(asked: argparse.Namespace) -> Reading:
    """Return what is asked for, or say what is wrong with it; what is not is chosen."""
    region, scenario = studied_scenario(asked)
    settings = settings_of(region, scenario, asked.vary or all_uncertain(region, scenario))
    every = tuple(varied(region, one) for one in settings)
    made = Reading(
        region, scenario, (), every, asked.runs, asked.members or MEMBERS, workers=asked.workers
    )
    refuse_too_few(made)
    outcomes, chosen = outcomes_asked(region, scenario, asked.outcome)
    if not asked.vary:
        numbers = sum(len(one.settings) for one in every)
        chosen.append(
            f"What is varied was chosen: everything uncertain, {numbers} numbers in "
            f"{len(settings)} settings (numbers of one attribute are drawn each by itself and "
            "count as one setting); for others: --vary NAME or --vary NAME=LOW:HIGH."
        )
    chosen += [*arm_taken(scenario, asked.arm), *in_every_run(scenario)]
    return replace(made, outcomes=outcomes, chosen=tuple(chosen))


def run(asked: argparse.Namespace) -> int:
    """Do the command: read, study, write, print."""
    made = reading(asked)
    target = study_folder(asked, made.scenario, "sensitivity")
    with progress(None, 0, asked.quiet) as advance:
        found = sought(replace(made, advance=advance))
    return written_out(findings(made, found), target, asked.quiet)
