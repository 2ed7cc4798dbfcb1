"""The app: what it computes is what `run.py` computes, and nothing that a page sends harms it."""

from __future__ import annotations

import ast
import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import NAMES

from sim.app.desk import MOST_MEMBERS, MOST_MONTHS, Desk
from sim.app.document import (
    Refusal,
    document_of,
    fields_as_set,
    refuse_reaching_out,
    shipped,
    text_of,
    with_setting,
)
from sim.app.doors import TRIES, Doors, cookies_of, new_code
from sim.app.forms import forms
from sim.app.handles import ends, event_fields
from sim.app.kept import Shelf
from sim.app.reported import Articles, against, questions
from sim.app.sheet import Sheet, checked, scores
from sim.asking import PROJECT, scenario_of
from sim.cli import main
from sim.errors import InputError
from sim.explore.packing import Packed, unpacked
from sim.explore.sliders import number_of
from sim.reading.scenarios import SHIPPED
from sim.results import compare
from sim.scenario import Scenario
from sim.study.settings import settings_of
from sim.texts import LANGUAGES, catalogue

pytest.importorskip("starlette", reason="the app needs: pip install -e '.[app]'")
uvicorn = pytest.importorskip("uvicorn")

from sim.app.games import Games  # noqa: E402
from sim.app.page import OWN, page, scenarios  # noqa: E402
from sim.app.room import Room  # noqa: E402
from sim.app.server import served  # noqa: E402

FEW = 20


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    one = Desk()
    yield one
    one.close()


def few(name: str, **more: Any) -> dict[str, Any]:
    """Return a shipped scenario with few members."""
    return {**shipped(name), "members": FEW, **more}


def asked(desk: Desk, document: dict[str, Any], name: str = "composed", **moved: float) -> Any:
    return json.loads(desk.answer(document, name, moved))


# --- documents: what a page holds, and a file -----------------------------------------------------


def bare(one: Scenario) -> Scenario:
    """Return a scenario without what tells of the file that it stood in."""
    events, removed = (
        tuple(replace(event, line=None) for event in some) for some in (one.events, one.removed)
    )
    return replace(
        one, text="", file="", arm=None, arms=(), baseline=None, events=events, removed=removed
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_opened_and_saved_says_the_same(name: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.yaml"
    file.write_text(text_of(shipped(name)), encoding="utf-8")
    _, mine = scenario_of(file)
    _, theirs = scenario_of(SHIPPED / f"{name}.yaml")
    assert bare(mine) == bare(theirs.arms[0] if theirs.arms else theirs)


def test_a_composed_scenario_saved_and_run_gives_the_same_table_byte_for_byte(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    document = few("cpc_closure", months=30, numbers={"cut_threat": 0.5})
    document["events"] = [
        *document["events"],
        {"id": "visit_1", "kind": "visit", "state": "KAZ", "by": "CHN", "start": "2023-05"},
    ]
    document["remove"] = [desk.read(document, "mine").scenario.events[0].id]
    moved = asked(desk, document, "mine", **{"pipeline_shut.months": 4, "pipeline_shut.left": 0.25})
    Path("mine.yaml").write_text(moved["text"], encoding="utf-8")
    assert main(["mine.yaml", "--quiet"]) == 0
    assert Path("results/mine/hedging.csv").read_bytes() == desk.hedging(moved["document"], "mine")


def test_what_a_page_shows_is_the_comparison_of_run_py(desk: Desk, tmp_path: Path) -> None:
    document = few("cpc_closure", numbers={"cut_threat": 0.5})
    found = asked(desk, document)
    file = tmp_path / "composed.yaml"
    file.write_text(found["text"], encoding="utf-8")
    region, scenario = scenario_of(file)
    results = compare(region, scenario)
    letters = Packed(
        found["numbers"]["letters"],
        {k: (at, tuple(shape)) for k, (at, shape) in found["numbers"]["places"].items()},
    )
    cells = unpacked(letters)["difference"][0, found["series"].index("share_RUS.KAZ")]
    change = 100 * results.of("difference", "pooled")[:, :, 0, 0]
    middle, low, high = (np.percentile(change, q, axis=1) for q in (50, 5, 95))
    step = 10.0 ** -(found_digits("share") + 1)
    for row, wanted in zip(cells, (middle, low, high), strict=True):
        assert np.all(np.abs(np.abs(row) * step - np.abs(wanted)) <= step * (1 + 1e-6))


def found_digits(kind: str) -> int:
    from sim.explore.payload import DIGITS

    return DIGITS[kind]


def test_the_second_question_on_a_baseline_has_the_numbers_of_the_first(desk: Desk) -> None:
    later = {"pipeline_shut.start": 3.0}
    warm = asked(desk, few("cpc_closure"), **later)
    cold = Desk()
    try:
        assert asked(cold, few("cpc_closure"), **later)["numbers"] == warm["numbers"]
    finally:
        cold.close()


@pytest.mark.parametrize(
    ("field", "number", "wanted"),
    [
        ("months", 8.0, {"months": 8, "end": None}),
        ("start", 2.0, {"start": "2023-04"}),
        ("left", 0.25, {"kind": "link_cut", "left": 0.25, "lost": None}),
        ("left", 0.0, {"kind": "link_closed", "left": None, "lost": None}),
        ("size", 0.4, {"kind": "link_cut", "left": 0.6, "lost": None}),
        ("intent", 1.0, {"intent": 1.0}),
    ],
)
def test_a_slider_writes_what_a_hand_would(
    desk: Desk, field: str, number: float, wanted: dict[str, Any]
) -> None:
    events = desk.read(shipped("cpc_closure"), "cpc").scenario.events
    shut = next(event for event in events if event.id == "pipeline_shut")
    assert fields_as_set(shut, field, number) == wanted


@pytest.mark.parametrize("name", NAMES)
def test_a_slider_of_an_event_can_be_moved_to_both_ends(desk: Desk, name: str) -> None:
    document = few(name)
    asked_of = desk.read(document, name)
    scenario = asked_of.scenario
    fields = event_fields(asked_of.region, scenario)
    for setting in settings_of(asked_of.region, scenario, fields):
        for end in ends(scenario, setting):
            read = desk.read(with_setting(document, scenario, setting.name, end), name).scenario
            (event,) = (one for one in read.events if one.id == setting.event)
            was = next(one for one in scenario.events if one.id == setting.event)
            same = number_of(was, setting.field) == end
            assert same or event != was, (setting.name, end)


def test_an_event_of_the_baseline_is_changed_and_not_written_anew(desk: Desk) -> None:
    document = few("cpc_closure")
    scenario = desk.read(document, "cpc").scenario
    name = next(one.id for one in scenario.events if one.kind == "sanctions")
    moved = with_setting(document, scenario, f"{name}.size", 0.25)
    assert moved["change"] == {name: {"size": 0.25}}
    assert moved["events"] == document["events"]


def test_the_form_of_each_kind_asks_for_what_it_needs(desk: Desk) -> None:
    made = forms(desk.region)
    for kind, fields in made.items():
        assert f"kind.{kind}" in catalogue("en"), kind
        for field in fields:
            assert f"form.{field['name']}" in catalogue("en"), field["name"]
            assert field["told"], (kind, field["name"])
    shut = {field["name"]: field for field in made["link_closed"]}
    assert "cpc_pipeline" in shut["link"]["options"]
    assert shut["start"]["needed"]
    assert not shut["months"]["needed"]


# --- what may not be asked -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"extends": "/etc/passwd"}, "shipped scenarios alone"),
        ({"extends": "../secrets"}, "shipped scenarios alone"),
        ({"include": {"file": "../x.yaml"}}, "shipped scenarios alone"),
        ({"strategy": {"KAZ": "mine.py:Careful"}}, "--allow-strategies"),
        ({"members": 10**12}, "members"),
        ({"members": MOST_MEMBERS + 1}, f"{MOST_MEMBERS} at most"),
        ({"months": MOST_MONTHS + 1}, f"{MOST_MONTHS} at most"),
        ({"events": "all of them"}, "events"),
        ({"events": [{"id": "x"}]}, "kind"),
        ({"events": [[[[[]]]]]}, "events"),
        ({"numbers": {"cut_threat": 1e308}}, "is not between"),
        ({"title": "x" * 10_000}, "title"),
        ({"surprise": 1}, "surprise"),
        ({"seed": -1}, "seed"),
        ({"rule": "will"}, "rule"),
    ],
)
def test_a_hostile_document_is_refused_in_words(
    desk: Desk, changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        desk.answer(few("cpc_closure", **changed), "composed", {})


@pytest.mark.parametrize("name", ["../x", "", "a b", "x" * 61, "<script>", "results/x"])
def test_a_name_that_is_no_name_is_refused(desk: Desk, name: str) -> None:
    with pytest.raises(Refusal):
        desk.read(few("quiet"), name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "just words",
        "title: [",
        "a: &x [*x]",
        "!!python/object/apply:os.system ['true']",
        "title: x\n" * 3,
        "[" * 2_000,
        "\x00",
    ],
)
def test_a_broken_or_hostile_file_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(InputError):
        document_of(text)


def test_a_strategy_is_let_in_only_where_the_teacher_allows_it() -> None:
    document = {"strategy": {"KAZ": "mine.py:Careful"}}
    refuse_reaching_out(document, strategies=True)
    with pytest.raises(Refusal):
        refuse_reaching_out(document)
    for written in ("/elsewhere/x.py:C", "../x.py:C", "sub/x.py:C", "x.py", 3):
        with pytest.raises(Refusal, match=r"FILE\.py:Class"):
            refuse_reaching_out({"strategy": {"KAZ": written}}, strategies=True)


def test_a_strategy_of_the_folder_that_is_let_in_is_played_as_run_py_plays_it(
    tmp_path: Path,
) -> None:
    folder = PROJECT / "docs" / "strategies"
    code = (folder / "examples.py").read_text("utf-8")
    name = code.partition("class ")[2].partition(":")[0].partition("(")[0]
    strategy = {"KAZ": f"examples.py:{name}"}
    document = few("quiet", months=6, strategy=strategy, numbers={"choice_sharpness": 6.0})
    one = Desk(folder)
    try:
        found = one.read(document, "mine")
    finally:
        one.close()
    (tmp_path / "examples.py").write_text(code, encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(found.text, encoding="utf-8")
    _, theirs = scenario_of(tmp_path / "mine.yaml")
    assert theirs.events
    assert bare(found.scenario).events == bare(theirs).events


def test_what_is_asked_twice_at_once_is_made_once() -> None:
    shelf, made, begun = Shelf(2), [], threading.Event()

    def make() -> int:
        made.append(1)
        begun.wait(5)
        return 7

    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(shelf.get("k", make))) for _ in "abc"]
    for thread in threads:
        thread.start()
    begun.set()
    for thread in threads:
        thread.join()
    assert (found, len(made)) == ([7, 7, 7], 1)


def test_what_could_not_be_made_is_tried_again() -> None:
    shelf = Shelf(2)
    with pytest.raises(ValueError, match="no"):
        shelf.get("k", lambda: (_ for _ in ()).throw(ValueError("no")))
    assert shelf.get("k", lambda: 3) == 3


# --- who may come in ------------------------------------------------------------------------------


def test_on_this_machine_alone_everyone_is_the_teacher_and_another_name_is_none_of_ours() -> None:
    doors = Doors()
    assert doors.is_teacher({})
    assert doors.knows_host("127.0.0.1:8765")
    assert doors.knows_host("localhost")
    assert doors.knows_host("[::1]:80")
    assert not doors.knows_host("evil.example:8765")
    assert not doors.same_site("http://evil.example", "127.0.0.1:8765")
    assert doors.same_site("http://127.0.0.1:8765", "127.0.0.1:8765")


def test_a_class_needs_its_code_and_many_wrong_ones_are_not_looked_at() -> None:
    doors = Doors(code="ABC234")
    assert not doors.is_in({})
    assert doors.joins(" abc234 ", "10.0.0.2")
    assert doors.is_in({"class": "ABC234"})
    assert not doors.is_teacher({"class": "ABC234"})
    assert doors.is_teacher({"teacher": doors.teacher})
    assert not any(doors.joins("WRONG1", "10.0.0.3") for _ in range(TRIES))
    assert not doors.joins("ABC234", "10.0.0.3")
    assert doors.joins("ABC234", "10.0.0.4")


def test_codes_are_not_alike_and_have_no_letter_that_is_read_as_another() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert not set("IO01") & set("".join(codes))


def test_cookies_that_cannot_be_read_are_none() -> None:
    assert cookies_of("a=b; teacher=x") == {"a": "b", "teacher": "x"}
    assert cookies_of("\x00=;;;") == {}


# --- the sheet ------------------------------------------------------------------------------------


def test_who_knows_the_runs_scores_best_and_who_is_sure_and_wrong_worst() -> None:
    runs = [-2.0, -1.0, -3.0, -2.0]
    right = scores(runs, "lower", -2.0, 1.0)
    wrong = scores(runs, "higher", 2.0, 1.0)
    assert right == {"brier": 0.0, "crps": 0.5}
    assert wrong == {"brier": 2.0, "crps": 4.0}
    assert scores(runs, "lower", 0.0, 1 / 3)["brier"] == pytest.approx(2 / 3)


def test_a_sheet_is_kept_line_by_line_and_the_first_prediction_counts(tmp_path: Path) -> None:
    file = tmp_path / "class" / "sheet.jsonl"
    sheet = Sheet(file)
    one = {"who": " Ai  gul ", "direction": "lower", "size": -2.0, "sure": 0.8}
    assert not sheet.add(one, "cpc_closure", [-1.0, -3.0]).again
    assert sheet.add(one | {"sure": 1.0}, "cpc_closure", [-1.0, -3.0]).again
    sheet.add(one | {"who": "Bek", "direction": "higher", "size": 1}, "cpc_closure", [-1.0])
    file.write_bytes(file.read_bytes() + b'{"who": "cut sh')  # killed while it was writing
    again = Sheet(file)
    again.add(one | {"who": "Dana"}, "cpc_closure", [-1.0])
    assert [row["who"] for row in Sheet(file).rows()] == ["Ai gul", "Ai gul", "Bek", "Dana"]
    assert [leader["who"] for leader in again.leaders()] == ["Ai gul", "Dana", "Bek"]
    assert again.leaders()[0]["predictions"] == 1
    again.begin_anew()
    assert (again.rows(), Sheet(file).rows()) == ([], [])
    assert (tmp_path / "class" / "sheet.1.jsonl").exists()


def test_a_full_disk_leaves_the_sheet_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = Sheet(tmp_path / "sheet.jsonl")
    one = {"who": "Bek", "direction": "lower", "size": -2.0, "sure": 0.8}
    sheet.add(one, "a", [-1.0])

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full)
        with pytest.raises(InputError, match="full"):
            sheet.add(one, "b", [-1.0])
    sheet.add(one, "c", [-1.0])
    assert [row["scenario"] for row in Sheet(sheet.file).rows()] == ["a", "c"]
    assert [row["scenario"] for row in sheet.rows()] == ["a", "c"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"direction": "sideways"},
        {"size": "large"},
        {"size": 1e9},
        {"size": True},
        {"sure": 0.1},
        {"sure": 2},
        {"sure": None},
    ],
)
def test_what_is_no_prediction_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        checked({"who": "x", "direction": "lower", "size": 1.0, "sure": 0.6} | wrong)


def test_a_name_on_the_sheet_is_short_and_one_line() -> None:
    who, *_ = checked({"who": "<b>\n" + "x" * 99, "direction": "same", "size": 0.0, "sure": 0.5})
    assert len(who) == 40
    assert "\n" not in who


# --- texts ----------------------------------------------------------------------------------------


def test_every_text_that_the_program_asks_for_is_there() -> None:
    import re

    from sim.app.page import HERE

    program = "".join((HERE / f"{name}.js").read_text("utf-8") for name in OWN)
    keys = set(re.findall(r'text\("([a-z_.]+[a-z_])"', program))
    assert len(keys) > 60
    for language in LANGUAGES:
        assert keys - set(catalogue(language)) == set()


def test_the_page_holds_no_markup_of_a_users(desk: Desk) -> None:
    text = page(desk.region, "en", "quiet", {"teacher": True, "note": "</script><b>"})
    assert "</script><b>" not in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert {one["name"] for one in scenarios()} == set(NAMES)


# --- the server, over a real socket ---------------------------------------------------------------


class Served:
    """An app that is served on a port of its own, and what it answers."""

    def __init__(self, room: Room) -> None:
        config = uvicorn.Config(
            served(room), port=0, log_level="critical", lifespan="off", ws="none"
        )
        self.room, self.server = room, uvicorn.Server(config)
        self.server.install_signal_handlers = lambda: None
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            self.thread.join(0.02)
        self.port = self.server.servers[0].sockets[0].getsockname()[1]

    def ask(
        self, path: str, body: Any = None, method: str = "POST", **head: str
    ) -> tuple[int, Any, dict[str, str]]:
        heads = {"Content-Type": "application/json", "Connection": "close"}
        heads |= {name.replace("_", "-"): given for name, given in head.items()}
        sent = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with closing(line):
            line.request(method, path, sent if method == "POST" else None, heads)
            answer = line.getresponse()
            read = answer.read()
        kind = answer.getheader("content-type", "")
        found = json.loads(read) if kind.startswith("application/json") else read.decode()
        return answer.status, found, {k.lower(): v for k, v in answer.getheaders()}

    def close(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        self.room.games.close()


def room(desk: Desk, doors: Doors, folder: Path) -> Room:
    sheet, games = Sheet(folder / "s.jsonl"), Games(folder)
    return Room(desk, doors, sheet, games, Articles(desk.region), "quiet", "en")


@pytest.fixture
def app(desk: Desk, tmp_path: Path) -> Iterator[Served]:
    one = Served(room(desk, Doors(), tmp_path))
    yield one
    one.close()


@pytest.fixture
def classroom(desk: Desk, tmp_path: Path) -> Iterator[Served]:
    one = Served(room(desk, Doors(code="ABC234"), tmp_path))
    yield one
    one.close()


def test_a_page_is_served_with_a_policy_that_lets_nothing_in(app: Served) -> None:
    status, text, heads = app.ask("/", method="GET")
    assert status == 200
    assert "default-src 'none'" in heads["content-security-policy"]
    assert "unsafe-eval" not in heads["content-security-policy"]
    assert heads["x-content-type-options"] == "nosniff"
    assert '<script src="/app.js">' in text
    assert app.ask("/app.js", method="GET")[0] == 200
    assert app.ask("/../../etc/passwd", method="GET")[0] == 404


def test_a_question_in_wrong_form_is_answered_in_words_and_the_app_goes_on(app: Served) -> None:
    for body, heads in (
        (b"{", {}),
        (b"[1]", {}),
        (b'{"document": 3}', {}),
        (b'{"document": {"title": NaN}}', {}),
        (b"x" * 2_000_000, {}),
        (b'{"document": ' + b"[" * 100_000, {}),
        (b"{}", {"Content_Type": "text/plain"}),
        (json.dumps({"document": few("quiet"), "moved": {"x": "y"}}).encode(), {}),
        (json.dumps({"document": few("quiet"), "moved": {"no_number": 1}}).encode(), {}),
        (
            json.dumps({"document": few("cpc_closure"), "moved": {"pipeline_shut.id": 1}}).encode(),
            {},
        ),
        (b'{"document": {"title": "x", "question": "y", "extends": "\\ud800"}}', {}),
    ):
        status, found, _ = app.ask("/api/run", body, **heads)
        assert (status, bool(found["wrong"][0]["message"])) == (200, True), body[:40]
    status, found, _ = app.ask("/api/run", {"document": few("quiet", months=6), "name": "quiet"})
    assert (status, found["about"]["members"]) == (200, FEW)


def test_another_site_and_another_name_are_turned_away(app: Served) -> None:
    assert app.ask("/api/open", {"name": "quiet"}, Origin="http://evil.example")[0] == 403
    assert app.ask("/", method="GET", Host="evil.example")[0] == 421


def test_a_class_comes_in_by_its_code_and_the_teacher_by_his_address(classroom: Served) -> None:
    assert classroom.ask("/api/open", {"name": "quiet"})[0] == 401
    status, text, _ = classroom.ask("/", method="GET")
    assert (status, '"join"' in text, "forms" in text) == (200, True, False)
    assert classroom.ask("/api/join", {"code": "WRONG1"})[0] == 403
    _, _, heads = classroom.ask("/api/join", {"code": "abc234"})
    inside = heads["set-cookie"].split(";")[0]
    assert "httponly" in heads["set-cookie"].casefold()
    assert classroom.ask("/api/open", {"name": "quiet"}, Cookie=inside)[0] == 200
    assert classroom.ask("/api/board", {"shown": True}, Cookie=inside)[0] == 403
    status, _, heads = classroom.ask(f"/?teacher={classroom.room.doors.teacher}", method="GET")
    teacher = heads["set-cookie"].split(";")[0]
    assert status == 303
    assert classroom.ask("/api/board", {"shown": True}, Cookie=teacher)[0] == 200


def test_predictions_are_scored_on_the_sheet_and_the_board_is_shown_when_the_teacher_says(
    classroom: Served,
) -> None:
    inside, teacher = "class=ABC234", f"teacher={classroom.room.doors.teacher}"
    one = {"document": few("cpc_closure", months=24), "name": "cpc_closure", "who": "Bek",
           "direction": "lower", "size": -2, "sure": 0.9}  # fmt: skip
    status, found, _ = classroom.ask("/api/predict", one, Cookie=inside)
    assert (status, found["who"], found["again"]) == (200, "Bek", False)
    _, seen, _ = classroom.ask("/api/sheet", {}, Cookie=inside)
    assert seen == {"board": False, "count": 1}
    classroom.ask("/api/board", {"shown": True}, Cookie=teacher)
    _, seen, _ = classroom.ask("/api/sheet", {}, Cookie=inside)
    assert [row["who"] for row in seen["leaders"]] == ["Bek"]
    assert "rows" not in seen
    _, seen, _ = classroom.ask("/api/sheet", {}, Cookie=teacher)
    assert seen["rows"][0]["brier"] == found["brier"]


# --- the game -------------------------------------------------------------------------------------


def test_a_game_in_the_app_is_the_game_of_the_command_line(
    app: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    begin = {"scenario": "quiet", "seats": ["KAZ", "RUS"], "turns": 2, "members": 4}
    status, all_, _ = app.ask("/api/game/begin", begin)
    assert (status, set(all_["codes"])) == (200, {"KAZ", "RUS"})
    kaz = {"code": all_["codes"]["KAZ"]}
    _, seat, _ = app.ask("/api/game/seat", kaz)
    assert seat["seat"] == "KAZ"
    assert "realign" in {lever["lever"] for lever in seat["levers"]}
    assert not {"invade", "repress", "bribe", "incite"} & {one["lever"] for one in seat["levers"]}
    turn_to_china = {"lever": "realign", "partner": "CHN", "domain": "economic", "size": 0.3}
    filed = {**kaz, "turn": 1, "moves": [turn_to_china], "because": "One gate is too few."}
    _, told, _ = app.ask("/api/game/file", filed)
    assert told["price"] == 3
    _, wrong, _ = app.ask("/api/game/play", {"turn": 1})
    assert "RUS has not filed" in wrong["wrong"][0]["message"]
    _, seen, _ = app.ask("/api/game/state", {})
    assert "codes" not in seen
    assert [one["filed"] for one in seen["seats"]] == [True, False]
    _, after, _ = app.ask("/api/game/play", {"turn": 1, "pass": True})
    assert after["turn"] == 2
    twice = app.ask("/api/game/play", {"turn": 1, "pass": True})[1]
    assert "played already" in twice["wrong"][0]["message"]
    app.ask("/api/game/play", {"turn": 2, "pass": True})
    app.room.games.close()
    folder = tmp_path / "quiet_game"
    moves = tmp_path / "moves"
    (folder / "moves").rename(moves)
    arguments = ["play", "quiet", "--seats", "KAZ,RUS", "--turns", "2", "--members", "4"]
    assert main([*arguments, "--moves", str(moves), "--out", "again", "--quiet"]) == 0
    mine = (tmp_path / "again" / "quiet_game" / "journal.jsonl").read_bytes()
    assert mine == (folder / "journal.jsonl").read_bytes()
    name = Path("turns") / "turn_2" / "public.md"
    assert (tmp_path / "again" / "quiet_game" / name).read_bytes() == (folder / name).read_bytes()


def test_a_game_that_is_open_is_not_played_by_two_programs(app: Served, tmp_path: Path) -> None:
    begin = {"scenario": "quiet", "seats": ["KAZ"], "turns": 2, "members": 4}
    app.ask("/api/game/begin", begin)
    arguments = ["play", "quiet", "--seats", "KAZ", "--turns", "2", "--members", "4"]
    assert main([*arguments, "--out", str(tmp_path), "--quiet"]) == 2
    codes = app.ask("/api/game/all", {})[1]["codes"]
    assert app.ask("/api/game/begin", begin)[1]["codes"] == codes


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("begin", {"scenario": "../x", "seats": ["KAZ"]}, "shipped scenario"),
        ("begin", {"scenario": "quiet", "seats": ["XXX"]}, "is no seat"),
        ("begin", {"scenario": "quiet", "seats": ["KAZ"], "turns": 10**9}, "turns"),
        ("begin", {"scenario": "quiet", "seats": ["KAZ"], "from": "soon"}, "is no month"),
        ("begin", {"scenario": "storm_or_order", "seats": ["KAZ"]}, "arms"),
        ("seat", {"code": "WRONG1"}, "no seat's code"),
        ("file", {"code": "", "moves": []}, "no seat's code"),
        ("play", {"turn": 1}, "has not filed"),
        ("play", {"turn": 2, "pass": True}, "is waited for"),
        ("debrief", {}, "not over yet"),
    ],
)
def test_what_no_game_allows_is_told(
    app: Served, path: str, body: dict[str, Any], message: str
) -> None:
    if path != "begin":
        app.ask("/api/game/begin", {"scenario": "quiet", "seats": ["KAZ"], "members": 4})
    status, found, _ = app.ask(f"/api/game/{path}", body)
    assert status == 200
    assert message in found["wrong"][0]["message"]


def test_what_a_seat_files_and_reads_is_its_own(classroom: Served) -> None:
    inside, teacher = "class=ABC234", f"teacher={classroom.room.doors.teacher}"
    begin = {"scenario": "quiet", "seats": ["KAZ", "RUS"], "turns": 2, "members": 4}
    for path in ("game/begin", "game/all", "game/play", "game/debrief", "sheet/new", "files"):
        assert classroom.ask(f"/api/{path}", begin, Cookie=inside)[0] == 403, path
    codes = classroom.ask("/api/game/begin", begin, Cookie=teacher)[1]["codes"]
    move = {"lever": "realign", "partner": "CHN", "domain": "economic", "size": 0.3}
    filed = {"code": codes["KAZ"], "turn": 1, "moves": [move], "because": "SECRET"}
    assert classroom.ask("/api/game/file", filed, Cookie=inside)[1]["price"] == 3
    for path, body in (("state", {}), ("seat", {"code": codes["RUS"]})):
        seen = json.dumps(classroom.ask(f"/api/game/{path}", body, Cookie=inside)[1])
        assert "SECRET" not in seen
        assert '"realign", "partner"' not in seen
        assert codes["KAZ"] not in seen
    classroom.ask("/api/game/play", {"turn": 1, "pass": True}, Cookie=teacher)
    mine, other = (
        classroom.ask("/api/game/seat", {"code": codes[seat]}, Cookie=inside)[1]
        for seat in ("KAZ", "RUS")
    )
    assert mine["private"] not in (other["private"], other["public"])
    assert "SECRET" not in json.dumps(other)


def test_a_file_of_moves_is_filed_as_a_form_is(app: Served) -> None:
    begin = {"scenario": "quiet", "seats": ["KAZ"], "turns": 2, "members": 4}
    code = app.ask("/api/game/begin", begin)[1]["codes"]["KAZ"]
    text = "moves:\n  - {lever: realign, partner: CHN, domain: economic, size: 0.3}\n"
    told = app.ask("/api/game/file", {"code": code, "turn": 1, "text": text})[1]
    assert told["price"] == 3
    wrong = app.ask("/api/game/file", {"code": code, "turn": 1, "text": text + "x: 1\n"})[1]
    assert wrong["wrong"][0]["line"] == 3
    assert app.ask("/api/game/seat", {"code": code})[1]["filed"] == text


def test_a_seat_that_files_nonsense_is_told_and_nothing_is_filed(app: Served) -> None:
    begin = {"scenario": "quiet", "seats": ["KAZ"], "turns": 2, "members": 4}
    code = app.ask("/api/game/begin", begin)[1]["codes"]["KAZ"]
    other = app.ask("/api/game/begin", {**begin, "turns": 3})[1]
    assert "another game" in other["wrong"][0]["message"]
    for moves in (
        "all of them",
        [{"lever": "invade", "state": "UZB"}],
        [{"lever": "realign", "partner": "CHN", "domain": "economic", "size": 1e300}],
        [{"lever": "close", "link": "cpc_pipeline"}],
        [{"lever": "realign"}] * 50,
        [{"x" * 30_000: 1}],
    ):
        _, found, _ = app.ask("/api/game/file", {"code": code, "turn": 1, "moves": moves})
        assert found["wrong"][0]["message"], moves
    assert app.ask("/api/game/state", {})[1]["seats"] == [{"seat": "KAZ", "filed": False}]


# --- against the articles -------------------------------------------------------------------------


def test_every_question_rests_on_a_pattern_that_says_the_same(desk: Desk) -> None:
    compared = 0
    for one in questions(desk.region):
        assert one.pattern.facts
        assert f"reported.{one.code}" in catalogue("en")
        if ast.dump(one.pattern.measure.tree) == ast.dump(one.measure.tree):
            low, high = one.pattern.low, one.pattern.high
            ways = {"higher": low >= 0 < high, "lower": high <= 0 > low, "same": low < 0 < high}
            assert ways[one.reported], one.code
            compared += 1
    assert compared >= 4


def test_a_prediction_against_the_articles_is_told_what_they_report_and_what_the_runs_say(
    app: Served,
) -> None:
    _, found, _ = app.ask("/api/reported", {})
    assert "china_words" in found["questions"]
    one = {"question": "china_words", "who": "Bek", "direction": "same", "sure": 1.0}
    status, told, _ = app.ask("/api/reported", one)
    assert (status, told["reported"], told["brier"]) == (200, "same", 0.0)
    assert sum(told["runs"].values()) == pytest.approx(1.0)
    assert {fact["code"] for fact in told["facts"]} == {"VOA-005", "VOA-001", "VOA-007"}
    wrong = {**one, "who": "Dana", "direction": "higher"}
    assert app.ask("/api/reported", wrong)[1]["brier"] == 2.0
    assert [row["who"] for row in app.room.sheet.rows()] == ["Bek", "Dana"]
    assert app.room.sheet.leaders() == []  # another score than that against the runs
    assert app.ask("/api/reported", {**one, "question": "who_wins"})[1]["wrong"]


def test_chances_are_scored_against_what_was_reported_as_brier_says() -> None:
    assert against([1.0, 0.0, 0.0], "lower") == 0.0
    assert against([1.0, 0.0, 0.0], "higher") == 2.0
    assert against([1 / 3, 1 / 3, 1 / 3], "same") == pytest.approx(2 / 3)


def test_predictions_saved_from_the_page_that_is_a_file_come_onto_the_sheet(app: Served) -> None:
    saved = {"scenario": "cpc_closure", "arm": "", "members": FEW, "months": 24, "seed": 2022,
             "who": "Aigul", "direction": "lower", "size": -2, "sure": 0.8}  # fmt: skip
    assert app.ask("/api/files", {"predictions": [saved]})[1] == {"put": 1}
    assert app.room.sheet.rows()[0]["who"] == "Aigul"
    for wrong in ("all", [3], [{**saved, "scenario": "../x"}], [{**saved, "direction": "up"}]):
        assert app.ask("/api/files", {"predictions": wrong})[1]["wrong"]
    assert len(app.room.sheet.rows()) == 1
