"""The levers of the powers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from sim.game.lever import Fault, Lever, OnLink, Raw, not_among, this_quarter
from sim.game.levers_of_states import How
from sim.game.prices import (
    AID_A_POINT,
    BUDGET_A_POINT,
    BUILD_MONTHS,
    HOLD_BACK_PRICE,
    INVESTMENT_A_POINT,
    MOST_ADDED,
    MOST_MOVED,
    MOST_OFFERED,
    OPEN_MONTHS,
    OPEN_PRICE,
    PRESS_PRICE,
    PRESSURES,
    ROOM_A_POINT,
    SUMMIT_PRICE,
    VISIT_PRICE,
    YEAR_MONTHS,
    points,
)
from sim.game.table import Game
from sim.reading.fields import Code
from sim.reading.network import UNBUILT
from sim.region import Link
from sim.timeline import month_after
from sim.vocabulary import DOMAINS

OF_POWERS = ("power",)

DIGITS = 6
"""Decimals of a factor on what a power does somewhere."""


class OnState(Lever):
    """Something that a power does to one state."""

    of: ClassVar[tuple[str, ...]] = OF_POWERS

    state: Code = Field(description="The state: KAZ, KGZ, TJK, TKM or UZB.")

    def faults(self, game: Game, seat: str, turn: int) -> Iterator[Fault]:
        if self.state not in game.region.states:
            yield "state", not_among(self.state, game.region.states, "state")


class Shift(Lever):
    """Move a part of one's engagement from one place to another, for the quarter."""

    lever: Literal["shift"]
    of: ClassVar[tuple[str, ...]] = OF_POWERS

    to: Code = Field(description="A state and a domain: KAZ economic.")
    taken_from: Code = Field(alias="from", description="A state and a domain: KGZ security.")
    part: float = Field(
        strict=False, allow_inf_nan=False, description="Part of the whole budget, 0.05 for 5 %."
    )

    def price(self, game: Game) -> int:
        return points(self.part, BUDGET_A_POINT)

    def faults(self, game: Game, seat: str, turn: int) -> Iterator[Fault]:
        wrong = False
        for name, written in (("to", self.to), ("from", self.taken_from)):
            state, _, domain = written.partition(" ")
            if state not in game.region.states or domain.strip() not in DOMAINS:
                wrong = True
                yield name, f"'{written}' is no state and domain; write it as KAZ economic"
        if not 0.0 < self.part <= MOST_MOVED:
            wrong = True
            yield "part", f"{self.part:g}: above 0 and at most {MOST_MOVED:g} of the budget"
        if wrong:
            return
        if self.to.split() == self.taken_from.split():
            yield "to", "it is taken from where it goes; name two places"
        if spent(game, seat, self.to) <= 0.0:
            yield "to", f"{seat} does nothing there in the base year that could grow"
        there = spent(game, seat, self.taken_from)
        if self.part > there + 10.0**-DIGITS:
            yield "from", f"{seat} spends {there:.2g} of its budget there; no more can be taken"


def spent(game: Game, seat: str, where: str) -> float:
    """Return what part of its budget a power spends on a state in a domain, in the base year."""
    state, domain = where.split()
    place = game.region.powers.index(seat), game.region.states.index(state), DOMAINS.index(domain)
    return float(game.budget_shares[place])


def shifted(game: Game, seat: str, turn: int, shifts: list[Shift]) -> list[Raw]:
    """Return the events of all that a power moves in a turn: one a place, as factors on what it
    spends there in the base year, so that what is added in one place is taken elsewhere."""
    moved: dict[str, float] = {}
    for one in shifts:
        for where, part in ((one.to, one.part), (one.taken_from, -one.part)):
            key = " ".join(where.split())
            moved[key] = moved.get(key, 0.0) + part
    found: list[Raw] = []
    for where, part in moved.items():
        factor = round(max(1.0 + part / spent(game, seat, where), 0.0), DIGITS)
        if factor != 1.0:
            state, domain = where.split()
            found.append({
                "kind": "engagement", "partner": seat, "state": state, "domain": domain,
                "factor": factor, **this_quarter(game, turn),
            })  # fmt: skip
    return found


class Press(OnState):
    """Coerce a state for the quarter, beyond what one's own ministries do by themselves."""

    lever: Literal["press"]
    secret: ClassVar[bool] = True

    how: How = Field(description="light, firm or hard.")

    def price(self, game: Game) -> int:
        return PRESS_PRICE[self.how]

    def events(self, game: Game, seat: str, turn: int) -> list[Raw]:
        size = self.sign() * PRESSURES[self.how]
        return [{
            "kind": "pressure", "by": seat, "state": self.state, "size": size,
            **this_quarter(game, turn),
        }]  # fmt: skip

    def sign(self) -> float:
        return 1.0


class HoldBack(Press):
    """Lift pressure that one's own ministries put on a state, for the quarter."""

    lever: Literal["hold_back"]  # type: ignore[assignment]

    def price(self, game: Game) -> int:
        return HOLD_BACK_PRICE

    def sign(self) -> float:
        return -1.0


class Visit(OnState):
    """Have someone senior visit a state."""

    lever: Literal["visit"]

    def price(self, game: Game) -> int:
        return VISIT_PRICE

    def events(self, game: Game, seat: str, turn: int) -> list[Raw]:
        return [{"kind": "visit", "by": seat, "state": self.state, "start": game.starts(turn)}]


class Summit(Lever):
    """Have the leaders of all five meet with one's own."""

    lever: Literal["summit"]
    of: ClassVar[tuple[str, ...]] = OF_POWERS

    def price(self, game: Game) -> int:
        return SUMMIT_PRICE

    def events(self, game: Game, seat: str, turn: int) -> list[Raw]:
        return [{"kind": "summit", "by": seat, "states": "all", "start": game.starts(turn)}]


class Offer(OnState):
    """Offer a state money for a year: a player signs it or not, the rules take it at once."""

    lever: Literal["offer"]

    what: Literal["aid", "investment"] = Field(description="aid or investment.")
    amount: float = Field(strict=False, allow_inf_nan=False, description="bn USD a year: 0.2.")

    def price(self, game: Game) -> int:
        return points(self.amount, AID_A_POINT if self.what == "aid" else INVESTMENT_A_POINT)

    def faults(self, game: Game, seat: str, turn: int) -> Iterator[Fault]:
        yield from super().faults(game, seat, turn)
        if not 0.0 < self.amount <= MOST_OFFERED:
            yield "amount", f"{self.amount:g}: above 0 and at most {MOST_OFFERED:g} bn USD a year"
        if self.state in game.seats and turn == game.turns:
            yield "state", "it could be signed in the next turn only, and this is the last"

    def events(self, game: Game, seat: str, turn: int) -> list[Raw]:
        return [{
            "kind": self.what, "by": seat, "state": self.state, "amount": self.amount,
            "start": game.starts(turn), "shape": "pulse", "months": YEAR_MONTHS,
        }]  # fmt: skip


class Build(OnLink):
    """Order more room on a link, or a link that is not there yet; it takes its time."""

    lever: Literal["build"]
    of: ClassVar[tuple[str, ...]] = OF_POWERS

    added: float = Field(
        strict=False, allow_inf_nan=False,
        description="Room as a part of what there is, 0.25; of a new link, Mt or bcm a year.",
    )  # fmt: skip

    def price(self, game: Game) -> int:
        link = _link(game, self.link)
        return OPEN_PRICE if link and link.opened == UNBUILT else points(self.added, ROOM_A_POINT)

    def faults(self, game: Game, seat: str, turn: int) -> Iterator[Fault]:
        link = _link(game, self.link)
        if link is None or link.gatekeeper not in (seat, None):
            yield from super().faults(game, seat, turn)
            return
        most = 100.0 if link.opened == UNBUILT else MOST_ADDED
        if not 0.0 < self.added <= most:
            yield "added", f"{self.added:g}: above 0 and at most {most:g}"
        if self.opens(game, turn) > game.starts(game.turns):
            takes = self.months(game)
            yield "link", f"it takes {takes} months and would be ready after the last turn"

    def months(self, game: Game) -> int:
        """Return how long it takes."""
        link = _link(game, self.link)
        return OPEN_MONTHS if link and link.opened == UNBUILT else BUILD_MONTHS

    def opens(self, game: Game, turn: int) -> str:
        """Return the first month in which it can be used."""
        return month_after(game.starts(turn), self.months(game))

    def events(self, game: Game, seat: str, turn: int) -> list[Raw]:
        start = {"link": self.link, "start": self.opens(game, turn)}
        if (link := _link(game, self.link)) and link.opened == UNBUILT:
            return [{"kind": "link_opened", "capacity": self.added, **start}]
        return [{"kind": "link_enlarged", "factor": round(1.0 + self.added, DIGITS), **start}]


def _link(game: Game, code: str) -> Link | None:
    return next((link for link in game.region.links if link.code == code), None)
