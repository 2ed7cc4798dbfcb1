"""A region: who is in it, what links it, and the evidence for every number. Frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np

from sim.vocabulary import DOMAINS, NEEDS, PORTFOLIO, RESOLUTIONS


@dataclass(frozen=True)
class Actor:
    """A state, a power, or a passive partner."""

    code: str
    statistics_code: str
    name: str
    kind: str  # state | power | partner
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Commodity:
    """What is carried, in which unit a year, and on which network it competes for room."""

    code: str
    name: str
    unit: str  # Mt/y | bcm/y


@dataclass(frozen=True)
class Stream:
    """What one state (or transit, with no state) sends in one commodity to a choice of routes."""

    code: str
    name: str
    state: str | None
    commodity: str
    market: str  # partner that takes it where the routes do not say otherwise


@dataclass(frozen=True)
class Link:
    """One stretch with a capacity; whoever can shut it is its gatekeeper."""

    code: str
    name: str
    unit: str
    gatekeeper: str | None  # a partner, or None where the state itself or a neighbour keeps it
    opened: str  # YYYY-MM, or "unbuilt"
    path: tuple[tuple[float, float], ...]  # (longitude, latitude), for the map
    note: str


@dataclass(frozen=True)
class Route:
    """A chain of links that takes a stream to a market."""

    code: str
    name: str
    stream: str
    market: str
    links: tuple[str, ...]
    corridor: str


@dataclass(frozen=True)
class Source:
    """Where a number comes from."""

    code: str
    kind: str  # article | statistic | assumption | literature
    citation: str


@dataclass(frozen=True)
class Attribute:
    """What an attribute or parameter means, its unit and bounds, and the rules that use it."""

    name: str
    axes: tuple[str, ...]
    units: tuple[str, ...]
    minimum: float
    maximum: float
    sparse: bool  # entries without a ledger row are 0: there is no such tie
    group: str  # base year | routes | behaviour | measure
    meaning: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class LedgerRow:
    """One number, its range and its source."""

    attribute: str
    keys: tuple[str, ...]
    period: str
    central: float
    low: float
    high: float
    unit: str
    method: str
    source: str
    place: str  # fact id, series, or table: where in the source
    key_phrase: str
    note: str
    line: int


@dataclass(frozen=True)
class Accepted:
    """Members that a calibration accepted, of those that it drew with its own seed."""

    seed: int
    drawn: int  # members from which they were accepted: 0 to drawn - 1
    members: tuple[int, ...]


@dataclass(frozen=True)
class Mechanism:
    """Something that the articles report to be at work, and what switches it off."""

    name: str
    off: tuple[str, ...]  # what is so then, a clause each
    facts: tuple[str, ...]
    numbers: dict[str, float]  # attribute -> what every number of it is set to
    events: tuple[tuple[str, tuple[str, ...]], ...]  # kind, and labels an event has to have

    @property
    def says(self) -> str:
        """What is so while it is off, as the end of a sentence."""
        return "; ".join(self.off)


@dataclass(frozen=True)
class Region:
    """Everything that is known of a region before a scenario is supposed."""

    name: str
    actors: tuple[Actor, ...]
    bodies: tuple[str, ...]
    commodities: tuple[Commodity, ...]
    streams: tuple[Stream, ...]
    links: tuple[Link, ...]
    routes: tuple[Route, ...]
    sources: tuple[Source, ...]
    attributes: dict[str, Attribute]
    ledger: tuple[LedgerRow, ...]
    digest: str  # sha256 of the tables
    facts: dict[str, str] = field(default_factory=dict)  # fact id -> claim, for citations
    accepted: Accepted | None = None  # members to draw from; None: the whole ranges
    mechanisms: tuple[Mechanism, ...] = ()  # what can be switched off
    off: tuple[str, ...] = ()  # mechanisms that are switched off
    own: tuple[tuple[str, float], ...] = ()  # numbers of the ledger that a scenario sets
    rule: str = PORTFOLIO  # by which its states choose, one of sim.vocabulary.RULES

    @cached_property
    def states(self) -> tuple[str, ...]:
        return tuple(actor.code for actor in self.actors if actor.kind == "state")

    @cached_property
    def powers(self) -> tuple[str, ...]:
        return tuple(actor.code for actor in self.actors if actor.kind == "power")

    @cached_property
    def partners(self) -> tuple[str, ...]:
        """The powers first, then the passive partners."""
        passive = (actor.code for actor in self.actors if actor.kind == "partner")
        return (*self.powers, *passive)

    @cached_property
    def pairs(self) -> tuple[str, ...]:
        """Every two powers, as RUS-CHN, in the order of the powers."""
        return tuple(f"{one}-{other}" for one, other in combinations(self.powers, 2))

    @cached_property
    def axes(self) -> dict[str, tuple[str, ...]]:
        """The labels along each axis that an attribute can have."""
        return {
            "state": self.states,
            "power": self.powers,
            "partner": self.partners,
            "domain": DOMAINS,
            "need": NEEDS,
            "resolution": RESOLUTIONS,
            "link": tuple(link.code for link in self.links),
            "route": tuple(route.code for route in self.routes),
            "stream": tuple(stream.code for stream in self.streams),
            "commodity": tuple(commodity.code for commodity in self.commodities),
            "body": self.bodies,
        }

    def place(self, axis: str, label: str) -> int:
        """Return the place of a label along its axis."""
        return self.axes[axis].index(label)

    def actor(self, code: str) -> Actor:
        return next(actor for actor in self.actors if actor.code == code)

    @cached_property
    def uses(self) -> np.ndarray:
        """Which links a route uses: 0 or 1, shape (route, link)."""
        links = self.axes["link"]
        return np.array([[float(link in route.links) for link in links] for route in self.routes])

    @cached_property
    def keeps(self) -> np.ndarray:
        """The part of a route that each partner keeps, shape (route, partner)."""
        keeper = {link.code: link.gatekeeper for link in self.links}
        rows = []
        for route in self.routes:
            keepers = {keeper[link] for link in route.links} - {None}
            rows.append([(q in keepers) / max(len(keepers), 1) for q in self.partners])
        return np.array(rows, dtype=float)

    @cached_property
    def stream_of_route(self) -> np.ndarray:
        streams = self.axes["stream"]
        return np.array([streams.index(route.stream) for route in self.routes])

    @cached_property
    def state_of_stream(self) -> np.ndarray:
        """The state that owns each stream; -1 for transit."""
        return np.array([self.states.index(s.state) if s.state else -1 for s in self.streams])


def central(region: Region, name: str) -> np.ndarray:
    """Return an attribute's central numbers, shaped by its axes; 0 where there is no such tie."""
    return _laid_out(region, name, "central")


def bounds(region: Region, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and highest numbers of an attribute, shaped by its axes."""
    return _laid_out(region, name, "low"), _laid_out(region, name, "high")


def _laid_out(region: Region, name: str, column: str) -> np.ndarray:
    """Return one column of the ledger's rows of an attribute as an array over its axes."""
    labels = [region.axes[axis] for axis in region.attributes[name].axes]
    array = np.zeros([len(axis) for axis in labels])
    for row in region.ledger:
        if row.attribute == name:
            place = tuple(axis.index(key) for axis, key in zip(labels, row.keys, strict=True))
            array[place] = getattr(row, column)
    return array
