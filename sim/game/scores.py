"""What a game was worth to each seat, beside the same game with that seat played by the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.attribution import shapley
from sim.game.compiled import as_scenario
from sim.game.journal import Journal
from sim.game.private import earnings
from sim.game.public import PERCENT
from sim.game.table import Game
from sim.game.worlds import Worlds, played

MOST_TOGETHER = 4
"""Seats up to which every set of them is played, for who moved what."""


@dataclass(frozen=True)
class Score:
    """One measure of a seat: what it is, in which unit, and which sizes are its words'."""

    name: str
    meaning: str
    unit: str
    kind: str  # of sim.claims.SIZES
    scale: float  # from the units of the kind's sizes to those that are told
    of: Callable[[Game, Worlds, int], np.ndarray]  # by place of the seat among its own: (member,)


def over_the_game(game: Game, array: np.ndarray) -> np.ndarray:
    """Return the mean over the months in which there were turns."""
    return np.asarray(array[game.first :].mean(axis=0))


def _welfare(game: Game, worlds: Worlds, place: int) -> np.ndarray:
    return PERCENT * over_the_game(game, worlds.of("gdp_gap")[:, :, place])


def _pressed(game: Game, worlds: Worlds, place: int) -> np.ndarray:
    return over_the_game(game, worlds.of("pressure")[:, :, place].max(axis=-1))


def _deliberate(game: Game, worlds: Worlds, place: int) -> np.ndarray:
    return over_the_game(game, worlds.of("deliberate")[:, :, place])


def _insured(game: Game, worlds: Worlds, place: int) -> np.ndarray:
    return np.asarray(worlds.insured[:, place])


def _earned(game: Game, worlds: Worlds, place: int) -> np.ndarray:
    months = range(game.first, game.scenario.months)
    earned = np.mean([earnings(worlds, at, place) for at in months], axis=0)
    return np.asarray(PERCENT * (earned / earnings(worlds, -1, place) - 1.0))


def _held(game: Game, worlds: Worlds, place: int) -> np.ndarray:
    return over_the_game(game, worlds.of("pooled")[..., place].mean(axis=-1))


def _agreed(game: Game, worlds: Worlds, place: int) -> np.ndarray:
    return over_the_game(game, worlds.of("agreement")[..., place].mean(axis=-1))


OF_STATES = (
    Score(
        "welfare", "income over its trend, mean of the game", "points", "gdp", 1.0, _welfare,
    ),
    Score(
        "pressure suffered", "that of the power that presses hardest, mean of the game",
        "points", "share", PERCENT, _pressed,
    ),
    Score(
        "deliberate hedge", "breadth that fear adds by itself, wishes apart, mean of the game",
        "effective partners", "breadth", 1.0, _deliberate,
    ),
    Score(
        "insurance", "what the spread of ties saves if a power withdraws, at the end",
        "% of GDP", "gdp", 1.0, _insured,
    ),
)  # fmt: skip
"""The scores of a state: welfare, autonomy by two measures, insurance."""

OF_POWERS = (
    Score(
        "earnings", "trade, passage and migrants' work over the base year's, mean of the game",
        "points", "gdp", 1.0, _earned,
    ),
    Score(
        "ties held", "share of the five's ties over all domains, mean of the game", "points",
        "share", PERCENT, _held,
    ),
    Score(
        "agreement", "of the five in the UN General Assembly, mean of the game", "points", "share",
        PERCENT, _agreed,
    ),
)  # fmt: skip
"""The scores of a power."""


def scores_of(game: Game, seat: str) -> tuple[Score, ...]:
    """Return the scores by which a seat is told."""
    return OF_STATES if game.is_state(seat) else OF_POWERS


def place_of(game: Game, seat: str) -> int:
    """Return where a seat stands among the states, or among the powers."""
    among = game.region.states if game.is_state(seat) else game.region.powers
    return among.index(seat)


@dataclass(frozen=True)
class Reckoning:
    """A game that is over, beside games in which some of its seats were played by the rules."""

    game: Game
    journal: Journal
    playing: Callable[[frozenset[str]], Worlds]  # the game with only these seats played by people

    def beside_rules(self, seat: str, score: Score) -> tuple[np.ndarray, np.ndarray]:
        """Return a score of a seat's as it was played, and with the seat played by the rules."""
        place, everyone = place_of(self.game, seat), frozenset(self.game.seats)
        return (
            score.of(self.game, self.playing(everyone), place),
            score.of(self.game, self.playing(everyone - {seat}), place),
        )

    def moved(self, seat: str, score: Score) -> np.ndarray:
        """Return what each seat at the table moved of a score of one seat: (seat, member).

        Shapley values: the parts sum to the game less the same world under the rules alone.
        """
        place = place_of(self.game, seat)
        return shapley(self.game.seats, lambda some: score.of(self.game, self.playing(some), place))


def reckoned(game: Game, journal: Journal, advance: Callable[[int], None]) -> Reckoning:
    """Return a game that is over, ready to be told; a world is run when it is asked for."""

    @cache
    def playing(some: frozenset[str]) -> Worlds:
        rest = journal
        for seat in game.seats:
            if seat not in some:
                rest = rest.without(seat)
        worlds = played(game.region, as_scenario(game, rest))
        advance(game.scenario.members)
        return worlds

    return Reckoning(game, journal, playing)


def worlds_needed(seats: Sequence[str]) -> int:
    """Return how many games have to be run to tell one."""
    return 2 ** len(seats) if len(seats) <= MOST_TOGETHER else len(seats) + 1
