"""The colours of the figures, one place for all: told apart by the colour-blind, and in print.

No country is red, and none stands out: the three powers are of one lightness (L* 50 to 53), the
passive partners of another (L* 74 to 75), and the five states are told by marker and name alone.
Whatever has a colour has a second sign too, a hatch, a marker or a line style, for black and white.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """How one thing is drawn, with a sign that outlives a black-and-white printer."""

    colour: str
    hatch: str = ""
    marker: str = "o"
    line: str = "-"


INK = "#26292d"
GREY = "#6c7176"
PALE = "#b4b9be"
GRID = "#e4e6e8"
SEA = "#e9eff3"
LAND = "#f8f7f3"
STATE = "#e6e1d3"
BORDER = "#a59d88"
WINDOW = "#efe9da"

PARTNERS = {
    "RUS": Look("#7b6bb8", "", "o", "-"),
    "CHN": Look("#a8752a", "////", "s", "--"),
    "USA": Look("#2a8a7d", "||||", "^", "-."),
    "TUR": Look("#93bde3", "\\\\\\\\", "D", ":"),
    "EUR": Look("#b9bb6a", "xxxx", "v", ":"),
    "SOU": Look("#dfa6c0", "----", "P", "--"),
}

STATES = {
    "KAZ": Look(INK, marker="o"),
    "KGZ": Look(INK, marker="s"),
    "TJK": Look(INK, marker="^"),
    "TKM": Look(INK, marker="D"),
    "UZB": Look(INK, marker="v"),
}

RUNS = {
    "baseline": Look("#8c9196", line="--"),
    "scenario": Look("#2f4f6f", line="-"),
}
ARMS = (
    Look("#2f4f6f", line="-"),
    Look("#a8752a", line="-."),
    Look("#2a8a7d", line=":"),
    Look("#7b6bb8", line="--"),
)

PARTS = {
    "imposed": Look("#a9adb3", "////", "s"),
    "chosen": Look("#5b82a8", "", "o"),
}
LOST = Look("#ffffff", "xxxx")

COMMODITIES = {
    "oil": Look("#5a4a42", line="-"),
    "gas": Look("#3f86b5", line="-"),
    "freight": Look("#b3863a", line="-"),
    "transit": Look("#6fbfae", line="-"),
}

ROUTES = (
    Look("#7b6bb8", ""),
    Look("#b9a7de", "||||"),
    Look("#a8752a", "////"),
    Look("#dcb673", ""),
    Look("#2a8a7d", "\\\\\\\\"),
    Look("#93cfc5", ""),
    Look("#4f7fb0", "----"),
    Look("#a9c8e6", "xxxx"),
)
OTHER = Look("#c9cdd1", line=":")


def partner_look(code: str) -> Look:
    """Return how a partner is drawn; partners of other regions share one neutral look."""
    return PARTNERS.get(code, OTHER)


def state_look(code: str, place: int = 0) -> Look:
    """Return how a state is drawn; states of other regions take the markers in their order."""
    known = tuple(STATES.values())
    return STATES.get(code, known[place % len(known)])


def run_look(run: str, place: int = 0) -> Look:
    """Return how a run is drawn: baseline grey, scenario dark, arms in their order."""
    return RUNS.get(run, ARMS[place % len(ARMS)])


def route_look(place: int) -> Look:
    """Return how the route at a place in the stack is drawn; neighbours differ in tone."""
    return ROUTES[place % len(ROUTES)]


def commodity_look(code: str) -> Look:
    """Return how a commodity's flow is drawn on the map."""
    return COMMODITIES.get(code, OTHER)
