"""What every lever has: who may pull it, its price, and the events that it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field

from sim.game.prices import CLOSE_PRICE, SLOW_PRICE, SLOWED, SPEED_PRICE, SPEEDED, TURN_MONTHS
from sim.game.table import Game
from sim.reading.event import Strict
from sim.reading.fields import Code
from sim.reading.yaml_lines import near

Fault = tuple[str, str]
"""The field that is wrong (or "") and what is wrong with it, with what would be right."""

Raw = dict[str, Any]
"""An event as a scenario file has it."""


class Lever(Strict):
    """One thing that a seat does in a quarter."""

    of: ClassVar[tuple[str, ...]] = ("state", "power")
    secret: ClassVar[bool] = False  # others do not learn of it from the turn's report

    def price(self, game: Game) -> int:
        """Return the points that it costs."""
        raise NotImplementedError

    def faults(self, game: Game, seat: str, turn: int) -> Iterator[Fault]:
        """Yield what is wrong with it for this seat, beyond its fields."""
        yield from ()

    def events(self, game: Game, seat: str, turn: int) -> list[Raw]:
        """Return the events that it stands for, without their ids."""
        return []


def this_quarter(game: Game, turn: int) -> Raw:
    """Return the dates of what holds for a quarter and lapses unless it is filed again."""
    return {"start": game.starts(turn), "months": TURN_MONTHS}


def not_among(word: str, known: tuple[str, ...], what: str) -> str:
    """Return that something is none of the known ones, with what may have been meant."""
    meant = near(word, known) or f" There are: {', '.join(known)}."
    return f"'{word}' is no {what}.{meant}"


class OnLink(Lever):
    """Something done to a link that the seat holds."""

    link: Code = Field(description="The link, such as cpc_pipeline.")

    def faults(self, game: Game, seat: str, turn: int) -> Iterator[Fault]:
        held = tuple(link.code for link in game.held_by(seat))
        known = tuple(link.code for link in game.region.links)
        if self.link not in known:
            yield "link", not_among(self.link, held or known, "link of this region")
        elif self.link not in held:
            whose = next(link.gatekeeper for link in game.region.links if link.code == self.link)
            keeper = f"{whose} keeps it" if whose else "it is not on its ground"
            yield (
                "link",
                f"'{self.link}' is not {seat}'s to shut or slow ({keeper}); {seat} holds "
                + (", ".join(held) or "no link"),
            )


class Close(OnLink):
    """Shut a link for the quarter."""

    lever: Literal["close"]

    def price(self, game: Game) -> int:
        return CLOSE_PRICE

    def events(self, game: Game, seat: str, turn: int) -> list[Raw]:
        meant = {} if game.is_state(seat) else {"intent": 1}
        return [{"kind": "link_closed", "link": self.link, **this_quarter(game, turn), **meant}]


class Slow(OnLink):
    """Have everything checked at a link for the quarter: dearer passage."""

    lever: Literal["slow"]

    def price(self, game: Game) -> int:
        return SLOW_PRICE

    def events(self, game: Game, seat: str, turn: int) -> list[Raw]:
        return [
            {"kind": "link_slowed", "link": self.link, "cost": SLOWED, **this_quarter(game, turn)}
        ]


class Speed(OnLink):
    """Waive checks and fees at a link for the quarter: cheaper passage."""

    lever: Literal["speed"]

    def price(self, game: Game) -> int:
        return SPEED_PRICE

    def events(self, game: Game, seat: str, turn: int) -> list[Raw]:
        return [
            {"kind": "link_slowed", "link": self.link, "cost": SPEEDED, **this_quarter(game, turn)}
        ]
