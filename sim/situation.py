"""The situation: everything that changes from month to month, and what of it is kept."""

from __future__ import annotations

from sim.arrays import Arrays

STAGES = ("ordered", "half built", "almost built")
"""Stages of construction between an order and new capacity."""

SITUATION: dict[str, tuple[tuple[str, ...], str, str]] = {
    # name: (axes, unit, meaning)
    "effort": (("power", "state", "domain"), "index", "effort a power spends on a state"),
    "engagement": (("state", "domain", "partner"), "share", "share in the contest for a state"),
    "restraint": (("power",), "share", "security ties that a power leaves alone"),
    "friction": (("power", "rival"), "share", "how far a power minds a rival's deals"),
    "reference": (("state", "power"), "share", "the share that a power has grown used to"),
    "leverage": (("state", "power"), "share", "what a power could withhold"),
    "pressure": (("state", "power"), "share", "a power's coercion of a state"),
    "threat": (("state", "partner"), "share", "fear of a partner"),
    "insecurity": (("state", "need"), "log points", "insecurity over the base year"),
    "debt": (("state", "power"), "index", "debt of gratitude"),
    "distrust": (("state", "partner"), "share", "public distrust of a partner"),
    "flow": (("route",), "units/y", "what a route carries (Mt or bcm a year)"),
    "served": (("stream",), "units/y", "what a stream sends in all"),
    "habit": (("route",), "share", "contracts: part of a stream bound to a route"),
    "route_choice": (("route",), "log odds", "what shippers decide: fears, offers taken up"),
    "ready": (("link",), "units/y", "what a link is ready to carry"),
    "shadow_price": (("link",), "share of worth", "what more room on a link would be worth"),
    "building": (("link", "stage"), "units/y", "capacity under construction"),
    "invested": (("link",), "units/y", "capacity that investment has added"),
    "access": (("state", "partner"), "share of worth", "cheaper way to a partner's market"),
    "usable": (("state", "partner"), "bn USD/y", "worth of what could pass each gatekeeper"),
    "netback": (("state",), "bn USD/y", "export earnings at the border"),
    "transit": (("state",), "bn USD/y", "income from transit"),
    "dearer_routes": (("state",), "bn USD/y", "extra cost of the way for what is sent"),
    "passage": (("state", "power"), "bn USD/y", "what a power earns on the way of exports"),
    "transit_passage": (("power",), "bn USD/y", "what a power earns on the way of transit"),
    "labour": (("state", "power"), "bn USD/y", "worth of migrants' work to a power"),
    "sales_change": (("state", "partner"), "bn USD/y", "sales over the base year's, by market"),
    "energy_elsewhere": (("state", "power"), "share", "energy sold past a power"),
    "route_ties": (("state", "partner"), "share", "route ties, by gatekeeper"),
    "intended_routes": (("state", "partner"), "share", "route ties with room everywhere"),
    "unafraid_routes": (("state", "partner"), "share", "the same without fear of gatekeepers"),
    "aligned": (("state", "partner"), "share", "security ties without troops present"),
    "trade_ties": (("state", "partner"), "share", "trade ties among partners"),
    "ties": (("state", "domain", "partner"), "share", "ties in each domain"),
    "pooled": (("state", "partner"), "share", "ties over the domains"),
    "target": (("state", "domain", "partner"), "share", "ties that the state would choose"),
    "unafraid": (("state", "domain", "partner"), "share", "the same with the risk term off"),
    "hardship": (("state",), "share of GDP", "losses as felt"),
    "burden": (("state",), "% of GDP", "military burden"),
    "reexports": (("state",), "bn USD/y", "goods passed on to the sanctioned power"),
    "remittances": (("state", "power"), "% of base GDP", "money sent home"),
    "gdp": (("state",), "bn USD/y", "GDP at base-year prices"),
    "gdp_gap": (("state",), "share", "GDP over what trends alone would give, less 1"),
    "turnover": (("state", "partner"), "bn USD/y", "trade with each partner"),
    "fdi_stock": (("state", "power"), "bn USD", "stock of direct investment"),
    "vote_yes": (("state", "resolution"), "share", "propensity to vote yes"),
    "vote_no": (("state", "resolution"), "share", "propensity to vote no"),
    "agreement": (("state", "power"), "share", "agreement in the UN General Assembly"),
    "arms": (("state", "power"), "share", "arms imports from a power"),
    "membership": (("state", "body"), "share", "membership of a body"),
}
"""Every quantity of the situation: its axes, unit and meaning."""

SITUATION_AXES = {name: axes for name, (axes, _, _) in SITUATION.items()}

PASSING = ("route_ties", "intended_routes", "unafraid_routes")
"""Quantities that are made and used up within a month, and are kept nowhere."""

RECORDED = tuple(name for name in SITUATION if name not in PASSING)
"""What is kept of every month: enough to go on from any of them."""

DECISIONS = ("target", "route_choice")
"""What the states and their shippers decide: held at the baseline's to tell imposed from chosen.

Contracts only follow what was carried, and so are no decision."""


def decisions(s: Arrays) -> Arrays:
    """Return what the states and their shippers decided, out of a situation or a whole run."""
    return Arrays({name: s[name] for name in DECISIONS}, s.axes)
