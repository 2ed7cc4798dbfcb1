"""What patterns rest on: judged under other rules of choice, and without each mechanism."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim import mechanisms
from sim.cli import main
from sim.region import Region
from sim.scenario import Scenario
from sim.study import rests as study
from sim.study.pattern_table import as_in, read_patterns, variants
from sim.study.patterns import Judged, Pattern, judged, judged_apart, persisting, play
from sim.study.rests import Rests, rests, worlds
from sim.studying import validate
from sim.studying.rests import misses, rules, sentences

MEMBERS = 6

SOME = ("fear_up_everywhere", "kazakhstan_most_afraid", "force_wins_ties", "caspian_containers")
MONTHS = 4
"""Patterns that read a few months of two runs."""

FEW = ("alarm", "gratitude", "common_enemy")
"""Mechanisms: one that enters by events alone, and two by numbers."""


@pytest.fixture(scope="module")
def patterns(region: Region) -> list[Pattern]:
    return [one for one in read_patterns(region) if one.code in SOME]


@pytest.fixture(scope="module")
def small(region: Region) -> Region:
    """The region with a few mechanisms to switch off."""
    return replace(region, mechanisms=tuple(m for m in region.mechanisms if m.name in FEW))


@pytest.fixture(scope="module")
def arms(region: Region) -> list[Scenario]:
    return [arm.resized(MEMBERS, MONTHS, 3) for arm in variants(region)]


def alone(region: Region, arms: Sequence[Scenario], patterns: Sequence[Pattern]) -> list[Judged]:
    """Return the patterns as they are judged in a region by itself."""
    lived = [as_in(region, arm) for arm in arms]
    assert lived[0].baseline is not None
    return judged(patterns, play(region, lived[0].baseline, lived, patterns, MEMBERS))


def values(some: Sequence[Judged]) -> list[list[float]]:
    return [one.values.tolist() for one in some]


@pytest.fixture(scope="module")
def found(small: Region, arms: list[Scenario], patterns: list[Pattern]) -> Rests:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study, "RULES", ("portfolio", "inertia", "random_walk"))
        assert arms[0].baseline is not None
        runs = play(small, arms[0].baseline, arms, patterns, MEMBERS)
        return rests(small, arms, judged(patterns, runs), persisting(patterns, runs), 2)


# Runs -------------------------------------------------------------------------------------------


def test_members_side_by_side_show_what_each_world_shows_alone(
    region: Region, arms: list[Scenario], patterns: list[Pattern]
) -> None:
    off = [mechanisms.without(region, [name]) for name in ("gratitude", "common_enemy")]
    assert arms[0].baseline is not None
    runs = play(region, arms[0].baseline, arms, patterns, MEMBERS, drawn_in=off)
    together = judged_apart(patterns, runs, 2)
    for one, world in zip(together, off, strict=True):
        assert values(one) == values(alone(world, arms, patterns))


def test_each_world_is_the_region_by_that_rule_or_without_that_mechanism(
    small: Region, arms: list[Scenario], patterns: list[Pattern], found: Rests
) -> None:
    assert list(found.under) == ["portfolio", "inertia", "random_walk"]
    assert list(found.without) == [one.name for one in small.mechanisms]
    walk = replace(small, rule="random_walk")
    assert values(found.under["random_walk"]) == values(alone(walk, arms, patterns))
    calm = mechanisms.without(small, ["alarm"])
    assert values(found.without["alarm"]) == values(alone(calm, arms, patterns))
    assert found.under["portfolio"] == found.shown


def test_without_acts_that_frighten_nobody_is_more_afraid(found: Rests) -> None:
    codes = [found.shown[k].pattern.code for k in found.lost(found.without["alarm"])]
    assert "fear_up_everywhere" in codes


def test_a_mechanism_that_is_off_already_is_not_switched_off_again(small: Region) -> None:
    assert worlds(small) - worlds(mechanisms.without(small, ["alarm"])) == 1


# Judgements -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(patterns: list[Pattern]) -> Rests:
    """Three patterns that ask for more than half of twenty runs, in made-up worlds."""
    three = [replace(patterns[0], code=code, low=0.5, high=9.0, share=0.5) for code in "abc"]

    def world(*runs: int) -> tuple[Judged, ...]:
        return tuple(
            Judged(one, np.array([1.0] * count + [0.0] * (100 - count)))
            for one, count in zip(three, runs, strict=True)
        )

    shown = world(90, 51, 20)
    under = {"portfolio": shown, "inertia": world(90, 49, 20), "random_walk": world(90, 90, 60)}
    without = {"a": world(10, 51, 20), "b": world(90, 51, 20), "c": world(90, 60, 20)}
    return Rests("portfolio", shown, world(90, 0, 0), under, without)


def test_only_a_judgement_that_turns_counts(made: Rests) -> None:
    assert made.lost(made.without["a"]) == [0]
    assert made.lost(made.under["inertia"]) == [1]
    assert made.gained(made.under["random_walk"]) == [2]
    assert made.lost(made.without["c"]) == made.gained(made.without["c"]) == []
    assert made.missed == [2]
    assert made.shown_under(2) == ["random_walk"]
    assert made.shown_without(2) == []


def test_what_turns_by_a_hair_is_told_from_what_turns(made: Rests) -> None:
    assert made.by_a_hair(made.under["inertia"]) == [1]
    assert made.by_a_hair(made.without["a"]) == []


def test_what_no_pattern_reads_is_told_from_what_turns_no_judgement(made: Rests) -> None:
    assert made.untouched(made.without["b"])
    assert not made.untouched(made.without["c"])


def test_what_patterns_rest_on_is_said(made: Rests) -> None:
    said = " ".join(sentences(made))
    assert "Under the rule 'portfolio' the runs show 2 of 3 patterns" in said
    assert "1 pattern that 'inertia' misses, at the price of 0 that it shows" in said
    assert "most patterns are lost: a (1)" in said
    assert "No pattern needs c" in said
    assert "No pattern reads a thing that is moved by b" in said
    assert "by a hair" in said
    row = misses(made).rows[0]
    assert row[3:] == ("random walk", "none")
    assert [row[0] for row in rules(made).rows] == ["portfolio", "inertia", "random_walk"]


# The command ------------------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, patterns: list[Pattern], arms: list[Scenario]) -> None:
    """A few patterns, of a few months."""
    monkeypatch.setattr(validate, "read_patterns", lambda region: tuple(patterns))
    monkeypatch.setattr(validate, "variants", lambda region: [as_in(region, arm) for arm in arms])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, few: None, small: Region) -> None:
    """Few patterns, rules and mechanisms."""
    monkeypatch.setattr(study, "RULES", ("portfolio", "inertia"))
    monkeypatch.setattr("sim.asking.region_of", lambda without, rule: small)


def files(folder: Path) -> dict[str, bytes]:
    """Return the files of a study by name, but for the record of when and how it was made."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != "manifest.json"
    }


@pytest.mark.usefixtures("quick")
def test_the_same_seed_gives_the_same_bytes_whatever_the_threads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["validate", "--rests", "--members", "20", "--seed", "5"]
    assert main([*asked, "--workers", "2", "--out", str(tmp_path / "two")]) == 0
    assert "rest on none of the rules" in " ".join(capsys.readouterr().out.split())
    assert main([*asked, "--workers", "1", "--out", str(tmp_path / "one")]) == 0
    one, two = (files(tmp_path / name / "validate_rests") for name in ("one", "two"))
    assert one == two
    text = (tmp_path / "one/validate_rests/tables/judgements.csv").read_text("utf-8")
    kinds = [row["kind"] for row in csv.DictReader(io.StringIO(text))]
    assert (kinds.count("rule"), kinds.count("without")) == (2 * len(SOME), 3 * len(SOME))


@pytest.mark.usefixtures("quick")
def test_a_job_that_is_stopped_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks_off(*asked: object, **more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(study, "play", breaks_off)
    asked = ["validate", "--rests", "--members", "20", "--out", str(tmp_path)]
    assert main(asked) == 130
    assert not (tmp_path / "validate_rests").exists()


@pytest.mark.usefixtures("few")
def test_validate_says_by_which_rule_and_what_was_switched_off(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["validate", "--rule", "inertia", "--without", "alarm", "--members", "20"]
    assert main([*asked, "--out", str(tmp_path)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "by the rule inertia" in printed
    assert "Alarm is switched off: acts that frighten" in printed
    made = json.loads((tmp_path / "validate" / "manifest.json").read_text("utf-8"))
    assert (made["rule"], made["without"]) == ("inertia", ["alarm"])
    page = (tmp_path / "validate" / "report.html").read_text("utf-8")
    assert "Figure: patterns" in page


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["--rule", "bandwagon"], "Did you mean 'bandwagoning'?"),
        (["--without", "alarms"], "Did you mean 'alarm'?"),
    ],
)
def test_what_there_is_not_is_refused_with_what_may_have_been_meant(
    asked: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", *asked]) == 2
    assert says in capsys.readouterr().err
