"""What a seat has to spend: points that come each turn, and what its moves cost."""

from __future__ import annotations

from sim.game.compiled import offers
from sim.game.journal import Journal
from sim.game.prices import MOST_SAVED, POINTS
from sim.game.table import Game

GIVEN_BACK = ("refused", "lapsed")
"""What becomes of a deal whose points come back."""


def balance(game: Game, journal: Journal, seat: str) -> int:
    """Return the points that a seat can spend in the turn that is next to be filed."""
    held = POINTS
    back = {
        turn: sum(
            one.lever.price(game)
            for one in offers(game, journal)
            if one.by == seat and one.turn == turn and one.answer in GIVEN_BACK
        )
        for turn in range(1, len(journal.turns) + 1)
    }
    for turn in range(1, len(journal.turns) + 1):
        held -= journal.filed(turn, seat).price(game)
        held = min(held + back.get(turn - 1, 0) + POINTS, MOST_SAVED)
    return held
