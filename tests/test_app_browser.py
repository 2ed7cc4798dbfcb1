"""The app in a real browser: its main paths clicked through, on a projector and on a phone."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import SIZES

from sim.cli import main
from sim.texts import LANGUAGES

ROOT = Path(__file__).resolve().parents[1]

pytest.importorskip("uvicorn", reason="the app needs: pip install -e '.[app]'")


@contextmanager
def begun(folder: Path, *options: str) -> Iterator[str]:
    """Run `run.py app` on a port of its own; give what it prints."""
    command = [sys.executable, str(ROOT / "run.py"), "app", "--port", "0", "--no-browser"]
    with subprocess.Popen(
        [*command, "--out", str(folder), *options], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as app:
        assert app.stdout is not None
        lines = app.stdout.readline()
        if "--classroom" in options:
            lines += app.stdout.readline()
        try:
            yield lines
        finally:
            app.terminate()
            app.wait(20)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where an app is served for the tests that change nothing in it."""
    with begun(tmp_path_factory.mktemp("app"), "--quiet") as told:
        yield told.strip()


class Visitor:
    """Somebody before the app, with all that the console says and all that is asked for."""

    def __init__(self, browser: Any, address: str, size: str = "projector", lang: str = "") -> None:
        wide, high = SIZES[size]
        self.context = browser.new_context(
            viewport={"width": wide, "height": high}, accept_downloads=True
        )
        self.tab = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.tab.on("console", lambda message: self.said.append(message.text))
        self.tab.on("pageerror", lambda fault: self.said.append(str(fault)))
        self.tab.on("requestfailed", lambda request: self.said.append(f"failed: {request.url}"))
        self.tab.on("request", lambda request: self.asked.append(request.url))
        self.address = re.match(r"http://[^/]+/", address).group()  # type: ignore[union-attr]
        self.tab.goto(address)

    def text(self) -> str:
        return str(self.tab.inner_text("main"))

    def predict(self, direction: str = "lower", who: str = "") -> None:
        self.tab.wait_for_selector("form.predict", timeout=60_000)
        self.tab.check(f"input[value={direction}]")
        self.tab.fill("#who", who)
        self.tab.click("button.go")

    def to_the_desk(self) -> None:
        for _ in range(6):
            self.tab.click("button.go")
        self.tab.wait_for_selector("#look")

    def computed(self) -> int:
        return int(self.tab.get_attribute("#main", "data-computed") or 0)

    def awaits(self, before: int) -> None:
        """Wait until something was computed that was not before."""
        self.tab.wait_for_selector(f'#main[data-computed="{before + 1}"]', timeout=60_000)

    def move(self, name: str, number: float) -> None:
        before = self.computed()
        slider = f'[data-handle="{name}"]'
        self.tab.eval_on_selector(
            slider,
            "(one, number) => { one.value = number; one.dispatchEvent(new Event('input')); }",
            number,
        )
        self.awaits(before)

    def saved(self, button: str, folder: Path) -> Path:
        with self.tab.expect_download() as waiting:
            self.tab.click(button)
        file = folder / waiting.value.suggested_filename
        waiting.value.save_as(file)
        return file

    def undisturbed(self) -> None:
        assert self.said == []
        assert [one for one in self.asked if not one.startswith((self.address, "blob:"))] == []
        wide = self.tab.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
        assert wide, "the page is wider than the screen"

    def leave(self) -> None:
        self.context.close()


def test_a_student_predicts_moves_composes_and_saves_what_run_py_runs_to_the_same_bytes(
    browser: Any, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Visitor(browser, address)
    assert "teaching model, not a forecast" in one.text()
    one.tab.wait_for_selector("form.predict", timeout=60_000)
    assert one.tab.query_selector("#look, .steps, [data-handle]") is None
    one.predict(who="Aigul")
    assert one.tab.inner_text("h2").startswith("Tonnes")
    for _ in range(3):
        one.tab.click("button.go")
    one.tab.wait_for_selector("[data-parts] svg", timeout=60_000)
    assert " imposed and " in one.text()
    for _ in range(3):
        one.tab.click("button.go")
    one.tab.wait_for_selector("#look")
    before = one.text()
    one.move("pipeline_shut.months", 3)
    assert "3 months" in one.tab.inner_text(".handles")
    assert one.text() != before
    one.move("cut_threat", 0.5)
    one.tab.click("#tab-compose")
    one.tab.select_option("#kind", "visit")
    one.tab.click("#add")
    one.tab.select_option("#field-state", "KAZ")
    one.tab.select_option("#field-by", "CHN")
    one.tab.fill("#field-start", "2023-04")
    computed = one.computed()
    one.tab.click("#apply")
    one.awaits(computed)
    assert one.tab.query_selector('[data-event="visit_1"]')
    one.tab.click("details:has(#about-members) summary")
    one.tab.fill("#about-members", "30")
    one.tab.fill("#about-months", "30")
    computed = one.computed()
    one.tab.click("form:has(#about-members) button[type=submit]")
    one.awaits(computed)
    one.tab.fill("#file-name", "mine")
    file = one.saved("#save", tmp_path)
    table = one.saved("#table", tmp_path)
    one.undisturbed()
    one.leave()
    monkeypatch.chdir(tmp_path)
    assert "cut_threat: 0.5" in file.read_text("utf-8")
    assert main([str(file), "--quiet"]) == 0
    assert Path("results/mine/hedging.csv").read_bytes() == table.read_bytes()


def test_what_was_saved_is_opened_again_and_asks_for_a_prediction_first(
    browser: Any, address: str, tmp_path: Path
) -> None:
    one = Visitor(browser, address)
    one.predict()
    one.to_the_desk()
    one.tab.click("#tab-compose")
    file = one.saved("#save", tmp_path)
    one.tab.set_input_files(".doorways input.open", str(file))
    one.tab.wait_for_selector("form.predict", timeout=60_000)
    assert one.tab.query_selector("#look") is None
    one.undisturbed()
    one.leave()


@pytest.mark.parametrize(
    "wrong",
    ["title: [", "title: x\nquestion: y\nextends: /etc/passwd\n", "\x00\x01", "a: " + "[" * 500],
)
def test_a_broken_or_hostile_file_is_told_and_the_app_goes_on(
    browser: Any, address: str, tmp_path: Path, wrong: str
) -> None:
    one = Visitor(browser, address)
    one.tab.wait_for_selector("form.predict", timeout=60_000)
    file = tmp_path / "wrong.yaml"
    file.write_text(wrong, encoding="utf-8")
    one.tab.set_input_files("input.open", str(file))
    one.tab.wait_for_selector(".doorways ul.wrong li")
    one.predict()
    assert one.tab.inner_text("h2").startswith("Tonnes")
    one.undisturbed()
    one.leave()


def test_what_is_typed_wrong_is_told_beside_it_and_nothing_is_lost(
    browser: Any, address: str
) -> None:
    one = Visitor(browser, address)
    one.predict()
    one.to_the_desk()
    one.tab.click("#tab-compose")
    one.tab.select_option("#kind", "unrest")
    one.tab.click("#add")
    for size in ("1e308", "many", "<script>alert(1)</script>", "[1"):
        one.tab.select_option("#field-state", "KGZ")
        one.tab.fill("#field-size", size)
        one.tab.click("#apply")
        one.tab.wait_for_selector("form ul.wrong li")
        assert "size" in one.tab.inner_text("form ul.wrong")
        assert one.tab.input_value("#field-size") == size
    assert one.tab.query_selector('[data-event="unrest_1"]') is None
    assert one.tab.query_selector('[data-event="pipeline_shut"]')
    one.undisturbed()
    one.leave()


def test_a_script_in_a_name_is_a_name(browser: Any, tmp_path: Path) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    with begun(tmp_path, "--quiet") as told:
        one = Visitor(browser, told.strip())
        one.predict(who=hostile)
        one.to_the_desk()
        one.tab.click("#to-class")
        one.tab.wait_for_selector("table")
        assert hostile in one.text()
        assert one.tab.query_selector("img") is None
        one.undisturbed()
        one.leave()


@pytest.mark.parametrize("lang", [one for one in LANGUAGES if one != "en"])
def test_a_phone_has_all_of_it_in_each_language(browser: Any, address: str, lang: str) -> None:
    one = Visitor(browser, address, "phone")
    one.tab.wait_for_selector("form.predict", timeout=60_000)
    one.tab.click(f".languages button[lang={lang}]")
    one.predict()
    one.to_the_desk()
    for name in ("map", "fans", "exports", "why", "evidence", "compose"):
        one.tab.click(f"#tab-{name}")
        one.undisturbed()
    one.tab.click("#to-game")
    one.tab.wait_for_selector("#game-state")
    one.undisturbed()
    assert one.tab.get_attribute("html", "lang") == lang
    one.leave()


def test_sliders_and_tabs_answer_to_the_keyboard_alone(browser: Any, address: str) -> None:
    one = Visitor(browser, address)
    one.tab.wait_for_selector("form.predict", timeout=60_000)
    one.tab.focus("input[value=lower]")
    one.tab.keyboard.press("Space")
    one.tab.focus("button.go")
    for _ in range(7):
        one.tab.keyboard.press("Enter")
        one.tab.focus("button.go") if one.tab.query_selector("button.go") else None
    one.tab.wait_for_selector("#look")
    before = one.computed()
    one.tab.focus('[data-handle="pipeline_shut.months"]')
    one.tab.keyboard.press("ArrowRight")
    one.awaits(before)
    assert "7 months" in one.tab.inner_text(".handles")
    one.tab.focus("#tab-map")
    one.tab.keyboard.press("ArrowRight")
    assert one.tab.get_attribute("#tab-fans", "aria-selected") == "true"
    one.undisturbed()
    one.leave()


def test_a_class_predicts_and_the_teacher_shows_the_board(browser: Any, tmp_path: Path) -> None:
    with begun(tmp_path, "--classroom", "--quiet") as told:
        port, code = re.search(r":(\d+)/.* the code (\w+)", told).groups()  # type: ignore[union-attr]
        teacher = re.search(r"http://127\.0\.0\.1\S+", told).group()  # type: ignore[union-attr]
        students = []
        for name, direction in (("Aigul", "lower"), ("Bek", "higher")):
            one = Visitor(browser, f"http://127.0.0.1:{port}/")
            one.tab.fill("#code", code.lower())
            one.tab.click("#join")
            one.predict(direction, name)
            one.to_the_desk()
            one.tab.click("#to-class")
            one.tab.wait_for_selector("#sheet p")
            students.append(one)
        assert "Aigul" not in students[1].text()
        head = Visitor(browser, teacher)
        head.predict(who="teacher")
        head.to_the_desk()
        head.tab.click("#to-class")
        head.tab.wait_for_selector("#board")
        assert "Bek" in head.text()
        head.tab.click("#board")
        head.tab.wait_for_selector('#board[aria-pressed="true"]')
        students[1].tab.click("#again")
        students[1].tab.wait_for_selector("table")
        rows = students[1].tab.inner_text("table")
        assert rows.index("Aigul") < rows.index("Bek")
        for one in (*students, head):
            one.undisturbed()
            one.leave()


def test_a_game_is_played_by_form(browser: Any, tmp_path: Path) -> None:
    with begun(tmp_path, "--quiet") as told:
        head = Visitor(browser, told.strip())
        head.predict()
        head.to_the_desk()
        head.tab.click("#to-game")
        head.tab.select_option("#world", "quiet")
        head.tab.check("#sits-KAZ")
        head.tab.check("#sits-RUS")
        head.tab.fill("#turns", "2")
        head.tab.click("#begin-game")
        head.tab.wait_for_selector("td.code")
        code = head.tab.inner_text('td.code[data-seat="KAZ"]')
        seat = Visitor(browser, told.strip())
        seat.predict()
        seat.to_the_desk()
        seat.tab.click("#to-game")
        seat.tab.fill("#seat-code", code)
        seat.tab.click("#sit")
        seat.tab.wait_for_selector('.seat[data-seat="KAZ"]')
        assert "What it wants" in seat.text()
        seat.tab.select_option("#lever", "realign")
        seat.tab.click("#add-move")
        seat.tab.select_option("#move-0-partner", "CHN")
        seat.tab.select_option("#move-0-domain", "economic")
        seat.tab.fill("#move-0-size", "9")
        seat.tab.click("#file-moves")
        seat.tab.wait_for_selector(".moves ~ div ul.wrong li")
        seat.tab.fill("#move-0-size", "0.3")
        seat.tab.click("#file-moves")
        seat.tab.wait_for_selector("text=realign")
        seat.tab.wait_for_selector("pre")
        for turn in (2, None):
            head.tab.click("#play-pass")
            head.tab.wait_for_selector(
                f'#game-state[data-turn="{turn}"]' if turn else "#debrief", timeout=60_000
            )
        head.tab.click("#debrief")
        head.tab.wait_for_selector("#debriefed", timeout=120_000)
        assert "Kazakhstan's deliberate hedge" in head.text()
        for one in (head, seat):
            one.undisturbed()
            one.leave()


def test_with_the_network_off_the_main_path_works(tmp_path: Path, browser: Any) -> None:
    if not (shutil.which("unshare") and shutil.which("ip")):
        pytest.skip("no network can be switched off here")
    alone = ["unshare", "-rn", "sh", "-c"]
    if subprocess.run([*alone, "ip link set lo up"], capture_output=True, check=False).returncode:
        pytest.skip("no network can be switched off here")
    name = "test_a_student_predicts_moves_composes_and_saves_what_run_py_runs_to_the_same_bytes"
    path = f"tests/test_app_browser.py::{name}"
    line = f"ip link set lo up && exec {sys.executable} -m pytest -q -p no:cacheprovider {path}"
    done = subprocess.run(
        [*alone, line], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert done.stdout.startswith("."), "it was skipped"
