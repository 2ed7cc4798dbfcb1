"""A game that is over, told: what each seat made of it, who moved what, every move of everyone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.answer.words import possessive
from sim.claims import NOTHING, SIZES, amount, counted_runs, listed
from sim.compare import describe
from sim.compare import name as named
from sim.game.compiled import as_scenario, compiled, offers
from sim.game.scores import MOST_TOGETHER, Reckoning, Score, scores_of
from sim.game.table import Game
from sim.game.told import cells, clear, since, stands
from sim.results import band
from sim.study.findings import Findings, Picture, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.report.figures.ranking import Column

NONE = "–"
"""Stands in a table for what cannot be told from nothing."""

OTHERWISE = "than with the rules in this seat"


def findings(found: Reckoning) -> Findings:
    """Return the debrief of a game."""
    game = found.game
    tables = [score_table(found), *([moved_table(found)] if together(found) else [])]
    return Findings(
        kind="play",
        title=f"Debrief: {game.scenario.title}",
        question=f"What did the players of {listed(list(game.seats))} make of {quarters(game)}, "
        "beside the rules of the model in their seats?",
        sentences=tuple(sentences(found)),
        notes=notes(found),
        tables=(*tables, moves_table(found)),
        pictures=tuple(pictures(found)),
        about={
            "scenario": game.scenario.name,
            "seats": list(game.seats),
            "turns": game.turns,
            "first turn": game.starts(1),
            "months": game.scenario.months,
            "members": game.scenario.members,
            "seed": game.scenario.seed,
            "rule": game.scenario.rule,
        },
    )


def quarters(game: Game) -> str:
    """Return how long a game is, in words."""
    return "one quarter" if game.turns == 1 else f"{game.turns} quarters"


def together(found: Reckoning) -> bool:
    """Return whether every set of seats is played."""
    return 1 < len(found.game.seats) <= MOST_TOGETHER


def notes(found: Reckoning) -> tuple[str, ...]:
    """Return how the game was reckoned."""
    game = found.game
    said = [
        f"{counted_runs(game.scenario.members).capitalize()} of each game, over the same draws: as "
        "it was played, and once for each seat with the rules of the model in it and everyone "
        "else's moves as they were filed.",
        "A score is no grade: who earned more may have held less of a fall-back, and a game of "
        f"{quarters(game)} ends before a hedge has to pay.",
        "Deals to a seat that the rules hold are taken at once, so that without a player's seat "
        "they begin a quarter earlier.",
    ]
    if together(found):
        said.append(
            "Who moved what: every set of seats is played, and each seat has its Shapley value "
            "(Shorrocks 2013); the parts sum to the game less the rules alone."
        )
    return tuple(said)


def sentences(found: Reckoning) -> Iterator[str]:
    """Yield what each seat made of the game, then what others did to it."""
    game = found.game
    for seat in game.seats:
        for score in scores_of(game, seat):
            yield score_sentence(found, seat, score)
    if together(found):
        yield from by_others(found)


def score_sentence(found: Reckoning, seat: str, score: Score) -> str:
    """Return a score of a seat beside the rules in that seat."""
    now, by_rules = found.beside_rules(seat, score)
    level = stands(score.scale * now, told_unit(score))
    change = since(now - by_rules, score.kind, score.unit, score.scale, OTHERWISE)
    whose = possessive(named(seat, found.game.region))
    told = f"beside the rules in this seat {NOTHING}" if change == NOTHING else change
    return f"{whose[0].upper()}{whose[1:]} {score.name} ({score.meaning}): {level}; {told}."


def told_unit(score: Score) -> str:
    """Return the unit of a level: of what changes by points, per cent."""
    return "%" if score.unit == "points" else score.unit


def by_others(found: Reckoning) -> Iterator[str]:
    """Yield the largest part that another seat had in what became of a seat."""
    game = found.game
    for seat in game.seats:
        best: tuple[float, str] | None = None
        for score in scores_of(game, seat):
            parts = found.moved(seat, score)
            for other, part in zip(game.seats, parts, strict=True):
                if other != seat and clear(part, score.kind):
                    weight = abs(float(np.median(part))) / SIZES[score.kind][0]
                    told = since(part, score.kind, score.unit, score.scale, "by it")
                    line = (
                        f"What another seat moved most of {possessive(named(seat, game.region))} "
                        f"scores: {named(other, game.region)}, its {score.name}: {told}."
                    )
                    best = max(best or (0.0, ""), (weight, line))
        if best:
            yield best[1]


def score_table(found: Reckoning) -> Table:
    """Return every score of every seat, as played and by the rules."""
    rows = []
    for seat in found.game.seats:
        for score in scores_of(found.game, seat):
            now, by_rules = found.beside_rules(seat, score)
            levels = (amount(float(np.median(score.scale * one))) for one in (now, by_rules))
            change = now - by_rules
            middle, low, high = (amount(part) for part in cells(score.scale * change))
            middle = middle if clear(change, score.kind) else NONE
            rows.append((f"{seat} {score.name}", *levels, middle, low, high, score.unit))
    return Table(
        "scores", "Scores as played and with the rules in the seat (medians), and the change "
        f"({NONE} {NOTHING})",
        ("score", "played", "rules", "change", "5%", "95%", "unit"),
        tuple(rows),
    )  # fmt: skip


def moved_table(found: Reckoning) -> Table:
    """Return who moved what: a row a score, a column a seat."""
    rows = []
    for seat in found.game.seats:
        for score in scores_of(found.game, seat):
            parts = score.scale * found.moved(seat, score)
            each = [amount(float(part.mean())) for part in parts]
            whole = amount(float(parts.sum(axis=0).mean()))
            rows.append((f"{seat} {score.name}", *each, whole, score.unit))
    heads = [f"by {seat}" for seat in found.game.seats]
    return Table(
        "moved", "Who moved what: means over the runs; a row sums to the game less the rules alone",
        ("score", *heads, "in all", "unit"), tuple(rows),
    )  # fmt: skip


def moves_table(found: Reckoning) -> Table:
    """Return every move of everyone, also those that were secret."""
    game = found.game
    events = {event.id: event for event in as_scenario(game, found.journal).events}
    rows: list[tuple[str, ...]] = []
    answers = {one.id: one.answer for one in offers(game, found.journal)}
    for one in compiled(game, found.journal):
        secret = "secret" if one.secret else "open"
        because = found.journal.filed(one.turn, one.seat).because
        rows.append(
            (str(one.turn), one.seat, describe(events[one.id], game.region), secret, because)
        )
    for one_id, answer in answers.items():
        if answer in ("refused", "lapsed", "open"):
            seat, turn = one_id.split("_")[:2]
            rows.append((turn[1:], seat.upper(), f"{one_id} was offered and {answer}", "open", ""))
    rows.sort(key=lambda row: (int(row[0]), game.all_seats.index(row[1])))
    return Table(
        "moves", "Every move, as the event that it is", ("turn", "seat", "move", "seen", "because"),
        tuple(rows), seen="page",
    )  # fmt: skip


def pictures(found: Reckoning) -> Iterator[Picture]:
    """Yield what seats made of the game: states in one figure, powers in another."""
    game = found.game
    for name, kind in (("states", True), ("powers", False)):
        seats = [seat for seat in game.seats if game.is_state(seat) is kind]
        if seats:
            caption = (
                f"Scores of the {name} played, less those with the rules in that seat: median and "
                "90% band over the runs."
            )
            yield Picture(f"scores_{name}", caption, drawing(found, seats))


def drawing(found: Reckoning, seats: Sequence[str]) -> Callable[[Figure], None]:
    """Return what draws the scores of some seats."""
    from sim.report.figures.ranking import ranking

    names = [named(seat, found.game.region).removeprefix("the ") for seat in seats]
    columns = [column(found, seats, score) for score in scores_of(found.game, seats[0])]

    def draw(figure: Figure) -> None:
        ranking(figure, names, columns)

    return draw


def column(found: Reckoning, seats: Sequence[str], score: Score) -> Column:
    """Return a score as a column of a figure."""
    from sim.report.figures.ranking import Column

    bands = []
    for seat in seats:
        now, by_rules = found.beside_rules(seat, score)
        middle, low, high = band(score.scale * (now - by_rules), 0)
        bands.append((low, middle, high))
    whole = tuple(np.array(part) for part in zip(*bands, strict=True))
    nothing = [None] * len(seats)
    return Column(score.name, score.name, score.unit, whole, nothing, nothing)  # type: ignore[arg-type]
