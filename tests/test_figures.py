"""The figures draw, keep their text in the frame, and give the same bytes for the same input."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from sim.region import Actor, Commodity, Link, Region, Route, Stream
from sim.report import palette
from sim.report.figures.axes import GAP, in_columns, round_ticks
from sim.report.figures.bands import Band, symmetric
from sim.report.figures.boxes import Range, Spot, boxes
from sim.report.figures.canvas import blank, save, styled, write_whole
from sim.report.figures.exports import main_routes, where_exports_went
from sim.report.figures.fans import fan_chart
from sim.report.figures.ground import outline
from sim.report.figures.insurance import insurance
from sim.report.figures.lenses import lenses
from sim.report.figures.lettering import in_points
from sim.report.figures.map import beside, carried, line_widths, route_map
from sim.report.figures.observed import Panel as ObservedPanel
from sim.report.figures.observed import Row, observed
from sim.report.figures.patterns import Count, Dot, Strip, patterns, stacked, turned, worlds
from sim.report.figures.ranking import Column as RankColumn
from sim.report.figures.ranking import ranking
from sim.report.figures.sensitivity import Bar as ShareBar
from sim.report.figures.sensitivity import Move, Part, moves, shares
from sim.report.figures.ties import imposed_chosen
from sim.report.figures.tipping import Panel, tipping
from sim.report.figures.triangle import CORNERS, clipped, in_triangle, triangle
from sim.report.figures.why import ledger_bars, telling
from sim.report.figures.worst import ALL_RUNS, worst
from sim.report.figures.worst import Bar as WorstBar
from sim.report.outlines import REGIONS, read_outlines

STATES = ("KAZ", "KGZ", "TJK", "TKM", "UZB")
NAMES = {
    "KAZ": "Kazakhstan",
    "KGZ": "Kyrgyzstan",
    "TJK": "Tajikistan",
    "TKM": "Turkmenistan",
    "UZB": "Uzbekistan",
    "RUS": "Russia",
    "CHN": "China",
    "USA": "United States",
    "TUR": "Türkiye and the Caucasus",
}
MONTHS = [f"{2022 + month // 12}-{month % 12 + 1:02d}" for month in range(48)]
WINDOW = ("2023-01", "2023-06")


def band(middle: np.ndarray, spread: float = 0.1) -> Band:
    return middle - spread, middle, middle + 1.4 * spread


def wavy(*shape: int) -> np.ndarray:
    """Return made-up numbers between -1 and 1, always the same."""
    return np.sin(np.arange(float(np.prod(shape))) * 1.7).reshape(shape)


def region() -> Region:
    links = (
        Link(
            "west_line", "Western line", "Mt/y", "RUS", "2001-10", ((53.4, 46.1), (37.8, 44.7)), ""
        ),
        Link(
            "east_line", "Eastern line", "Mt/y", "CHN", "2005-12", ((71.6, 48.7), (82.5, 45.2)), ""
        ),
        Link(
            "rail",
            "Railway",
            "Mt/y",
            "RUS",
            "1991-12",
            ((76.9, 43.3), (69.1, 54.9), (30.2, 54.5)),
            "",
        ),
        Link("new_rail", "New railway", "Mt/y", "CHN", "unbuilt", ((76.0, 39.5), (72.3, 40.8)), ""),
    )
    routes = (
        Route("WEST", "To the west", "OIL", "EUR", ("west_line",), "WEST"),
        Route("EAST", "To the east", "OIL", "CHN", ("east_line",), "EAST"),
        Route("RAIL", "Freight by rail", "FREIGHT", "EUR", ("rail",), "NORTH"),
        Route("OIL_RAIL", "Oil by rail", "OIL", "EUR", ("rail",), "NORTH"),
        Route("NEW", "The new railway", "FREIGHT", "CHN", ("new_rail",), "NEW"),
    )
    return Region(
        name="central_asia",
        actors=tuple(Actor(s, s, NAMES[s], "state", 0.0, 0.0) for s in STATES),
        bodies=(),
        commodities=(
            Commodity("oil", "Crude oil", "Mt/y"),
            Commodity("freight", "Freight", "Mt/y"),
        ),
        streams=(
            Stream("OIL", "Oil", "KAZ", "oil", "EUR"),
            Stream("FREIGHT", "Freight", "UZB", "freight", "EUR"),
        ),
        links=links,
        routes=routes,
        sources=(),
        attributes={},
        ledger=(),
        digest="",
    )


BEFORE = np.array([53.0, 2.0, 12.0, 0.5, 0.0])
DURING = np.array([2.0, 7.0, 12.0, 2.5, 0.0])
WORTH = np.array([0.48, 0.48, 1.0, 0.48, 1.0])


def draw_map() -> Figure:
    flows = {"Before: mean of 2022": BEFORE, "During: January to June 2023": DURING}
    return route_map(region(), flows, WORTH, NAMES, ("west_line",))


def draw_fan() -> Figure:
    runs = {"baseline": band(wavy(5, 48)), "scenario": band(wavy(5, 48) + 0.2)}
    return fan_chart(
        MONTHS,
        runs,
        band(wavy(5, 48) / 5),
        STATES,
        "Ties with Russia",
        "% of a state's ties",
        "points",
        WINDOW,
        "The pipeline shut",
        NAMES,
    )


def draw_imposed_chosen() -> Figure:
    periods = ("Before", "During", "After")
    return imposed_chosen(
        STATES, periods, band(wavy(5, 3)), band(-wavy(5, 3)), "Change of ties", "points", NAMES
    )


def paths(months: int = 48) -> np.ndarray:
    start = np.array(
        [
            [0.62, 0.30, 0.08],
            [0.66, 0.28, 0.06],
            [0.55, 0.38, 0.07],
            [0.35, 0.57, 0.08],
            [0.5, 0.42, 0.08],
        ]
    )
    drift = np.linspace(0, 0.05, months)[:, None] * np.array([-1.0, 0.8, 0.2])
    return start[:, None] + drift


def draw_triangle() -> Figure:
    return triangle(STATES, paths(), baseline=0.3 * paths() + 0.7 * paths()[:, :1], names=NAMES)


def draw_exports() -> Figure:
    flows = np.abs(wavy(10, 48)) + 1
    change = wavy(10, 48) / 4
    routes = [f"Route number {place}" for place in range(10)]
    return where_exports_went(
        MONTHS, flows, change, np.ones(48), routes, "Where the oil went", "Mt/y", WINDOW, "Shut"
    )


def draw_ledger() -> Figure:
    events = [
        "A pipeline closed for six months on an order from above, whatever the cause",
        "Other",
    ]
    channels = [(d, q) for d in ("security", "economic", "routes") for q in palette.PARTNERS]
    return ledger_bars(
        events, band(wavy(2)), channels, band(wavy(18)), "Why it moved", "partners", NAMES
    )


def draw_lenses() -> Figure:
    measures = (
        "Breadth",
        "Security ambiguity",
        "Two-sidedness",
        "Division of labour",
        "Deliberate",
    )
    changes = {measure: band(wavy(5) * 0.2) for measure in measures}
    return lenses(STATES, changes, dict.fromkeys(measures, "share"), "Lenses", "", NAMES)


def draw_insurance() -> Figure:
    losses = {power: band(np.abs(wavy(5, 3)) * 9 + 1) for power in ("CHN", "RUS", "USA")}
    dates = ("before", "during", "after")
    return insurance(STATES, dates, losses, band(np.ones((5, 3))), "Insurance", names=NAMES)


def drawn_as(draw: Callable[[Figure], None]) -> Figure:
    """Return a figure of a study, drawn as its page draws it."""

    def whole() -> Figure:
        figure = blank(4.0, "")
        draw(figure)
        return figure

    return styled(whole)()


LONG = "a setting of the ledger whose name is longer than the room that it has beside the axes"


def draw_boxes() -> Figure:
    ranges = [
        Range("pipeline_shut.months", 0.5, 1.0, ("1", "24"), ("from 13", "")),
        Range(LONG, 0.03, 0.97, ("0", "1"), ("from 0.03", "to 0.97")),
    ]
    path = [Spot(place, 1.0 - 0.7 * place) for place in np.linspace(0.05, 1.0, 12)]
    return drawn_as(lambda f: boxes(f, ranges, path, Spot(0.8, 0.5), Spot(0.75, 0.47), 0.3))


def panel(title: str, low: float, high: float, one_way: bool = True) -> Panel:
    settings = np.arange(low, high + 1.0)
    looked, past = settings[:: max(1, len(settings) // 6)], np.linspace(0, 1, len(settings))
    share = past[:: max(1, len(settings) // 6)]
    return Panel(title, settings, past, (low, low, np.inf), looked, share, one_way)


def draw_tipping(high: float = 23.0) -> Figure:
    panels = [panel(NAMES[state], 0.0, high, one_way=state != "KGZ") for state in STATES]
    dates = MONTHS[: round(high) + 1]
    return drawn_as(lambda f: tipping(f, panels, "month in which 'pipeline shut' begins", dates))


def draw_worst() -> Figure:
    bars = [
        WorstBar("pipeline shut + borders faster", 100.0, "100", True),
        WorstBar(LONG * 2, 0.0, "0", False),
    ]
    below = "% of runs in which the line is not crossed"
    return drawn_as(lambda f: worst(f, bars, 50.0, below, ALL_RUNS))


def draw_nearest() -> Figure:
    bars = [
        WorstBar("the baseline itself", 0.0, "0", False),
        WorstBar("pipeline shut", -0.371, "−0.371", False),
        WorstBar(LONG, 0.12, "0.120", False),
    ]
    return drawn_as(lambda f: worst(f, bars, -0.5, f"{LONG} (effective partners)"))


def draw_observed() -> Figure:
    wide, still = (0.1, 0.2, 0.4), (1.0, 1.0, 1.0)
    rows = (
        Row("KZ ATYRAU_SAMARA, 2022-06", 0.0, (wide, wide), (0.1, 0.15, 0.2), False),
        Row("TITR, 2023", 14_000.0, (wide, wide), wide, True),
    )
    members = (Row("KZ CSTO, 2023-02", 1.0, (still, still), still, False),)
    panels = [ObservedPanel("kz_oil_export_by_route", "Mt", rows), ObservedPanel("x", "", members)]
    return drawn_as(lambda f: observed(f, panels, ["shocks only", "all events"]))


def draw_observed_by_one_run() -> Figure:
    rows = (Row("KZ, 2022", -3.0, ((-1.0, 0.0, 2.0),), (0.0, 0.0, 0.0), False),)
    name = "history_shocks_only_" * 3  # as long as a scenario's name can be
    return drawn_as(lambda f: observed(f, [ObservedPanel("gdp_growth", "%", rows)], [name]))


def draw_ranking() -> Figure:
    whole = band(wavy(3))
    columns = [
        RankColumn(
            f"{NAMES[state]}: breadth of ties",
            "breadth",
            "effective partners",
            whole,
            (0.1, None, 0.0),
            (0.0, None, 0.1),
        )
        for state in STATES
    ]
    return drawn_as(lambda f: ranking(f, ["cpc closure", LONG, "middle corridor growth"], columns))


def draw_shares() -> Figure:
    bars = [
        ShareBar("cut_threat", 0.8, (0.7, 0.9), 0.6, (0.5, 0.7), True, "matters most"),
        ShareBar(LONG, 0.0, (0.0, 0.4), 0.0, (0.0, 0.2), False, "not settled"),
    ]
    parts = [Part("settings", 0.7), Part("members", 0.25), Part("both together", 0.05)]
    return drawn_as(lambda f: shares(f, bars, parts))


def draw_moves() -> Figure:
    dots = [
        Move(name, 0.1 * k, 0.05 * k) for k, name in enumerate(("", "", "cut_threat", LONG[:30]), 1)
    ]
    return drawn_as(lambda f: moves(f, dots, 0.04, " (effective partners)"))


def draw_patterns() -> Figure:
    asked = [0.5, 0.5, 0.75, 0.8, 0.8, 0.95] * 4
    dots = [
        Dot(share, within, bool(k % 2), "" if within >= share else str(k))
        for k, (share, within) in enumerate(zip(asked, np.abs(wavy(24)) ** 0.3, strict=True))
    ]
    some = (*dots, *(Dot(0.9, 1.0, True) for _ in range(12)), Dot(0.5, 0.0, False, "99"))
    strips = [Strip("to fit: 9 patterns", some[:9]), Strip("held back: 28 patterns", some[9:])]
    return drawn_as(lambda f: patterns(f, strips))


def draw_worlds() -> Figure:
    counts = [Count("balance of threat", (5, 15), (10, 38)), Count("inertia", (0, 0), (20, 65))]
    return drawn_as(lambda f: worlds(f, ["to fit", "held back"], [20, 65], counts))


def draw_turned() -> Figure:
    return drawn_as(lambda f: turned(f, ["Alarm", "American money answered"], [6, 0], [0, 2]))


DRAWN: dict[str, Callable[[], Figure]] = {
    "route_map": draw_map,
    "fan_chart": draw_fan,
    "imposed_chosen": draw_imposed_chosen,
    "triangle": draw_triangle,
    "where_exports_went": draw_exports,
    "ledger_bars": draw_ledger,
    "lenses": draw_lenses,
    "insurance": draw_insurance,
    "boxes": draw_boxes,
    "tipping": draw_tipping,
    "worst": draw_worst,
    "worst_nearest": draw_nearest,
    "observed": draw_observed,
    "observed_by_one_run": draw_observed_by_one_run,
    "ranking": draw_ranking,
    "sensitivity_shares": draw_shares,
    "sensitivity_moves": draw_moves,
    "patterns": draw_patterns,
    "worlds": draw_worlds,
    "turned": draw_turned,
}


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


@pytest.mark.parametrize("name", DRAWN)
def test_no_text_leaves_the_frame(name: str) -> None:
    figure = DRAWN[name]()
    figure.canvas.draw()
    inches = figure.get_tightbbox(figure.canvas.get_renderer())
    width, height = figure.get_size_inches()
    assert inches.x0 >= 0
    assert inches.y0 >= 0
    assert inches.x1 <= width
    assert inches.y1 <= height


@pytest.mark.parametrize("name", DRAWN)
def test_all_text_is_large_enough_to_read_in_print(name: str) -> None:
    figure = DRAWN[name]()
    assert min(text.get_fontsize() for text in figure.findobj(Text)) >= 8
    assert figure.get_figwidth() <= 7.3  # the text width of an A4 page


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_input_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    first = save(DRAWN[name](), tmp_path / "one", name)
    again = save(DRAWN[name](), tmp_path / "two", name)
    for one, two in zip(first, again, strict=True):
        assert one.stat().st_size > 1000
        assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("high", [1.0, 2.0, 3.0, 4.0, 11.0, 23.0])
def test_months_are_named_where_they_are(high: float) -> None:
    for axes in draw_tipping(high).axes:
        named = [label.get_text() for label in axes.get_xticklabels()]
        assert named == [MONTHS[round(tick)] for tick in axes.get_xticks()]
        assert all(tick == round(tick) for tick in axes.get_xticks())
        assert len(set(named)) == len(named) >= 2


def test_lengths_in_months_have_whole_ticks() -> None:
    figure = drawn_as(lambda f: tipping(f, [panel("", 1.0, 2.0)], "months", (), whole=True))
    assert list(figure.axes[0].get_xticks()) == [1.0, 2.0]


def test_saving_leaves_nothing_but_the_two_files(tmp_path: Path) -> None:
    save(draw_triangle(), tmp_path, "triangle")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["triangle.png", "triangle.svg"]


def test_a_failed_saving_leaves_the_last_good_file(tmp_path: Path) -> None:
    png, _ = save(draw_triangle(), tmp_path, "triangle")
    good = png.read_bytes()
    with pytest.raises(TypeError):
        write_whole(draw_lenses(), png, dpi="many")
    assert png.read_bytes() == good
    assert len(list(tmp_path.iterdir())) == 2


def test_names_in_the_triangle_do_not_overlap() -> None:
    figure = draw_triangle()
    figure.canvas.draw()
    names = [t for t in figure.axes[0].findobj(Annotation) if t.get_text() in NAMES.values()]
    assert len(names) == len(STATES)
    boxes = [Text.get_window_extent(name) for name in names]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_the_map_says_that_boundaries_imply_no_opinion() -> None:
    assert any("Boundaries imply no opinion" in text for text in words(draw_map()))


def test_the_map_writes_what_changed_on_the_links() -> None:
    said = words(draw_map())
    assert "53.0 Mt/y oil" in said
    assert "2.0 (−51.0)" in said


def test_links_carry_the_sum_of_their_routes_by_commodity() -> None:
    loads = carried(region(), BEFORE)
    np.testing.assert_allclose(loads, [[53.0, 0.0], [2.0, 0.0], [0.5, 12.0], [0.0, 0.0]])


def test_the_outlines_hold_the_five_states_and_the_caspian_sea() -> None:
    outlines = read_outlines(REGIONS / "central_asia")
    assert tuple(outlines["states"]) == STATES
    assert "public domain" in outlines["licence"]
    land = [outline(rings) for rings in outlines["land"]]
    assert all(
        any(path.contains_point(place[:2]) for path in land) for place in ([37.9, 44.9], [66, 48])
    )
    caspian = outline(outlines["land"][0][1:])
    assert caspian.contains_point((50.9, 42.0))


def test_the_outlines_stay_small() -> None:
    file = REGIONS / "central_asia" / "outlines.json"
    assert file.stat().st_size < 150_000
    assert json.loads(file.read_text(encoding="utf-8"))["source"].startswith("Natural Earth")


def test_a_region_without_outlines_is_drawn_on_an_empty_ground(tmp_path: Path) -> None:
    assert read_outlines(tmp_path)["land"] == []
    elsewhere = replace(region(), name="nowhere")
    route_map(elsewhere, {"Before": BEFORE, "During": DURING}, WORTH).canvas.draw()


def test_where_nothing_differs_one_map_is_drawn() -> None:
    assert len(route_map(region(), {"Both": BEFORE}, WORTH).axes) == 1


def test_bands_of_zero_width_still_draw() -> None:
    nothing = band(np.zeros((5, 3)), 0.0)
    figure = imposed_chosen(STATES, ("a", "b", "c"), nothing, nothing, "None", "points")
    figure.canvas.draw()
    same = {"baseline": band(np.ones((5, 48)), 0.0), "scenario": band(np.ones((5, 48)), 0.0)}
    none = band(np.zeros((5, 48)), 0.0)
    fan_chart(MONTHS, same, none, STATES, "None", "partners", "partners").canvas.draw()


def test_small_routes_are_drawn_as_one_and_none_is_lost() -> None:
    groups = main_routes(np.abs(wavy(12, 48)) + 0.1, np.zeros((12, 48)))
    assert [len(group) for group in groups] == [1] * 7 + [5]
    assert sorted(route for group in groups for route in group) == list(range(12))


def test_a_small_route_that_changes_most_is_drawn() -> None:
    flows, change = np.ones((12, 48)), np.zeros((12, 48))
    flows[11], change[11] = 0.1, -0.1
    assert [11] in main_routes(flows, change)


def test_every_number_lies_in_its_own_column() -> None:
    limits = [(-1.0, 1.0), (0.0, 10.0)]
    placed = in_columns(np.array([[-1.0, 0.0], [1.0, 10.0]]), limits)
    np.testing.assert_allclose(placed, [[0.0, 1 + GAP], [1.0, 2 + GAP]])


@pytest.mark.parametrize("limits", [(-1.12, 1.12), (-0.003, 0.0004), (0.0, 57.0), (-2e-5, 1e-5)])
def test_ticks_are_few_and_round_and_within_the_limits(limits: tuple[float, float]) -> None:
    ticks = round_ticks(*limits)
    assert 1 <= len(ticks) <= 3
    assert all(limits[0] < tick < limits[1] for tick in ticks)


def test_a_scale_does_not_close_in_on_what_is_next_to_nothing() -> None:
    assert symmetric(band(np.zeros(5), 1e-6), 0.05) == pytest.approx((-0.0625, 0.0625))


def test_patterns_that_lie_on_each_other_are_stacked() -> None:
    dots = [Dot(0.9, 1.0, True), Dot(0.9, 0.995, False), Dot(0.9, 0.3, False)]
    assert sorted(level for _, level in stacked(dots)) == [0, 0, 1]
    levels = {dot.within: level for dot, level in stacked(dots)}
    assert levels[0.3] == 0
    assert levels[1.0] != levels[0.995]


def test_four_times_the_worth_is_drawn_twice_as_wide() -> None:
    one, four = line_widths(np.array([5.0, 20.0]), 20.0)
    assert four == pytest.approx(2 * one)


def test_commodities_of_one_link_lie_side_by_side() -> None:
    axes = draw_map().axes[0]
    moved = in_points(axes, beside(axes, ((50.0, 45.0), (60.0, 45.0)), 4.0))
    still = in_points(axes, np.array([[50.0, 45.0], [60.0, 45.0]]))
    np.testing.assert_allclose(moved - still, [[0.0, 4.0], [0.0, 4.0]], atol=1e-9)


def test_parts_too_small_to_see_are_not_drawn() -> None:
    assert telling(band(np.array([0.01, -2.0, 1.0]), 0.0), 2.0, 8) == [1, 2]
    assert telling(band(np.array([0.0, 0.0]), 0.0), 2.0, 8) == [0]


def test_equal_shares_lie_in_the_middle_of_the_triangle() -> None:
    np.testing.assert_allclose(in_triangle(np.full(3, 1 / 3)), CORNERS.mean(axis=0), atol=1e-12)


def test_a_segment_is_cut_at_the_frame() -> None:
    frame = (0.0, 0.0, 1.0, 1.0)
    inside = clipped(np.array([-1.0, 0.5]), np.array([2.0, 0.5]), frame)
    assert inside is not None
    np.testing.assert_allclose(inside, [[0.0, 0.5], [1.0, 0.5]], atol=1e-12)
    assert clipped(np.array([-1.0, 2.0]), np.array([2.0, 2.0]), frame) is None


def lightness(colour: str) -> float:
    """Return CIE L* of a colour "#rrggbb"."""
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(116 * np.cbrt((linear * [0.2126, 0.7152, 0.0722]).sum()) - 16)


@pytest.mark.parametrize("alike", [("RUS", "CHN", "USA"), ("TUR", "EUR", "SOU")])
def test_no_power_is_drawn_darker_than_another(alike: tuple[str, ...]) -> None:
    levels = [lightness(palette.PARTNERS[code].colour) for code in alike]
    assert max(levels) - min(levels) < 4


def test_partners_are_told_apart_without_colour() -> None:
    assert len({look.hatch for look in palette.PARTNERS.values()}) == len(palette.PARTNERS)
    assert len({look.marker for look in palette.PARTNERS.values()}) == len(palette.PARTNERS)
