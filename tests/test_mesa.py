"""The model played by agents: the same world as the ensemble's, and one that can be changed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import NAMES

from sim.ensemble import block, simulate
from sim.mesa_model import CentralAsia, Corridors, Power, State
from sim.reading.scenarios import read_scenario
from sim.reading.tables import read_region
from sim.region import Region
from sim.scenario import Event, Scenario, Size
from sim.situation import RECORDED, decisions
from sim.timeline import drivers

ROOT = Path(__file__).parents[1]
SHIPPED = [ROOT / "scenarios" / f"{name}.yaml" for name in NAMES]
FIRST_MONTHS = 5
MEMBERS = 7
MONTHS = 10


def event(name, kind, size, start, shape="step", end=None, months=None, **what):
    low, high = size if isinstance(size, tuple) else (size, size)
    return Event(
        id=name, kind=kind, role="shock", start=start, end=end, shape=shape, months=months,
        size=Size(low, high), what=what, because=(), note="", theme="",
    )  # fmt: skip


def supposed(*events):
    return Scenario(
        name="supposed", title="", question="", sources=(), beyond="", start="2022-01",
        months=MONTHS, members=MEMBERS, seed=11, events=events, baseline=None,
    )  # fmt: skip


ALL = ("KAZ", "KGZ", "TJK", "TKM", "UZB")

QUIET = supposed()
CUT = supposed(
    event(
        "cut",
        "link_cut",
        (0.7, 1.0),
        "2022-04",
        end="2022-09",
        links=("cpc_pipeline",),
        intent=Size(0.2, 1.0),
    ),
)
WAR = supposed(
    event("unrest", "unrest", 0.8, "2022-01", "decay", months=3.0, states=("KAZ",), need="regime"),
    event("troops", "intervention", 2.5, "2022-01", "pulse", states=("KAZ",), power="RUS"),
    event("war", "threat_signal", (0.2, 0.6), "2022-02", "pulse", states=ALL, by="RUS"),
    event("words", "rhetoric", 0.5, "2022-05", "pulse", states=("KAZ",), by="RUS"),
    event("sanctions", "sanctions", 0.8, "2022-03", "ramp", months=6.0),
    event("enforced", "enforcement", 0.4, "2022-08"),
    event("crackdown", "crackdown", 0.3, "2022-10", states=("KAZ", "KGZ")),
    event("distracted", "budget", 0.6, "2022-04", power="RUS"),
    event("arrivals", "arrivals", 200.0, "2022-09", end="2022-12", states=("KAZ",)),
    event("sent_home", "remittances", 1.4, "2022-06", states=ALL, power="RUS"),
)
COURTED = supposed(
    event("deal", "investment", (0.5, 3.0), "2022-02", states=("UZB",), by="CHN"),
    event("aid", "aid", (0.01, 0.3), "2022-03", end="2022-12", states=("KGZ",), by="USA"),
    event("answer", "pressure", 0.3, "2022-05", "pulse", states=("KGZ",), by="RUS"),
    event("summit", "summit", 1.0, "2022-09", "pulse", states=ALL, by="CHN"),
    event("leaves", "leave", -1.0, "2022-07", states=("KGZ",), body="CSTO"),
    event("backlash", "backlash", 0.3, "2022-06", "pulse", states=("KAZ", "KGZ"), partner="CHN"),
    event("cheap", "price", 0.7, "2022-04", commodity="oil"),
    event("freed", "restraint", 0.5, "2022-03", power="CHN"),
    event("growth", "trend", 0.1, "2022-01", what="trade", states=ALL, partner="CHN"),
    event(
        "turn",
        "realign",
        (0.1, 0.4),
        "2022-05",
        states=("KAZ",),
        partner="CHN",
        domain="economic",
    ),
    event("army", "defence_budget", 0.5, "2022-04", states=("KAZ",)),
)
WORLDS = {"quiet": QUIET, "cut": CUT, "war": WAR, "courted": COURTED}


@pytest.fixture(scope="module")
def region() -> Region:
    return read_region("central_asia")


@pytest.fixture(scope="module")
def together(region):
    """Every world, all members at once."""
    some = block(region, 11, 0, MEMBERS, MONTHS)
    return {name: run_of(some, scenario) for name, scenario in WORLDS.items()}


def run_of(some, scenario, held=None):
    """Return the run of a scenario's events over a block of members."""
    return simulate(some, drivers(scenario, some.world.region, some.draws), held=held)


def same(alone, ensemble, member):
    """Refuse a difference in any bit of any quantity in any month."""
    for name in RECORDED:
        one, other = alone[name], ensemble[name][:, member : member + 1]
        assert one.shape == other.shape, name
        assert (one == other).all(), f"{name} differs by {np.abs(one - other).max()}"


# The two drivers ------------------------------------------------------------------------------


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("member", [0, 3])
def test_agents_and_ensemble_agree_to_the_last_bit(region, together, world, member):
    same(CentralAsia(WORLDS[world], region, member).run(), together[world], member)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_they_agree_on_every_shipped_scenario(region, file):
    scenario = read_scenario(file, region)
    begun = replace((scenario, *scenario.arms)[-1], months=FIRST_MONTHS)
    some = block(region, begun.seed, 0, 3, FIRST_MONTHS)
    same(CentralAsia(begun, region, 2).run(), run_of(some, begun), 2)


def test_they_agree_without_monthly_shocks(region):
    still = run_of(block(region, 11, 2, 1, MONTHS, shocks=False), WAR)
    same(CentralAsia(WAR, region, 2, shocks=False).run(), still, 0)


def test_they_agree_on_what_was_imposed(region, together):
    some = block(region, 11, 0, MEMBERS, MONTHS)
    imposed = run_of(some, CUT, held=decisions(together["quiet"]))
    at_home = decisions(CentralAsia(QUIET, region, 4).run())
    same(CentralAsia(CUT, region, 4, held=at_home).run(), imposed, 4)


def test_the_worlds_of_these_tests_differ(together):
    for name in ("cut", "war", "courted"):
        assert np.abs(together[name].ties - together["quiet"].ties).max() > 1e-3, name


class Shuffled(CentralAsia):
    """Actors act in another order in every stage of every month."""

    @property
    def powers(self):
        return super().powers.shuffle()

    @property
    def states(self):
        return super().states.shuffle()


def test_the_order_in_which_agents_act_does_not_matter(region, together):
    model = Shuffled(WAR, region, 3)
    orders = {tuple(state.code for state in model.states) for _ in range(20)}
    assert len(orders) > 1
    same(model.run(), together["war"], 3)


def test_the_order_in_which_agents_were_made_does_not_matter(region, together):
    class MadeBackwards(CentralAsia):
        @property
        def states(self):
            return super().states.sort("place", ascending=False)

    same(MadeBackwards(WAR, region, 3).run(), together["war"], 3)


def test_stepping_month_by_month_is_the_same_as_running_to_the_end(region, together):
    model = CentralAsia(WAR, region, 3)
    for _ in range(5):
        model.step()
    assert model.month == "2022-05"
    assert (model.situation.ties == together["war"].ties[4, 3:4]).all()
    same(model.run(), together["war"], 3)


def test_a_run_that_has_ended_goes_no_further(region):
    model = CentralAsia(replace(QUIET, months=2), region)
    model.run()
    with pytest.raises(ValueError, match="ends after its 2 months"):
        model.step()


# Another decision -----------------------------------------------------------------------------


class Stubborn(State):
    """Wants the ties of the base year, whatever happens."""

    def target(self, wished):
        return self.ties_at_base


def test_a_stubborn_state_never_moves_its_targets_while_others_do(region):
    run = CentralAsia(WAR, region, state_classes={"KAZ": Stubborn}).run()
    kaz, uzb = region.states.index("KAZ"), region.states.index("UZB")
    chosen = run.target[:, 0, :, :2]
    assert (chosen[:, kaz] == chosen[0, kaz]).all()
    assert np.abs(chosen[-1, uzb] - chosen[0, uzb]).max() > 1e-3


def test_a_stubborn_state_holds_what_it_held_where_only_choice_could_move_it(region):
    stubborn = CentralAsia(WAR, region, state_class=Stubborn).run()
    free = CentralAsia(WAR, region).run()
    assert np.abs(stubborn.aligned - stubborn.aligned[0]).max() < 1e-12
    assert np.abs(free.aligned - free.aligned[0]).max() > 1e-3
    assert (stubborn.threat[0] == free.threat[0]).all()


def test_neighbours_of_a_stubborn_state_feel_it_a_month_later(region):
    stubborn = CentralAsia(WAR, region, state_classes={"KAZ": Stubborn}).run()
    free = CentralAsia(WAR, region).run()
    uzb = region.states.index("UZB")
    assert (stubborn.target[0, 0, uzb] == free.target[0, 0, uzb]).all()
    assert (stubborn.target[1, 0, uzb] != free.target[1, 0, uzb]).any()


class StaysAway(Power):
    """Spends half of what it would on every state."""

    def effort(self, wished):
        return wished / 2


def test_a_power_that_spends_less_leaves_the_contest_to_the_others(region):
    away = CentralAsia(QUIET, region, shocks=False, power_classes={"RUS": StaysAway}).run()
    usual = CentralAsia(QUIET, region, shocks=False).run()
    gained = away.engagement[0, 0, :, 0] - usual.engagement[0, 0, :, 0]
    assert (gained[:, region.partners.index("RUS")] < 0).all()
    assert (gained[:, region.partners.index("CHN")] > 0).all()


def test_a_power_can_refuse_to_press(region):
    class Gentle(Power):
        def pressure(self, wished):
            return 0.0 * wished

    gentle = CentralAsia(COURTED, region, power_class=Gentle).run()
    assert CentralAsia(COURTED, region).run().pressure.max() > 0.1
    assert gentle.pressure.max() == 0.0


def test_the_network_of_routes_can_follow_another_rule(region):
    class Blockade(Corridors):
        def carry(self):
            found = super().carry()
            return {**found, "netback": np.zeros_like(found["netback"])}

    run = CentralAsia(QUIET, region, corridors_class=Blockade).run()
    assert (run.netback == 0).all()
    assert (run.gdp_gap[-1] < 0).all()


def test_a_decision_that_makes_no_sense_is_refused_by_name(region):
    class Greedy(State):
        def target(self, wished):
            return 2 * wished

    class Vague(State):
        def target(self, wished):
            return wished[0]

    class Bankrupt(Power):
        def effort(self, wished):
            return wished * np.nan

    class Tyrant(Power):
        def pressure(self, wished):
            return wished + 2.0

    for kind, complaint in ((Greedy, "sum to 1"), (Vague, "shape")):
        with pytest.raises(ValueError, match=rf"{kind.__name__}\(TJK\).*{complaint}"):
            CentralAsia(QUIET, region, state_classes={"TJK": kind}).step()
    with pytest.raises(ValueError, match=r"Bankrupt\(USA\).*not below 0"):
        CentralAsia(QUIET, region, power_classes={"USA": Bankrupt}).step()
    with pytest.raises(ValueError, match=r"Tyrant\(RUS\).*nor above 1"):
        CentralAsia(QUIET, region, power_classes={"RUS": Tyrant}).step()


def test_a_class_for_an_actor_that_nobody_knows_is_refused(region):
    with pytest.raises(ValueError, match="no such actor: KAX"):
        CentralAsia(QUIET, region, state_classes={"KAX": Stubborn})


def test_no_agent_can_change_what_all_see(region):
    model = CentralAsia(QUIET, region)
    for _ in range(2):
        for name, array in model.actor("KAZ").situation.items():
            assert not array.flags.writeable, name
        model.step()


# What can be read -----------------------------------------------------------------------------


def test_a_state_shows_its_ties_its_fears_and_its_breadth(region):
    model = CentralAsia(WAR, region)
    model.run()
    kaz = model.actor("KAZ")
    assert set(kaz.ties) == {"security", "economic", "routes"}
    assert kaz.ties["routes"]["RUS"] == model.situation.ties[0, 0, 2, 0]
    assert sum(kaz.ties["security"].values()) == pytest.approx(1.0)
    assert kaz.threat["RUS"] > kaz.threat["EUR"]
    assert 1.0 < kaz.effective_partners < len(region.partners)
    assert sum(kaz.targets["economic"].values()) == pytest.approx(1.0)
    assert kaz.gdp == model.situation.gdp[0, 0]


def test_a_power_shows_what_it_spends_and_whom_it_presses(region):
    model = CentralAsia(COURTED, region)
    model.run()
    russia = model.actor("RUS")
    spent = sum(sum(by_domain.values()) for by_domain in russia.spends.values())
    assert spent == pytest.approx(russia.spent)
    assert set(russia.presses) == set(region.states)


def test_the_network_shows_what_each_route_carries(region):
    model = CentralAsia(CUT, region)
    before = model.actor("corridors").flows["CPC"]
    for _ in range(4):
        model.step()
    assert model.actor("corridors").flows["CPC"] < 0.4 * before


def test_the_collected_table_has_a_row_for_each_month(region, together):
    model = CentralAsia(CUT, region, 3)
    model.run()
    table = model.datacollector.get_model_vars_dataframe()
    assert len(table) == MONTHS
    assert list(table["month"])[:2] == ["2022-01", "2022-02"]
    assert table["breadth KAZ"].iloc[-1] == model.actor("KAZ").effective_partners
    assert table["breadth KAZ"].nunique() > 1


def test_the_collected_agents_have_a_row_for_each_agent_and_month(region):
    model = CentralAsia(CUT, region, state_classes={"KAZ": Stubborn})
    model.run()
    agents = model.datacollector.get_agent_vars_dataframe()
    assert len(agents) == MONTHS * (len(region.states) + len(region.powers) + 1)
    last = agents.loc[MONTHS].set_index("code")
    assert last.loc["KAZ", "effective_partners"] == model.actor("KAZ").effective_partners
    assert last.loc["RUS", "spent"] == model.actor("RUS").spent


def test_one_can_collect_more(region):
    class Watched(CentralAsia):
        def model_reporters(self):
            return {**super().model_reporters(), "fear": lambda model: model.situation.threat.max()}

    model = Watched(WAR, region)
    model.run()
    assert model.datacollector.get_model_vars_dataframe()["fear"].iloc[-1] > 0


# The guide ------------------------------------------------------------------------------------


def test_the_examples_of_the_guide_run(monkeypatch):
    guide = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", guide, flags=re.DOTALL)
    assert examples
    monkeypatch.chdir(ROOT)
    shown: dict = {}
    for example in examples:
        exec(compile(example, "docs/extending.md", "exec"), shown)
    tests = [told for name, told in shown.items() if name.startswith("test_")]
    assert tests
    for told in tests:
        told()


def test_only_one_file_imports_mesa():
    named = re.compile(r"^\s*(import|from) mesa\b", flags=re.MULTILINE)
    files = (ROOT / "sim").rglob("*.py")
    assert [p.name for p in files if named.search(p.read_text(encoding="utf-8"))] == [
        "mesa_model.py"
    ]
