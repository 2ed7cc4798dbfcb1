"""What the model says in the world's units, under the names that published statistics use.

A volume of a year is the mean of its twelve monthly rates, and of a month a twelfth of the rate;
a share is a mean; a stock is what stands at the end. Years that a run covers only in part are
left out. The year before the first month is the base year, at rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from sim.arrays import Arrays
from sim.base_year import World
from sim.region import Region
from sim.results import Results
from sim.rules.sums import add_up
from sim.vocabulary import MONTHS_A_YEAR, RESOLUTIONS

BASE_YEAR = "2021"
"""The year that the region's tables describe."""

COLUMNS = ("run", "series", "entity", "partner", "period", "unit", "median", "p05", "p95")

OBSERVED_RUNS = ("baseline", "scenario")

BODIES = ("CSTO", "EAEU", "SCO")
"""Bodies that have members; the meetings of the five with the United States have none."""

ALL_FIVE, WITHOUT_TURKMENISTAN = "CA5", "CA4"
TURKMENISTAN = "TKM"

TRANSIT = "TRANSIT"
"""Partner of what a power earns on containers that belong to none of the five."""

TEU_PER_KTEU = 1000.0
PERCENT = 100.0

Row = tuple[str, str, str, str, str, str, float, float, float]
Place = tuple[str, str]  # entity, partner


@dataclass(frozen=True)
class Look:
    """Some months of one run, with what is needed to read them."""

    world: World
    months: Arrays  # arrays (month, member, *axes)
    growth: np.ndarray  # (month, member or 1, state): GDP by named trends alone, as a factor

    @property
    def region(self) -> Region:
        return self.world.region

    @property
    def members(self) -> Arrays:
        return self.world.members

    def entities(self) -> list[str]:
        return [self.region.actor(code).statistics_code for code in self.region.states]


Seen = tuple[list[Place], np.ndarray]
"""Entities and partners, and an array (month, member, place) beside them."""


@dataclass(frozen=True)
class Series:
    """One published series: its name, unit, how months make a year, and where to read it."""

    name: str
    unit: str
    over_time: str  # volume | mean | stock | growth
    read: Callable[[Look], Seen]


# Routes -------------------------------------------------------------------------------------


def oil_routes(region: Region) -> np.ndarray:
    """Return 1 for the routes of Kazakh oil, shape (route,)."""
    return routes_where(region, lambda stream, _: stream == "KAZ_OIL")


def routes_where(region: Region, holds: Callable[[str, str], bool]) -> np.ndarray:
    """Return 1 for the routes whose stream and corridor are as asked, shape (route,)."""
    return np.array([float(holds(route.stream, route.corridor)) for route in region.routes])


def carried(look: Look, routes: np.ndarray) -> np.ndarray:
    """Return what some routes carry in all, Mt or bcm a year: (month, member, 1)."""
    return add_up(look.months.flow * routes)[..., None]


def oil_total(look: Look) -> Seen:
    """Return Kazakh oil exports by all routes."""
    return [("KZ", "")], carried(look, oil_routes(look.region))


def oil_by_route(look: Look) -> Seen:
    """Return Kazakh oil exports by family of routes."""
    oil = [route for route in look.region.routes if route.stream == "KAZ_OIL"]
    families = list(dict.fromkeys(route.corridor for route in oil))
    of_family = [
        np.array([float(r in oil and r.corridor == family) for r in look.region.routes])
        for family in families
    ]
    flows = [carried(look, routes) for routes in of_family]
    return [("KZ", family) for family in families], np.concatenate(flows, axis=-1)


def oil_past_russia(look: Look) -> Seen:
    """Return Kazakh oil on routes of which Russia keeps no link."""
    russia = look.region.partners.index("RUS")
    free = look.world.geography.kept[:, russia] == 0.0
    return [("KZ", "")], carried(look, oil_routes(look.region) * free)


def middle(region: Region) -> np.ndarray:
    """Return 1 for the routes of the Middle Corridor."""
    return routes_where(region, lambda _, corridor: corridor == "MIDDLE")


def middle_cargo(look: Look) -> Seen:
    """Return all cargo of the Middle Corridor: the states' own and transit."""
    return [("TITR", "")], carried(look, middle(look.region))


def containers(look: Look, routes: np.ndarray) -> np.ndarray:
    """Return 20-foot containers a year on some routes: (month, member, 1)."""
    tonnes = add_up(look.months.flow * look.members.container_share * routes)
    return np.asarray(TEU_PER_KTEU * look.members.teu_per_mt * tonnes)[..., None]


def middle_containers(look: Look) -> Seen:
    """Return the containers of the Middle Corridor."""
    return [("TITR", "")], containers(look, middle(look.region))


def northern_containers(look: Look) -> Seen:
    """Return containers between China and Europe through Russia."""
    routes = routes_where(
        look.region, lambda stream, corridor: (stream, corridor) == ("TRANSIT", "NORTH")
    )
    return [("RU", "")], containers(look, routes)


def freight_with_china(look: Look) -> Seen:
    """Return freight between Kazakhstan and China over their common border."""
    routes = routes_where(look.region, lambda stream, _: stream == "KAZ_EAST")
    return [("KZ", "CN")], carried(look, routes)


def gas_exports(look: Look) -> Seen:
    """Return gas exports of each state to each market that it has."""
    region = look.region
    gas = {stream.code: stream.state for stream in region.streams if stream.commodity == "gas"}
    pairs = dict.fromkeys((gas[r.stream], r.market) for r in region.routes if r.stream in gas)
    flows = []
    for pair in pairs:
        routes = [float((gas.get(r.stream), r.market) == pair) for r in region.routes]
        flows.append(carried(look, np.array(routes)))
    places = [(code_of(region, str(state)), code_of(region, market)) for state, market in pairs]
    return places, np.concatenate(flows, axis=-1)


def code_of(region: Region, actor: str) -> str:
    """Return the code of an actor in published statistics."""
    return region.actor(actor).statistics_code


# Money --------------------------------------------------------------------------------------


def trade_by_partner(look: Look) -> Seen:
    """Return turnover of goods by national statistics, with each power, Europe and the world."""
    partners = (*look.region.powers, "EUR")
    turnover = look.months.turnover
    columns = [turnover[..., look.region.partners.index(q)] for q in partners]
    world = add_up(turnover) + look.members.trade_rest_busd * look.growth
    codes = [*(code_of(look.region, q) for q in partners), "WORLD"]
    places = [(entity, code) for code in codes for entity in look.entities()]
    return places, np.concatenate([*columns, world], axis=-1)


def trade_by_chinese_customs(look: Look) -> Seen:
    """Return turnover of the five with China as Chinese customs count it, transit included."""
    china = look.region.partners.index("CHN")
    counted = look.months.turnover[..., china] * look.members.gacc_ratio
    return [(ALL_FIVE, "CN")], add_up(counted)[..., None]


def remittances(look: Look) -> Seen:
    """Return money sent home from everywhere in % of the GDP of the month."""
    m = look.members
    elsewhere = m.remittances_pct_gdp * (1.0 - add_up(m.remittances_share))
    of_base = add_up(look.months.remittances) + elsewhere
    return alone(look), of_base * m.gdp_busd / look.months.gdp


def alone(look: Look) -> list[Place]:
    """Return the states with no partner."""
    return [(entity, "") for entity in look.entities()]


def gdp(look: Look) -> Seen:
    """Return GDP at base-year prices."""
    return alone(look), look.months.gdp


def gdp_with_totals(look: Look) -> Seen:
    """Return GDP of the states and of the region with and without Turkmenistan."""
    level = look.months.gdp
    others = np.array([float(code != TURKMENISTAN) for code in look.region.states])
    totals = np.stack([add_up(level * others), add_up(level)], axis=-1)
    places = [*alone(look), (WITHOUT_TURKMENISTAN, ""), (ALL_FIVE, "")]
    return places, np.concatenate([level, totals], axis=-1)


def chinese_investment(look: Look) -> Seen:
    """Return the stock of direct investment from China, by state and in all."""
    stock = look.months.fdi_stock[..., look.region.powers.index("CHN")]
    places = [*((entity, "CN") for entity in look.entities()), (ALL_FIVE, "CN")]
    return places, np.concatenate([stock, add_up(stock)[..., None]], axis=-1)


def passage(look: Look) -> Seen:
    """Return what each power earns on the way of each state's exports, and of transit."""
    of_states = np.moveaxis(look.months.passage, -1, -2)
    both = np.concatenate([of_states, look.months.transit_passage[..., None]], axis=-1)
    powers = [code_of(look.region, power) for power in look.region.powers]
    partners = [*look.entities(), TRANSIT]
    return [(power, partner) for power in powers for partner in partners], flat(both)


def labour(look: Look) -> Seen:
    """Return what the work of each state's migrants is worth to each power."""
    powers = [code_of(look.region, power) for power in look.region.powers]
    places = [(power, entity) for power in powers for entity in look.entities()]
    return places, flat(np.moveaxis(look.months.labour, -1, -2))


# Security and diplomacy ---------------------------------------------------------------------


def arms(look: Look) -> Seen:
    """Return arms imports from each power as shares, by state and for the five.

    The five weighted by what each spends on its forces, for want of an import volume.
    """
    share = look.months.arms
    spending = look.months.burden * look.months.gdp
    weight = spending / add_up(spending)[..., None]
    five = add_up(np.moveaxis(share * weight[..., None], -2, -1))[..., None, :]
    entities = [*look.entities(), ALL_FIVE]
    return with_powers(look, entities), flat(np.concatenate([share, five], axis=-2))


def with_powers(look: Look, entities: list[str]) -> list[Place]:
    """Return each entity with each power."""
    powers = [code_of(look.region, power) for power in look.region.powers]
    return [(entity, power) for entity in entities for power in powers]


def flat(array: np.ndarray) -> np.ndarray:
    """Return an array (month, member, entity, partner) with its last two axes in one row."""
    return array.reshape(*array.shape[:-2], -1)


def burden(look: Look) -> Seen:
    """Return the military burden."""
    return alone(look), look.months.burden


def agreement(look: Look) -> Seen:
    """Return voting agreement with each power in the UN General Assembly."""
    return with_powers(look, look.entities()), flat(look.months.agreement)


def votes(name: str) -> Callable[[Look], Seen]:
    """Return a reader of propensities to vote on resolutions about Ukraine."""

    def read(look: Look) -> Seen:
        kinds = [resolution.upper() for resolution in RESOLUTIONS]
        places = [(entity, kind) for entity in look.entities() for kind in kinds]
        return places, flat(look.months[name])

    return read


def memberships(look: Look) -> Seen:
    """Return membership of each body: 1 for a member."""
    bodies = [look.region.bodies.index(body) for body in BODIES]
    places = [(entity, body) for entity in look.entities() for body in BODIES]
    return places, flat(look.months.membership[..., bodies])


SERIES = (
    Series("kz_oil_export_total", "Mt", "volume", oil_total),
    Series("kz_oil_export_by_route", "Mt", "volume", oil_by_route),
    Series("kz_oil_bypass_russia", "Mt", "volume", oil_past_russia),
    Series("titr_cargo", "Mt", "volume", middle_cargo),
    Series("titr_containers", "TEU", "volume", middle_containers),
    Series("northern_corridor_cn_eu", "TEU", "volume", northern_containers),
    Series("kz_cn_rail_freight", "Mt", "volume", freight_with_china),
    Series("trade_turnover_ns", "bn USD", "volume", trade_by_partner),
    Series("trade_turnover_gacc", "bn USD", "volume", trade_by_chinese_customs),
    Series("remittances_pct_gdp", "% of GDP", "mean", remittances),
    Series("gdp_growth", "%", "growth", gdp_with_totals),
    Series("gdp_current_usd", "bn USD", "volume", gdp),
    Series("gas_export_bcm", "bcm", "volume", gas_exports),
    Series("power_passage_income", "bn USD", "volume", passage),
    Series("power_labour_worth", "bn USD", "volume", labour),
    Series("arms_import_share", "share of TIV", "mean", arms),
    Series("milex_pct_gdp", "% of GDP", "mean", burden),
    Series("fdi_stock_from_china", "bn USD", "stock", chinese_investment),
    Series("unga_agreement", "share 0-1", "mean", agreement),
    Series("ukraine_vote_yes_share", "share 0-1", "mean", votes("vote_yes")),
    Series("ukraine_vote_no_share", "share 0-1", "mean", votes("vote_no")),
    Series("membership", "0/1", "mean", memberships),
)
"""Every series that is reported, in the order of the file."""


# Over time ----------------------------------------------------------------------------------


def observables(results: Results) -> list[Row]:
    """Return the rows of observables.csv: every series by year and by month, for both runs."""
    return [row for run in OBSERVED_RUNS for one in tellings(results, run) for row in one.rows(run)]


@dataclass(frozen=True)
class Telling:
    """What a run says of one series: by period, member and place."""

    series: Series
    places: list[Place]
    periods: list[str]
    members: np.ndarray  # (period, member, place)

    def rows(self, run: str) -> Iterator[Row]:
        """Yield its rows of observables.csv: place by place, each with median and band."""
        if not self.periods:
            return
        low, middle, high = (part.tolist() for part in bands(self.members))
        for k, place in enumerate(self.places):
            for t, period in enumerate(self.periods):
                numbers = middle[t][k], low[t][k], high[t][k]
                yield run, self.series.name, *place, period, self.series.unit, *numbers


Course = Callable[[Series, np.ndarray, np.ndarray], np.ndarray]
"""A series (month, member, place), made of the base year's (1, member, place) and the run's own."""


def as_run(series: Series, base: np.ndarray, by_month: np.ndarray) -> np.ndarray:
    """Return a series as the run has it."""
    return by_month


def tellings(results: Results, run: str, course: Course = as_run) -> Iterator[Telling]:
    """Yield what a run says of every series: the base year, whole years, then months."""
    base, look = base_look(results), run_look(results, run)
    for series in SERIES:
        (places, by_month), (_, at_base) = series.read(look), series.read(base)
        by_month = course(series, at_base, by_month)
        periods, arrays = in_years(series, at_base, by_month, results.months)
        if series.over_time != "growth":
            periods += results.months
            arrays.append(by_month / MONTHS_A_YEAR if series.over_time == "volume" else by_month)
        whole = np.concatenate(arrays) if arrays else np.empty((0, *by_month.shape[1:]))
        yield Telling(series, places, periods, whole)


def run_look(results: Results, run: str) -> Look:
    """Return all months of a run, to be read."""
    trends = [drivers.arrays["gdp_trend"] for drivers in results.drivers[run]]
    sizes = [block.count for block in results.blocks]
    wide = [
        np.broadcast_to(trend, (len(trend), size, trend.shape[-1]))
        for trend, size in zip(trends, sizes, strict=True)
    ]
    return Look(results.world, results.runs[run], np.exp(np.concatenate(wide, axis=1)))


def base_look(results: Results) -> Look:
    """Return the base year as one month, to be read."""
    year = {name: array[None] for name, array in results.base.items()}
    none = np.ones((1, 1, len(results.region.states)))
    return Look(results.world, Arrays(year, results.base.axes), none)


def in_years(
    series: Series, base: np.ndarray, by_month: np.ndarray, months: list[str]
) -> tuple[list[str], list[np.ndarray]]:
    """Return the base year and whole years of a series, each array (year, member, place)."""
    years = whole_years(months)
    levels = {BASE_YEAR: base[0]} | {
        year: by_month[place + MONTHS_A_YEAR - 1]
        if series.over_time == "stock"
        else by_month[place : place + MONTHS_A_YEAR].mean(axis=0)
        for year, place in years
    }
    if series.over_time == "growth":
        levels = dict(growth(levels))
    return list(levels), [np.stack(list(levels.values()))] if levels else []


def whole_years(months: list[str]) -> list[tuple[str, int]]:
    """Return the calendar years that a run covers from January to December, and their places."""
    starts = [(month[:4], place) for place, month in enumerate(months) if month.endswith("-01")]
    return [(year, place) for year, place in starts if place + MONTHS_A_YEAR <= len(months)]


def growth(levels: dict[str, np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the growth of each year over the year before it, in %."""
    for year, level in levels.items():
        before = levels.get(str(int(year) - 1))
        if before is not None:
            yield year, PERCENT * (level / before - 1.0)


def bands(members: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return 5th percentile, median and 95th over the members: from (period, member, place).

    The same as numpy's percentile (linear), several times faster: one sort along the memory.
    """
    ordered = np.sort(np.ascontiguousarray(np.moveaxis(members, 1, -1)), axis=-1)
    low, middle, high = (ranked(ordered, rank) for rank in (0.05, 0.5, 0.95))
    return low, middle, high


def ranked(ordered: np.ndarray, rank: float) -> np.ndarray:
    """Return the member at a rank (0-1) of sorted members, between two where it falls so."""
    place = rank * (ordered.shape[-1] - 1)
    below = int(place)
    above = min(below + 1, ordered.shape[-1] - 1)
    lower, upper = ordered[..., below], ordered[..., above]
    return np.asarray(lower + (place - below) * (upper - lower) + 0.0)  # no minus before a zero
