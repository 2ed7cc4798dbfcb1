"""The role brief of a seat: what it wants, holds and risks, by the articles and the tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.game.filing import LEVERS, held
from sim.game.price_list import price_of
from sim.game.prices import MOST_SAVED, POINTS
from sim.game.public import PERCENT
from sim.game.table import Game
from sim.reading.csv_lines import read_table
from sim.reading.tables import region_folder
from sim.region import central
from sim.vocabulary import DOMAINS

PARTS = {
    "wants": "What it wants",
    "holds": "What it holds",
    "exposed": "Where it can be hurt",
    "lines": "Its red lines, as far as the articles report any",
}
"""What a brief tells of a seat by facts of the articles."""

NO_LEVER = (
    "There is no lever to invade, repress, bribe or incite, in any seat: what such acts do is no "
    "matter for a game in class."
)

FEWEST_TOLD = 0.02
"""Shares below which a partner is not told in a brief."""


@dataclass(frozen=True)
class Part:
    """Some lines of a brief under a head."""

    head: str
    lines: tuple[str, ...]


def brief(game: Game, seat: str) -> list[Part]:
    """Return the brief of a seat: facts with their ids, figures with their names, levers, prices.

    Figures are the middles of their ranges in the base year.
    """
    told = dict(facts(game, seat))
    figures = of_a_state(game, seat) if game.is_state(seat) else of_a_power(game, seat)
    told["holds"] = (*told.get("holds", ()), *figures)
    parts = [Part(head, tuple(told[part])) for part, head in PARTS.items() if told.get(part)]
    return [*parts, Part(f"What it can do, and what that costs ({POINTS} points a turn, "
                         f"{MOST_SAVED} saved at most)", tuple(levers(game, seat)))]  # fmt: skip


def facts(game: Game, seat: str) -> dict[str, tuple[str, ...]]:
    """Return what the articles report of a seat, by the parts of a brief."""
    file = region_folder(game.region.name) / "briefs.csv"
    found: dict[str, tuple[str, ...]] = {}
    for line in read_table(file, ("seat", "part", "fact")).lines:
        if line["seat"] == seat:
            said = f"{game.region.facts[line['fact']]} ({line['fact']})"
            found[line["part"]] = (*found.get(line["part"], ()), said)
    return found


def of_a_state(game: Game, seat: str) -> Iterator[str]:
    """Yield what the tables say of a state in the base year."""
    region, state = game.region, game.region.states.index(seat)
    for name, what in (("trade_busd", "Trade"), ("security_share", "Security ties")):
        spread = central(region, name)[state]
        yield f"{what}: {listed_shares(spread, region.partners)} ({name})."
    remittances = central(region, "remittances_pct_gdp")[state]
    yield f"Migrants send home {remittances:.3g}% of GDP (remittances_pct_gdp)."
    inside = central(region, "membership")[state]
    bodies = [body for body, part in zip(region.bodies, inside, strict=True) if part > 0.0]
    yield f"Member of {', '.join(bodies) or 'no body'} (membership)."
    yield shuts(game, seat)


def of_a_power(game: Game, seat: str) -> Iterator[str]:
    """Yield what the tables say of a power in the base year."""
    region, power = game.region, game.region.powers.index(seat)
    trade = central(region, "trade_busd")[:, region.partners.index(seat)]
    yield (
        "Trade with each, bn USD a year: "
        + ", ".join(f"{state} {trade[k]:.2g}" for k, state in enumerate(region.states))
        + " (trade_busd)."
    )
    spent = game.budget_shares[power]
    yield "Its engagement goes to: " + "; ".join(
        f"{state} " + ", ".join(
            f"{domain} {PERCENT * spent[k, d]:.0f}%"
            for d, domain in enumerate(DOMAINS)
            if spent[k, d] > 0.0
        )
        for k, state in enumerate(region.states)
    ) + " (effort)."  # fmt: skip
    yield shuts(game, seat)


def shuts(game: Game, seat: str) -> str:
    """Return which links a seat can shut."""
    links = [link.code for link in game.held_by(seat)]
    return f"It can shut or slow: {', '.join(links) or 'no link'}."


def listed_shares(spread: np.ndarray, partners: tuple[str, ...]) -> str:
    """Return shares among partners in words, the largest first."""
    shares = spread / spread.sum()
    order = np.argsort(-shares, kind="stable")
    return ", ".join(
        f"{partners[k]} {PERCENT * shares[k]:.0f}%" for k in order if shares[k] >= FEWEST_TOLD
    )


def levers(game: Game, seat: str) -> Iterator[str]:
    """Yield the levers of a seat, with their fields and prices."""
    for name in held(game, seat):
        schema = LEVERS[name]
        what = " ".join((schema.__doc__ or "").split())
        fields = [one.alias or key for key, one in schema.model_fields.items() if key != "lever"]
        yield f"{name} ({', '.join(fields) or 'no more to say'}): {what} {price_of(name)}"


def text(game: Game, seat: str) -> str:
    """Return a brief as text."""
    title = f"# {game.region.actor(seat).name}: your brief"
    parts = [
        f"\n## {part.head}\n\n" + "".join(f"- {line}\n" for line in part.lines)
        for part in brief(game, seat)
    ]
    return f"{title}\n{''.join(parts)}\n{NO_LEVER}\nA teaching model, not a forecast.\n"
