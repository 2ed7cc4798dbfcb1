"""Mechanisms that are switched off by name: the world without each of them, and what is told."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import SEED

from sim import members as members_of
from sim.asking import scenario_of
from sim.base_year import world
from sim.cli import main
from sim.ensemble import Block, simulate
from sim.errors import InputError
from sim.evidence import DOCS
from sim.mechanisms import left_out, without, without_events
from sim.month import at_rest
from sim.on_tape import fingerprint
from sim.outputs import manifest
from sim.question import answered
from sim.reading.tables import REGIONS, read_region
from sim.region import Mechanism, Region
from sim.scenario import Scenario
from sim.shocks import no_shocks
from sim.situation import RECORDED
from sim.stages.places import SECURITY
from sim.study.contributions import contributions, found_without
from sim.study.outcomes import outcomes_of
from sim.study.play import Study, levels
from sim.studying.mechanisms import findings, wanted
from sim.timeline import drivers

MEMBERS = 4

NAMED = {
    "division of labour": ("division_of_labour",),
    "and its erosion": ("erosion",),
    "CSTO intervention": ("intervention", "protection"),
    "the debt that fades": ("gratitude",),
    "threat after the invasion": ("alarm", "threat_spreads_ties", "threat_seeks_protection"),
    "by border and kin": ("border_and_kin",),
    "CPC and the search for other routes": ("route_search", "deliberate_cuts", "contracts"),
    "sanctions, transit friction": ("sanctions_friction",),
    "re-export": ("reexports",),
    "remittances, migrants": ("remittances", "migrants_lever", "arrivals"),
    "Russia's need of them": ("migrants_need",),
    "visits, summits": ("visits",),
    "attention": ("attention",),
    "Chinese rail, gas": ("market_access",),
    "investment": ("new_money", "direct_investment"),
    "distrust of China": ("distrust",),
    "small conditional US money and Moscow's quick answer": ("american_money_answered",),
    "coercion": ("pressure", "hostile_words"),
    "Afghanistan and terror as a common interest": ("common_enemy",),
    "Russia-China ties above Central Asia": ("yielding", "forum"),
    "energy-price bargaining through the EAEU": ("energy_leverage",),
    "own defence": ("own_defence",),
    "Turkish arms": ("turkish_arms",),
    "institutions as inertia": ("institutions",),
    "elite ties": ("elite_ties",),
}
"""The mechanisms that the articles name, in the words of the design, and their switches."""

REGION = read_region()
EVERY = pytest.mark.parametrize("name", [one.name for one in REGION.mechanisms])


def moved(region: Region, scenario: Scenario, *names: str) -> dict[str, np.ndarray]:
    """Return how far everything is from the base year without some mechanisms, month by month."""
    other = without(region, names)
    supposed = without_events(scenario, other)
    block = Block(
        0,
        world(other, members_of.draw(other, SEED, 0, MEMBERS)),
        no_shocks(other, scenario.months),
        SEED,
    )
    happens = drivers(
        supposed, other, lambda name: members_of.uniform(SEED, f"event/{name}", 0, MEMBERS), {}
    )
    rest = at_rest(block.world)
    return {name: of - rest[name] for name, of in simulate(block, happens, RECORDED).items()}


@pytest.fixture(scope="module")
def history(region: Region) -> Scenario:
    return scenario_of("history_2022_2024")[1]


@pytest.fixture(scope="module")
def whole(region: Region, history: Scenario) -> dict[str, np.ndarray]:
    """What the history moves with all mechanisms at work."""
    return moved(region, history)


# --- the world without one ----------------------------------------------------------------------


@EVERY
def test_without_any_mechanism_the_base_year_is_at_rest(region: Region, name: str) -> None:
    quiet = scenario_of("quiet")[1].resized(months=12)
    assert max(np.abs(of).max() for of in moved(region, quiet, name).values()) < 1e-12


def test_without_all_of_them_the_base_year_is_at_rest(region: Region) -> None:
    quiet = scenario_of("quiet")[1].resized(months=12)
    every = [one.name for one in region.mechanisms]
    assert max(np.abs(of).max() for of in moved(region, quiet, *every).values()) < 1e-12


@EVERY
def test_a_quiet_scenario_without_any_mechanism_differs_in_nothing(
    region: Region, name: str
) -> None:
    quiet = scenario_of("quiet")[1].resized(MEMBERS, 6, SEED)
    outcomes = outcomes_of(region, quiet, ["KAZ.breadth", "KGZ.threat.RUS@worst", "UZB.gdp_gap"])
    assert not found_without(region, quiet, outcomes, [name]).any()


@EVERY
def test_every_mechanism_changes_something_in_the_history(
    region: Region, history: Scenario, whole: dict[str, np.ndarray], name: str
) -> None:
    other = moved(region, history, name)
    assert max(np.abs(other[of] - whole[of]).max() for of in RECORDED) > 1e-6


def test_troops_leave_no_debt_where_gratitude_is_off(
    region: Region, history: Scenario, whole: dict[str, np.ndarray]
) -> None:
    host = region.place("state", "KAZ"), region.place("power", "RUS")
    assert (whole["debt"][1, :, host[0], host[1]] > 0).any()
    assert not moved(region, history, "gratitude")["debt"].any()


def test_moscows_anger_is_without_effect_where_pressure_is_off(region: Region) -> None:
    asked = scenario_of("moscow_drops_restraint")[1].resized(months=24)
    asked = (asked.arms or (asked,))[0]
    pressing = tuple(event for event in asked.events if event.kind == "pressure")
    assert pressing
    only = replace(asked, events=pressing)
    assert np.abs(moved(region, only)["threat"]).max() > 1e-3
    angry = moved(region, only, "pressure")
    assert angry["pressure"].max() > 0  # as supposed
    for name in ("threat", "ties", "remittances", "vote_no", "gdp_gap"):
        assert np.abs(angry[name]).max() < 1e-12, name


def test_nobody_is_frightened_more_by_border_or_kin_where_they_do_not_expose(
    region: Region, history: Scenario
) -> None:
    signal = next(event for event in history.events if event.kind == "threat_signal")
    alone = replace(history, events=(signal,)).resized(months=6)
    russia = region.place("partner", "RUS")

    def apart(*names: str) -> np.ndarray:
        rise = moved(region, alone, *names)["threat"].max(axis=0)[..., russia]
        room = 1.0 - members_of.draw(region, SEED, 0, MEMBERS).threat_base[..., russia]
        return np.ptp(rise / room, axis=-1)

    assert (apart() > 10 * apart("border_and_kin")).all()


def test_turkish_arms_leave_out_that_deal_and_no_other_engagement(
    region: Region, history: Scenario
) -> None:
    other = without(region, ["turkish_arms"])
    gone = [event.id for event in history.events if left_out(event, other)]
    assert gone == ["drone_deal"]
    assert "drone_deal" not in [event.id for event in without_events(history, other).events]


# --- the region without one ---------------------------------------------------------------------


def test_a_region_without_a_mechanism_is_another_one_and_all_else_is_as_it_was(
    region: Region,
) -> None:
    other = without(region, ["gratitude"])
    assert fingerprint(other) != fingerprint(region)
    ours, theirs = (members_of.draw(one, SEED, 0, MEMBERS) for one in (region, other))
    differ = [name for name in ours if not np.array_equal(ours[name], theirs[name])]
    assert differ == ["debt_size"]
    assert without(region, []) is region
    assert without(other, ["gratitude"]) is other


def test_runs_side_by_side_are_what_each_is_alone(region: Region) -> None:
    """Members draw in the region without; nothing else of it differs."""
    asked = scenario_of("cpc_closure")[1].resized(3, 24, SEED)
    outcomes = outcomes_of(region, asked, ["KAZ.breadth", "KAZ.threat.RUS", "UZB.gdp_gap@worst"])
    names = ["", "route_search", "elite_ties"]
    together = found_without(region, asked, outcomes, names)
    for name, found in zip(names, together, strict=True):
        other = without(region, [name] if name else [])
        level, before = levels(Study(other, asked, (), outcomes), np.empty((1, 0)), 0, 3)[:, 0]
        assert np.array_equal(found, level - before)


# --- the table ----------------------------------------------------------------------------------


def test_every_mechanism_that_the_articles_name_is_there(region: Region) -> None:
    switches = {name for names in NAMED.values() for name in names}
    assert switches == {one.name for one in region.mechanisms}


@EVERY
def test_every_mechanism_is_reported_and_says_what_is_off(region: Region, name: str) -> None:
    one = mechanism(region, name)
    assert one.facts
    assert set(one.facts) <= set(region.facts)
    assert one.numbers or one.events
    assert all(clause and not clause.endswith(".") for clause in one.off)


def mechanism(region: Region, name: str) -> Mechanism:
    return next(one for one in region.mechanisms if one.name == name)


def test_what_the_models_page_says_switches_a_mechanism_off_is_in_the_table(
    region: Region,
) -> None:
    page = (DOCS / "model.md").read_text("utf-8")
    table = page.partition("## Where each mechanism is")[2].partition("\n## ")[0]
    cells = [line.split("|")[3] for line in table.splitlines() if line.startswith("| ")]
    told = {word for cell in cells for word in cell.split("`")[1::2] if word in region.attributes}
    known = {name for one in region.mechanisms for name in one.numbers}
    assert told - known == {"peer_weight"}  # which no article names


def broken(tmp_path: Path, row: int, column: str, text: str) -> str:
    """Return what is said of the table of mechanisms with one cell another one."""
    folder = tmp_path / "region"
    shutil.copytree(REGIONS / "central_asia", folder)
    path = folder / "mechanisms.csv"
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
    rows[row - 1][rows[0].index(column)] = text
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    path.write_text(written.getvalue(), "utf-8")
    with pytest.raises(InputError) as wrong:
        read_region(folder)
    return str(wrong.value)


@pytest.mark.parametrize(
    ("column", "text", "says"),
    [
        ("attribute", "satiatio", "Did you mean 'satiation'?"),
        ("attribute", "event:vist", "Did you mean 'visit'?"),
        ("attribute", "", "attribute is missing"),
        ("value", "2", "is no number from 0 to 1"),
        ("value", "", "is no number from 0 to 1"),
        ("facts", "VOA-002;VOA-999", "'VOA-999' is no fact of facts.csv"),
        ("facts", "", "facts is missing"),
        ("says", "", "says is missing"),
        ("mechanism", "Division of labour", "is no name"),
    ],
)
def test_a_fault_in_the_table_is_told_with_its_line(
    tmp_path: Path, column: str, text: str, says: str
) -> None:
    said = broken(tmp_path, 2, column, text)
    assert "mechanisms.csv cannot be used" in said
    assert "line 2: " in said
    assert says in said


def test_two_mechanisms_cannot_set_one_number_to_two_values(tmp_path: Path) -> None:
    lines = (REGIONS / "central_asia/mechanisms.csv").read_text("utf-8").splitlines()
    place = next(k for k, line in enumerate(lines) if line.startswith("migrants_lever"))
    said = broken(tmp_path, place + 1, "value", "0.5")
    assert f"line {place + 1}: pressure_remittances: 0.5 here and 0 on line " in said


# --- asked for ----------------------------------------------------------------------------------


SMALL = ("--members", "3", "--months", "12", "--no-shocks")


def test_an_answer_says_what_was_switched_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    off = ["--without", "gratitude", "--without", "turkish_arms"]
    assert main(["csto_intervention", *SMALL, *off, "--out", str(tmp_path)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    folder = tmp_path / "csto_intervention"
    made = json.loads((folder / "manifest.json").read_text("utf-8"))
    page = " ".join((folder / "report.html").read_text("utf-8").split())
    says = "Gratitude is switched off: troops that are sent leave no debt of gratitude."
    assert says in printed
    assert says in page
    assert made["without"] == {
        "gratitude": {"debt_size": 0.0},
        "turkish_arms": {"event:engagement": "TUR security"},
    }
    assert made["command"].endswith("--without gratitude --without turkish_arms")


def test_an_answer_with_all_mechanisms_says_nothing_of_them(region: Region) -> None:
    made = answered(region, scenario_of("quiet")[1].resized(2, 3, 1))
    assert "off" not in made.answer["about"]
    assert "without" not in manifest(made)


def test_an_unknown_mechanism_is_refused_with_what_may_have_been_meant(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["quiet", "--without", "gratitud"]) == 2
    said = capsys.readouterr().err
    assert "Did you mean 'gratitude'?" in said
    assert "elite_ties" in said


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(lines: str) -> Path:
        file = tmp_path / "mine.yaml"
        file.write_text(f"title: Mine\nquestion: What moves?\n{lines}", encoding="utf-8")
        return file

    return write


def test_a_scenario_file_can_do_without_a_mechanism(written: Callable[[str], Path]) -> None:
    file = written("extends: history_2022_2024\nwithout: [gratitude, turkish_arms]\n")
    region, asked = scenario_of(file, ["visits", "gratitude"])
    assert region.off == asked.without == ("gratitude", "turkish_arms", "visits")
    assert asked.baseline is not None
    assert asked.baseline.without == region.off
    assert "drone_deal" not in [event.id for event in asked.baseline.events]


def test_a_scenario_that_extends_one_without_a_mechanism_is_without_it(
    written: Callable[[str], Path],
) -> None:
    written("without: [gratitude]\n")
    other = written("").with_name("other.yaml")
    written("without: [gratitude]\n")
    other.write_text("title: Other\nquestion: And then?\nextends: mine\n", encoding="utf-8")
    assert scenario_of(other)[0].off == ("gratitude",)


def test_a_file_that_names_no_mechanism_is_told_so_with_its_line(
    written: Callable[[str], Path],
) -> None:
    with pytest.raises(InputError) as wrong:
        scenario_of(written("without: [gratitud, visits, visits]\n"))
    assert "line 3: without[0]: 'gratitud' is no mechanism. Did you mean 'gratitude'?" in str(
        wrong.value
    )
    assert "without[2]: 'visits' is switched off twice" in str(wrong.value)


def test_worlds_with_and_without_a_mechanism_are_told_apart_and_not_compared(
    written: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    other = str(written("extends: cpc_closure\nwithout: [gratitude]\n"))
    assert main(["diff", "cpc_closure", other]) == 0
    assert "switched off: gratitude." in capsys.readouterr().out
    assert main(["compare", "middle_corridor_growth", other, "--months", "24"]) == 2
    assert "set against another baseline" in capsys.readouterr().err


def test_a_study_says_what_is_off_in_all_its_runs(
    written: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(written("extends: cpc_closure\nwithout: [gratitude, visits]\n"))
    asked = ["compare", file, str(Path(file).with_name("again.yaml"))]
    Path(asked[2]).write_text(Path(file).read_text("utf-8"), encoding="utf-8")
    sized = ["--months", "12", "--members", "2", "--out", str(tmp_path)]
    assert main([*asked, *sized]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "Switched off in every run, in the baseline too: gratitude and visits." in printed
    made = json.loads((tmp_path / "compare_mine_again" / "manifest.json").read_text("utf-8"))
    assert made["without"] == ["gratitude", "visits"]


def test_the_list_says_what_is_off_without_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "mechanisms"]) == 0
    printed = capsys.readouterr().out
    assert all(one.name in printed for one in REGION.mechanisms)


def test_a_mechanism_can_be_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "turkish arms"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "While it is off, Türkiye does no more for anyone's security" in printed
    assert "--without turkish_arms" in printed


# --- what each contributes ----------------------------------------------------------------------


def test_a_contribution_is_what_is_missing_without_a_mechanism(region: Region) -> None:
    asked = scenario_of("cpc_closure")[1].resized(6, 24, SEED)
    outcomes = outcomes_of(region, asked, ["KAZ.threat.RUS@during"])
    found = contributions(region, asked, outcomes)
    cuts = found.names.index("deliberate_cuts")
    assert found.order(0)[0] == cuts
    assert found.tells(cuts, 0)
    assert "gratitude" in found.silent()
    without_cuts = found_without(region, asked, outcomes, ["deliberate_cuts"])[0]
    assert np.array_equal(found.parts[cuts], found.whole - without_cuts)
    said = " ".join(findings(found, ()).sentences)
    assert "What contributes to that, for or against: deliberate cuts" in said
    assert "make no difference that we can tell from nothing to any of these outcomes" in said


def test_in_a_quiet_world_no_mechanism_contributes_anything(region: Region) -> None:
    quiet = scenario_of("quiet")[1].resized(4, 6, SEED)
    asked = [f"KAZ.{name}" for name in wanted(region, quiet)]
    found = contributions(region, quiet, outcomes_of(region, quiet, asked))
    assert not found.whole.any()
    assert not found.parts.any()
    (said,) = findings(found, ()).sentences
    assert said.startswith("No mechanism makes a difference that we can tell from nothing")


def test_mechanisms_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["mechanisms", "cpc_closure", "--months", "24", "--members", "4"]
    asked += ["--outcome", "KAZ.threat.RUS@end", "--out", str(tmp_path), "--workers", "1"]
    assert main(asked) == 0
    assert "Kazakhstan's fear of Russia at the end of the run" in " ".join(
        capsys.readouterr().out.split()
    )
    folder = tmp_path / "cpc_closure_mechanisms"
    rows = list(
        csv.DictReader(io.StringIO((folder / "tables/contributions.csv").read_text("utf-8")))
    )
    assert rows[0]["mechanism"] == "all mechanisms"
    assert (folder / "report.html").is_file()


def test_security_ties_are_moved_by_troops_only_where_intervention_is_on(
    region: Region, history: Scenario
) -> None:
    sent = tuple(event for event in history.events if event.kind == "intervention")
    alone = replace(history, events=sent).resized(months=1)
    place = (0, slice(None), region.place("state", "KAZ"), SECURITY, region.place("partner", "RUS"))
    assert (moved(region, alone)["ties"][place] > 0.01).all()
    left = moved(region, alone, "intervention", "gratitude")["ties"][place]
    assert np.abs(left).max() < 1e-12
