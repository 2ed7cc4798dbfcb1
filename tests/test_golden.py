"""The golden run: twenty numbers that stay where they are unless somebody says why they move."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from golden import indicators, renew

from sim.region import Region
from sim.vocabulary import DOMAINS


@pytest.fixture(scope="module")
def now() -> dict[str, float]:
    return indicators.measured()


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: dict[str, float]) -> Path:
    """Put the golden run elsewhere, one of its numbers another one than it is now."""
    other = {name: at * (1.0 + 1e-6 * (k == 3)) for k, (name, at) in enumerate(now.items())}
    monkeypatch.setattr(indicators, "KEPT", tmp_path / "golden.json")
    monkeypatch.setattr(renew, "HISTORY", tmp_path / "history.md")
    monkeypatch.setattr(indicators, "measured", lambda: now)
    indicators.KEPT.write_text(json.dumps(other), "utf-8")
    return tmp_path


def test_the_golden_run_is_where_it_was(now: dict[str, float]) -> None:
    moved = indicators.changed(now, indicators.kept())
    assert not moved, "\n".join([*moved, "Is that meant? python tests/golden/renew.py --why '...'"])


def test_twenty_different_numbers_are_kept_and_none_is_nothing(now: dict[str, float]) -> None:
    assert len(now) == len(set(now.values())) == 20
    assert 0.0 not in now.values()


def test_every_state_and_domain_and_kind_of_run_is_among_them(region: Region) -> None:
    words = " ".join(one.of for one in indicators.INDICATORS)
    assert all(state in words for state in region.states)
    assert all(domain in words for domain in DOMAINS)
    assert {one.run for one in indicators.INDICATORS} >= {
        "baseline", "scenario", "difference", "imposed change", "chosen change",
    }  # fmt: skip


@pytest.mark.parametrize("moved", [2e-9, -2e-9, float("nan")])
def test_a_number_that_moves_by_more_than_rounding_is_told(
    now: dict[str, float], moved: float
) -> None:
    name = next(iter(now))
    other = {**now, name: now[name] + moved * max(abs(now[name]), 1.0)}
    (line,) = indicators.changed(other, now)
    assert line.startswith(f"{name}: ")


def test_a_number_that_moves_in_its_last_bits_is_not(now: dict[str, float]) -> None:
    other = {name: at * (1.0 + 1e-12) for name, at in now.items()}
    assert not indicators.changed(other, now)


def test_a_number_new_or_gone_is_told(now: dict[str, float]) -> None:
    name, *_ = now
    fewer = {key: at for key, at in now.items() if key != name}
    assert indicators.changed(fewer, now)[0].startswith(f"{name}: gone")
    assert indicators.changed(now, fewer)[0].startswith(f"{name}: new")


@pytest.mark.parametrize("why", [[], ["--why", ""], ["--why", "because"]])
def test_nothing_is_renewed_without_a_reason(
    apart: Path, why: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = indicators.KEPT.read_bytes()
    assert renew.main(why) == 2
    assert "Nothing is renewed without a reason" in capsys.readouterr().err
    assert indicators.KEPT.read_bytes() == before
    assert not renew.HISTORY.exists()


def test_with_a_reason_the_numbers_and_the_reason_are_kept(
    apart: Path, now: dict[str, float]
) -> None:
    assert renew.main(["--why", "A rule was mended: flows are counted once."]) == 0
    assert indicators.kept() == now
    noted = renew.HISTORY.read_text("utf-8")
    assert "A rule was mended: flows are counted once." in noted
    assert list(now)[3] in noted
    assert renew.main(["--why", "Asked again, when nothing has changed."]) == 0
    assert renew.HISTORY.read_text("utf-8") == noted
