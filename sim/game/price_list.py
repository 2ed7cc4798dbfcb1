"""The price of every lever in words, from the numbers by which it is reckoned."""

from __future__ import annotations

from collections.abc import Mapping

from sim.game import prices as at


def price_of(lever: str) -> str:
    """Return what a lever costs, in a sentence."""
    return f"Costs {PRICES[lever]}."


def each(prices: Mapping[str, int]) -> str:
    """Return a price that goes by how hard one pulls."""
    return ", ".join(f"{how} {points}" for how, points in prices.items())


PRICES = {
    "realign": f"1 for every {at.WISH_A_POINT:g} log points begun",
    "join": f"{at.BODY_PRICE}",
    "leave": f"{at.BODY_PRICE}",
    "crackdown": each(at.CRACKDOWN_PRICE),
    "defence": f"1 for every {at.DEFENCE_A_POINT:g} % of GDP begun",
    "sign": f"{at.SIGN_PRICE}",
    "refuse": f"{at.REFUSE_PRICE}",
    "shift": f"1 for every {100 * at.BUDGET_A_POINT:g} % of the budget begun",
    "press": each(at.PRESS_PRICE),
    "hold_back": f"{at.HOLD_BACK_PRICE}",
    "visit": f"{at.VISIT_PRICE}",
    "summit": f"{at.SUMMIT_PRICE}",
    "offer": f"1 for every {at.AID_A_POINT:g} bn USD a year of aid begun, or "
    f"{at.INVESTMENT_A_POINT:g} of investment; it comes back where the deal is not signed",
    "build": f"1 for every {100 * at.ROOM_A_POINT:g} % of room begun, {at.OPEN_PRICE} for a link "
    "that is not there",
    "close": f"{at.CLOSE_PRICE}",
    "slow": f"{at.SLOW_PRICE}",
    "speed": f"{at.SPEED_PRICE}",
}
"""What each lever costs."""
