"""The game: seats that people hold, moves that are events, and a journal that survives."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np
import pytest

from sim.asking import scenario_of
from sim.cli import main
from sim.errors import InputError
from sim.game.briefs import NO_LEVER, brief
from sim.game.briefs import text as brief_text
from sim.game.checking import checked
from sim.game.compiled import as_file, as_scenario, compiled, offers
from sim.game.filing import LEVERS, NOTHING, Filed, held
from sim.game.journal import Journal, keep, kept
from sim.game.levers_of_powers import spent
from sim.game.points import balance
from sim.game.price_list import PRICES
from sim.game.prices import MOST_SAVED, POINTS, TURN_MONTHS, points
from sim.game.private import private
from sim.game.public import public
from sim.game.scores import OF_STATES, reckoned, scores_of
from sim.game.table import Game, begun
from sim.game.worlds import Worlds, played
from sim.reading.scenarios import read_scenario
from sim.results import compare
from sim.studying.game_prompts import as_move, as_moves

ROOT = Path(__file__).resolve().parent.parent
SCENARIO = "history_shocks_only"
MEMBERS = 8


@pytest.fixture(scope="module")
def game() -> Game:
    """Four quarters of the war's first year, with a state and a power at the table."""
    region, scenario = scenario_of(SCENARIO)
    return begun(region, scenario.resized(MEMBERS), SCENARIO, ("RUS", "KAZ"), 4, 0)


def move(lever: str, **fields: Any) -> dict[str, Any]:
    return {"lever": lever, **{name.rstrip("_"): of for name, of in fields.items()}}


def filed(*moves: dict[str, Any], because: str = "") -> Filed:
    return Filed(moves, because)


TURN = move("realign", partner="CHN", domain="economic", size=0.4)
PRESS = move("press", state="KAZ", how="firm")
OFFER = move("offer", state="KAZ", what="aid", amount=0.3)
SHIFT = move("shift", to="KAZ security", from_="KGZ security", part=0.03)


def journal_of(*turns: dict[str, Filed]) -> Journal:
    whole = ({"KAZ": NOTHING, "RUS": NOTHING} | turn for turn in turns)
    return Journal({"of": "a test"}, tuple(whole))


PLAYED = journal_of(
    {"KAZ": filed(TURN, because='To "hedge": more than one gate.'), "RUS": filed(PRESS, OFFER)},
    {"KAZ": filed(move("sign", offer="rus_t1_2")), "RUS": filed(SHIFT)},
    {"KAZ": filed(move("leave", body="CSTO")), "RUS": filed(move("close", link="cpc_pipeline"))},
    {"RUS": filed(move("hold_back", state="KAZ", how="hard"), move("visit", state="UZB"))},
)


@pytest.fixture(scope="module")
def worlds(game: Game) -> Worlds:
    return played(game.region, as_scenario(game, PLAYED))


# A game is a scenario ---------------------------------------------------------------------------


def test_a_game_written_out_is_the_scenario_that_was_played(game: Game, tmp_path: Path) -> None:
    file = tmp_path / "game.yaml"
    file.write_text(as_file(game, PLAYED), "utf-8")
    read, made = read_scenario(file, game.region), as_scenario(game, PLAYED)
    assert [replace(event, line=None) for event in read.events] == list(made.events)
    assert (read.start, read.months, read.members, read.seed, read.rule) == (
        *(made.start, made.months, made.members, made.seed, made.rule),
    )
    assert set(read.own_events) == set(made.own_events)
    assert read.baseline is not None
    assert read.baseline.events == game.scenario.events


def test_the_scenario_file_runs_to_the_numbers_of_the_game(
    game: Game, worlds: Worlds, tmp_path: Path
) -> None:
    file = tmp_path / "game.yaml"
    file.write_text(as_file(game, PLAYED), "utf-8")
    answer = compare(game.region, read_scenario(file, game.region))
    for name in ("gdp", "flow", "ties", "pressure", "threat"):
        assert np.array_equal(answer.of("scenario", name), worlds.of(name)), name


def test_a_game_in_which_nobody_does_anything_is_the_scenario_itself(game: Game) -> None:
    passed = journal_of(*({} for _ in range(4)))
    assert not compiled(game, passed)
    assert as_scenario(game, passed).events == game.scenario.events
    assert "events:" not in as_file(game, passed)


def test_what_is_told_after_a_turn_is_the_beginning_of_the_whole_game(
    game: Game, worlds: Worlds
) -> None:
    early = Journal(PLAYED.about, PLAYED.turns[:2])
    scenario = as_scenario(game, early).resized(months=2 * TURN_MONTHS)
    until = played(game.region, scenario)
    for name in ("gdp", "flow", "ties", "threat"):
        assert np.array_equal(until.of(name), worlds.of(name)[: 2 * TURN_MONTHS]), name


def test_a_journal_reads_as_it_was_written(tmp_path: Path) -> None:
    keep(tmp_path, PLAYED)
    again = kept(tmp_path)
    assert again == PLAYED
    assert again is not None
    assert again.text() == PLAYED.text()
    assert PLAYED.text().count("\n") == 1 + len(PLAYED.turns)


@pytest.mark.parametrize(
    "text",
    ["", "{}\n", "no json\n", '{"game": {}, "version": "0.0"}\n', '{"game": 1}\n{"turn": 2}\n'],
)
def test_a_journal_that_is_none_is_told_and_left(tmp_path: Path, text: str) -> None:
    (tmp_path / "journal.jsonl").write_text(text)
    with pytest.raises(InputError):
        kept(tmp_path)
    assert (tmp_path / "journal.jsonl").read_text() == text


# What moves stand for ---------------------------------------------------------------------------


def test_every_lever_has_a_price_and_a_seat(game: Game) -> None:
    assert set(PRICES) == set(LEVERS)
    both = {*held(game, "KAZ"), *held(game, "RUS")}
    assert both == set(LEVERS)
    assert {"realign", "join", "sign"} <= set(held(game, "KAZ")) - set(held(game, "RUS"))
    assert {"press", "shift", "offer"} <= set(held(game, "RUS")) - set(held(game, "KAZ"))


def test_nobody_can_invade_repress_bribe_or_incite(game: Game) -> None:
    kinds = {one.raw["kind"] for one in compiled(game, PLAYED)}
    banned = {"intervention", "unrest", "threat_signal", "insecurity", "hardship", "backlash"}
    assert not kinds & banned
    words = " ".join(LEVERS) + " ".join(str(lever.__doc__) for lever in LEVERS.values())
    assert not re.search(r"invade|troops|repress|bribe|incite|coup|protest", words, re.I)
    assert all(word in NO_LEVER for word in ("invade", "repress", "bribe", "incite"))


def test_what_a_power_adds_in_one_place_it_takes_elsewhere(game: Game) -> None:
    events = [one.raw for one in compiled(game, PLAYED) if one.raw["kind"] == "engagement"]
    assert len(events) == 2
    moved = [
        (one["factor"] - 1.0) * spent(game, "RUS", f"{one['state']} {one['domain']}")
        for one in events
    ]
    assert moved[0] == pytest.approx(0.03, abs=1e-6)
    assert sum(moved) == pytest.approx(0.0, abs=1e-6)


def test_links_are_shut_by_who_keeps_them_and_by_those_whose_ground_they_are_on(
    game: Game,
) -> None:
    def codes(seat: str) -> set[str]:
        return {link.code for link in game.held_by(seat)}

    assert "cpc_pipeline" in codes("RUS") - codes("KAZ")
    assert {"saryagash"} == codes("KAZ") & codes("UZB")
    assert codes("USA") == set()
    assert all(codes(seat) for seat in game.region.states)


def test_a_crossing_that_both_neighbours_shut_is_shut_once(game: Game) -> None:
    shut = filed(move("close", link="saryagash"))
    both = Journal({}, ({"KAZ": shut, "UZB": shut},))
    table = replace(game, seats=("KAZ", "UZB"))
    assert [one.seat for one in compiled(table, both)] == ["KAZ"]
    assert [one.seat for one in compiled(table, both.without("KAZ"))] == ["UZB"]


def test_a_deal_waits_for_its_signature_and_the_rules_take_it_at_once(game: Game) -> None:
    start = {one.id: one.raw["start"] for one in compiled(game, PLAYED)}
    assert start["rus_t1_2"] == "2022-04"
    alone = PLAYED.without("KAZ")
    assert {one.id: one.raw["start"] for one in compiled(game, alone)}["rus_t1_2"] == "2022-01"
    refused = journal_of(PLAYED.turns[0], {"KAZ": filed(move("refuse", offer="rus_t1_2"))})
    assert [one.answer for one in offers(game, refused)] == ["refused"]
    assert "rus_t1_2" not in {one.id for one in compiled(game, refused)}


# What it costs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("amount", "cost"), [(0.05, 1), (0.1, 1), (0.3, 3), (0.31, 4), (-0.2, 2)])
def test_every_point_that_is_begun_is_paid(amount: float, cost: int) -> None:
    assert points(amount, 0.1) == cost


def test_points_come_each_turn_are_spent_and_saved_up_to_two_turns(game: Game) -> None:
    assert balance(game, Journal({}), "KAZ") == POINTS
    first = journal_of(PLAYED.turns[0])
    assert balance(game, first, "KAZ") == POINTS - 4 + POINTS
    assert balance(game, first, "RUS") == POINTS - 3 - 3 + POINTS
    saved = journal_of({}, {}, {})
    assert balance(game, saved, "KAZ") == MOST_SAVED


def test_what_a_deal_costs_comes_back_where_it_is_not_signed(game: Game) -> None:
    offered = {"RUS": filed(OFFER, PRESS, PRESS | {"state": "UZB"})}
    signed = journal_of(offered, {"KAZ": filed(move("sign", offer="rus_t1_1"))})
    refused = journal_of(offered, {"KAZ": filed(move("refuse", offer="rus_t1_1"))})
    lapsed = journal_of(offered, {})
    price = filed(OFFER).price(game)
    full = journal_of(offered, {"RUS": filed(PRESS, PRESS | {"state": "UZB"})})
    assert balance(game, signed, "RUS") == min(POINTS - 9 + 2 * POINTS, MOST_SAVED)
    assert balance(game, refused, "RUS") == balance(game, lapsed, "RUS")
    assert balance(game, full, "RUS") == POINTS - 9 + POINTS - 6 + POINTS + price


# What is wrong with a file ----------------------------------------------------------------------

Told = Callable[..., str]

NEW = Journal({})
"""A game in which nothing has been filed."""


@pytest.fixture
def told(game: Game, tmp_path: Path) -> Told:
    def of(text: str, seat: str = "KAZ", journal: Journal = NEW) -> str:
        file = tmp_path / f"{seat}.yaml"
        file.write_text(text, "utf-8")
        with pytest.raises(InputError) as wrong:
            checked(game, journal, seat, file)
        return str(wrong.value)

    return of


@pytest.mark.parametrize(
    ("moves", "seat", "message"),
    [
(
            "{lever: realine, partner: CHN}",
            "KAZ",
            "moves[0].lever: 'realine' is no lever. Did you mean 'realign'?",
        ),
        (
            "{partner: CHN}",
            "KAZ",
            "the lever is missing",
        ),
        (
            "{lever: press, state: KGZ, how: firm}",
            "KAZ",
            "KAZ has no lever 'press'; it has realign",
        ),
        (
            "{lever: realign, partner: CHN, domain: routes, size: 0.1}",
            "KAZ",
            "none of security, economic",
        ),
        (
            "{lever: realign, partner: CHI, domain: security, size: 0.1}",
            "KAZ",
            "'CHI' is no partner. Did you mean 'CHN'?",
        ),
        (
            "{lever: realign, partner: CHN, domain: security, size: 3}",
            "KAZ",
            "3: from -1 to 1, and not 0",
        ),
        (
            "{lever: realign, partner: CHN, domain: security}",
            "KAZ",
            "this is missing. Log points",
        ),
        (
            "{lever: realign, partner: CHN, domain: security, size: 1, now: 1}",
            "KAZ",
            "there is no such field here",
        ),
        (
            "{lever: close, link: cpc_pipeline}",
            "KAZ",
            "not KAZ's to shut or slow (RUS keeps it); KAZ holds munaitas",
        ),
        (
            "{lever: close, link: cpc}",
            "RUS",
            "'cpc' is no link of this region. Did you mean 'cpc_pipeline'?",
        ),
        (
            "{lever: join, body: CSTO}",
            "KAZ",
            "KAZ is a member already of CSTO",
        ),
        (
            "{lever: join, body: NATO}",
            "KAZ",
            "'NATO' is no body of this region",
        ),
        (
            "{lever: sign, offer: rus_t1_9}",
            "KAZ",
            "no deal offered to KAZ; none is open",
        ),
        (
            "{lever: shift, to: KAZ economic, from: TKM security, part: 0.4}",
            "RUS",
            "no more can be taken",
        ),
        (
            "{lever: shift, to: KAZ, from: TKM security, part: 0.1}",
            "RUS",
            "'KAZ' is no state and domain; write it as",
        ),
        (
            "{lever: offer, state: UZB, what: aid, amount: 9}",
            "RUS",
            "at most 2 bn USD a year",
        ),
        (
            "{lever: build, link: north_rail, added: 0.5}",
            "RUS",
            "would be ready after the last turn",
        ),
        (
            "{lever: build, link: khorgos, added: 0.5}",
            "RUS",
            "(CHN keeps it)",
        ),
        (
            "7",
            "RUS",
            "a move has fields",
        ),
    ],
)  # fmt: skip
def test_a_wrong_move_is_told_with_its_line_and_a_cure(
    told: Told, moves: str, seat: str, message: str
) -> None:
    said = told(f"moves:\n  - {moves}\n", seat)
    assert f"{seat}.yaml cannot be used (1 problem)" in said, said
    assert "line 2: " in said
    assert message in said, said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {lever: summit}\n", "a file of moves begins with 'moves:'"),
        ("move: []\n", "'move' is no field here"),
        ("moves: 3\n", "a list of moves"),
        ("moves: []\nbecause: [1]\n", "because: a sentence"),
        (f"moves: []\nbecause: {'x' * 301}\n", "at most 300 letters"),
        ("moves: [\n", "this is not YAML"),
        ("", "the file is empty"),
        ("moves:\n" + 13 * "  - {lever: close, link: bolashak}\n", "13 moves are too many"),
    ],
)
def test_a_file_that_holds_no_moves_is_told(told: Told, text: str, message: str) -> None:
    assert message in told(text)


def test_moves_that_cost_more_than_there_is_are_refused_with_their_prices(told: Told) -> None:
    said = told("moves:\n  - {lever: leave, body: CSTO}\n  - {lever: leave, body: EAEU}\n")
    assert "these moves cost 12 points (leave 6, leave 6); KAZ has 10. Leave some out" in said


def test_what_has_nothing_to_act_on_in_this_world_is_refused(tmp_path: Path) -> None:
    region, scenario = scenario_of("quiet")
    calm = begun(region, scenario.resized(4), "quiet", ("KGZ",), 2, 0)
    file = tmp_path / "KGZ.yaml"
    file.write_text("moves:\n  - {lever: crackdown, how: firm}\n", "utf-8")
    with pytest.raises(InputError, match=r"line 2: .*no sanctions are in force in these months"):
        checked(calm, NEW, "KGZ", file)


def test_wishes_that_are_still_in_force_add_up(told: Told) -> None:
    turned = journal_of({"KAZ": filed(TURN)}, {"KAZ": filed(TURN)})
    more = "moves:\n  - {lever: realign, partner: CHN, domain: economic, size: 0.3}\n"
    assert "it comes to 1.1 for CHN (economic)" in told(more, "KAZ", turned)


def test_the_same_link_cannot_be_shut_twice_by_one_seat(told: Told) -> None:
    said = told("moves:\n" + 2 * "  - {lever: close, link: bolashak}\n")
    assert "both shut or cut 'bolashak' in the same months" in said


# Who knows what ---------------------------------------------------------------------------------


def said_in(told: dict[str, list[str]]) -> str:
    return "\n".join(line for lines in told.values() for line in lines)


def test_secret_moves_are_told_to_who_made_them_alone(game: Game) -> None:
    first = Journal(PLAYED.about, PLAYED.turns[:1])
    worlds = played(game.region, as_scenario(game, first).resized(months=TURN_MONTHS))
    everyone = said_in(public(game, first, 1, worlds))
    kaz, rus = (said_in(private(game, first, 1, seat, worlds)) for seat in ("KAZ", "RUS"))
    assert "wishes for more of China" in kaz
    assert "wishes for" not in everyone + rus
    assert "of full pressure on Kazakhstan" in rus
    assert "of full pressure" not in everyone + kaz
    assert "Russia presses you: " in kaz
    assert "Fear of Russia" in kaz
    assert "Fear of" not in everyone + rus
    assert "Russia offers Kazakhstan 0.30 bn USD a year of aid for a year (rus_t1_2)." in everyone
    assert "rus_t1_2: Russia offers" in kaz


def test_what_is_done_in_the_open_is_told_to_everyone(game: Game, worlds: Worlds) -> None:
    third = Journal(PLAYED.about, PLAYED.turns[:3])
    until = played(game.region, as_scenario(game, third).resized(months=3 * TURN_MONTHS))
    told = public(game, third, 3, until)
    assert any("Kazakhstan leaves the CSTO" in line for line in told["What was done in the open"])
    assert any(
        "is shut from July to September" in line for line in told["What was done in the open"]
    )
    assert "CSTO: KGZ, TJK." in told["Bodies and votes"]
    assert any(
        line.startswith("Crude oil, CPC: ") and "less" in line for line in told["What is carried"]
    )


NEVER = re.compile(
    r"\b(likely|will|would|probabl[ey]|forecast|Putin|Xi|Tokayev|Blinken|Lavrov|Zelensky)\b"
)


def test_reports_and_briefs_claim_no_future_and_name_no_person(game: Game, worlds: Worlds) -> None:
    four = said_in(public(game, PLAYED, 4, worlds)) + "".join(
        said_in(private(game, PLAYED, 4, seat, worlds)) for seat in game.seats
    )
    briefs = "".join(brief_text(game, seat) for seat in game.all_seats)
    briefs = briefs.replace("not a forecast", "")
    assert not NEVER.findall(four)
    assert set(NEVER.findall(briefs)) <= {"would"}  # in what the articles are quoted with


def test_a_brief_says_what_a_seat_wants_holds_risks_and_can_do(game: Game) -> None:
    for seat in game.all_seats:
        heads = [part.head for part in brief(game, seat)]
        assert len(heads) == 5, seat
        written = brief_text(game, seat)
        cited = set(re.findall(r"\(([A-Z][A-Z0-9]{2}-\d{3})\)", written))
        assert len(cited) >= 5
        assert cited <= set(game.region.facts)
        for lever in held(game, seat):
            assert f"- {lever} (" in written


# What comes of it -------------------------------------------------------------------------------


def test_a_seat_that_was_offered_nothing_and_did_nothing_is_told_no_difference(game: Game) -> None:
    idle = journal_of({"RUS": filed(PRESS)}, {"RUS": filed(SHIFT)}, {}, {})
    found = reckoned(game, idle, lambda more: None)
    for score in OF_STATES:
        now, by_rules = found.beside_rules("KAZ", score)
        assert np.array_equal(now, by_rules), score.name


def test_who_moved_what_sums_to_the_game_less_the_rules_alone(game: Game) -> None:
    found = reckoned(game, PLAYED, lambda more: None)
    for seat in game.seats:
        for score in scores_of(game, seat):
            place = game.seats.index(seat) if seat == "KAZ" else game.region.powers.index(seat)
            whole = [
                score.of(game, found.playing(frozenset(some)), place) for some in (game.seats, ())
            ]
            parts = found.moved(seat, score).sum(axis=0)
            assert parts == pytest.approx(whole[0] - whole[1], abs=1e-9)


def test_a_government_that_wishes_for_a_partner_ends_nearer_to_it(game: Game) -> None:
    def share(journal: Journal) -> np.ndarray:
        worlds = played(game.region, as_scenario(game, journal).resized(months=TURN_MONTHS))
        ties = worlds.of("ties")[-1, :, game.region.states.index("KAZ"), 1]
        return np.asarray(ties[:, game.region.partners.index("CHN")])

    passed, turned = journal_of({}), journal_of({"KAZ": filed(TURN)})
    away = journal_of({"KAZ": filed(TURN | {"size": -0.4})})
    assert (share(turned) > share(passed)).all()
    assert (share(away) < share(passed)).all()


RULES_THAT_WEIGH = (
    "portfolio", "balance_of_threat", "bandwagoning", "omnibalancing", "equidistance",
    "loss_averse",
)  # fmt: skip


@pytest.mark.parametrize("rule", [*RULES_THAT_WEIGH, "inertia"])
def test_a_wish_counts_under_every_rule_that_weighs_partners(game: Game, rule: str) -> None:
    def share(journal: Journal) -> np.ndarray:
        scenario = as_scenario(game, journal).resized(members=4, months=TURN_MONTHS)
        ties = played(replace(game.region, rule=rule), scenario).of("ties")[-1]
        return np.asarray(
            ties[:, game.region.states.index("UZB"), 1, game.region.place("partner", "EUR")]
        )

    wish = move("realign", partner="EUR", domain="economic", size=0.5)
    turned, passed = (share(journal_of({"UZB": filed(*some)})) for some in ([wish], []))
    assert ((turned > passed) if rule != "inertia" else (turned == passed)).all()


def test_a_power_that_holds_back_presses_less_and_never_less_than_not_at_all(game: Game) -> None:
    def pressure(*moves: dict[str, Any]) -> np.ndarray:
        journal = journal_of({}, {}, {}, {"RUS": filed(*moves)})
        worlds = played(game.region, as_scenario(game, journal))
        return np.asarray(worlds.of("pressure")[-1])

    back = move("hold_back", state="KAZ", how="hard")
    kaz = (slice(None), game.region.states.index("KAZ"), game.region.powers.index("RUS"))
    pressed, lifted = pressure(PRESS), pressure(PRESS, back)
    assert (pressed[kaz] > 0.4).all()
    assert (lifted[kaz] == 0.0).all()
    assert (pressure(back) >= 0.0).all()


# At the table -----------------------------------------------------------------------------------

EIGHT = {
    1: {
        "KAZ": ["{lever: realign, partner: CHN, domain: economic, size: 0.4}"],
        "RUS": [
            "{lever: press, state: KAZ, how: firm}",
            "{lever: offer, state: KAZ, what: aid, amount: 0.2}",
        ],
    },
    2: {"KAZ": ["{lever: sign, offer: rus_t1_2}"], "RUS": ["{lever: summit}"]},
    3: {"KAZ": ["{lever: defence, added: 0.5}"], "RUS": ["{lever: close, link: cpc_pipeline}"]},
    4: {"KAZ": ["{lever: speed, link: caspian_ports}"], "RUS": []},
    5: {"KAZ": ["{lever: crackdown, how: light}"], "RUS": ["{lever: slow, link: north_rail}"]},
    6: {"KAZ": [], "RUS": ["{lever: hold_back, state: KGZ, how: firm}"]},
    7: {"KAZ": ["{lever: leave, body: CSTO}"], "RUS": []},
    8: {"KAZ": ["{lever: realign, partner: USA, domain: security, size: 0.3}"], "RUS": []},
}
"""Moves of eight quarters by two seats."""


def write_moves(folder: Path, turns: range) -> None:
    for turn in turns:
        for seat, moves in EIGHT[turn].items():
            file = folder / f"turn_{turn}" / f"{seat}.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            rows = "".join(f"  - {one}\n" for one in moves)
            file.write_text(f"moves:\n{rows}" if rows else "moves: []\n", "utf-8")


def arguments(folder: Path, *more: str) -> list[str]:
    return [
        "play", SCENARIO, "--seats", "KAZ,RUS", "--members", "4", "--moves", str(folder / "moves"),
        "--out", str(folder / "out"), *more,
    ]  # fmt: skip


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def play(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(ROOT / "run.py"), *arguments(folder, *more)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)


def test_a_game_killed_at_turn_five_of_eight_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    once, killed = tmp_path / "once", tmp_path / "killed"
    for folder in (once, killed):
        write_moves(folder / "moves", range(1, 9))
    first = play(killed)
    journal = killed / "out" / f"{SCENARIO}_game" / "journal.jsonl"
    until = monotonic() + 300
    while monotonic() < until and not (
        journal.exists() and len(journal.read_text("utf-8").splitlines()) >= 1 + 5
    ):
        sleep(0.002)
    first.send_signal(signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL
    assert 1 + 5 <= len(journal.read_text("utf-8").splitlines()) < 1 + 8
    assert not (killed / "out" / f"{SCENARIO}_game" / "debrief").exists()
    assert main(arguments(killed, "--quiet")) == 0
    assert main(arguments(once, "--quiet")) == 0
    assert files_of(killed / "out") == files_of(once / "out")


def test_a_game_waits_for_all_seats_and_says_for_whom(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_moves(tmp_path / "moves", range(1, 3))
    (tmp_path / "moves" / "turn_2" / "RUS.yaml").unlink()
    assert main(arguments(tmp_path)) == 0
    said = capsys.readouterr().out
    assert "# Turn 1 of 8, January 2022 to March 2022: for everyone" in said
    assert "Turn 2 of 8 waits for RUS." in said
    assert f"{os.sep}turn_2{os.sep}RUS.yaml (15 points)" in said
    assert "KAZ.yaml (" not in said
    journal = tmp_path / "out" / f"{SCENARIO}_game" / "journal.jsonl"
    before = journal.read_bytes()
    assert main(arguments(tmp_path, "--turns", "4")) == 2
    assert "another game has been begun here (turns 8, now 4)" in capsys.readouterr().err
    assert journal.read_bytes() == before


def test_a_wrong_file_of_one_seat_leaves_the_game_where_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_moves(tmp_path / "moves", range(1, 2))
    (tmp_path / "moves" / "turn_1" / "RUS.yaml").write_text("moves:\n  - {lever: invade}\n")
    assert main(arguments(tmp_path)) == 2
    said = capsys.readouterr().err
    assert "RUS.yaml cannot be used (1 problem)" in said
    assert "line 2: moves[0].lever: 'invade' is no lever" in said
    journal = tmp_path / "out" / f"{SCENARIO}_game" / "journal.jsonl"
    assert len(journal.read_text("utf-8").splitlines()) == 1


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["play", SCENARIO], "--seats: name who is played by people, of KAZ"),
        (["play", SCENARIO, "--seats", "KAZ,EUR"], "'EUR' is no seat"),
        (["play", SCENARIO, "--seats", "KAZ", "--from", "2020-01"], "before the scenario's start"),
        (["play", SCENARIO, "--seats", "KAZ", "--from", "soon"], "'soon' is no month"),
        (["play", SCENARIO, "--brief", "OWN"], "--brief: 'OWN' is no seat"),
        (["play", "storm_or_order", "--seats", "KAZ"], "a game is played in one world"),
        (["play", SCENARIO, "--seats", "KAZ", "--turns", "0"], "not between 1 and 40"),
    ],
)
def test_a_table_that_cannot_be_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], message: str
) -> None:
    assert main([*more, "--out", str(tmp_path)]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_brief_is_printed_and_nothing_is_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["play", SCENARIO, "--brief", "chn", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("# China: your brief")
    assert not list(tmp_path.iterdir())


def test_a_game_can_begin_after_the_war_did(game: Game) -> None:
    later = begun(game.region, game.scenario, SCENARIO, ("KAZ",), 2, 12)
    assert later.starts(1) == "2023-01"
    assert later.scenario.months == 18
    turned = Journal({}, ({"KAZ": filed(TURN)},))
    assert compiled(later, turned)[0].raw["start"] == "2023-01"


def test_typed_moves_are_the_moves_of_a_file() -> None:
    assert as_move("realign partner=CHN domain=economic size=0.2") == {
        "lever": "realign", "partner": "CHN", "domain": "economic", "size": 0.2,
    }  # fmt: skip
    assert as_move("shift to='KAZ economic' from='TKM security' part=.05")["to"] == "KAZ economic"
    assert as_moves([]) == "moves: []\n"


def test_a_seat_at_the_terminal_is_asked_until_its_moves_are_in_order(
    game: Game, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from sim.studying.game_prompts import ask

    typed = iter(["", "close link=cpc_pipeline", "?", "", "drop", "close link=bolashak", ""])
    monkeypatch.setattr("builtins.input", lambda prompt="": next(typed))
    file = tmp_path / "turn_1" / "KAZ.yaml"
    ask(tmp_path, game, Journal({}), "KAZ", file)
    said = capsys.readouterr().out
    assert "is not KAZ's to shut or slow" in said
    assert "Kazakhstan: your brief" in said
    assert checked(game, Journal({}), "KAZ", file).written == (
        {"lever": "close", "link": "bolashak"},
    )
    assert [path.name for path in file.parent.iterdir()] == ["KAZ.yaml"]


def test_the_debrief_is_told_with_its_page_and_every_move(tmp_path: Path) -> None:
    write_moves(tmp_path / "moves", range(1, 3))
    assert main(arguments(tmp_path, "--turns", "2", "--quiet")) == 0
    folder = tmp_path / "out" / f"{SCENARIO}_game" / "debrief"
    page = (folder / "report.html").read_text("utf-8")
    assert "Kazakhstan wishes for more of China" in page
    assert "from January to December 2022" in page
    assert "puts 50.3% of full pressure on Kazakhstan" in page
    table = (folder / "tables" / "moved.csv").read_text("utf-8")
    assert table.startswith("score,by KAZ,by RUS,in all,unit\n")
