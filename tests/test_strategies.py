"""Strategies that students write: asked, scored, and stopped where they misbehave."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.asking import scenario_of
from sim.cli import main
from sim.errors import InputError
from sim.game import strategies
from sim.game.played_out import played_out
from sim.game.strategies import Asked, Named, classes, in_folder, named, odd
from sim.reading.scenarios import read_scenario
from sim.region import Region
from sim.scenario import Scenario

ROOT = Path(__file__).resolve().parent.parent
PARTNERS = ("CHN", "RUS", "USA")
SITUATION = {"quarter": 1, "ties": {"security": {"RUS": 0.7, "CHN": 0.2, "USA": 0.1}}}

GOOD = """\
class Turns:
    def choose(self, situation):
        shares = dict(situation.base["security"])
        shares["CHN"] += 0.2
        return {"security": shares}
"""

Write = Callable[[str], Named]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def of(body: str) -> Named:
        file = tmp_path / "mine.py"
        indented = "".join(f"        {line}\n" for line in body.splitlines())
        file.write_text(f"class Mine:\n    def choose(self, situation):\n{indented}", "utf-8")
        return Named(file, "Mine")

    return of


@pytest.fixture(scope="module")
def war() -> tuple[Region, Scenario]:
    region, scenario = scenario_of("history_shocks_only")
    return region, scenario.resized(8, 9)


# Asked ------------------------------------------------------------------------------------------


def test_a_strategy_is_told_its_situation_and_answers_with_shares(write: Write) -> None:
    with Asked(write("return {'security': situation.ties['security']}")) as mind:
        assert mind.choose(SITUATION, PARTNERS) == SITUATION["ties"]
        assert mind.choose(SITUATION, PARTNERS) == SITUATION["ties"]


def test_a_strategy_remembers_what_it_did_within_a_game(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "class Mine:\n    turn = 0\n    def choose(self, situation):\n        self.turn += 1\n"
        "        return {'security': {'RUS': self.turn}}\n"
    )
    with Asked(Named(file, "Mine")) as mind:
        found = [mind.choose(SITUATION, PARTNERS)["security"]["RUS"] for _ in range(3)]
    assert found == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return 1 / 0", "line 3: Mine: ZeroDivisionError: division by zero"),
        ("a = 1\nreturn situation.fear", "line 4: Mine: AttributeError"),
        ("raise SystemExit('gone')", "line 3: Mine: SystemExit: gone"),
        ("import nothing_of_the_kind", "line 3: Mine: ModuleNotFoundError"),
        ("return [1]", "line 2: Mine: choose() returned list; return {'security'"),
        ("return None", "choose() returned NoneType"),
        ("return {'routes': {'RUS': 1}}", "'routes' is no domain to choose in"),
        ("return {'security': {'EUR': 1}}", "'EUR' is no partner; there are CHN, RUS, USA"),
        ("return {'security': {'RUS': -1}}", "the share of RUS in 'security' is -1"),
        ("return {'security': {'RUS': float('nan')}}", "the share of RUS in 'security' is nan"),
        ("return {'security': {'RUS': True}}", "the share of RUS in 'security' is True"),
        ("return {'security': {'RUS': 0}}", "the shares in 'security' are all 0"),
        ("return {'security': {}}", "'security' holds no shares by partner"),
        ("import os\nos._exit(0)", "it ended, or answered too much, and was stopped"),
        ("return {'security': {'x' * 100_000: 1}}", "it ended, or answered too much"),
    ],
)
def test_a_wrong_strategy_is_told_with_its_file_and_line(
    write: Write, body: str, message: str
) -> None:
    strategy = write(body)
    with Asked(strategy) as mind, pytest.raises(InputError) as wrong:
        mind.choose(SITUATION, PARTNERS)
    assert str(wrong.value).startswith(f"{strategy.file} cannot be used (1 problem):\n  line ")
    assert message in str(wrong.value)
    assert mind.process.poll() is not None


@pytest.mark.parametrize("body", ["while True: pass", "import time\ntime.sleep(60)"])
def test_a_strategy_that_loops_or_is_slow_is_stopped(
    write: Write, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strategies, "FIRST_SECONDS", 1.0)
    begun = time.monotonic()
    with (
        Asked(write(body)) as mind,
        pytest.raises(InputError, match="line 2: Mine: it took longer"),
    ):
        mind.choose(SITUATION, PARTNERS)
    assert mind.process.poll() is not None
    assert time.monotonic() - begun < 20.0


def test_what_a_strategy_prints_goes_nowhere(
    write: Write, capfd: pytest.CaptureFixture[str]
) -> None:
    body = "import os, sys\nprint('a')\nprint('b', file=sys.stderr)\nos.write(1, b'c')\nreturn {}"
    with Asked(write(body)) as mind:
        assert mind.choose(SITUATION, PARTNERS) == {}
    assert capfd.readouterr() == ("", "")


def test_nothing_is_run_to_see_which_strategies_there_are(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    trace = tmp_path / "run"
    file.write_text(f"open({str(trace)!r}, 'w')\n{GOOD}")
    assert classes(file) == {"Turns": 3}
    assert [one.shown for one in in_folder(tmp_path)] == ["mine.py:Turns"]
    assert not trace.exists()


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("mine.py:Turn", "a function choose(self, situation). Did you mean 'Turns'?"),
        ("yours.py:Turns", "there is no such file of strategies"),
        ("mine.py", "names no strategy; write it as my_strategy.py:Careful"),
    ],
)  # fmt: skip
def test_a_strategy_that_is_not_there_is_told(tmp_path: Path, written: str, message: str) -> None:
    (tmp_path / "mine.py").write_text(GOOD)
    with pytest.raises(InputError) as wrong:
        named(written, tmp_path)
    assert message in str(wrong.value)


def test_a_file_that_is_no_python_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("a = 1\nclass Mine\n")
    with pytest.raises(InputError, match="line 2: this is no Python"):
        in_folder(tmp_path)


def test_a_folder_without_strategies_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has a class with a function choose"):
        in_folder(tmp_path)


def test_shares_need_not_sum_to_one() -> None:
    assert not list(odd({"security": {"RUS": 3, "CHN": 1}, "economic": {"USA": 0.1}}, PARTNERS))


# Played out -------------------------------------------------------------------------------------


def test_a_state_comes_to_choose_what_its_strategy_asks_for(
    war: tuple[Region, Scenario], tmp_path: Path
) -> None:
    region, scenario = war
    (tmp_path / "mine.py").write_text(GOOD)
    found = played_out(region, scenario, {"UZB": Named(tmp_path / "mine.py", "Turns")}, 8)
    asked = np.array([found.asked["UZB"]["security"][one] for one in region.partners])
    chosen = np.median(found.worlds.of("target")[-1, :, region.states.index("UZB"), 0], axis=0)
    assert np.abs(chosen - asked / asked.sum()).max() < 0.02
    own = [event for event in found.scenario.events if event not in scenario.events]
    assert {event.kind for event in own} == {"realign"}
    assert {event.what["states"] for event in own} == {("UZB",)}
    assert {event.what["domain"] for event in own} == {"security"}


def test_a_strategy_that_asks_for_nothing_leaves_the_rules_alone(
    war: tuple[Region, Scenario], write: Write
) -> None:
    region, scenario = war
    assert played_out(region, scenario, {"KAZ": write("return {}")}, 4).scenario == scenario


# In a scenario ----------------------------------------------------------------------------------


@pytest.fixture
def in_a_file(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(GOOD)
    file = tmp_path / "played.yaml"
    file.write_text(
        "title: A\nquestion: B\nextends: quiet\nmonths: 6\nmembers: 6\n"
        "strategy: {KAZ: mine.py:Turns}\n"
    )
    return file


def test_a_scenario_names_the_strategy_that_plays_a_state(in_a_file: Path, region: Region) -> None:
    read = read_scenario(in_a_file, region)
    assert read.strategies == (("KAZ", "mine.py:Turns"),)
    assert read.baseline is not None
    assert read.baseline.strategies == ()
    assert not read.own_events
    _, played = scenario_of(in_a_file)
    assert len(played.own_events) == 2 * len(region.partners)
    assert scenario_of(in_a_file)[1].events == played.events


def test_a_strategy_is_seen_beside_the_rules(
    in_a_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(in_a_file), "--out", str(tmp_path / "out"), "--quiet"]) == 0
    assert "KAZ is played by mine.py:Turns, whose code has been run." in capsys.readouterr().err
    table = (tmp_path / "out" / "played" / "hedging.csv").read_text("utf-8")
    assert "KAZ" in table


def test_checking_and_comparing_a_file_runs_no_strategy(
    in_a_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (in_a_file.parent / "mine.py").write_text(f"open('run', 'w')\n{GOOD}")
    assert main(["check", str(in_a_file)]) == 0
    assert main(["diff", "quiet", str(in_a_file)]) == 0
    assert "played by a strategy: KAZ, mine.py:Turns." in capsys.readouterr().out
    assert not (in_a_file.parent / "run").exists()


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ("{RUS: mine.py:Turns}", "strategy.RUS: 'RUS' is no state of this region"),
        ("{KAZ: mine}", "strategy.KAZ: 'mine' is no strategy; write the file and the class"),
        ("{KAZ: yours.py:Turns}", "strategy.KAZ: there is no file 'yours.py' here"),
    ],
)
def test_a_file_that_names_no_strategy_is_told_with_its_line(
    in_a_file: Path, region: Region, strategy: str, message: str
) -> None:
    in_a_file.write_text(f"title: A\nquestion: B\nstrategy: {strategy}\n")
    with pytest.raises(InputError) as wrong:
        read_scenario(in_a_file, region)
    assert f"line 3: {message}" in str(wrong.value)


def test_nothing_builds_on_a_file_that_strategies_play(in_a_file: Path, region: Region) -> None:
    other = in_a_file.with_name("other.yaml")
    other.write_text("title: A\nquestion: B\nextends: played\n")
    with pytest.raises(InputError, match=r"line 3: extends: 'played' .* strategies hold KAZ there"):
        read_scenario(other, region)
    with pytest.raises(InputError, match="a game is played by people"):
        main_refused(["play", str(in_a_file), "--seats", "KAZ"])


def main_refused(arguments: list[str]) -> None:
    from sim.cli import STUDIES, finished

    assert arguments[0] in STUDIES
    finished(arguments)


# In a tournament --------------------------------------------------------------------------------


def test_a_tournament_tells_every_strategy_in_every_seat(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = [
        "tournament", str(ROOT / "docs" / "strategies"), "--scenarios", "history_shocks_only",
        "--turns", "2", "--members", "4", "--seats", "KAZ,all", "--out", str(tmp_path),
    ]  # fmt: skip
    assert main(line) == 0
    said = capsys.readouterr().out
    assert "Tournament of 4 strategies" in said
    assert "as KAZ and every state at once" in said
    folder = tmp_path / "strategies_tournament"
    standings = (folder / "tables" / "standings.csv").read_text("utf-8").splitlines()
    assert [line.split(",")[0] for line in standings[1:]] == [
        "Keeps",
        "Careful",
        "Evenly",
        "GivesIn",
    ]
    matches = (folder / "tables" / "matches.csv").read_text("utf-8").splitlines()
    assert len(matches) == 1 + 4 * 2 * 4
    first = {path.name: path.read_bytes() for path in (folder / "tables").iterdir()}
    assert main([*line, "--quiet"]) == 0
    assert {path.name: path.read_bytes() for path in (folder / "tables").iterdir()} == first


def test_a_strategy_that_lets_the_rules_choose_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "lazy.py").write_text(
        "class Lazy:\n    def choose(self, situation):\n        return {}\n"
    )
    line = [
        "tournament", str(tmp_path), "--scenarios", "quiet", "--turns", "1", "--members", "3",
        "--seats", "TJK", "--out", str(tmp_path / "out"), "--quiet",
    ]  # fmt: skip
    assert main(line) == 0
    folder = tmp_path / "out" / f"{tmp_path.name}_tournament"
    rows = (folder / "tables" / "standings.csv").read_text("utf-8").splitlines()
    assert rows[1] == "Lazy,–,–,–,–"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--seats", "RUS"], "--seats: 'RUS' is no state; there are KAZ"),
        (["--seats", ","], "is no state"),
        (["--scenarios", ","], "--scenarios: name some"),
        (["--scenarios", "quite"], "there is no such scenario"),
    ],
)
def test_a_tournament_that_cannot_be_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], message: str
) -> None:
    line = ["tournament", str(ROOT / "docs" / "strategies"), "--out", str(tmp_path), *more]
    assert main(line) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_one_wrong_strategy_ends_a_tournament_before_anything_is_written(
    tmp_path: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("return situation.nothing")
    line = ["tournament", str(tmp_path), "--members", "2", "--turns", "1", "--seats", "KAZ"]
    assert main([*line, "--out", str(tmp_path / "out")]) == 2
    assert "line 3: Mine: AttributeError" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
