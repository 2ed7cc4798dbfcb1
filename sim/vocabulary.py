"""The words of the model: its domains, its needs, and the axes that an attribute can have."""

from __future__ import annotations

from typing import Literal, get_args

VERSION = "0.1.0"
"""The version of this program; pyproject.toml reads it here."""

DOMAINS = ("security", "economic", "routes")
"""Where a state spreads its ties."""

NEEDS = ("regime", "border", "sovereignty")
"""What a state needs security for: against unrest, over its borders, from a power."""

RESOLUTIONS = ("withdrawal", "suspension")
"""A UN resolution asks Russia to withdraw, or punishes it directly."""

AXES = (
    "state",
    "power",
    "partner",
    "domain",
    "need",
    "resolution",
    "link",
    "route",
    "stream",
    "commodity",
    "body",
)
"""The axes that an attribute of a region can run over."""

Rule = Literal[
    "portfolio",
    "balance_of_threat",
    "bandwagoning",
    "omnibalancing",
    "equidistance",
    "loss_averse",
    "inertia",
    "random_walk",
]
"""By which the states choose their ties of security and trade."""

RULES: tuple[str, ...] = get_args(Rule)
"""All of them; the first is the one that is meant where nothing is said."""

PORTFOLIO, RANDOM_WALK = RULES[0], RULES[-1]

SUBMODELS = {
    "contest": "7.2",
    "restraint": "7.2",
    "friction": "7.3",
    "pressure": "7.4",
    "perception": "7.5",
    "assignment": "7.6",
    "investment": "7.6",
    "earnings": "7.6",
    "portfolio": "7.7",
    "consequences": "7.8",
    "observables": "7.8",
    "measures": "7.9",
    "insurance": "7.10",
    "shocks": "7.12",
}
"""What a number of a region can be used by, and the section of docs/model.md that describes it."""

METHODS = ("quoted", "derived", "judged")
"""How a number came to the ledger: read in a source, computed from sources, or judged by us."""

MONTHS_A_YEAR = 12
"""Rates are per month and volumes per year throughout."""
