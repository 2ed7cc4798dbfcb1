"""The model on one page: the order of play in a month, each line a stage, each stage rules.

Every stage reads what stands above it in this month and last month's situation for the rest.
A stage is written for any number of powers or states at once: the ensemble plays it for all,
the Mesa model for one actor at a time through a window, and neither can tell the difference.
"""

from __future__ import annotations

from sim.arrays import Arrays
from sim.base_year import World
from sim.stages.accounts import account
from sim.stages.powers import compete, engage, press
from sim.stages.routes import carry
from sim.stages.states import choose, perceive
from sim.stages.view import join, outlook


def month(
    world: World, before: Arrays, drivers: Arrays, shocks: Arrays, held: Arrays | None = None
) -> Arrays:
    """Return the situation after one month.

    `held` gives the decisions of the states and their shippers from another run; with the
    baseline's, what then moves was imposed on them.
    """
    now = before.replaced(**join(world, drivers))
    view = outlook(world, now, drivers)
    now = now.replaced(**compete(world, now, view, drivers, shocks))
    now = now.replaced(**engage(world, now, drivers))
    now = now.replaced(**press(world, now, view, drivers))
    now = now.replaced(**perceive(world, now, view, drivers, shocks))
    now = now.replaced(**carry(world, now, drivers, shocks, held))
    now = now.replaced(**choose(world, now, view, drivers, held))
    return now.replaced(**account(world, now, view, drivers))
