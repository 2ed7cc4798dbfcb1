"""The levers of the states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from sim.game.lever import Fault, Lever, Raw, not_among, this_quarter
from sim.game.prices import (
    BODY_PRICE,
    CRACKDOWN_PRICE,
    CRACKDOWNS,
    DEFENCE_A_POINT,
    MOST_DEFENCE,
    MOST_WISHED,
    REFUSE_PRICE,
    SIGN_PRICE,
    WISH_A_POINT,
    YEAR_MONTHS,
    points,
)
from sim.game.table import Game
from sim.reading.fields import Code, Name

OF_STATES = ("state",)

How = Literal["light", "firm", "hard"]


class Realign(Lever):
    """Turn towards a partner, or away from one, in security or in the economy, for a year."""

    lever: Literal["realign"]
    of: ClassVar[tuple[str, ...]] = OF_STATES
    secret: ClassVar[bool] = True

    partner: Code = Field(description="The partner: RUS, CHN, USA, TUR, EUR or SOU.")
    domain: Literal["security", "economic"] = Field(description="security or economic.")
    size: float = Field(
        strict=False, allow_inf_nan=False,
        description="Log points of utility: 0.3 towards it, -0.3 away from it.",
    )  # fmt: skip

    def price(self, game: Game) -> int:
        return points(self.size, WISH_A_POINT)

    def faults(self, game: Game, seat: str, turn: int) -> Iterator[Fault]:
        if self.partner not in game.region.partners:
            yield "partner", not_among(self.partner, game.region.partners, "partner")
        if not 0.0 < abs(self.size) <= MOST_WISHED:
            yield "size", f"{self.size:g}: from -{MOST_WISHED:g} to {MOST_WISHED:g}, and not 0"

    def events(self, game: Game, seat: str, turn: int) -> list[Raw]:
        return [{
            "kind": "realign", "state": seat, "partner": self.partner, "domain": self.domain,
            "size": self.size, "start": game.starts(turn), "shape": "pulse", "months": YEAR_MONTHS,
        }]  # fmt: skip


class Join(Lever):
    """Join a body, to stay."""

    lever: Literal["join"]
    of: ClassVar[tuple[str, ...]] = OF_STATES

    body: Code = Field(description="CSTO, EAEU, SCO or C5+1.")

    def price(self, game: Game) -> int:
        return BODY_PRICE

    def events(self, game: Game, seat: str, turn: int) -> list[Raw]:
        return [{
            "kind": self.lever, "state": seat, "body": self.body, "start": game.starts(turn)
        }]  # fmt: skip


class Leave(Join):
    """Leave a body, for good unless it is joined again."""

    lever: Literal["leave"]  # type: ignore[assignment]


class Crackdown(Lever):
    """Act against re-exports from one's own land for the quarter."""

    lever: Literal["crackdown"]
    of: ClassVar[tuple[str, ...]] = OF_STATES

    how: How = Field(description="light, firm or hard.")

    def price(self, game: Game) -> int:
        return CRACKDOWN_PRICE[self.how]

    def events(self, game: Game, seat: str, turn: int) -> list[Raw]:
        size = CRACKDOWNS[self.how]
        return [{"kind": "crackdown", "state": seat, "size": size, **this_quarter(game, turn)}]


class Defence(Lever):
    """Spend more on one's own army, for a year."""

    lever: Literal["defence"]
    of: ClassVar[tuple[str, ...]] = OF_STATES

    added: float = Field(strict=False, allow_inf_nan=False, description="% of GDP: 0.25.")

    def price(self, game: Game) -> int:
        return points(self.added, DEFENCE_A_POINT)

    def faults(self, game: Game, seat: str, turn: int) -> Iterator[Fault]:
        if not 0.0 < self.added <= MOST_DEFENCE:
            yield "added", f"{self.added:g}: above 0 and at most {MOST_DEFENCE:g} (% of GDP)"

    def events(self, game: Game, seat: str, turn: int) -> list[Raw]:
        return [{
            "kind": "defence_budget", "state": seat, "size": self.added,
            "start": game.starts(turn), "shape": "pulse", "months": YEAR_MONTHS,
        }]  # fmt: skip


class Answer(Lever):
    """Answer a deal that was offered in the turn before."""

    of: ClassVar[tuple[str, ...]] = OF_STATES

    offer: Name = Field(description="The offer's name, as the turn's report has it: chn_t1_1.")


class Sign(Answer):
    """Sign a deal that was offered: it is in force from this quarter on."""

    lever: Literal["sign"]

    def price(self, game: Game) -> int:
        return SIGN_PRICE


class Refuse(Answer):
    """Refuse a deal that was offered; what it would have cost goes back to who offered it."""

    lever: Literal["refuse"]

    def price(self, game: Game) -> int:
        return REFUSE_PRICE
