"""The form of a seat's moves: its levers, what each asks for, and what can be chosen."""

from __future__ import annotations

from typing import Any

from sim.game.compiled import offers
from sim.game.filing import LEVERS, held
from sim.game.journal import Journal
from sim.game.price_list import price_of
from sim.game.table import Game
from sim.vocabulary import DOMAINS

Record = dict[str, Any]


def levers(game: Game, journal: Journal, seat: str) -> list[Record]:
    """Return the levers of a seat as a form shows them: what each does, costs, and asks for."""
    return [
        {
            "lever": name,
            "does": " ".join((LEVERS[name].__doc__ or "").split()),
            "costs": price_of(name),
            "fields": fields(game, journal, seat, name),
        }
        for name in held(game, seat)
    ]


def fields(game: Game, journal: Journal, seat: str, name: str) -> list[Record]:
    """Return the fields of a lever, each with what can be chosen, or as a number."""
    schema = LEVERS[name].model_json_schema(by_alias=True)
    needed = schema.get("required", [])
    found = []
    for field, about in schema["properties"].items():
        if field == "lever":
            continue
        number = about.get("type") == "number"
        found.append({
            "name": field,
            "told": about.get("description", ""),
            "number": number,
            "needed": field in needed,
            "options": None if number else about.get("enum") or options(game, journal, seat, field),
        })  # fmt: skip
    return found


def options(game: Game, journal: Journal, seat: str, field: str) -> list[str]:
    """Return what can stand in a field of a lever."""
    region = game.region
    places = [f"{state} {domain}" for state in region.states for domain in DOMAINS]
    known: dict[str, list[str]] = {
        "partner": list(region.partners),
        "state": list(region.states),
        "body": list(region.bodies),
        "link": [link.code for link in game.held_by(seat)],
        "to": places,
        "from": places,
        "offer": [
            one.id
            for one in offers(game, journal)
            if one.turn == len(journal.turns) and one.lever.state == seat
        ],
    }
    return known.get(field, [])
