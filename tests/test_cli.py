"""The command line, as a newcomer meets it: through the real program."""

from __future__ import annotations

import errno
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import sim
from sim import cli
from sim.asking import PROJECT, scenario_file, scenario_of, shipped_scenarios
from sim.cli import main
from sim.errors import Refused
from sim.folders import results_folder

SMALL = """\
title: A short closure
question: What does a closure of three months do?
start: 2022-01
months: 7
members: 4
events:
  - id: shut
    kind: link_closed
    link: cpc_pipeline
    start: 2022-03
    months: 3
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return file


def program(*arguments: str | Path, **how: object) -> subprocess.CompletedProcess[str]:
    """Return what the program did, run in the project's folder."""
    line = [sys.executable, "run.py", *map(str, arguments)]
    made = {"cwd": PROJECT, "capture_output": True, "text": True, "timeout": 120, **how}
    return subprocess.run(line, check=False, **made)  # type: ignore[call-overload, no-any-return]


def last_good(folder: Path) -> Path:
    """Return a results folder with the last good results in it."""
    folder.mkdir(parents=True)
    for name in ("manifest.json", "summary.json"):
        (folder / name).write_text("last good", encoding="utf-8")
    return folder


@contextmanager
def begun(*arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Give the program at work; it ends with the block."""
    line = [sys.executable, "run.py", *map(str, arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(line, cwd=PROJECT, text=True, stdout=pipe, stderr=pipe) as work:
        try:
            yield work
        finally:
            work.kill()


def until(holds: Callable[[], bool], work: subprocess.Popen[str], seconds: float = 60.0) -> bool:
    """Wait until something holds while the program works; return whether it did."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and work.poll() is None:
        if holds():
            return True
        time.sleep(0.01)
    return False


WORDS_OF_AN_ANSWER = (
    *("premium", "insurance value", "imposed", "chosen", "intent", "hedging", "breadth"),
    *("deliberate hedge", "role", "shock", "reaction", "band", "member"),
)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Return exit status, output and errors of a command, without a process of its own."""
    status = main(arguments)
    out, err = capsys.readouterr()
    return status, out, err


# The main job ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The results folder of the small scenario, and what the program printed as JSON."""
    place = tmp_path_factory.mktemp("answered")
    file = place / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    done = program(file, "--out", place, "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return place / "small", done.stdout


def test_a_scenario_file_gives_a_folder_with_everything(answered: tuple[Path, str]) -> None:
    folder, _ = answered
    assert {path.name for path in folder.iterdir()} == {
        "report.html", "figures", "summary.json", "hedging.csv", "attribution.csv",
        "observables.csv", "run.nc", "manifest.json",
    }  # fmt: skip
    assert any((folder / "figures").glob("*.png"))
    assert any((folder / "figures").glob("*.svg"))
    assert [path.name for path in folder.parent.glob(".small*")] == []


def test_json_is_the_saved_answer_and_nothing_else(answered: tuple[Path, str]) -> None:
    folder, printed = answered
    assert printed == (folder / "summary.json").read_text(encoding="utf-8")
    assert json.loads(printed)["about"]["members"] == 4


def test_the_same_seed_gives_the_same_bytes_in_every_file(
    answered: tuple[Path, str], small: Path, tmp_path: Path
) -> None:
    done = program(small, "--out", tmp_path, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    files = [path for path in answered[0].rglob("*") if path.is_file()]
    assert len(files) > 10
    for file in files:
        twin = tmp_path / "small" / file.relative_to(answered[0])
        assert twin.read_bytes() == file.read_bytes(), file.name


def test_the_answer_is_printed_and_can_be_shown_again(
    small: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sim.outputs.write_page", lambda *_: None)
    status, out, err = told(capsys, str(small), "--out", str(tmp_path / "out"))
    assert (status, err) == (0, "")
    assert "What does a closure of three months do?" in out
    assert "teaching model, not a forecast" in out
    again = told(capsys, "show", "small", "--out", str(tmp_path / "out"))
    assert again == (0, out, "")


def test_a_run_too_short_for_its_events_says_so(
    small: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sim.outputs.write_page", lambda *_: None)
    arguments = (str(small), "--out", str(tmp_path), "--months", "2", "--members", "2", "--quiet")
    status, out, err = told(capsys, *arguments)
    assert (status, out) == (0, "")
    assert "the run ends in 2022-02, before shut" in err


# What can be wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "cure"),
    [
        (["chek", "x.yaml"], "Did you mean 'check'?"),
        (["cpc_closur"], "Did you mean 'cpc_closure'?"),
        (["no_such_thing_at_all"], "python run.py list"),
        (["scenarios/cpc_closre.yaml"], "cpc_closure"),
        (["quiet", "--membres", "3"], "Did you mean '--members'?"),
        (["quiet", "--members", "0"], "not between 1 and"),
        (["quiet", "--members", "many"], "no whole number"),
        (["quiet", "--months", "601"], "not between 1 and 600"),
        (["quiet", "--seed", "-1"], "not between 0 and"),
        (["quiet", "quiet"], "not understood"),
        (["quiet", "--mem", "3"], "not understood"),
        (["show", "never_run"], "Run the scenario first"),
        (["explain", "thret"], "Did you mean 'threat'"),
        (["explain", "xyzzyq"], "nothing here has this name"),
        (["list", "link"], "Did you mean 'links'"),
        (["check"], "required"),
        (["diff", "quiet"], "required"),
        (["new", "../escape"], "a name has letters"),
        (["scenarios"], "folder"),
        (["a" * 300], "python run.py list"),
        (["a/" * 3000], "cannot be"),
        (["quiet\0"], "NUL"),
        (["check", "a" * 300 + ".yaml"], "cannot be"),
        (["check", "x\udcff.yaml"], "rename the file"),
        (["diff", "quiet", "a" * 300], "python run.py list"),
        (["show", "a" * 300], "Run the scenario first"),
        (["quiet", "--out", "a" * 300], "choose another folder with --out"),
        (["scenarios/nothing_like_it.yaml"], "python run.py list"),
        (["new", "a" * 300], "at most 60"),
    ],
)
def test_bad_arguments_are_told_with_a_cure(
    arguments: list[str],
    cure: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(PROJECT)
    status, out, err = told(
        capsys, *arguments, *(["--out", "/nowhere"] if "show" in arguments else [])
    )
    assert status == 2
    assert cure.lower() in err.lower()
    assert "Traceback" not in out + err


def test_a_bad_scenario_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(SMALL.replace("cpc_pipeline", "cpcc"), encoding="utf-8")
    done = program(file, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "line 9" in done.stderr
    assert "Did you mean" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_file_where_results_should_go_is_told_before_anything_is_run(
    small: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    done = program(small, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "a file is where a folder should be" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind the superuser")
def test_a_read_only_folder_is_told(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir(mode=0o500)
    done = program(small, "--out", folder)
    assert done.returncode == 2
    assert "no permission" in done.stderr


def small_files_only() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_files_that_cannot_grow_leave_the_last_good_results(small: Path, tmp_path: Path) -> None:
    last = last_good(tmp_path / "out" / "small")
    done = program(small, "--out", tmp_path / "out", preexec_fn=small_files_only)
    assert done.returncode == 2, done.stderr
    assert "--members" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in last.parent.iterdir()] == ["small"]
    assert (last / "summary.json").read_text(encoding="utf-8") == "last good"


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 200 kB, where the system lets us have one."""
    place = tmp_path / "disk"
    place.mkdir()
    line = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(place)]
    mounted = shutil.which("mount") and subprocess.run(line, check=False, capture_output=True)
    if not mounted or mounted.returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=False)


def test_a_full_disk_leaves_the_last_good_results(small: Path, tiny_disk: Path) -> None:
    last = last_good(tiny_disk / "small")
    done = program(small, "--out", tiny_disk)
    assert done.returncode == 2, done.stderr
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tiny_disk.iterdir()] == ["small"]
    assert (last / "summary.json").read_text(encoding="utf-8") == "last good"


# Stopped --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "stop", "status"),
    [
        (0.0, signal.SIGINT, 130),
        (0.5, signal.SIGINT, 130),
        (1.5, signal.SIGINT, 130),
        (0.5, signal.SIGTERM, 143),
        (0.5, signal.SIGHUP, 129),
    ],
)
def test_a_run_stopped_at_any_time_is_clean(
    small: Path, tmp_path: Path, after: float, stop: signal.Signals, status: int
) -> None:
    if signal.getsignal(stop) == signal.SIG_IGN:
        pytest.skip(
            "the tests were started to outlive this signal (nohup), and so is what they run"
        )
    last = last_good(tmp_path / "small")
    with begun(small, "--out", tmp_path, "--members", "5000", "--months", "60") as work:
        assert until(lambda: any(tmp_path.glob(".small.new-*")), work)
        time.sleep(after)
        work.send_signal(stop)
        out, err = work.communicate(timeout=300)
    assert work.returncode == status, err
    assert "Stopped" in err
    assert "Traceback" not in out + err
    assert not list(tmp_path.glob(".small.*"))
    assert (last / "summary.json").read_text(encoding="utf-8") == "last good"


def test_a_run_killed_while_it_writes_leaves_the_last_good_results(
    small: Path, tmp_path: Path
) -> None:
    last = last_good(tmp_path / "small")
    with begun(small, "--out", tmp_path) as work:
        assert until(lambda: any(tmp_path.glob(".small.new-*/figures")), work)
        work.kill()
        work.communicate()
    assert {path.name for path in last.iterdir()} == {"manifest.json", "summary.json"}
    assert (last / "summary.json").read_text(encoding="utf-8") == "last good"


def test_a_reader_that_goes_away_is_no_fault() -> None:
    line = f"{sys.executable} run.py list | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_fault_of_ours_is_one_line_and_where_to_report_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> int:
        raise RuntimeError("a rule went wrong")

    monkeypatch.setitem(cli.COMMANDS, "list", (broken, "", ()))
    monkeypatch.delenv(cli.DEBUG, raising=False)
    status, out, err = told(capsys, "list")
    assert (status, out) == (1, "")
    assert "RuntimeError: a rule went wrong" in err
    assert "SIM_DEBUG=1" in err
    monkeypatch.setenv(cli.DEBUG, "1")
    with pytest.raises(RuntimeError):
        main(["list"])


def test_a_missing_library_is_told_with_the_line_that_installs_it() -> None:
    line = [sys.executable, "-S", "run.py", "quiet"]  # -S: no installed packages
    done = subprocess.run(line, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "is not installed" in done.stderr
    assert cli.INSTALL in done.stderr
    assert "Traceback" not in done.stderr


def test_too_little_memory_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def large(_: object) -> int:
        raise MemoryError

    monkeypatch.setitem(cli.COMMANDS, "list", (large, "", ()))
    status, _, err = told(capsys, "list")
    assert status == 2
    assert "fewer --members" in err


# Where it is started --------------------------------------------------------------------------


def shell(line: str, **how: object) -> subprocess.CompletedProcess[str]:
    """Return what a line of the shell did, PROGRAM in it standing for the program."""
    spelt = line.replace("PROGRAM", f"{sys.executable} {PROJECT / 'run.py'}")
    made = {"cwd": PROJECT, "capture_output": True, "text": True, "timeout": 120, **how}
    return subprocess.run(["bash", "-c", spelt], check=False, **made)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("PROGRAM list >&-", "cannot be printed"),
        ("PROGRAM list >/dev/full", "no space left"),
        ("PROGRAM no_such 2>/dev/full", ""),
        ("PROGRAM no_such 2>&-", ""),
        ("PROGRAM list <&- >&- 2>&-", ""),
        ("mkdir DIR/gone && cd DIR/gone && rmdir DIR/gone && PROGRAM list", "current folder"),
    ],
)
def test_nowhere_to_print_or_to_be_is_the_users_to_mend(
    line: str, said: str, tmp_path: Path
) -> None:
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    done = shell(line.replace("DIR", str(tmp_path)))
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_figures_need_no_screen_and_no_place_for_their_fonts(small: Path, tmp_path: Path) -> None:
    odd = {**os.environ, "MPLBACKEND": "no_such_screen", "MPLCONFIGDIR": os.devnull + "/none"}
    line = f"PROGRAM {small} --members 2 --months 3 --quiet --out {tmp_path} >&-"
    done = shell(line, env=odd)
    assert (done.returncode, done.stderr.replace(UNREACHED, "")) == (0, "")


UNREACHED = "Note: the run ends in 2022-03, before shut.\n"


def test_an_answer_is_never_too_narrow_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "3")
    assert cli.readable_console().width == cli.NARROWEST


def test_a_folder_of_the_users_own_is_not_replaced(small: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "small").mkdir(parents=True)
    thesis = tmp_path / "out" / "small" / "thesis.txt"
    thesis.write_text("mine", encoding="utf-8")
    done = program(small, "--out", tmp_path / "out", "--quiet")
    assert done.returncode == 2
    assert "something other than results" in done.stderr
    assert thesis.read_text(encoding="utf-8") == "mine"


# The other commands ---------------------------------------------------------------------------


def test_help_can_be_followed(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = told(capsys, "--help")
    assert status == 0
    assert "python run.py scenarios/cpc_closure.yaml" in out
    for name in cli.COMMANDS:
        assert f"python run.py {name}" in out or name in out
        assert told(capsys, name, "--help")[0] == 0
    assert told(capsys)[0] == 2


def test_the_list_names_every_shipped_scenario_with_its_question(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, _ = told(capsys, "list")
    assert status == 0
    for file in shipped_scenarios():
        assert file.stem in out
    assert "cannot be read" not in out


def test_check_finds_a_good_file_good_and_goes_on_after_a_bad_one(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("title: x\n", encoding="utf-8")
    status, out, err = told(capsys, "check", str(bad), str(small))
    assert status == 2
    assert f"{small} is in order: 1 event of its own" in out
    assert "bad.yaml cannot be used" in err
    assert told(capsys, "check", str(small))[0] == 0


def test_diff_says_what_one_supposes_and_the_other_does_not(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = told(capsys, "diff", "quiet", str(small))
    assert status == 0
    assert "shut" in out
    assert "The two suppose the same." in told(capsys, "diff", str(small), str(small))[1]


def test_diff_of_arms_says_once_what_is_so_in_every_arm_and_then_arm_by_arm(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    _, out, _ = told(capsys, "diff", "cpc_closure", "storm_or_order")
    lines = " ".join(out.split())
    assert lines.count("removed, pipeline_shut") == 1
    assert "in every arm, removed, pipeline_shut" in lines
    assert "arm storm, changed, moorings_out" in lines
    assert "removed, moorings_out" not in lines


def test_diff_counts_the_events_of_a_baseline_that_is_not_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, out, _ = told(capsys, "diff", "quiet", "a_power_looks_away")
    assert "added, the baseline history_2022_2024: 45 events" in " ".join(out.split())
    assert out.count("looks_away:") == 3
    assert len(out.splitlines()) < 15
    assert max(len(line) for line in out.splitlines()) <= cli.WIDEST


def test_diff_of_different_arms_names_those_of_one_file_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, out, _ = told(capsys, "diff", "a_power_looks_away", "storm_or_order")
    assert "arm china, only in a_power_looks_away: looks_away" in " ".join(out.split())
    assert "arm storm, only in storm_or_order: moorings_out" in " ".join(out.split())


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("threat_base", "rules:"),
        ("CPC", "links: cpc_pipeline (kept by RUS)"),
        ("cpc_moorings", "routes: CPC"),
        ("kaz", "Kazakhstan"),
        ("Kazakhstan", "state"),
        ("csto", "members: KAZ"),
        ("breadth", "effective partners"),
        ("capacity factor", "driver"),
        ("oil", "streams: KAZ_OIL"),
        ("KAZ_OIL", "routes: CPC"),
        ("MIDDLE", "corridor"),
        ("A1", "assumption"),
        *((word, "word of the answer") for word in WORDS_OF_AN_ANSWER),
        ("link_closed", "field intent: How deliberate"),
        ("WSJ-056", "three moorings"),
        ("threat", "can be: 0 to 1"),
        ("threat", "rules: perception"),
        ("threat", "numbers about it: threat_base"),
    ],
)
def test_explain_tells_what_a_name_means(
    name: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = told(capsys, "explain", name)
    assert status == 0
    assert says in out
    assert max(len(line) for line in out.splitlines()) <= 100


@pytest.mark.parametrize("name", ["KAZ", "RUS", "A27"])
def test_explain_is_short_and_says_how_to_see_the_rest(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _, short, _ = told(capsys, "explain", name)
    assert len(short.splitlines()) <= 36
    assert short.splitlines()[-1].endswith(f"python run.py explain {name} --all")
    _, whole, _ = told(capsys, "explain", name, "--all")
    assert len(whole.splitlines()) > 2 * len(short.splitlines())
    assert "judged: " in whole


def test_a_name_of_several_words_needs_no_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "explain", "insurance", "value")[1].startswith("insurance value: word")


def test_every_quantity_is_explained_with_the_stage_that_makes_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from sim.explain import made_in
    from sim.situation import SITUATION

    of_month = {"debt", "effort", "flow", "gdp", "netback", "pressure", "threat", "turnover"}
    assert [name for name in sorted(of_month & SITUATION.keys()) if not made_in(name)] == []


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("links", "cpc_pipeline 53.7 Mt/y RUS Caspian pipeline"),
        ("routes", "KAZ_MIDDLE MIDDLE KAZ_WEST EUR Kazakh freight by the Middle Corridor"),
        ("kinds", "link_closed A link is shut."),
        ("states", "KAZ Kazakhstan"),
        ("partners", "RUS power Russia"),
        ("bodies", "CSTO KAZ KGZ TJK"),
    ],
)
def test_the_lists_say_what_a_scenario_can_name(
    what: str, says: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    status, out, _ = told(capsys, "list", what)
    assert status == 0
    assert says in " ".join(out.split())
    monkeypatch.setenv("COLUMNS", "90")
    _, narrow, _ = told(capsys, "list", what)
    assert max(len(line) for line in narrow.splitlines()) <= 90
    assert narrow.split() == out.split()


# What the pages say of the names ---------------------------------------------------------------

SCENARIOS_PAGE = (PROJECT / "docs/scenarios.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^(- \{id: \w+, kind: (\w+), .*\})$", SCENARIOS_PAGE, re.M))


def test_every_kind_of_event_has_an_example() -> None:
    from sim.names import kind_schemas

    assert sorted(EXAMPLES.values()) == list(kind_schemas())


@pytest.mark.parametrize("example", EXAMPLES, ids=EXAMPLES.values())
def test_the_example_of_a_kind_can_be_used_as_it_stands(example: str, tmp_path: Path) -> None:
    file = tmp_path / "example.yaml"
    head = "title: A\nquestion: B?\nextends: history_2022_2024\nevents:\n"
    file.write_text(f"{head}  {example}\n", encoding="utf-8")
    _, scenario = scenario_of(file)
    assert scenario.own_events


def test_every_attribute_can_be_explained(capsys: pytest.CaptureFixture[str]) -> None:
    from sim.explain import explain
    from sim.reading.tables import read_region

    region = read_region()
    for name in region.attributes:
        assert "figures (central, range)" in explain(name, region), name


def test_new_writes_a_file_to_fill_in_and_never_over_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    status, out, _ = told(capsys, "new", "my_idea")
    assert status == 0
    assert "scenarios/my_idea.yaml" in out
    file = tmp_path / "scenarios" / "my_idea.yaml"
    status, _, err = told(capsys, "check", "my_idea")
    assert status == 2
    assert "line 9: question" in err
    written = re.sub(
        r"^(title|question|beyond): .*$", r"\1: My own", file.read_text("utf-8"), flags=re.M
    )
    file.write_text(written, encoding="utf-8")
    assert told(capsys, "check", "my_idea")[0] == 0
    status, _, err = told(capsys, "new", "my_idea.yaml")
    assert status == 2
    assert "is left as it is" in err


def test_a_shipped_scenario_is_found_by_its_bare_name_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "quiet").mkdir()  # a folder of that name is no scenario
    assert scenario_file("quiet") == PROJECT / "scenarios" / "quiet.yaml"


def test_show_says_where_it_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    status, _, err = told(capsys, "show", "cpc_closure")
    assert status == 2
    assert f"no saved answer of this name in {tmp_path / 'results'}" in err
    assert "--out" in err


# In a notebook --------------------------------------------------------------------------------


def test_a_run_shows_itself_in_a_few_lines(small: Path) -> None:
    run = sim.run(small, members=2, months=3)
    assert repr(run).startswith("small: A short closure; 2 runs of 3 months from 2022-01. Next: ")
    assert len(repr(run)) < 200
    html = run._repr_html_()
    assert "What does a closure of three months do?" in html
    assert "not a forecast" in html
    assert len(html) < 1500


def test_a_scenario_that_is_not_there_is_told_in_a_notebook_as_on_the_command_line() -> None:
    with pytest.raises(Refused, match="there is no such scenario") as refused:
        sim.run("nonexistent")
    assert refused.value._render_traceback_() == [str(refused.value)]
    with pytest.raises(Refused, match="Did you mean 'cpc_closure'"):
        sim.run("cpc_closur")


def test_a_saved_answer_that_is_none_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "summary.json").write_text("{", encoding="utf-8")
    for text in ("{", "[]", "{}"):
        (tmp_path / "odd" / "summary.json").write_text(text, encoding="utf-8")
        status, _, err = told(capsys, "show", str(tmp_path / "odd"))
        assert status == 2
        assert "Run the scenario again" in err


def test_a_scenario_beyond_the_model_is_told_as_such_and_not_as_a_fault() -> None:
    from sim.cli import WRONG_INPUT, told
    from sim.solving import NotConverged

    status, message = told(NotConverged("3 portfolios did not settle in 400 steps"))
    assert status == WRONG_INPUT
    assert "Suppose less at once" in message


# What newcomers met -----------------------------------------------------------------------------


def test_a_file_of_the_users_own_beside_results_is_never_deleted(
    small: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sim.outputs.write_page", lambda *_: None)
    line = (str(small), "--out", str(tmp_path), "--months", "3", "--members", "2", "--quiet")
    assert told(capsys, *line)[0] == 0
    mine = tmp_path / "small" / "notes.txt"
    mine.write_text("mine", encoding="utf-8")
    status, _, err = told(capsys, *line)
    assert status == 2
    assert "holds notes.txt, which a new run would delete" in err
    assert "Move it elsewhere" in err
    mine.unlink()
    assert told(capsys, *line)[0] == 0


@pytest.mark.parametrize("change", ["other version", "no version", "incomplete", "odd"])
def test_an_answer_of_another_version_or_incomplete_is_told_and_not_printed(
    answered: tuple[Path, str], tmp_path: Path, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = json.loads(answered[1])
    if change == "other version":
        answer["version"] = "0.0.1"
    elif change == "no version":
        del answer["version"]
    elif change == "incomplete":
        del answer["states"]
    else:
        answer["moments"] = 3
    (tmp_path / "summary.json").write_text(json.dumps(answer), encoding="utf-8")
    status, out, err = told(capsys, "show", str(tmp_path))
    assert (status, out) == (2, "")
    assert "made by another version, or incomplete: run the scenario again" in err


def test_where_results_are_is_said_where_the_answer_cannot_be_printed(
    small: Path, tmp_path: Path
) -> None:
    done = shell(f"PROGRAM {small} --members 2 --months 3 --out {tmp_path} >&-")
    assert done.returncode == 2
    assert f"The results are in {tmp_path / 'small'}." in done.stderr
    assert "cannot be printed" in done.stderr
    assert (tmp_path / "small" / "summary.json").is_file()


def test_a_file_with_too_long_a_name_is_to_be_renamed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"{'a' * 245}.yaml"
    file.write_text(SMALL, encoding="utf-8")
    status, _, err = told(capsys, str(file), "--out", str(tmp_path / "out"))
    assert status == 2
    assert "rename its file" in err


def test_only_files_named_as_scenarios_are_run(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = small.with_suffix(".txt")
    shutil.copy(small, text)
    status, _, err = told(capsys, "check", str(text))
    assert status == 2
    assert "rename it small.yaml" in err
    shutil.copy(small, small.with_suffix(".yml"))
    for file in (small, small.with_suffix(".yml")):
        status, _, err = told(capsys, "check", str(file))
        assert status == 2
        assert "would take the place" in err


def test_one_month_and_one_member_are_told_as_one(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = SMALL.replace("months: 7\nmembers: 4", "months: 3\nmembers: 1")
    small.write_text(said, encoding="utf-8")
    assert told(capsys, "check", str(small))[1].endswith("3 months from 2022-01, 1 member.\n")
    assert cli.counted(1, "month") == "1 month"


def test_a_terminal_is_no_wider_than_can_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100000000")
    assert cli.readable_console().width == cli.WIDEST_TERMINAL


def test_a_missing_library_may_be_in_an_environment_that_is_not_active() -> None:
    _, message = cli.told(ModuleNotFoundError("no", name="ruamel"))
    assert cli.ACTIVATE in message


def test_too_many_open_files_are_the_users_to_mend() -> None:
    status, message = cli.told(OSError(errno.EMFILE, "Too many open files", "x"))
    assert status == 2
    assert "ulimit" in message


@pytest.mark.parametrize("number", ["٣", "1_0", "9" * 5000, "0x10"])
def test_numbers_of_a_run_have_plain_digits(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = told(capsys, "quiet", "--members", number)
    assert status == 2
    assert "no whole number" in err


@pytest.mark.parametrize("folder", ["", " "])
def test_results_need_a_folder_with_a_name(
    small: Path, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = told(capsys, str(small), "--out", folder)
    assert status == 2
    assert "its name is empty" in err


def test_what_is_wrong_in_a_notebook_is_told_and_no_fault(small: Path) -> None:
    run = sim.run(small, members=2, months=3)
    for folder in (None, 3, b"x", ["a"]):
        with pytest.raises(Refused, match="named by words"):
            run.save(folder)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="not text in UTF-8"):
        run.save("\ud800")
    with pytest.raises(Refused, match="its name is empty"):
        run.save("")
    with pytest.raises(Refused, match="there is no figure"):
        run.figure(["map"])  # type: ignore[arg-type]
    with pytest.raises(Refused, match="there is no arm"):
        run.figure("map", arm="storm")
    with pytest.raises(Refused, match="not text in UTF-8"):
        sim.run("\ud800")


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert results_folder("~/out", "small") == tmp_path / "out" / "small"


def test_why_tells_each_event_of_a_family_and_that_there_is_nothing_to_tell() -> None:
    done = program("why", "moscow_drops_restraint", "--members", "2")
    assert done.returncode == 0, done.stderr
    assert "half_the_pipeline" in done.stdout
    assert "Owen values over 2 runs" in done.stdout
    assert "nothing to tell apart" in program("why", "quiet").stdout
