"""What the rules need for a run and month: the steps of a month as it is noted for the tape.

The month is written as a `sim.tape.Score`, which knows what each number is made of: what is the
same in all months, what is asked twice, and what nobody asks for can be told there. How often a
rule that solves for something repeats its step is counted where it happens, member by member.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

import numpy as np

from benchmarks.timing import Failed
from sim import solving, steps
from sim.arrays import Arrays
from sim.drivers import DRIVER_AXES, Drivers
from sim.ensemble import Block, block
from sim.month import at_rest, month
from sim.noting import Note, rests_on
from sim.on_tape import constant, handed_on, noted, shared, varying_in
from sim.results import first_difference
from sim.shocks import at_month
from sim.solving import State, Step
from sim.study.play import Study
from sim.tape import Call, Score, flat
from sim.timeline import drivers as drivers_of

ADD, MULTIPLY, DIVIDE, COMPARE, SQRT, EXP, LOG = KINDS = (
    "add", "multiply", "divide", "compare", "sqrt", "exp", "log",
)  # fmt: skip
"""Kinds of steps. Subtracting is adding; comparing is also choosing, and what is done with true
and false."""

KIND_OF: dict[str, str] = {
    **dict.fromkeys((steps.ADD, steps.SUBTRACT, steps.NEGATIVE, steps.ABSOLUTE), ADD),
    steps.MULTIPLY: MULTIPLY,
    steps.DIVIDE: DIVIDE,
    **dict.fromkeys(steps.COMPARISONS, COMPARE),
    **dict.fromkeys((steps.MAXIMUM, steps.MINIMUM, steps.CHOOSE), COMPARE),
    **dict.fromkeys((steps.AND, steps.OR, steps.NOT), COMPARE),
    steps.SQRT: SQRT,
    **dict.fromkeys((steps.EXPONENTIAL, steps.LESS_ONE), EXP),
    steps.LOGARITHM: LOG,
}
"""Which kind each step is of."""

SOLVED_FOR = 256
"""Members over whose months it is averaged how often steps are repeated: a few need many."""

Path = tuple[int, ...]
"""A loop: which of the month's it is, and for one inside another, which of that one's."""

Steps = Counter[str]


@dataclass(frozen=True)
class Work:
    """Steps by kind, for a run and month on average."""

    steps: Mapping[str, float]  # outside the rules that solve
    solving: Mapping[str, float]

    @property
    def together(self) -> dict[str, float]:
        """All steps by kind."""
        return {k: self.steps.get(k, 0.0) + self.solving.get(k, 0.0) for k in KINDS}

    @property
    def count(self) -> float:
        return sum(self.together.values())

    def cost(self, each: Mapping[str, float]) -> float:
        """Return what the work costs at so much for each kind."""
        return sum(count * each[kind] for kind, count in self.together.items())


def work_of(study: Study, solved_for: int = SOLVED_FOR) -> Work:
    """Return what the rules need for a run and month of a study, on average over its months.

    The scenario's months count from the first that differs, as its baseline gives the rest.
    Months that are read need more than those that only lead on.
    """
    region, scenario = study.region, study.scenario
    some = block(region, scenario.seed, 0, solved_for, scenario.months)
    before, after = (
        drivers_of(one, region, some.draws) for one in (scenario.baseline or scenario, scenario)
    )
    differ = varying_in(before, after)
    fixed = {**shared(some.world), **constant(after, differ)}
    notes = noted(some.world, at_rest(some.world), after, some.shocks, None, fixed)
    score, own = Score(), {("shocks", name) for name in some.shocks}
    own |= {("drivers", name) for one in (before, after) for name, _ in one.own}
    for note in rests_on(one for one in notes.values() if isinstance(one, Note)):
        score.write(note)
    handed = handed_on(notes)
    often = times_repeated(some, before, after)
    if not alike(score, often):
        raise Failed("the loops that were counted are not those of the month that was noted")
    read = len(study.kept.months or ()) / scenario.months
    parts: list[tuple[float, Work]] = []
    for weight, names in ((read, handed.union(study.kept.quantities)), (1.0 - read, handed)):
        wanted = flat(score.numbers(one, _ndim(one)) for one in map(notes.__getitem__, names))
        found = Work(steps_to(score, wanted, own), steps_in_loops(score, wanted, often))
        parts.append((weight, found))
    return Work(
        {kind: sum(weight * work.steps[kind] for weight, work in parts) for kind in KINDS},
        {kind: sum(weight * work.solving[kind] for weight, work in parts) for kind in KINDS},
    )


def _ndim(one: Note | np.ndarray) -> int:
    return one.seen.ndim if isinstance(one, Note) else one.ndim


# Steps -----------------------------------------------------------------------------------------


def steps_to(score: Score, wanted: Sequence[int], own: Collection[tuple[str, str]]) -> Steps:
    """Return the steps that lead to numbers, by kind, but for those that are done once for all.

    Done once is what is the same in all months, and what is the same for all members: what rests
    on drivers alone that are not their `own`.
    """
    put_in = (numbers for key, numbers in score.inputs.items() if key[0] != "drivers" or key in own)
    by_member = resting_on(score, flat(put_in))
    needed = leading_to(score, wanted) & by_member
    return kinds_of(score, (one for one in needed if score.monthly[one]))


def kinds_of(score: Score, numbers: Iterable[int]) -> Steps:
    """Return the steps that make numbers, by kind."""
    made = (score.steps[one] for one in numbers)
    return Counter(KIND_OF[step[0]] for step in made if step)


def leading_to(score: Score, wanted: Sequence[int]) -> set[int]:
    """Return all numbers that these rest on, and themselves."""
    found: set[int] = set()
    left = [*wanted, *(one for call in score.loops_for(wanted) for one in flat(call.inputs))]
    while left:
        number = left.pop()
        if number not in found:
            found.add(number)
            left += score.inputs_of(number)
    return found


def resting_on(score: Score, given: Iterable[int]) -> set[int]:
    """Return all numbers that rest on any of these, and themselves."""
    found = set(given)
    loops = {int(call.outputs[0].flat[0]): call for call in score.calls}
    for number in range(len(score.steps)):  # each stands after what it is made of
        if number in loops and not found.isdisjoint(flat(loops[number].inputs)):
            found.update(flat(loops[number].outputs))
        elif not found.isdisjoint(score.inputs_of(number)):
            found.add(number)
    return found


# Steps that are repeated -----------------------------------------------------------------------


def steps_in_loops(
    score: Score, wanted: Sequence[int], often: Mapping[Path, float]
) -> dict[str, float]:
    """Return the steps inside the loops that numbers rest on, as often as they are repeated."""
    asked = {k for k, call in enumerate(score.calls) if call in score.loops_for(wanted)}
    bodies = [
        (often.get(path, 0.0), body_of(call)) for path, call in loops_of(score) if path[0] in asked
    ]
    return {kind: sum(times * body[kind] for times, body in bodies) for kind in KINDS}


def loops_of(score: Score, path: Path = ()) -> Iterator[tuple[Path, Call]]:
    """Yield all loops, each followed by those inside it."""
    for k, call in enumerate(score.calls):
        yield (*path, k), call
        yield from loops_of(call.inside, (*path, k))


def body_of(call: Call) -> Steps:
    """Return the steps of a loop that are repeated, by kind, without those of loops inside it.

    What rests on nothing that changes from one time to the next is done once, and not counted.
    """
    inside = call.inside
    after = flat(inside.outputs(call.loop))
    state = flat(inside.inputs["loop", str(k)] for k in range(len(call.outputs)))
    return kinds_of(inside, leading_to(inside, after) & resting_on(inside, state))


def alike(score: Score, often: Mapping[Path, float]) -> bool:
    """Return whether the loops that were met are those of a month that was noted."""
    known = {path for path, _ in loops_of(score)}
    outermost = {path for path in known if len(path) == 1}
    return outermost <= set(often) <= known


@dataclass
class Repeats:
    """How often the steps of rules that solve are repeated, by loop."""

    often: dict[Path, float] = field(default_factory=dict)
    inside: Path = ()
    met: list[int] = field(default_factory=lambda: [0])  # loops so far, in each that is under way

    def repeated(
        self, step: Step, state: Sequence[np.ndarray], fixed: Sequence[np.ndarray], most: int,
        what: str = "",
    ) -> State:  # fmt: skip
        """Do what `sim.solving.repeated` does, and count.

        Where several are solved for side by side, a step counts for those in which something is
        left.
        """
        path = (*self.inside, self.met[-1])
        self.met[-1] += 1
        self.often.setdefault(path, 0.0)

        def counted(*now: np.ndarray) -> State:
            self.often[path] += float(now[0].mean())
            outer, self.inside = self.inside, path
            self.met.append(0)
            after = step(*now)
            self.met.pop()
            self.inside = outer
            return after

        return REPEATED(counted, state, fixed, most, what)


REPEATED = solving.repeated


@contextmanager
def counting(repeats: Repeats) -> Iterator[None]:
    """Let rules that solve be counted."""
    rules = [one for name, one in sys.modules.items() if name.startswith("sim.rules.")]
    with ExitStack() as patched:
        for rule in rules:
            if getattr(rule, "repeated", None) is REPEATED:
                patched.enter_context(patch.object(rule, "repeated", repeats.repeated))
        yield


def times_repeated(some: Block, before: Drivers, after: Drivers) -> dict[Path, float]:
    """Return how often the step of each loop is repeated in a month of a member, on average.

    Members are solved for side by side: the rules leave those alone in which nothing is left.
    """
    repeats, played = Repeats(), 0
    path = [at_rest(some.world)]
    with counting(repeats):
        for drivers, first in ((before, 0), (after, max(first_difference(before, after), 0))):
            now = path[first]
            for place in range(first, drivers.months):
                repeats.met = [0]
                put_in = Arrays(drivers.at(place), DRIVER_AXES)
                now = month(some.world, now, put_in, at_month(some.shocks, place))
                played += 1
                if drivers is before:
                    path.append(now)
    return {loop: times / played for loop, times in repeats.often.items()}
