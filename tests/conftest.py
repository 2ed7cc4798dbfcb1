"""What the tests share: shapes checked in every rule, the region, and worlds to try things in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import jaxtyping
import numpy as np
import pytest
from hypothesis import settings

jaxtyping.install_import_hook("sim.rules", "beartype.beartype")

from sim import members as members_of  # noqa: E402
from sim.arrays import Arrays  # noqa: E402
from sim.base_year import World, world  # noqa: E402
from sim.drivers import Drivers, neutral  # noqa: E402
from sim.ensemble import Block, drivers_at, simulate  # noqa: E402
from sim.month import at_rest, month  # noqa: E402
from sim.reading.tables import read_region  # noqa: E402
from sim.region import Region  # noqa: E402
from sim.shocks import at_month, draw_shocks, no_shocks  # noqa: E402
from sim.situation import SITUATION_AXES  # noqa: E402

settings.register_profile("few", deadline=None, max_examples=30, derandomize=True)
settings.load_profile("few")

NAMES = (
    *("a_power_looks_away", "afghan_spillover", "china_security_turn", "cku_railway"),
    *("cpc_closure", "csto_intervention", "history_2022_2024", "history_shocks_only"),
    *("middle_corridor_growth", "moscow_drops_restraint", "quiet", "remittance_shock"),
    *("sanctions_enforcement", "storm_or_order", "us_reengagement", "without_the_war"),
)
"""The scenarios that the project ships; a user may keep others in the same folder."""

START = "2022-01"
SEED = 20_220_101

Write = Callable[[dict[str, np.ndarray], Region], None]
"""Writes an event into neutral drivers."""


def nothing(drivers: dict[str, np.ndarray], region: Region) -> None:
    """Suppose nothing at all."""


def supposed(region: Region, months: int, write: Write = nothing) -> Drivers:
    """Return drivers under which nothing happens but what `write` supposes."""
    arrays = neutral(region, START, months)
    write(arrays, region)
    return Drivers(START, months, arrays)


def drawn(
    region: Region,
    count: int,
    months: int,
    *,
    shocks: bool = False,
    first: int = 0,
    **fixed: float,
) -> Block:
    """Return members ready to run, without shocks unless asked; `fixed` sets parameters."""
    members = members_of.draw(region, SEED, first, count)
    if fixed:
        same = {name: np.full_like(members[name], at) for name, at in fixed.items()}
        members = members.replaced(**same)
    noise = draw_shocks(region, SEED, first, count, months) if shocks else no_shocks(region, months)
    return Block(first, world(region, members), noise, SEED)


def played(
    block: Block,
    months: int,
    write: Write = nothing,
    keep: Iterable[str] = tuple(SITUATION_AXES),
    held: Arrays | None = None,
) -> Arrays:
    """Return the run of what `write` supposes, each array (month, member, *axes)."""
    return simulate(block, supposed(block.world.region, months, write), keep, held)


def months_after(block_world: World, situation: Arrays, months: int) -> Arrays:
    """Return the situation after months in which nothing happens, from any situation."""
    quiet = drivers_at(supposed(block_world.region, 1), 0)
    still = at_month(no_shocks(block_world.region, 1), 0)
    for _ in range(months):
        situation = month(block_world, situation, quiet, still)
    return situation


SHAPED = ("test_laws", "test_mechanisms", "test_mesa", "test_insurance", "test_measures")
"""Tests in which every rule is played, beside those that import rules."""


@pytest.fixture(scope="module", autouse=True)
def shapes_checked(request: pytest.FixtureRequest) -> None:
    """Check the shapes in rules where rules are tried, which takes as long as the rules do."""
    name = request.module.__name__
    tried = name in SHAPED or "sim.rules" in Path(str(request.module.__file__)).read_text("utf-8")
    jaxtyping.config.update("jaxtyping_disable", not tried)


@pytest.fixture(scope="session")
def region() -> Region:
    """The region that the project ships."""
    return read_region()


@pytest.fixture(scope="session")
def some(region: Region) -> Block:
    """A dozen members without shocks, for runs of up to four years."""
    return drawn(region, 12, 48)


@pytest.fixture(scope="session")
def rest(some: Block) -> Arrays:
    """The base year of those members."""
    return at_rest(some.world)


# --- a browser ------------------------------------------------------------------------------------

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

SIZES = {"projector": (1280, 720), "phone": (390, 844)}


@pytest.fixture(scope="module")
def browser() -> Any:
    """A real browser without a screen; tests that need one are skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here: tests/browser/install.sh installs it")
    api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is missing: pip install -e '.[browser]'"
    )
    with api.sync_playwright() as play:
        one = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield one
        one.close()
