"""The inner steps of the rules that solve for something, as generalised ufuncs in compiled code.

This module is imported only where numba is. Each function does for one member or row what its
NumPy twin does, in the same order of operations, all of them exactly rounded: the answers are the
same to the bit. Exponentials and logarithms are left to NumPy, between the steps, since another
one would differ in the last bit.
"""

from __future__ import annotations

import numba
import numpy as np

from sim.rows import (
    ADD,
    COPY,
    DIVIDE,
    EQUAL,
    GREATER,
    GREATER_EQUAL,
    LESS,
    LESS_EQUAL,
    MAXIMUM,
    MINIMUM,
    MULTIPLY,
    NEGATIVE,
    NOT_EQUAL,
    SQRT,
    SUBTRACT,
)

NUMBER, ROW, TABLE, PLACES, GROUPS = (
    "float64", "float64[:]", "float64[:,:]", "int64[:]", "int64[:,:]",
)  # fmt: skip


def step(layout: str, *types: str):  # type: ignore[no-untyped-def]
    """Return what makes a step for one row into one for all rows, in compiled code."""
    return numba.guvectorize([f"void({','.join(types)})"], layout, nopython=True, cache=True)


# Portfolios ------------------------------------------------------------------------------------


@numba.njit(cache=True, error_model="numpy", inline="always")
def nearby(alike, together, amounts, k):  # type: ignore[no-untyped-def]
    """Return the sum of the amounts of those that withhold together with one partner."""
    if not together:
        return amounts[k]
    total = alike[k, 0] * amounts[0]
    for j in range(1, len(amounts)):
        total += alike[k, j] * amounts[j]
    return total


@step(
    "(p),(p),(p),(p),(),(),(p,p),(),(p)->(p),(p),(p),(p),(p),(p)",
    *[ROW] * 4, NUMBER, NUMBER, TABLE, NUMBER, *[ROW] * 7,
)  # fmt: skip
def portfolio_step(  # type: ignore[no-untyped-def]  # noqa: PLR0912
    log_base, pull, risk, share, correlation, scale, alike, together, logs,
    found, bend, common, first, level, amount,
):  # fmt: skip
    """Write the change of log shares that solves the first-order conditions of one row.

    What is written after `found` is of no use to others: room for what is on the way.
    """
    count = len(share)
    apart, shared = scale * (1.0 - correlation), scale * correlation
    total = risk[0] * share[0]
    for k in range(1, count):
        total += risk[k] * share[k]
    for k in range(count):
        amount[k] = risk[k] * share[k]
    for k in range(count):
        near = nearby(alike, together, amount, k)
        marginal = risk[k] * ((1.0 - correlation) * near + correlation * total)
        first[k] = log_base[k] - logs[k] + pull[k] - scale * marginal
    for k in range(count):
        amount[k] = risk[k] * risk[k] * share[k]
    for k in range(count):
        square = nearby(alike, together, amount, k)
        bend[k] = apart * risk[k] / (1.0 + apart * square)
    for k in range(count):
        amount[k] = risk[k] * share[k] * risk[k]
    for k in range(count):
        common[k] = share[k] * (risk[k] - bend[k] * nearby(alike, together, amount, k))
    for k in range(count):
        amount[k] = risk[k] * share[k] * first[k]
    for k in range(count):
        found[k] = share[k] * (first[k] - bend[k] * nearby(alike, together, amount, k))
    for k in range(count):
        amount[k] = risk[k] * share[k]
    for k in range(count):
        level[k] = share[k] * (1.0 - bend[k] * nearby(alike, together, amount, k))
    weighed = risk[0] * common[0]
    by_first, by_level = risk[0] * found[0], risk[0] * level[0]
    for k in range(1, count):
        weighed += risk[k] * common[k]
        by_first += risk[k] * found[k]
        by_level += risk[k] * level[k]
    through = shared * by_first / (1.0 + shared * weighed)
    through_level = shared * by_level / (1.0 + shared * weighed)
    for k in range(count):
        found[k] = found[k] - through * common[k]
        level[k] = level[k] - through_level * common[k]
    above, below = found[0], level[0]
    for k in range(1, count):
        above += found[k]
        below += level[k]
    for k in range(count):
        found[k] = (found[k] - above / below * level[k]) / share[k]


@step("(p),(p)->(p)", ROW, ROW, ROW)
def tilted(share, tilt, found):  # type: ignore[no-untyped-def]
    """Write shares multiplied by a tilt, as shares of their sum."""
    total = share[0] * tilt[0]
    for k in range(1, len(share)):
        total += share[k] * tilt[k]
    for k in range(len(share)):
        found[k] = share[k] * tilt[k] / total


# Contests --------------------------------------------------------------------------------------


@step("(p),(p),(),(p)->()", ROW, ROW, NUMBER, ROW, ROW)
def response(root, standing, budget, committed, level):  # type: ignore[no-untyped-def]
    """Write the level to which the marginal worth of one power's prizes is brought down."""
    count = len(root)
    order = np.empty(count, np.int64)
    marginal = np.empty(count)
    spent = committed[0]
    for k in range(count):
        marginal[k] = root[k] / standing[k]
        if k:
            spent += committed[k]
        place = k
        while place > 0 and marginal[order[place - 1]] < marginal[k]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = k
    roots = stood = 0.0
    rising, margins = 0, np.empty(count)
    for place in range(count):
        one = order[place]
        roots = root[one] if place == 0 else roots + root[one]
        stood = standing[one] if place == 0 else stood + standing[one]
        margins[place] = roots / (budget - spent + stood)
        rising += marginal[one] > margins[place]
    level[0] = margins[max(rising - 1, 0)]


# Routes ----------------------------------------------------------------------------------------
# A table (thing, longest) holds the places of what belongs to each thing, padded with -1.


@step("(l),(r,k)->(r)", ROW, GROUPS, ROW)
def along(price, links_of_route, found):  # type: ignore[no-untyped-def]
    """Write prices summed along each route."""
    for route in range(len(found)):
        total = 0.0
        for k in range(links_of_route.shape[1]):
            link = links_of_route[route, k]
            if link < 0:
                break
            total += price[link]
        found[route] = total


@step(
    "(r),(s),(s),(l),(l),(l),(r),(l,k),(),()->(s),(r),(l),()",
    *[ROW] * 6,
    PLACES,
    GROUPS,
    NUMBER,
    NUMBER,
    *[ROW] * 4,
)
def flows(  # type: ignore[no-untyped-def]
    pull, stay, demand, capacity, price, is_open, stream_of_route, routes_of_link, feasible,
    slack_price, total, flow, room, unsettled,
):  # fmt: skip
    """Write totals of streams, flows of routes, room on links, and if a load does not fit."""
    for stream in range(len(stay)):
        total[stream] = 0.0
    for route in range(len(pull)):
        total[stream_of_route[route]] += pull[route]
    for stream in range(len(stay)):
        total[stream] = stay[stream] + total[stream]
    for route in range(len(pull)):
        stream = stream_of_route[route]
        flow[route] = pull[route] * (demand[stream] / total[stream])
    unsettled[0] = 0.0
    for link in range(len(capacity)):
        load = 0.0
        for k in range(routes_of_link.shape[1]):
            route = routes_of_link[link, k]
            if route < 0:
                break
            load += flow[route]
        room[link] = capacity[link] - load
        tolerated = feasible * capacity[link]
        over = room[link] < -tolerated and is_open[link] > 0.0
        dear = room[link] > tolerated and price[link] > slack_price
        if over or dear:
            unsettled[0] = 1.0


@step("(s),(s),(l),(l)->()", *[ROW] * 5)
def objective(weight, logs, capacity, price, found):  # type: ignore[no-untyped-def]
    """Write the dual objective: demand times log of total, and capacity times price, summed."""
    by_stream = weight[0] * logs[0]
    for stream in range(1, len(weight)):
        by_stream += weight[stream] * logs[stream]
    by_link = capacity[0] * price[0]
    for link in range(1, len(capacity)):
        by_link += capacity[link] * price[link]
    found[0] = by_stream + by_link


@numba.njit(cache=True, error_model="numpy")
def eliminate(free, matrix, side, ridge, found):  # type: ignore[no-untyped-def]
    """Write the solution of symmetric equations among the free, by elimination in fixed order."""
    count = len(side)
    rows = np.zeros((count, count))
    for k in range(count):
        found[k] = side[k] if free[k] else 0.0
        for j in range(count):
            rows[k, j] = matrix[k, j] if free[k] and free[j] else 0.0
    pivots = np.empty(count)
    for place in range(count):
        pivots[place] = (ridge[place] if free[place] else 1.0) + rows[place, place]
        for k in range(place + 1, count):
            factor = rows[k, place] / pivots[place]
            for j in range(place + 1, count):
                rows[k, j] -= factor * rows[place, j]
            found[k] -= factor * found[place]
    for place in range(count - 1, -1, -1):
        found[place] /= pivots[place]
        for k in range(place):
            found[k] -= rows[k, place] * found[place]


@step("(l),(r),(l),(l),(l),(s),(r),(l,k),(c)->(l)", *[ROW] * 6, PLACES, GROUPS, ROW, ROW)
def fall(  # type: ignore[no-untyped-def]  # noqa: PLR0912, PLR0915
    price, flow, room, capacity, is_open, demand, stream_of_route, routes_of_link, constants, falls
):
    """Write how far each price should fall: the quadratic problem solved within its bounds."""
    ridge_part, damping, tiny, changes = constants[0], constants[1], constants[2], constants[3]
    links = np.empty(len(price), np.int64)
    count = 0
    for link in range(len(price)):
        falls[link] = 0.0
        if is_open[link] > 0.0 and (price[link] > 0.0 or room[link] < 0.0):
            links[count] = link
            count += 1
    if count == 0:
        return
    matrix = np.zeros((count, count))
    load = np.zeros((count, len(demand)))
    uses = np.zeros((count, len(flow)), np.bool_)
    reached = np.zeros((count, len(demand)), np.bool_)
    for one in range(count):
        for k in range(routes_of_link.shape[1]):
            route = routes_of_link[links[one], k]
            if route < 0:
                break
            uses[one, route] = True
            load[one, stream_of_route[route]] += flow[route]
            reached[one, stream_of_route[route]] = True
    for one in range(count):
        for other in range(one, count):
            both = 0.0
            for route in range(len(flow)):
                if uses[one, route] and uses[other, route]:
                    both += flow[route]
            shared = 0.0
            for stream in range(len(demand)):
                if reached[one, stream] and reached[other, stream]:
                    shared += load[one, stream] * load[other, stream] / demand[stream]
            matrix[one, other] = both - shared
            matrix[other, one] = matrix[one, other]
    ridge, now, left = np.empty(count), np.empty(count), np.empty(count)
    free = np.ones(count, np.bool_)
    for k in range(count):
        link = links[k]
        ridge[k] = ridge_part * capacity[link] + damping * abs(room[link]) + tiny
        now[k], left[k] = price[link], room[link]
    found = np.empty(count)
    eliminate(free, matrix, left, ridge, found)
    below = False
    for k in range(count):
        if found[k] > now[k]:
            below = True
            free[k] = False
    if below:
        dropped = np.empty(count)
        for _ in range(int(changes)):
            for k in range(count):
                dropped[k] = 0.0 if free[k] else now[k]
            for k in range(count):
                pushed = matrix[0, k] * dropped[0]
                for j in range(1, count):
                    pushed += matrix[j, k] * dropped[j]
                left[k] = room[links[k]] - pushed
            eliminate(free, matrix, left, ridge, found)
            alike = True
            for k in range(count):
                found[k] = dropped[k] + found[k]
            for k in range(count):
                pushed = matrix[0, k] * found[0]
                for j in range(1, count):
                    pushed += matrix[j, k] * found[j]
                over = room[links[k]] - pushed < 0.0
                wanted = found[k] < now[k] if free[k] else over
                if wanted != free[k]:
                    alike = False
                left[k] = 1.0 if wanted else 0.0
            if alike:
                break
            for k in range(count):
                free[k] = left[k] > 0.0
    for k in range(count):
        falls[links[k]] = min(found[k], now[k])


# Rows ------------------------------------------------------------------------------------------


ABREAST = 64
"""Members done at a time, so that the rows of a stretch stay in the cache."""


@numba.njit("void(int32[:,::1], float64[:,::1])", cache=True, nogil=True, error_model="numpy")
def play(steps, rows):  # type: ignore[no-untyped-def]  # noqa: PLR0912
    """Do steps (step, [what, to, from, from, from]) on rows (row, member), as in `sim.rows`."""
    members = rows.shape[1]
    for first in range(0, members, ABREAST):
        last = min(first + ABREAST, members)
        for k in range(len(steps)):
            what = steps[k, 0]
            to = rows[steps[k, 1], first:last]
            one = rows[steps[k, 2], first:last]
            other = rows[steps[k, 3], first:last]
            if what == ADD:
                for i in range(len(to)):
                    to[i] = one[i] + other[i]
            elif what == MULTIPLY:
                for i in range(len(to)):
                    to[i] = one[i] * other[i]
            elif what == SUBTRACT:
                for i in range(len(to)):
                    to[i] = one[i] - other[i]
            elif what == DIVIDE:
                for i in range(len(to)):
                    to[i] = one[i] / other[i]
            elif what == COPY:
                for i in range(len(to)):
                    to[i] = one[i]
            elif what == MAXIMUM:
                for i in range(len(to)):
                    to[i] = one[i] if one[i] >= other[i] or one[i] != one[i] else other[i]
            elif what == MINIMUM:
                for i in range(len(to)):
                    to[i] = one[i] if one[i] <= other[i] or one[i] != one[i] else other[i]
            elif what == NEGATIVE:
                for i in range(len(to)):
                    to[i] = -one[i]
            elif what == SQRT:
                for i in range(len(to)):
                    to[i] = np.sqrt(one[i])
            elif what == GREATER:
                for i in range(len(to)):
                    to[i] = 1.0 if one[i] > other[i] else 0.0
            elif what == GREATER_EQUAL:
                for i in range(len(to)):
                    to[i] = 1.0 if one[i] >= other[i] else 0.0
            elif what == LESS:
                for i in range(len(to)):
                    to[i] = 1.0 if one[i] < other[i] else 0.0
            elif what == LESS_EQUAL:
                for i in range(len(to)):
                    to[i] = 1.0 if one[i] <= other[i] else 0.0
            elif what == EQUAL:
                for i in range(len(to)):
                    to[i] = 1.0 if one[i] == other[i] else 0.0
            elif what == NOT_EQUAL:
                for i in range(len(to)):
                    to[i] = 1.0 if one[i] != other[i] else 0.0
            else:
                third = rows[steps[k, 4], first:last]
                for i in range(len(to)):
                    to[i] = other[i] if one[i] != 0.0 else third[i]
