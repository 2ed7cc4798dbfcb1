"""What a scenario file can say, and how each thing that can be wrong with one is told."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from conftest import NAMES

from sim.compare import SENTENCES, describe, differences
from sim.errors import InputError
from sim.reading.kinds import KINDS
from sim.reading.scenarios import read_scenario
from sim.reading.schema import json_schema, schema_text
from sim.reading.tables import read_region
from sim.reading.template import TO_FILL_IN, template
from sim.reading.yaml_lines import parsed
from sim.region import Region
from sim.scenario import Scenario, Size

PROJECT = Path(__file__).resolve().parent.parent
SHIPPED = [PROJECT / "scenarios" / f"{name}.yaml" for name in NAMES]
HEAD = "title: A title\nquestion: What of it?\nstart: 2022-01\nmonths: 24\n"

Reader = Callable[..., Scenario]


@pytest.fixture
def read(tmp_path: Path, region: Region) -> Reader:
    """Read a scenario written to a file in an empty folder."""

    def reader(body: str, head: str = HEAD, name: str = "it.yaml") -> Scenario:
        path = tmp_path / name
        path.write_text(head + textwrap.dedent(body), encoding="utf-8")
        return read_scenario(path, region)

    return reader


@pytest.fixture
def told(read: Reader) -> Callable[..., str]:
    """Read a scenario that is wrong, and return what is said of it."""

    def teller(body: str, **more: str) -> str:
        with pytest.raises(InputError) as wrong:
            read(body, **more)
        return str(wrong.value)

    return teller


def event(fields: str, id: str = "it", kind: str = "link_closed", start: str = "2022-05") -> str:
    """Return the lines of one event."""
    body = textwrap.indent(textwrap.dedent(fields).strip(), "    ")
    return f"  - id: {id}\n    kind: {kind}\n    start: {start}\n{body}\n"


def one(fields: str, **more: str) -> str:
    """Return a list of one event."""
    return "events:\n" + event(fields, **more)


CLOSED = one("link: cpc_pipeline")

# What a file can say ------------------------------------------------------------------------


def test_a_file_says_its_run_and_its_events(read: Reader):
    scenario = read("members: 50\nseed: 7\n" + CLOSED)
    assert (scenario.start, scenario.months, scenario.members, scenario.seed) == (
        *("2022-01", 24, 50),
        7,
    )
    assert scenario.own_events == ("it",)
    assert scenario.baseline is not None
    assert scenario.baseline.events == ()
    assert scenario.name == "it"


def test_intent_is_unknown_unless_it_is_said(read: Reader):
    assert read(CLOSED).events[0].what["intent"] == Size(0.0, 1.0)


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("0.3", Size(0.3, 0.3)),
        ('"30 %"', Size(0.3, 0.3)),
        ("[0.2, 0.5]", Size(0.2, 0.5)),
        ('["20 %", 0.5]', Size(0.2, 0.5)),
    ],
)
def test_a_size_is_a_number_or_a_range_with_or_without_unit(read: Reader, written: str, size: Size):
    scenario = read(one(f"size: {written}", kind="sanctions"))
    assert scenario.events[0].size.low == pytest.approx(size.low)
    assert scenario.events[0].size.high == pytest.approx(size.high)


@pytest.mark.parametrize(
    ("fields", "kind", "size"),
    [
        ("by: USA\nstate: KGZ\namount: 1.25 bn USD", "aid", 1.25),
        ("by: USA\nstate: KGZ\namount: 30 mn USD/y", "aid", 0.03),
        ("power: RUS\nstate: KAZ\ntroops: 2500 men", "intervention", 2.5),
        ("link: cpc_pipeline\nadded: 53.7 Mt/y", "link_enlarged", 53.7),
        ("power: RUS\nfactor: -30 %", "attention", 0.7),
        ("state: KGZ\nfactor: 0.75", "remittances", 0.75),
        ("link: cpc_pipeline\nleft: 0.25", "link_cut", 0.75),
        ("state: KAZ\nwhat: gdp\nper_year: 5 % a year", "trend", 0.04879),
        ("state: KAZ\nsize: 1 % of GDP", "hardship", 0.01),
    ],
)
def test_quantities_carry_units(read: Reader, fields: str, kind: str, size: float):
    assert read(one(fields, kind=kind)).events[0].size.central == pytest.approx(size, abs=1e-5)


def test_a_route_means_the_links_that_only_it_uses(read: Reader):
    links = read(one("route: CPC")).events[0].what["links"]
    assert links == ("cpc_pipeline", "cpc_moorings")


def test_a_corridor_means_the_links_that_only_it_uses(read: Reader):
    links = read(one("corridor: MIDDLE\ncost: 0.05", kind="link_slowed")).events[0].what["links"]
    assert set(links) == {"caspian_ports", "caucasus_rail"}


def test_all_states_are_all_of_the_region(read: Reader, region: Region):
    scenario = read(one("states: all\nby: RUS\nsize: 0.2", kind="threat_signal"))
    assert scenario.events[0].what["states"] == region.states


def test_what_happens_once_counts_for_its_month(read: Reader):
    visit = read(one("by: CHN\nstate: KAZ", kind="visit", start="2022-09-14")).events[0]
    assert (visit.start, visit.shape, visit.what["day"]) == ("2022-09", "pulse", "2022-09-14")


def test_yaml_1_2_reads_words_as_words(read: Reader):
    assert read("beyond: NO\nevents: []\n").beyond == "NO"


BASE = """\
events:
  - {id: cut, kind: link_cut, link: cpc_pipeline, start: 2022-03, months: 2, left: 0.5, intent: 0}
  - {id: signed, kind: sanctions, start: 2022-02, size: 0.6}
"""


@pytest.fixture
def with_base(read: Reader) -> Reader:
    """The same, with a baseline beside it in base.yaml."""
    read(BASE, name="base.yaml")
    return read


def test_a_baseline_is_the_extended_file_on_this_files_run(with_base: Reader):
    scenario = with_base("extends: base\nmembers: 9\n" + CLOSED)
    assert scenario.baseline is not None
    assert [e.id for e in scenario.baseline.events] == ["cut", "signed"]
    assert (scenario.baseline.months, scenario.baseline.members) == (24, 9)
    assert [e.id for e in scenario.events] == ["cut", "signed", "it"]
    assert scenario.own_events == ("it",)


def test_the_run_is_the_baselines_where_the_file_says_nothing(with_base: Reader):
    scenario = with_base("extends: base.yaml\n" + CLOSED, head="title: A\nquestion: B\n")
    assert scenario.months == 24


def test_a_baseline_event_can_be_removed(with_base: Reader):
    scenario = with_base("extends: base\nremove: [cut]\n")
    assert [e.id for e in scenario.events] == ["signed"]
    assert scenario.own_events == ("cut",)
    assert [e.id for e in scenario.removed] == ["cut"]


def test_a_baseline_event_can_be_changed(with_base: Reader):
    scenario = with_base("extends: base\nchange:\n  cut: {lost: 0.8, end: 2022-04-15}\n")
    cut = scenario.events[0]
    assert (cut.size, cut.end, cut.months) == (Size(0.8, 0.8), "2022-04-15", None)
    assert scenario.own_events == ("cut",)


def test_arms_share_the_files_own_events_and_the_baseline(with_base: Reader):
    arms = "arms:\n  - {name: a, remove: [signed]}\n  - {name: b, change: {it: {intent: 1}}}\n"
    scenario = with_base("extends: base\n" + CLOSED + arms)
    first, second = scenario.arms
    assert (first.arm, first.own_events) == ("a", ("signed", "it"))
    assert second.events[-1].what["intent"] == Size(1.0, 1.0)
    assert first.baseline == second.baseline == scenario.baseline


def test_events_of_another_file_can_be_ones_own(with_base: Reader):
    scenario = with_base("include: {file: base, roles: [shock]}\n")
    assert scenario.own_events == ("cut", "signed")
    assert scenario.baseline is not None
    assert scenario.baseline.events == ()


# What can be wrong --------------------------------------------------------------------------


def test_everything_that_is_wrong_is_told_at_once_in_order(told: Callable[..., str]):
    said = told(
        """\
        titel: twice
        events:
          - {id: one, kind: link_closed, link: cpcc, start: 2022-05}
          - {id: two, kind: link_closed, link: kcp, start: 2031-05}
          - {id: three, kind: sanctions, start: 2022-05, size: 30}
        """
    )
    assert "(4 problems)" in said
    assert "line 5: titel: there is no such field here. Did you mean 'title'?" in said
    assert (
        "line 7: events[0].link: 'cpcc' is no link of this region. Did you mean 'cpc_pipeline'?"
        in said
    )
    assert "events[1].start: 2031-05 is after the last month of this run (2023-12)" in said
    assert "events[2].size: 30 is outside 0 to 1 (share)" in said


def test_a_field_given_twice_is_told_with_all_else_and_the_first_stands(told: Callable[..., str]):
    said = told(
        """\
        months: 3
        members: many
        events:
          - {id: one, kind: link_closed, link: cpcc, link: [{a: b}], start: 2022-05}
          - id: two
            kind: link_closed
            link: kcp
            start: 2031-05
            start: 2022-05
        events:
          - {id: three, kind: no_such}
        """
    )
    assert "(7 problems)" in said
    assert "line 5: 'months' is given twice (first on line 4)" in said
    assert "line 6: members: a whole number is expected, not many" in said
    assert "line 8: 'link' is given twice (first on line 8)" in said
    assert "line 8: events[0].link: 'cpcc' is no link of this region." in said
    assert "line 12: events[1].start: 2031-05 is after the last month of this run" in said
    assert "line 13: 'start' is given twice (first on line 12)" in said
    assert "line 14: 'events' is given twice (first on line 7)" in said


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("title: Again\n", "line 5: 'title' is given twice (first on line 1)"),
        ("months: 3\n", "'months' is given twice"),
        ("extend: x\n", "Did you mean 'extends'?"),
        ("members: many\n", "line 5: members: a whole number is expected, not many"),
        ("members: 0\n", "members: 0 is too small; the least is 1"),
        ("members: -5\n", "members: -5 is too small"),
        ("members: 10000000\n", "members: 10000000 is too large"),
        ("members: 2.5\n", "members: a whole number is expected"),
        ("seed: -1\n", "seed: -1 is too small"),
        ("events: many\n", "events: a list is expected"),
        ("events:\n  - just words\n", "events[0]: an event has fields"),
        ("remove: cut\n", "remove: a list is expected"),
        ("remove: [{a: b}]\n", "remove[0]: text is expected"),
        ("events: [{id: [a], kind: sanctions, start: 2022-05, size: 1}]\n", "events[0].id: text"),
        ("change: [cut]\n", "change: fields are expected"),
        ("remove: [cut]\n", "there is no event 'cut': the baseline (extends:) has no events"),
        ("extends: nowhere\n", "'nowhere' cannot be used: there is no such file"),
        ("extends: it\n", "the files go round in a circle: it.yaml -> it.yaml"),
        ("events:\n\t- id: it\n", "line 6: a tab at the start of the line; indent with spaces"),
        ("events: [\n", "this is not YAML"),
        ("beyond: &a [x]\nsources: [*a, *a]\n", "anchors and aliases"),
        ("beyond: !!python/object:os.system x\n", "tags"),
        ("---\ntitle: Another\n", "a second document"),
        ("sources: " + "[" * 50 + "]" * 50 + "\n", "levels deep"),
        ("arms: [{name: only}]\n", "one arm is no comparison"),
        ("extends:\n", "line 5: extends: this is empty; fill it in, or leave the line out"),
        ("beyond:\nmembers:\n", "line 6: members: this is empty"),
        ('beyond: "\\ud800"\n', "line 5: control codes, or halves of characters"),
        ('beyond: "\\e[31m"\n', "line 5: control codes"),
        ("beyond: a\x9bb\n", "control codes"),
        ("sources: [\u202eeman]\n", "line 5: control codes"),
        ("members: 0x10\n", "a whole number is expected, not 0x10; numbers are written in tens"),
        ("members: .nan\n", "a whole number is expected, not .nan"),
        ("members: 1" + "0" * 200 + "\n", "is too large; the most is 100000"),
        ("members: 1" + "0" * 5000 + "\n", "members: a whole number is expected, not 1000"),
        ("members: 1e9\n", "members: a whole number is expected, not 1000000000.0"),
        ("arms: [{name: figures}, {name: b}]\n", "'figures' is a folder of the results already"),
        (f"arms: [{{name: {'a' * 61}}}, {{name: b}}]\n", "this name has 61 letters; 60 at most"),
        ("arms: [{name: a, chang: {}}, {name: b}]\n", "Did you mean 'change'?"),
        ("include: {file: a, role: []}\n", "Did you mean 'roles'?"),
    ],
)
def test_a_file_with_a_fault(told: Callable[..., str], body: str, message: str):
    assert message in told(body)


@pytest.mark.parametrize("months", ["0", "-3", "601", "1.5", ".nan", ".inf", "long"])
def test_months_that_are_none(told: Callable[..., str], months: str):
    assert "months: " in told("", head=f"title: A\nquestion: B\nmonths: {months}\n")


@pytest.mark.parametrize(
    "start", ["2022", "2022-13", "Januar", "2022-01-05", "1999-01", "2021-12", "2200-01"]
)
def test_a_start_that_is_no_month(told: Callable[..., str], start: str):
    assert "line 3: start: " in told("", head=f"title: A\nquestion: B\nstart: {start}\n")


@pytest.mark.parametrize("title", ["", "''", '"  "', '"\\t"'])
def test_a_blank_title(told: Callable[..., str], title: str):
    assert "line 1: title: this is empty" in told("", head=f"title: {title}\nquestion: B\n")


def test_words_are_put_in_one_line(read: Reader):
    assert read("beyond: |\n  One.\n\n  Two.\n").beyond == "One. Two."


def test_a_run_ends_within_the_calendar(told: Callable[..., str], read: Reader):
    head = "title: A\nquestion: B\nstart: 2199-01\n"
    assert "line 3: start: the run goes on to 2200-01" in told("months: 13\n", head=head)
    assert read("months: 12\n", head=head).months == 12


@pytest.mark.parametrize(
    "name",
    [".yaml", "..yaml", "...yaml", ".hidden.yaml", " .yaml", "reference.yaml", "a\nb.yaml"],
)
def test_a_file_whose_name_cannot_be_that_of_results(told: Callable[..., str], name: str):
    assert "rename the file: " in told("", name=name)


def test_of_many_problems_fifty_are_told(told: Callable[..., str]):
    said = told("events:\n" + "  - just words\n" * 70)
    assert said.count("an event has fields") == 50
    assert "line 56: and 20 more from here on" in said


def test_events_of_an_arm_are_judged_though_the_arm_has_a_fault(told: Callable[..., str]):
    said = told(
        """\
        arms:
          - name: a
            titel: x
            events: [{id: one, kind: link_closed, link: cpcc, start: 2022-05}]
          - name: b
        """
    )
    assert "arms[0].titel: there is no such field here" in said
    assert "line 8: arms[0].events[0].link: 'cpcc' is no link" in said


def test_a_file_without_question(told: Callable[..., str]):
    assert "question: this is missing" in told("", head="title: A\n")


@pytest.mark.parametrize(
    ("fields", "kind", "message"),
    [
        ("link: cpc_pipeline", "link_close", "no kind of event. Did you mean 'link_closed'?"),
        ("link: nothing_like_it", "link_closed", "is no link of this region. It has: cpc_pipeline"),
        ("route: CPCC", "link_closed", "'CPCC' is no route of this region. Did you mean 'CPC'?"),
        ("corridor: MIDLE", "link_closed", "is no corridor of this region. Did you mean 'MIDDLE'?"),
        ("lnk: cpc_pipeline", "link_closed", "Did you mean 'link'?"),
        ("intent: 1", "link_closed", "one of link, links, route, corridor is missing"),
        ("link: kcp\nroute: CPC", "link_closed", "give link or route, not both"),
        ("link: kcp\nintent: 2", "link_closed", "2 is outside 0 to 1"),
        ("link: cpc_pipeline\nby: CHN", "link_closed", "does not keep 'cpc_pipeline' (RUS does)"),
        ("link: cku_rail", "link_closed", "'cku_rail' is not built, and no event opens it"),
        ("link: kcp\ncapacity: 5", "link_opened", "'kcp' is open since 2005-12"),
        ("link: cku_rail\ncapacity: -5", "link_opened", "-5 is outside 0 to"),
        ("link: cku_rail\ncapacity: 5 bcm/y", "link_opened", "'cku_rail' is in Mt/y"),
        ("link: cku_rail\ncapacity: 5 bn USD", "link_opened", "'bn USD' is the wrong unit"),
        ("link: cku_rail\ncapacity: .nan", "link_opened", "a finite number is expected"),
        ("link: cku_rail\ncapacity: .inf", "link_opened", "a finite number is expected"),
        ("link: cku_rail\ncapacity: [5, 2]", "link_opened", "the range begins at 5 and ends below"),
        ("link: cku_rail\ncapacity: [1, 2, 3]", "link_opened", "a range has two ends"),
        ("link: kcp", "link_cut", "one of left, lost is missing"),
        ("state: KAS\nsize: 1", "unrest", "is no state of this region. Did you mean 'KAZ'?"),
        ("state: Kazakhstan\nsize: 1", "unrest", "Did you mean 'KAZ'?"),
        ("states: [KAZ, XXX]\nsize: 1", "unrest", "'XXX' is no state"),
        ("size: 1", "unrest", "one of state, states is missing"),
        ("state: KAZ", "unrest", "size: this is missing. Rise of insecurity"),
        ("state: KAZ\nsize: 1\nneed: bordr", "unrest", "is no need of this region"),
        ("by: EUR\nstate: KAZ", "visit", "'EUR' is no power of this region"),
        ("by: EUX\nstate: KAZ\namount: 1", "aid", "is no partner of this region"),
        ("by: USA\nstate: KAZ\namount: 5 Mt/y", "aid", "the wrong unit; it is in bn USD/y"),
        ("by: USA\nstate: KAZ\namount: lots", "aid", "'lots' is no number"),
        (
            "by: USA\nstate: KAZ\namount: 0x10",
            "aid",
            "'0x10': numbers are written in tens (bn USD/y)",
        ),
        ("by: USA\nstate: KAZ\namount: 21", "aid", "21 is outside 0 to 20 (bn USD/y)"),
        ("by: USA\nstate: KAZ\namount: 1" + "0" * 250, "aid", "is outside 0 to 20"),
        ("power: RUS\nstate: KAZ\ntroops: 31", "intervention", "outside 0 to 30 (thousand"),
        ("power: CHN\nfactor: 1.2", "restraint", "1.2 is outside 0 to 1 (factor)"),
        ("state: KAZ\npeople: 5001", "arrivals", "outside 0 to 5000 (thousand people)"),
        ("state: KAZ\nsize: 5.1", "unrest", "5.1 is outside -5 to 5"),
        ("state: KAZ\nsize: -0.6", "defence_budget", "-0.6 is outside -0.5 to 20"),
        ("state: KAZ\nwhat: gdp\nper_year: 0.6", "trend", "0.6 is outside -0.5 to 0.5"),
        ("size: 0.5\nend: 2024-01", "sanctions", "2024-01 is after the last month of this run"),
        ("size: 0.5\nend: 2200-01", "sanctions", "is no month of the years 2021 to 2199"),
        ("by: USA\nstate: KAZ\namount: true", "aid", "a number is expected"),
        ("commodity: tea\nfactor: 2", "price", "'tea' is no commodity of this region"),
        ("state: KAZ\nbody: SCO", "join", "KAZ is a member already of SCO"),
        ("state: UZB\nbody: CSTO", "leave", "UZB is no member of CSTO"),
        ("state: KAZ\nwhat: trade\nper_year: 0.1", "trend", "needs the partner"),
        ("size: 0.5\nmonths: .nan", "sanctions", "a finite number is expected, not .nan"),
        ("size: 0.5\nrole:", "sanctions", "role: this is empty"),
        ("size: 0.5\nmonths: 0", "sanctions", "0 is too small; it must be above 0"),
        ("size: 0.5\nend: 2022-02", "sanctions", "2022-02 is before the start (2022-05)"),
        ("size: 0.5\nend: 2022-08\nmonths: 2", "sanctions", "give end or months, not both"),
        ("size: 0.5\nshape: ramp", "sanctions", "a ramp needs months"),
        ("size: 0.5\nshape: wave", "sanctions", "'wave' is none of step, pulse, ramp, decay"),
        ("size: 0.5\nshape: step\nmonths: 2", "sanctions", "a step has no length"),
        ("link: kcp\nreopening: 2", "link_closed", "only what ends can reopen"),
        ("size: 0.5\nrole: shok", "sanctions", "Did you mean 'shock'?"),
        ("size: 0.5\nbecause: [WSJ-999]", "sanctions", "'WSJ-999' is no fact of the articles"),
        ("state: UZB\nbody: CSTO\npull: 6", "join", "6 is outside -5 to 5 (log points)"),
    ],
)
def test_an_event_with_a_fault(told: Callable[..., str], fields: str, kind: str, message: str):
    said = told(one(fields, kind=kind))
    assert message in said
    assert "line " in said


@pytest.mark.parametrize(
    ("fields", "kind", "message"),
    [
        (
            "size: 0",
            "sanctions",
            "size: this size changes nothing; leave the event out (in an arm: remove: [it])",
        ),
        ("power: RUS\nfactor: 1", "attention", "factor: this size changes nothing"),
        ("power: RUS\nfactor: +0 %", "attention", "factor: this size changes nothing"),
        ("link: kcp\nleft: 1", "link_cut", "left: this size changes nothing"),
        ("link: kcp\nfactor: 1", "link_enlarged", "factor: this size changes nothing"),
        ("link: kcp\nadded: 0", "link_enlarged", "added: this size changes nothing"),
        ("by: USA\nstate: KAZ\nnumber: 0", "visit", "number: this size changes nothing"),
        ("power: RUS\nfactor: 0.5", "restraint", "'RUS' holds itself back in nothing at rest"),
        ("power: USA\nfactor: 0.5", "restraint", "(restraint: CHN only)"),
        ("link: saryagash\nintent: 1", "link_closed", "no partner keeps 'saryagash'"),
        ("power: CHN\nstates: all\nfactor: 0.5", "remittances", "nothing is sent home from CHN"),
        ("power: USA\nstates: [KGZ, TJK]\nfactor: 0.5", "remittances", "from USA to TJK"),
        ("power: CHN\nsize: 0.5", "labour_need", "no migrants of the region work in CHN"),
        ("partner: USA\ndomain: routes\nfactor: 2", "engagement", "'USA' does nothing there"),
        ("power: USA\ndomain: routes\nfactor: 2", "budget", "'USA' does nothing there"),
        ("size: 0.5", "enforcement", "no sanctions are in force in these months"),
        ("state: KGZ\nsize: 0.5", "crackdown", "no sanctions are in force in these months"),
    ],
)
def test_an_event_that_would_change_nothing_is_told(
    told: Callable[..., str], fields: str, kind: str, message: str
):
    said = told(one(fields, kind=kind))
    assert message in said
    assert "(1 problem)" in said


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ("size: [0, 1]", "sanctions"),
        ("power: CHN\nfactor: [0.5, 1]", "restraint"),
        ("links: [saryagash, kcp]\nintent: 1", "link_closed"),
        ("link: saryagash", "link_closed"),
        ("power: USA\nstates: all\nfactor: 0.5", "remittances"),
        ("partner: USA\ndomain: economic\nfactor: 2", "engagement"),
    ],
)
def test_an_event_that_changes_something_in_some_place_or_member_may_be(
    read: Reader, fields: str, kind: str
):
    assert read(one(fields, kind=kind)).own_events == ("it",)


def test_what_is_done_to_a_link_is_done_while_it_is_there(told: Callable[..., str], read: Reader):
    opened = event("link: cku_rail\ncapacity: 5", id="open", kind="link_opened", start="2023-01")
    early = event("link: cku_rail\nmonths: 3", id="shut")
    said = told("events:\n" + opened + early)
    assert "'shut': 'cku_rail' is not open in these months ('open' is on line 6)" in said
    read("events:\n" + opened + event("link: cku_rail", id="shut", start="2023-03"))


def test_what_is_done_against_reexports_is_done_under_sanctions(
    told: Callable[..., str], read: Reader
):
    brief = event("size: 1\nmonths: 3", id="signed", kind="sanctions", start="2022-01")
    late = event("state: KGZ\nsize: 0.5", id="stopped", kind="crackdown")
    assert "'stopped': no sanctions are in force" in told("events:\n" + brief + late)
    read("events:\n" + brief.replace("    months: 3\n", "") + late)


def test_what_is_full_cannot_be_filled_further(told: Callable[..., str], read: Reader):
    full = event("size: 1", id="signed", kind="sanctions", start="2022-03")
    more = event("size: [0, 0.5]", id="more", kind="sanctions")
    said = told("events:\n" + full + more)
    assert "line 10: 'more' adds to what is full already in these months" in said
    assert "('signed' is on line 6)" in said
    read("events:\n" + full.replace("size: 1", "size: [0.9, 1]") + more)
    read("events:\n" + full + more.replace("2022-05", "2022-02"))


@pytest.mark.parametrize("kind", ["kind: link_shut", "knd: link_closed", "kind: [a]", "kind: 7"])
def test_the_rest_of_an_event_is_read_though_its_kind_is_wrong(told: Callable[..., str], kind: str):
    said = told(
        f"""\
        events:
          - {{id: one, {kind}, link: cpcc, start: 2022-05, because: [WSJ-999]}}
          - {{id: Two, kind: link_closed, link: kcp, start: 2022-05}}
        """
    )
    assert "line 6: events[0].kind: " in said
    assert "line 6: events[0].link: 'cpcc' is no link of this region" in said
    assert "line 6: events[0].because: 'WSJ-999' is no fact" in said
    assert "line 7: events[1].id: 'Two' is no name" in said


def test_of_an_event_of_no_kind_only_what_no_kind_could_have_is_told(told: Callable[..., str]):
    said = told("events:\n" + event("size: 0.5", kind="sanktion", start="2031-05"))
    assert "events[0].kind: 'sanktion' is no kind of event. Did you mean 'sanctions'?" in said
    assert "events[0].start: 2031-05 is after the last month" in said
    assert "(2 problems)" in said


def test_what_an_unread_event_may_hold_is_not_said_to_be_missing(told: Callable[..., str]):
    opened = event("link: cku_rail\ncapacity: 5", id="open", kind="link_opend")
    said = told("events:\n" + opened + event("link: cku_rail", id="shut", start="2022-09"))
    assert "(1 problem)" in said


@pytest.mark.parametrize("kind", ["join", "leave"])
def test_joining_and_leaving_may_come_with_a_pull(read: Reader, kind: str):
    fields = f"state: {'UZB' if kind == 'join' else 'KAZ'}\nbody: CSTO\n"
    assert read(one(fields + "pull: [0.1, 0.3]", kind=kind)).events[0].what["pull"] == Size(
        0.1, 0.3
    )
    assert "pull" not in read(one(fields, kind=kind)).events[0].what


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ("2024-01", "after the last month of this run (2023-12)"),
        ("2021-06", "before the first month of this run (2022-01)"),
        ("2022-02-30", "that month has 28 days"),
        ("2022-00", "is no month"),
        ("soon", "is no date"),
    ],
)
def test_a_date_that_cannot_be(told: Callable[..., str], start: str, message: str):
    assert message in told(one("link: kcp", start=start))


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("link: kcp", "link: kcp", "both shut or cut 'kcp' in the same months"),
        ("link: kcp\nend: 2022-07", "links: [kcp]\nmonths: 2", "both shut or cut 'kcp'"),
    ],
)
def test_events_that_contradict_each_other(
    told: Callable[..., str], first: str, second: str, message: str
):
    said = told("events:\n" + event(first, id="one") + event(second, id="two", start="2022-06"))
    assert message in said


def test_a_link_cannot_open_while_it_is_shut(told: Callable[..., str]):
    opened = event("link: cku_rail\ncapacity: 5", id="open", kind="link_opened")
    shut = event("link: cku_rail", id="shut")
    assert "open and shut 'cku_rail' in the same months" in told("events:\n" + opened + shut)


def test_a_contradiction_is_told_once_with_the_line_of_the_other(told: Callable[..., str]):
    first = event("corridor: MIDDLE", id="one")
    said = told("events:\n" + first + event("corridor: MIDDLE", id="two", start="2022-06"))
    assert "(1 problem)" in said
    assert "line 10: 'one' and 'two' both shut or cut 'caspian_ports', 'caucasus_rail'" in said
    assert "('one' is on line 6)" in said


def moves(*turns: tuple[str, str, str], more: str = "") -> str:
    """Return a list of events by which Kazakhstan leaves and joins the CSTO."""
    fields = f"state: KAZ\nbody: CSTO\n{more}"
    return "events:\n" + "".join(
        event(fields, id=id, kind=kind, start=start) for id, kind, start in turns
    )


def test_a_state_may_leave_and_join_again(read: Reader):
    read(moves(("b", "join", "2022-06"), ("a", "leave", "2022-03"), ("c", "leave", "2022-09")))
    read(moves(("a", "leave", "2022-03"), more="end: 2022-05"))


@pytest.mark.parametrize(
    ("turns", "message"),
    [
        ([("a", "leave", "2022-06"), ("b", "join", "2022-03")], "KAZ is a member already of CSTO"),
        ([("a", "leave", "2022-03"), ("b", "leave", "2022-04")], "KAZ is no member of CSTO, by"),
        ([("a", "leave", "2022-03"), ("b", "join", "2022-03")], "join and leave CSTO at once"),
    ],
)
def test_bodies_are_joined_and_left_in_turn(
    told: Callable[..., str], turns: list[tuple[str, str, str]], message: str
):
    assert message in told(moves(*turns))


def test_what_a_removal_makes_impossible_is_told_there(told: Callable[..., str], read: Reader):
    read(moves(("gone", "leave", "2022-03"), ("back", "join", "2022-06")), name="base.yaml")
    said = told("extends: base\nremove: [gone]\n")
    assert "line 6: remove: 'back': KAZ is a member already of CSTO, in the base year" in said


GROWTH = "  - {id: ID, kind: trend, what: gdp, state: KAZ, per_year: 0.4, start: 2022-01}\n"


def test_a_trend_does_not_go_beyond_all_measure(told: Callable[..., str], read: Reader):
    growing = "events:\n" + GROWTH.replace("ID", "one")
    read(growing, name="base.yaml")
    longer = HEAD.replace("24", "120")
    assert "line 6: 'one' leads to a change of 4 log points in 10 years" in told(
        growing, head=longer
    )
    assert "line 4: 'one' leads to a change" in told("extends: base\n", head=longer)
    several = "".join(GROWTH.replace("ID", f"n{number}") for number in range(4))
    assert "line 9: 'n3' leads to a change of 3.2 log points" in told("events:\n" + several)


def test_a_changed_event_keeps_the_end_of_its_baseline_in_a_shorter_run(with_base: Reader):
    long = one("size: 0.5\nend: 2023-12", kind="sanctions", id="long")
    with_base(long, name="far.yaml")
    short = HEAD.replace("24", "12")
    with_base("extends: far\nchange: {long: {size: 0.2}}\n", head=short)
    with pytest.raises(InputError, match=r"change.long.end: 2023-06 is after the last month"):
        with_base("extends: far\nchange: {long: {end: 2023-06}}\n", head=short)


def test_a_cut_may_follow_another(read: Reader):
    first = event("link: kcp\nmonths: 1", id="one")
    read("events:\n" + first + event("link: kcp", id="two", start="2022-06"))


def test_an_id_is_given_once(told: Callable[..., str]):
    said = told("events:\n" + event("link: kcp\nmonths: 1") + event("link: kcp", start="2022-09"))
    assert "'it' is the id of two events; rename one" in said


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("remove: [cutt]\n", "no event 'cutt' in the baseline. Did you mean 'cut'?"),
        ("change: {cutt: {left: 0.1}}\n", "Did you mean 'cut'?"),
        ("change: {cut: {left: 0.5}}\n", "change.cut: this changes nothing"),
        ("change: {cut: {left: 50 %}}\n", "change.cut: this changes nothing"),
        ("change: {cut: {lefd: 0.1}}\n", "change.cut.lefd: there is no such field here"),
        ("change: {cut: {link: cpcc}}\n", "change.cut.link: 'cpcc' is no link"),
        ("change: {cut: {kind: unrest}}\n", "an event keeps its kind"),
        ("remove: [cut]\nchange: {cut: {left: 0.1}}\n", "the event is removed as well"),
        ("remove: [cut, cut]\n", "'cut' is removed twice"),
        (one("link: kcp", id="cut"), "'cut' is an event of the baseline; to alter it"),
        (one("link: cpc_pipeline", id="more", start="2022-04"), "both shut or cut"),
    ],
)
def test_what_is_done_to_a_baseline_has_to_make_sense(with_base: Reader, body: str, message: str):
    with pytest.raises(InputError) as wrong:
        with_base("extends: base\n" + body)
    assert message in str(wrong.value)


def test_every_fault_of_the_baseline_is_told_with_its_file_and_line(told: Callable[..., str]):
    told("members: 0\nseed: -1\n", name="base.yaml")
    said = told("extends: base\n")
    assert "base.yaml, line 5: members: 0 is too small" in said
    assert "base.yaml, line 6: seed: -1 is too small" in said


def test_of_a_bad_baseline_ten_faults_are_told(told: Callable[..., str]):
    told("events:\n" + "  - just words\n" * 14, name="base.yaml")
    said = told("include: {file: base}\n")
    assert said.count("an event has fields") == 10
    assert "and 4 more in it: python run.py check " in said


def test_a_baseline_that_is_not_found_is_told_with_where_and_the_nearest(
    told: Callable[..., str], read: Reader, tmp_path: Path
):
    read("", name="closure.yaml")
    said = told("extends: closur\n")
    assert f"there is no such file: {tmp_path / 'closur.yaml'} or {PROJECT / 'scenarios'}" in said
    assert "Did you mean 'closure' or 'cpc_closure'?" in said


@pytest.mark.parametrize("name", ["a" * 300, '"a\\0b"', "a/" * 3000 + "b", "' '"])
@pytest.mark.parametrize("key", ["extends: NAME", "include: {file: NAME}"])
def test_a_baseline_with_an_impossible_name(told: Callable[..., str], name: str, key: str):
    assert "line 5: " in told(key.replace("NAME", name) + "\n")


def test_a_baseline_without_permission(
    told: Callable[..., str], read: Reader, monkeypatch: pytest.MonkeyPatch
):
    read("", name="base.yaml")
    opened = Path.open

    def refused(path: Path, *given: object, **named: object) -> object:
        if path.name == "base.yaml":
            raise PermissionError
        return opened(path, *given, **named)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refused)
    assert "line 5: extends: 'base' cannot be used: no permission to read it" in told(
        "extends: base\n"
    )


def test_files_that_extend_each_other_are_a_circle(read: Reader):
    with pytest.raises(InputError):
        read("extends: two\n", name="one.yaml")
    with pytest.raises(InputError, match="circle"):
        read("extends: one\n", name="two.yaml")


def test_a_fault_in_the_baseline_is_told_where_it_is_extended(read: Reader):
    with pytest.raises(InputError):
        read("members: 0\n", name="base.yaml")
    with pytest.raises(
        InputError, match=r"line 5: extends: 'base' cannot be used: .*base.yaml, line 5: mem"
    ):
        read("extends: base\n")


# Files that are no scenario at all ----------------------------------------------------------


def said_of(path: Path, region: Region) -> str:
    """Return what is said of a file that cannot be read."""
    with pytest.raises(InputError) as wrong:
        read_scenario(path, region)
    return str(wrong.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"  \n\n", "the file is empty"),
        (b"# only words\n", "a scenario begins with"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "this is not a text file"),
        (bytes(range(256)), "this is not a text file"),
        ("title: für".encode("latin-1"), "line 1: this is not text in UTF-8"),
        (b"title: a\x00b\n", "not a text file"),
        ("title: a".encode("utf-16"), "not text in UTF-8"),
        (b"just words\n", "a scenario begins with"),
        (b"- a\n- list\n", "a scenario begins with"),
        (b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n", "anchors and aliases"),
    ],
)
def test_a_file_that_is_no_scenario(tmp_path: Path, region: Region, content: bytes, message: str):
    path = tmp_path / "it.yaml"
    path.write_bytes(content)
    assert message in said_of(path, region)


def test_a_folder_is_no_scenario(tmp_path: Path, region: Region):
    assert "this is a folder" in said_of(tmp_path, region)


def test_a_huge_file_is_not_read(tmp_path: Path, region: Region):
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    assert "100.0 MB is too large for a scenario" in said_of(path, region)


def test_a_missing_file_is_told_with_the_nearest_names(tmp_path: Path, region: Region):
    (tmp_path / "closure.yaml").write_text(HEAD)
    assert "closure.yaml'?" in said_of(tmp_path / "closur.yaml", region)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_file_without_permission(tmp_path: Path, region: Region):
    path = tmp_path / "it.yaml"
    path.write_text(HEAD)
    path.chmod(0)
    assert "no permission to read it" in said_of(path, region)


def test_no_permission_is_told(tmp_path: Path, region: Region, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object) -> None:
        raise PermissionError

    path = tmp_path / "it.yaml"
    path.write_text(HEAD)
    monkeypatch.setattr(Path, "open", refused)
    assert "no permission to read it" in said_of(path, region)


def test_a_pipe_is_not_waited_for(tmp_path: Path, region: Region):
    os.mkfifo(tmp_path / "pipe.yaml")
    assert "no ordinary file" in said_of(tmp_path / "pipe.yaml", region)


# The shipped files --------------------------------------------------------------------------


NAMES = {
    "history_2022_2024",
    "history_shocks_only",
    "quiet",
    "cpc_closure",
    "middle_corridor_growth",
    "csto_intervention",
    "storm_or_order",
    "without_the_war",
    "moscow_drops_restraint",
    "cku_railway",
    "sanctions_enforcement",
    "remittance_shock",
    "afghan_spillover",
    "china_security_turn",
    "us_reengagement",
    "a_power_looks_away",
}


def test_all_scenarios_are_shipped():
    assert {path.stem for path in SHIPPED} >= NAMES


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_file_is_without_fault_and_asks_a_question(path: Path, region: Region):
    scenario = read_scenario(path, region)
    assert scenario.question.rstrip(")").endswith(("?", "."))
    assert scenario.beyond
    assert scenario.text.startswith("# yaml-language-server: $schema=../docs/scenario.schema.json")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_file_fits_the_schema(path: Path):
    jsonschema.validate(parsed(path.read_text(encoding="utf-8")).content, json_schema())


def test_the_schema_in_the_docs_is_up_to_date():
    assert (PROJECT / "docs/scenario.schema.json").read_text(encoding="utf-8") == schema_text()


def test_the_schema_explains_every_field():
    for name, kind in json_schema()["$defs"].items():
        assert kind["description"], name
        for field, meaning in kind["properties"].items():
            assert field == "kind" or meaning.get("description"), (name, field)


@pytest.mark.parametrize("body", ["titel: x\n", "months: 0\n", "events: [{id: a, kind: b}]\n"])
def test_the_schema_refuses_what_check_refuses(body: str):
    content = parsed("title: A\nquestion: B\n" + body).content
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, json_schema())


def test_the_history_cites_a_source_for_every_event(region: Region):
    scenario = read_scenario(PROJECT / "scenarios/history_2022_2024.yaml", region)
    assert all(event.because and event.theme for event in scenario.events)
    assert {event.role for event in scenario.events} == {"shock", "reaction"}
    assert len({event.theme for event in scenario.events}) <= 8


def test_the_shocks_are_those_of_the_history(region: Region):
    history = read_scenario(PROJECT / "scenarios/history_2022_2024.yaml", region)
    shocks = read_scenario(PROJECT / "scenarios/history_shocks_only.yaml", region)
    assert [e.id for e in shocks.events] == [e.id for e in history.events if e.role == "shock"]
    assert shocks.baseline is not None
    assert shocks.baseline.events == ()


def test_storm_and_order_differ_in_intent_alone(region: Region):
    storm, order = read_scenario(PROJECT / "scenarios/storm_or_order.yaml", region).arms
    assert storm.events[-1].size == order.events[-1].size
    assert [arm.events[-1].what["intent"].central for arm in (storm, order)] == [0.0, 1.0]


# Words --------------------------------------------------------------------------------------


def test_every_kind_has_its_sentence():
    assert set(SENTENCES) == set(KINDS)


def test_a_closure_in_a_sentence(region: Region):
    scenario = read_scenario(PROJECT / "scenarios/cpc_closure.yaml", region)
    assert describe(scenario.events[-1], region) == (
        "'Caspian pipeline' is shut from February to July 2023, easing over 2 months after that; "
        "nobody knows how deliberate: intent 0 to 1."
    )


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_event_can_be_said_in_a_sentence(path: Path, region: Region):
    scenario = read_scenario(path, region)
    for event in (e for one in (scenario, *scenario.arms) for e in one.events):
        sentence = describe(event, region)
        assert sentence[0].isupper() or sentence[0] in "'0123456789", sentence
        assert sentence.endswith(".")


def test_a_scenario_differs_from_its_baseline_by_its_own_events(region: Region):
    for path in SHIPPED:
        scenario = read_scenario(path, region)
        assert scenario.baseline is not None
        assert len(differences(scenario.baseline, scenario, region)) == len(
            scenario.own_events
        ) + sum(len(arm.own_events) for arm in scenario.arms)


def test_a_changed_event_is_told_from_what_to_what(with_base: Reader, region: Region):
    scenario = with_base("extends: base\nchange: {signed: {size: 0.9}}\n")
    assert scenario.baseline is not None
    (line,) = differences(scenario.baseline, scenario, region)
    assert "stand at 0.9 of full" in line
    assert "Instead of: Western sanctions on Russia stand at 0.6" in line


def test_another_length_of_run_is_a_difference(read: Reader, region: Region):
    one, other = read(""), read("", head=HEAD.replace("24", "36"))
    assert differences(one, other, region) == ["months: 36 instead of 24."]


def test_the_template_is_a_scenario_once_its_words_are_ones_own(tmp_path: Path, region: Region):
    path = tmp_path / "my_closure.yaml"
    path.write_text(template("my_closure"), encoding="utf-8")
    said = said_of(path, region)
    assert said.count("these are still the words of the template; write your own") == 3
    assert "(3 problems)" in said
    text = template("my_closure")
    for name, words in TO_FILL_IN.items():
        text = text.replace(words, f"My own {name}")
    path.write_text(text, encoding="utf-8")
    assert read_scenario(path, region).own_events == ("pipeline_shut",)


def test_the_schema_is_json():
    assert json.loads(schema_text())["type"] == "object"


def test_the_docs_name_every_kind_and_field():
    written = (PROJECT / "docs/scenarios.md").read_text(encoding="utf-8")
    for name, kind in KINDS.items():
        assert f"### `{name}`" in written
        for field in kind.model_fields:
            assert f"`{field}`" in written, field


# Digits, arms, titles and what the grammar cannot read ------------------------------------------


def test_only_plain_digits_make_dates_and_numbers(told: Callable[..., str]):
    closed = "link: cpc_pipeline\nmonths: 3\n"
    assert "is no date" in told(CLOSED, head=HEAD.replace("2022-01", "'٢٠٢٢-٠١'"))
    assert "is no date" in told(one(closed, start="'٢٠٢٢-٠٥'"))
    assert "is no number" in told(one(closed + "intent: '٠.٥'"))
    assert "a whole number is expected" in told(CLOSED, head=HEAD.replace("24", "'٢٤'"))


def test_arms_differ_and_are_at_least_two(told: Callable[..., str]):
    assert "this list is empty" in told(CLOSED + "arms: []\n")
    alike = "arms:\n  - {name: a, title: One}\n  - {name: b, title: Two, events: []}\n"
    assert "arms[1]: this arm supposes just what arm 'a' does" in told(CLOSED + alike)


def test_a_title_is_short(read: Reader, told: Callable[..., str]):
    def titled(length: int) -> str:
        return HEAD.replace("A title", "t" * length)

    assert len(read(CLOSED, head=titled(200)).title) == 200
    assert "200 at most" in told(CLOSED, head=titled(201))
    arm = f"arms:\n  - {{name: a, title: {'t' * 201}}}\n  - {{name: b, remove: [it]}}\n"
    assert "200 at most" in told(CLOSED + arm)


@pytest.mark.parametrize(
    ("title", "cure"),
    [
        ("T: x", "in quotes"),
        ("@x", "in quotes"),
        ("- x", "in quotes"),
        ("\tT", "a tab; write a space"),
        ("'T", "not closed"),
        ("[1]", "text is expected, not a list"),
        ("{a: 1}", "text is expected, not fields"),
    ],
)
def test_what_cannot_be_read_of_a_title_has_a_cure(told: Callable[..., str], title: str, cure: str):
    said = told(CLOSED, head=HEAD.replace(" A title", title if title[0] == "\t" else f" {title}"))
    assert cure in said


# The region ---------------------------------------------------------------------------------------


def test_a_folder_of_the_regions_name_does_not_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, region: Region
):
    (tmp_path / "central_asia").mkdir()
    monkeypatch.chdir(tmp_path)
    assert read_region().digest == region.digest
    with pytest.raises(InputError, match="no such file"):
        read_region("./central_asia")
