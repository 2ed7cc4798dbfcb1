"""Docking: two published models on the same members, beside what this one makes of them.

Levels of agreement after Axtell, Axelrod, Epstein and Cohen (1996, Computational and Mathematical
Organization Theory 1, 123-141): the same numbers, the same distributions, or the same relations.
The quantities here are not the same, so relations are all that can agree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr

from sim.moments import Moment
from sim.results import Results
from sim.stages.places import ROUTES
from sim.study.landscape import Landscape, landscape
from sim.study.lines import tiny_of
from sim.study.pipelines import Game, Lines, could_be, game, gates_of, lines_of

BUILT = ("capacity_factor", "capacity_added")
"""Drivers that move what a link can carry."""


@dataclass(frozen=True)
class Docked:
    """Both published models on the runs of a scenario."""

    results: Results
    moment: Moment  # at which scenario and baseline are set side by side
    base: Landscape  # in the base year
    otherwise: dict[str, Landscape]  # the same by another judgement of ours
    before: Landscape  # in the baseline
    after: Landscape  # in the scenario
    lines: Lines
    flows: np.ndarray  # (member, player): by what is carried in the base year
    now: Game  # with the lines as they are
    options: Game  # with all that could be built
    then: Game | None  # with the lines of the scenario; None where it moves none of them
    own: dict[str, Game]  # of each state that sends, as if it were alone

    @property
    def hold(self) -> np.ndarray:
        """By what part more each state is held in its bloc than in the baseline: (member, state).

        Below 0 where it is held less.
        """
        states = len(self.results.region.states)
        return np.asarray(self.after.held[:, :states] / self.before.held[:, :states] - 1.0)

    @property
    def wider(self) -> np.ndarray:
        """By how much each state's ties are wider than in the baseline: (member, state)."""
        return self.results.at("difference", "breadth", self.moment)

    @property
    def agreement(self) -> tuple[int, int]:
        """In how many runs and states a weaker hold goes with wider ties, and of how many.

        Counted where the breadth of ties changes by what can be told from nothing.
        """
        least = tiny_of("breadth", "effective partners")
        told = (np.abs(self.wider) >= least) & (self.hold != 0.0)
        alike = told & (np.sign(self.hold) == -np.sign(self.wider))
        return int(alike.sum()), int(told.sum())

    @property
    def route_cells(self) -> list[tuple[str, str, np.ndarray, np.ndarray]]:
        """Each state and keeper: its part in the state's own game, and the state's route ties."""
        region, ties = self.results.region, self.results.base.ties
        return [
            (
                state, player, own.shares[:, own.players.index(player)],
                ties[:, region.states.index(state), ROUTES, region.partners.index(player)],
            )
            for state, own in self.own.items()
            for player in own.players
            if player != state
        ]  # fmt: skip

    @property
    def rank_agreement(self) -> tuple[float, float, float]:
        """Spearman's rank correlation between the two over all cells: median, 5% and 95%."""
        by_game, by_model = (
            np.stack([cell[k] for cell in self.route_cells], axis=-1) for k in (2, 3)
        )
        found = [
            spearmanr(one, other).statistic for one, other in zip(by_game, by_model, strict=True)
        ]
        low, middle, high = np.percentile(found, (5, 50, 95))
        return float(middle), float(low), float(high)


def solved(results: Results) -> int:
    """Return how many linear programmes `docked` is to report."""
    lines = _lines(results)
    moved = capacity_then(results, _moment(results), lines) is not None
    states = sum(1 for one in lines.players if one in results.region.states)
    return results.members * (2 + moved + states)


def docked(results: Results, advance: Callable[[int], None] = lambda more: None) -> Docked:
    """Return both published models on the members and situations of a scenario's runs."""
    world, moment, lines = results.world, _moment(results), _lines(results)
    built = world.base.capacity
    moved = capacity_then(results, moment, lines)
    return Docked(
        results=results,
        moment=moment,
        base=landscape(world, results.base),
        otherwise={
            "all actors of one size": landscape(world, results.base).of_one_size(),
            "common bodies left out": landscape(world, results.base, bodies=False),
        },
        before=landscape(world, results.situation("baseline", moment)),
        after=landscape(world, results.situation("scenario", moment)),
        lines=lines,
        flows=gates_of(world, results.base, lines),
        now=game(world, lines, built, advance),
        options=game(world, lines, could_be(world, built), advance),
        then=None if moved is None else game(world, lines, moved, advance),
        own={
            one: game(world, lines.of(one), built, advance)
            for one in lines.players
            if one in results.region.states
        },
    )


def _moment(results: Results) -> Moment:
    """Return the date in full force, or the end."""
    by_key = {moment.key: moment for moment in results.moments}
    return by_key.get("during", results.moments[-1])


def _lines(results: Results) -> Lines:
    return lines_of(results.region, np.median(results.world.members.energy, axis=0))


def capacity_then(results: Results, moment: Moment, lines: Lines) -> np.ndarray | None:
    """Return what links can carry at a date of the scenario (member, link); None if as before."""
    built = results.world.base.capacity
    left, added = (
        np.concatenate([
            np.broadcast_to(drivers.at(moment.place)[name], (block.count, built.shape[1]))
            for drivers, block in zip(results.drivers["scenario"], results.blocks, strict=True)
        ])
        for name in BUILT
    )  # fmt: skip
    then = (built + added) * left
    used = results.region.uses[lines.routes].any(axis=0)
    return then if (then != built)[:, used].any() else None
