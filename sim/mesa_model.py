"""The model played by agents, for one member: to inspect, to subclass, to play.

Each agent sees the arrays of the model through a window and really decides: it calls the stage
that the ensemble calls for all at once. Whoever acts in a stage sees the same situation; what
they do is put in place when all have acted, so that it does not matter who acts first. With
agents as they come, a member's run is the ensemble's to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, TypeVar

import mesa
import numpy as np
from mesa.agent import AgentSet

from sim.arrays import Arrays, frozen
from sim.ensemble import block, drivers_at
from sim.measures import measured
from sim.moments import month_name
from sim.month import at_rest
from sim.region import Region
from sim.scenario import Scenario
from sim.shocks import at_month
from sim.situation import SITUATION_AXES
from sim.stages import accounts, powers, routes, states
from sim.stages.places import Stage
from sim.stages.view import join, outlook
from sim.timeline import drivers as drivers_of
from sim.vocabulary import DOMAINS

Reporter = Callable[[Any], object]
"""Reads something from the model or from an agent, for Mesa's DataCollector."""

Kind = TypeVar("Kind", bound="Actor")


class Actor(mesa.Agent):  # type: ignore[misc]
    """One actor of the region, with a window on the model's arrays.

    What it sees (`situation`, `view`, `drivers`, `shocks`, `world`) are arrays by name with the
    member's axis first, of length 1; the actor's own axis is kept, at length 1.
    """

    axis: ClassVar[str]

    def __init__(self, model: CentralAsia, code: str, place: int) -> None:
        super().__init__(model)
        self.code = code
        self.place = place
        self.world = model.world.window(self.axis, place)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code})"

    @property
    def situation(self) -> Arrays:
        """Everything that changes from month to month, as far as this actor has it."""
        return self._seen(self.model.situation)

    @property
    def view(self) -> Arrays:
        """What every actor can see of last month and of this month's events."""
        return self._seen(self.model.view)

    @property
    def drivers(self) -> Arrays:
        """What the events have put in force this month."""
        return self._seen(self.model.drivers)

    @property
    def shocks(self) -> Arrays:
        """This month's random numbers."""
        return self._seen(self.model.shocks)

    @property
    def held(self) -> Arrays | None:
        """The decisions of another run, where this one is held to them."""
        return self._seen(self.model.held) if self.model.held else None

    def act(self, stage: str) -> None:
        """Play one stage and hand in what it sets; the model puts it in place after all acted."""
        self.model.hand_in(self, getattr(self, stage)())

    def _seen(self, arrays: Arrays) -> Arrays:
        return arrays.window(self.axis, self.place)

    def _decided(
        self, decision: np.ndarray, wished: np.ndarray, what: str, most: float = np.inf
    ) -> np.ndarray:
        """Return a decision as numbers of the right shape within bounds; refuse anything else."""
        decided = np.asarray(decision, dtype=float)
        if decided.shape != wished.shape:
            raise ValueError(
                f"{self}: {what} must have the shape {wished.shape}, not {decided.shape}"
            )
        if not ((decided >= 0) & (decided <= most) & np.isfinite(decided)).all():
            above = "" if np.isinf(most) else f" nor above {most:g}"
            raise ValueError(f"{self}: {what} must be numbers not below 0{above}")
        return decided


class Power(Actor):
    """A power: it spends one budget over all states and domains, and it presses.

    Another decision: override `effort` or `pressure`; another rule: `compete` or `press`.
    """

    axis = "power"

    def compete(self) -> Stage:
        """Return how the power spends its budget, its restraint, and whom it minds."""
        found = powers.compete(self.world, self.situation, self.view, self.drivers, self.shocks)
        wished = found["effort"][0, 0]
        effort = self._decided(self.effort(wished), wished, "effort")
        return {**found, "effort": effort[None, None]}

    def press(self) -> Stage:
        """Return the power's pressure on each state, and the share that it grows used to."""
        found = powers.press(self.world, self.situation, self.view, self.drivers)
        wished = found["pressure"][0, :, 0]
        pressure = self._decided(self.pressure(wished), wished, "pressure", most=1.0)
        return {**found, "pressure": pressure[None, :, None]}

    def effort(self, wished: np.ndarray) -> np.ndarray:
        """Return what the power spends on each prize, shape (state, domain); `wished` by rule."""
        return wished

    def pressure(self, wished: np.ndarray) -> np.ndarray:
        """Return the power's pressure on each state, shape (state,); `wished` by the rule."""
        return wished

    @property
    def spends(self) -> dict[str, dict[str, float]]:
        """Effort by state and domain."""
        return _by(self.model.region.states, DOMAINS, self.situation.effort[0, 0])

    @property
    def presses(self) -> dict[str, float]:
        """Pressure by state."""
        return _named(self.model.region.states, self.situation.pressure[0, :, 0])

    @property
    def spent(self) -> float:
        """All that the power spends in the region."""
        return float(self.situation.effort.sum())


class State(Actor):
    """A state: it fears, needs, owes, and chooses with whom to hold which ties.

    Another decision: override `target`; another rule: `perceive`, `choose` or `account`.
    """

    axis = "state"

    def perceive(self) -> Stage:
        """Return what the state fears, what it needs security for, and what it owes."""
        return states.perceive(self.world, self.situation, self.view, self.drivers, self.shocks)

    def choose(self) -> Stage:
        """Return the ties that the state would hold, and how far it moves towards them."""
        wished = states.wish(self.world, self.situation, self.view, self.drivers, self.shocks)
        held = self.held
        target = held.target if held else self._target(wished["target"])
        moved = states.move(self.world, self.situation, self.view, target)
        return {**wished, "target": target, **moved}

    def account(self) -> Stage:
        """Return what the month meant in the world's units, and the ties that it leaves."""
        return accounts.account(self.world, self.situation, self.view, self.drivers)

    def target(self, wished: np.ndarray) -> np.ndarray:
        """Return the ties that the state would hold if it could move at once, (domain, partner).

        `wished` is what the rule gives. Each row is shares that sum to 1. Economic ties are of
        trade alone; the row of routes is what shippers would choose and moves nothing by itself.
        """
        return wished

    def _target(self, by_rule: np.ndarray) -> np.ndarray:
        wished = by_rule[0, 0]
        target = self._decided(self.target(wished), wished, "target")
        if np.abs(target.sum(axis=-1) - 1.0).max() > 1e-9:
            raise ValueError(f"{self}: target must be shares that sum to 1 in each domain")
        return target[None, None]

    @property
    def ties_at_base(self) -> np.ndarray:
        """The ties of the base year that choices start from, shape (domain, partner)."""
        base = self.world.base
        return np.stack([base.security[0, 0], base.trade[0, 0], base.ties[0, 0, -1]])

    @property
    def ties(self) -> dict[str, dict[str, float]]:
        """Shares of ties, by domain and partner."""
        return _by(DOMAINS, self.model.region.partners, self.situation.ties[0, 0])

    @property
    def targets(self) -> dict[str, dict[str, float]]:
        """Ties that the state would hold if it could move at once, by domain and partner."""
        return _by(DOMAINS, self.model.region.partners, self.situation.target[0, 0])

    @property
    def threat(self) -> dict[str, float]:
        """Fear of each partner, 0-1."""
        return _named(self.model.region.partners, self.situation.threat[0, 0])

    @property
    def effective_partners(self) -> float:
        """Breadth of ties within domains: the effective number of partners."""
        return float(self.model.measures.breadth[0, self.place])

    @property
    def gdp(self) -> float:
        """GDP at base-year prices, bn USD a year."""
        return float(self.situation.gdp[0, 0])


class Corridors(Actor):
    """The network of routes, on which the shippers of all states meet: one agent that sees all.

    Another rule: override `carry`.
    """

    axis = "corridors"  # no array has this axis, so nothing is cut from what it sees

    def carry(self) -> Stage:
        """Return what passes each route, what is lost, and what contracts remember."""
        return routes.carry(self.world, self.situation, self.drivers, self.shocks, self.held)

    @property
    def flows(self) -> dict[str, float]:
        """What each route carries, in its unit a year."""
        return _named(self.model.region.axes["route"], self.situation.flow[0])


class CentralAsia(mesa.Model):  # type: ignore[misc]
    """One member of a scenario, played by agents a month at a time.

    `state_class`, `power_class` and `corridors_class` replace all agents of a kind;
    `state_classes` and `power_classes` replace some, by code. `held` gives the decisions of
    another run of the same member: what then moves was imposed.
    """

    def __init__(
        self,
        scenario: Scenario,
        region: Region,
        member: int = 0,
        *,
        shocks: bool = True,
        held: Arrays | None = None,
        state_class: type[State] = State,
        power_class: type[Power] = Power,
        corridors_class: type[Corridors] = Corridors,
        state_classes: Mapping[str, type[State]] | None = None,
        power_classes: Mapping[str, type[Power]] | None = None,
    ) -> None:
        super().__init__(rng=scenario.seed)
        one = block(region, scenario.seed, member, 1, scenario.months, shocks)
        self.region, self.world, self.member = region, one.world, member
        self.start, self.months = scenario.start, scenario.months
        self._all_drivers = drivers_of(scenario, region, one.draws)
        self._all_shocks, self._all_held = one.shocks, held
        self.situation = Arrays({}, SITUATION_AXES)
        self._set(dict(at_rest(self.world)))
        self.history: list[Arrays] = []
        self._handed_in: dict[int, Stage] = {}
        self._measures: Arrays | None = None
        self._see(0)
        self._people(_classes(region.powers, power_class, power_classes))
        self._people(_classes(region.states, state_class, state_classes))
        self._people({"corridors": corridors_class})
        self.datacollector = mesa.DataCollector(
            model_reporters=self.model_reporters(), agent_reporters=self.agent_reporters()
        )

    @property
    def powers(self) -> AgentSet:
        return self.agents.select(agent_type=Power)

    @property
    def states(self) -> AgentSet:
        return self.agents.select(agent_type=State)

    @property
    def corridors(self) -> AgentSet:
        return self.agents.select(agent_type=Corridors)

    def actor(self, code: str) -> Actor:
        """Return the agent of that code: model.actor("KAZ")."""
        found: Actor = next(agent for agent in self.agents if agent.code == code)
        return found

    def step(self) -> None:
        """Play a month: the order of `sim.month`, each stage by those who act in it."""
        if not self.running:
            raise ValueError(f"this run ends after its {self.months} months")
        self._see(len(self.history))
        self._set(join(self.world, self.drivers))
        self.view = outlook(self.world, self.situation, self.drivers)
        self.play(self.powers, "compete")
        self._set(powers.engage(self.world, self.situation, self.drivers))
        self.play(self.powers, "press")
        self.play(self.states, "perceive")
        self.play(self.corridors, "carry")
        self.play(self.states, "choose")
        self.play(self.states, "account")
        self.history.append(self.situation)
        self.running: bool = len(self.history) < self.months
        self.datacollector.collect(self)

    def run(self) -> Arrays:
        """Return every month to the end of the run, each array (month, 1, *axes)."""
        while self.running:
            self.step()
        return Arrays(
            {name: np.stack([s[name] for s in self.history]) for name in SITUATION_AXES},
            SITUATION_AXES,
        )

    def play(self, actors: AgentSet, stage: str) -> None:
        """Let all actors play a stage on the same situation, then put what they did in place."""
        self._handed_in = {}
        actors.do("act", stage)
        axis = next(iter(actors)).axis
        self._set(together([self._handed_in[k] for k in sorted(self._handed_in)], axis))

    def hand_in(self, actor: Actor, found: Stage) -> None:
        """Keep what an actor did until all have acted."""
        self._handed_in[actor.place] = found

    def _see(self, month: int) -> None:
        """Set what is in force in a month."""
        self.drivers = drivers_at(self._all_drivers, month)
        self.shocks = at_month(self._all_shocks, month)
        self.held = at_month(self._all_held, month) if self._all_held else None

    def _set(self, found: Stage) -> None:
        """Put what a stage found in its place, read-only: agents cannot change what all see."""
        fixed = {name: frozen(np.asarray(array)) for name, array in found.items()}
        self.situation = self.situation.replaced(**fixed)
        self._measures = None

    def _people(self, classes: Mapping[str, type[Actor]]) -> None:
        """Make the agents of one kind; Mesa keeps them."""
        for place, (code, of_class) in enumerate(classes.items()):
            of_class(self, code, place)

    # What can be read ---------------------------------------------------------------------------

    @property
    def month(self) -> str:
        """The month played last, YYYY-MM; the one before the first while at rest."""
        return month_name(self.start, len(self.history) - 1)

    @property
    def measures(self) -> Arrays:
        """Every measure of hedging now, arrays (1, *axes)."""
        if self._measures is None:
            now = {name: array[None] for name, array in self.situation.items()}
            found = measured(self.world, Arrays(now, SITUATION_AXES))
            self._measures = Arrays({n: array[0] for n, array in found.items()}, found.axes)
        return self._measures

    def model_reporters(self) -> dict[str, Reporter | str]:
        """Return what the DataCollector keeps of the model, a row each month."""
        breadth = {f"breadth {code}": partial(_breadth, code=code) for code in self.region.states}
        return {"month": "month", **breadth}

    def agent_reporters(self) -> dict[str, Reporter | str]:
        """Return what it keeps of every agent; none where an agent of this kind has none."""
        plain = ("code", "effective_partners", "ties", "threat", "gdp", "spent", "presses")
        return {name: partial(_read, name=name) for name in plain}


def together(parts: list[Stage], axis: str) -> Stage:
    """Return what several actors found, put side by side along their axis, in its order."""
    if len(parts) == 1:
        return parts[0]
    return {
        name: np.concatenate(
            [part[name] for part in parts], axis=SITUATION_AXES[name].index(axis) + 1
        )
        for name in parts[0]
    }


def _read(agent: Actor, name: str) -> object:
    """Return what an agent shows under a name; nothing if agents of its kind have no such thing."""
    return getattr(agent, name, None)


def _breadth(model: CentralAsia, code: str) -> float:
    return float(model.measures.breadth[0, model.region.states.index(code)])


def _named(labels: tuple[str, ...], row: np.ndarray) -> dict[str, float]:
    return dict(zip(labels, row.tolist(), strict=True))


def _by(
    rows: tuple[str, ...], columns: tuple[str, ...], table: np.ndarray
) -> dict[str, dict[str, float]]:
    return {name: _named(columns, row) for name, row in zip(rows, table, strict=True)}


def _classes(
    codes: tuple[str, ...], usual: type[Kind], some: Mapping[str, type[Kind]] | None
) -> dict[str, type[Kind]]:
    """Return the class of each actor; refuse a code that nobody has."""
    unknown = sorted(set(some or {}) - set(codes))
    if unknown:
        raise ValueError(f"no such actor: {', '.join(unknown)}; there are {', '.join(codes)}")
    return {code: (some or {}).get(code, usual) for code in codes}
