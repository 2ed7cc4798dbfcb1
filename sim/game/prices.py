"""What a game is measured by: the length of a turn, points, prices and sizes.

They define the game and are no evidence on the region; decision 33 argues each.
"""

from __future__ import annotations

from math import ceil

TURN_MONTHS = 3
"""Months of a turn: a quarter."""

POINTS = 10
"""Points that a seat is given each turn: what a government can carry through in a quarter."""

MOST_SAVED = 20
"""Points that a seat can hold at most: two turns' worth."""

YEAR_MONTHS = 12
"""Months for which money is promised, an army is paid, and a government keeps to a turn."""

BUILD_MONTHS = 12
"""Months from the order to more room on a link that is there."""

OPEN_MONTHS = 18
"""Months from the order to a link that was not there."""

PRESSURES = {"light": 0.1, "firm": 0.7, "hard": 2.3}
"""Added to the exponent of pressure: a tenth of full pressure, half, nine tenths."""

CRACKDOWNS = {"light": 0.1, "firm": 0.3, "hard": 0.6}
"""How far a government acts against re-exports, of full."""

PRESS_PRICE = {"light": 1, "firm": 3, "hard": 5}
HOLD_BACK_PRICE = 1
CRACKDOWN_PRICE = {"light": 1, "firm": 2, "hard": 3}
CLOSE_PRICE, SLOW_PRICE, SPEED_PRICE = 5, 2, 1
VISIT_PRICE, SUMMIT_PRICE = 1, 3
BODY_PRICE = 6
SIGN_PRICE, REFUSE_PRICE = 1, 0
OPEN_PRICE = 8

SLOWED, SPEEDED = 0.05, -0.02
"""What checks at a link add to the cost of passing, and what waiving them takes off, of worth."""

BUDGET_A_POINT = 0.05
"""Part of a power's budget that a point moves."""

AID_A_POINT, INVESTMENT_A_POINT = 0.1, 0.25
"""Billions of dollars a year that a point offers."""

WISH_A_POINT = 0.1
"""Log points of utility that a point realigns."""

DEFENCE_A_POINT = 0.25
"""Per cent of GDP for the army that a point carries."""

ROOM_A_POINT = 0.125
"""Part of a link's capacity that a point adds."""

MOST_WISHED, MOST_OFFERED, MOST_DEFENCE, MOST_ADDED, MOST_MOVED = 1.0, 2.0, 2.0, 1.0, 0.5
"""The most of each that one move may name."""

SLACK = 1e-9
"""What rounding may add to an amount before it costs another point."""


def points(amount: float, a_point: float) -> int:
    """Return the points that an amount costs: every point that is begun."""
    return max(ceil(abs(amount) / a_point - SLACK), 1)
