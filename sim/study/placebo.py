"""Placebo: the same events where they should not matter, and how far an outcome moves all the same.

An effect that is no larger than what like events do on links and states that have nothing to do
with it is not to be told from nothing (Abadie, Diamond and Hainmueller 2010, Journal of the
American Statistical Association 105, 493-505, on placebos in space).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from sim.region import Region
from sim.scenario import Event, Scenario
from sim.study.lines import can_be_told
from sim.study.outcomes import Outcome
from sim.study.play import played

SPREAD = (0.05, 0.95)
"""The ranks between which nine in ten placebos lie."""

LEAST = 3
"""Placebos below which there is no spread to speak of."""


@dataclass(frozen=True)
class Placebo:
    """The events of a scenario on another link or in another state."""

    where: str
    touches: frozenset[int]  # places of the states to which it does something
    scenario: Scenario
    sign: float  # -1 where the scenario takes away what the placebo brings


def placebos(region: Region, scenario: Scenario) -> list[Placebo]:
    """Return the scenario's own events moved to every other link, and to every other state.

    There is none where no own event names a link, or some of the states but not all.
    """
    own, sign = supposed(scenario)
    return [*on_links(region, scenario, own, sign), *in_states(region, scenario, own, sign)]


def supposed(scenario: Scenario) -> tuple[list[Event], float]:
    """Return what the scenario supposes of its own; what it takes away, with a sign of -1."""
    added = [event for event in scenario.events if event.id in scenario.own_events]
    return (added, 1.0) if added else (list(scenario.removed), -1.0)


def unmoved(region: Region, scenario: Scenario) -> list[Event]:
    """Return the scenario's own events that no placebo has: there is nowhere else to put them."""
    own, _ = supposed(scenario)
    return [e for e in own if not e.what.get("links") and not in_some_states(region, e)]


def in_some_states(region: Region, event: Event) -> bool:
    """Return whether an event names states, but not all of them."""
    return 0 < len(event.what.get("states", ())) < len(region.states)


def on_links(
    region: Region, scenario: Scenario, own: Sequence[Event], sign: float
) -> Iterator[Placebo]:
    """Yield the events that name links, on every link that carries something and they do not."""
    movable = [event for event in own if event.what.get("links")]
    hit = {code for event in movable for code in event.what["links"]}
    for place, link in enumerate(region.links if movable else ()):
        if link.code not in hit and link.opened != "unbuilt":
            routes = np.flatnonzero(region.uses[:, place])
            touched = region.state_of_stream[region.stream_of_route[routes]]
            yield Placebo(
                link.code, frozenset(touched.tolist()) - {-1},
                moved(scenario, movable, "links", (link.code,)), sign,
            )  # fmt: skip


def in_states(
    region: Region, scenario: Scenario, own: Sequence[Event], sign: float
) -> Iterator[Placebo]:
    """Yield the events that name some states, in every single state that they do not name."""
    movable = [event for event in own if in_some_states(region, event)]
    hit = {code for event in movable for code in event.what["states"]}
    for place, state in enumerate(region.states if movable else ()):
        if state not in hit:
            there = moved(scenario, movable, "states", (state,))
            yield Placebo(state, frozenset({place}), there, sign)


def moved(
    scenario: Scenario, movable: Sequence[Event], field: str, where: tuple[str, ...]
) -> Scenario:
    """Return the baseline with some events of the scenario elsewhere, and none of its others."""
    there = tuple(
        replace(event, id=f"{event.id}_elsewhere", what={**event.what, field: where})
        for event in movable
    )
    base = scenario.baseline.events if scenario.baseline else ()
    own = tuple(event.id for event in there)
    return replace(scenario, events=(*base, *there), own_events=own, removed=())


# Runs -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """An outcome's change, and its changes under the placebos that have nothing to do with it."""

    outcome: Outcome
    change: np.ndarray  # (member,)
    beside: dict[str, float]  # by placebo: the median change

    @property
    def middle(self) -> float:
        return float(np.median(self.change))

    @property
    def spread(self) -> tuple[float, float] | None:
        """Between which nine in ten placebos lie; None where there are too few."""
        if len(self.beside) < LEAST:
            return None
        low, high = np.quantile(list(self.beside.values()), SPREAD)
        return float(low), float(high)

    @property
    def tells(self) -> bool:
        """Whether the change can be told from nothing."""
        return can_be_told(self.outcome, self.change)

    @property
    def outside(self) -> bool:
        """Whether the change can be told from nothing, and is larger than nine in ten placebos."""
        return self.spread is not None and self.tells and self.times > 1.0

    @property
    def times(self) -> float:
        """How many times as large the change is as nine in ten placebos are at most."""
        sizes = [abs(one) for one in self.beside.values()]
        most = float(np.quantile(sizes, 0.9)) if sizes else 0.0
        return abs(self.middle) / most if most > 0.0 else float("inf")


def compared(
    region: Region,
    scenario: Scenario,
    outcomes: Sequence[Outcome],
    workers: int,
    advance: Callable[[int], None],
) -> list[Compared]:
    """Return all outcomes of a scenario beside those of its placebos, for the same members."""
    own = changed(region, scenario, outcomes, advance)
    return beside_placebos(region, scenario, outcomes, list(own.T), workers, advance)


def beside_placebos(
    region: Region,
    scenario: Scenario,
    outcomes: Sequence[Outcome],
    changes: Sequence[np.ndarray],
    workers: int,
    advance: Callable[[int], None],
) -> list[Compared]:
    """Return outcomes whose changes (member,) are known beside those of placebos.

    `advance` hears of so many members each time that a placebo is run.
    """
    others = placebos(region, scenario)
    with ThreadPoolExecutor(workers) as threads:
        rest = list(
            threads.map(lambda one: changed(region, one.scenario, outcomes, advance), others)
        )
    return [
        Compared(
            outcome, change,
            {
                one.where: one.sign * float(np.median(found[:, k]))
                for one, found in zip(others, rest, strict=True)
                if outcome.place[0] not in one.touches
            },
        )
        for k, (outcome, change) in enumerate(zip(outcomes, changes, strict=True))
    ]  # fmt: skip


def changed(
    region: Region,
    scenario: Scenario,
    outcomes: Sequence[Outcome],
    advance: Callable[[int], None],
) -> np.ndarray:
    """Return outcomes of a scenario as they are asked for, (member, outcome)."""
    nothing_varied = np.empty((1, 0))
    found = played(region, scenario, (), nothing_varied, 0, scenario.members, outcomes)[0]
    advance(scenario.members)
    return found
