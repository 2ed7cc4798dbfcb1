"""A round robin: every strategy in every seat of every scenario, beside the rules in that seat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.game.played_out import played_out
from sim.game.scores import OF_STATES, Score
from sim.game.strategies import Named
from sim.game.table import begun
from sim.game.worlds import played
from sim.region import Region
from sim.scenario import Scenario

ALL = "all"
"""The seat of a strategy that plays every state at once."""


@dataclass(frozen=True)
class Match:
    """One strategy in one seat of one scenario: its scores less those of the rules there."""

    strategy: Named
    scenario: str
    seat: str
    changes: dict[str, np.ndarray]  # by score: (member,); of all seats the mean


@dataclass(frozen=True)
class RoundRobin:
    """Every match of a tournament."""

    region: Region
    scenarios: tuple[Scenario, ...]
    strategies: tuple[Named, ...]
    seats: tuple[str, ...]
    turns: int
    members: int
    matches: tuple[Match, ...]

    def of(self, strategy: Named) -> list[Match]:
        """Return the matches of a strategy."""
        return [one for one in self.matches if one.strategy == strategy]

    def mean(self, strategy: Named, score: Score) -> np.ndarray:
        """Return what a strategy changes of a score, the mean of its matches: (member,)."""
        changes = [match.changes[score.name] for match in self.of(strategy)]
        return np.asarray(np.mean(changes, axis=0))


def round_robin(
    region: Region,
    scenarios: Sequence[Scenario],
    strategies: Sequence[Named],
    seats: Sequence[str],
    turns: int,
    members: int,
    advance: Callable[[int], None],
) -> RoundRobin:
    """Return all matches. A strategy that fails raises InputError: there is no score for that."""
    matches: list[Match] = []
    for scenario in scenarios:
        game = begun(region, scenario.resized(members), scenario.name, (), turns, 0)
        by_rules = played(region, game.scenario)
        advance(members)
        for strategy in strategies:
            for seat in seats:
                held = region.states if seat == ALL else (seat,)
                sits = dict.fromkeys(held, strategy)
                worlds = played_out(region, game.scenario, sits, members).worlds
                places = [region.states.index(state) for state in held]
                changes = {
                    score.name: np.mean(
                        [
                            score.of(game, worlds, place) - score.of(game, by_rules, place)
                            for place in places
                        ],
                        axis=0,
                    )
                    for score in OF_STATES
                }
                matches.append(Match(strategy, scenario.name, seat, changes))
                advance(members)
    return RoundRobin(
        region, tuple(scenarios), tuple(strategies), tuple(seats), turns, members, tuple(matches)
    )
