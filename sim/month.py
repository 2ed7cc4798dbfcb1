"""The model on one page: the order of play in a month, each line a stage, each stage rules.

Every stage reads what stands above it in this month and last month's situation for the rest.
A stage is written for any number of powers or states at once: the ensemble plays it for all,
the Mesa model for one actor at a time through a window, and neither can tell the difference.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Arrays
from sim.base_year import World, first_guess
from sim.drivers import DRIVER_AXES, DRIVERS
from sim.shocks import at_month, no_shocks
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
    now = now.replaced(**choose(world, now, view, drivers, shocks, held))
    return now.replaced(**account(world, now, view, drivers))


def at_rest(world: World) -> Arrays:
    """Return the situation of the base year: the one that a quiet month leaves as it is.

    Two quiet months fill in what follows from the rest (leverage follows last month's flows).
    """
    region = world.region
    quiet = Arrays(
        {
            name: np.full((1, *(len(region.axes[axis]) for axis in axes)), neutral)
            for name, (axes, neutral, _) in DRIVERS.items()
        },
        DRIVER_AXES,
    )
    none = at_month(no_shocks(region, 1), 0)
    return month(world, month(world, first_guess(world), quiet, none), quiet, none)
