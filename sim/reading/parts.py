"""From checked rows to the region's parts."""

from __future__ import annotations

from sim.reading.csv_lines import Line, split
from sim.region import Actor, Attribute, Commodity, Link, Route, Source, Stream


def attribute(line: Line) -> Attribute:
    """Return an attribute as the dictionary defines it."""
    return Attribute(
        name=line["attribute"],
        axes=split(line["axes"], ";"),
        units=split(line["units"], "|"),
        minimum=float(line["minimum"]),
        maximum=float(line["maximum"]),
        sparse=line["sparse"] == "yes",
        group=line["group"],
        meaning=line["meaning"],
        rules=split(line["rules"], ";"),
    )


def actor(line: Line) -> Actor:
    """Return a state, a power or a partner."""
    names = (line["code"], line["statistics_code"], line["name"], line["kind"])
    return Actor(*names, float(line["latitude"]), float(line["longitude"]))


def commodity(line: Line) -> Commodity:
    """Return a commodity."""
    return Commodity(line["code"], line["name"], line["unit"])


def stream(line: Line) -> Stream:
    """Return a stream; transit belongs to no state."""
    state = line["state"] or None
    return Stream(line["code"], line["name"], state, line["commodity"], line["market"])


def link(line: Line) -> Link:
    """Return a link, with its path for the map."""
    points = (point.split() for point in line["path"].split(";"))
    return Link(
        code=line["code"],
        name=line["name"],
        unit=line["unit"],
        gatekeeper=line["gatekeeper"] or None,
        opened=line["opened"],
        path=tuple((float(longitude), float(latitude)) for longitude, latitude in points),
        note=line["note"],
    )


def route(line: Line) -> Route:
    """Return a route as a chain of links."""
    names = (line["code"], line["name"], line["stream"], line["market"])
    return Route(*names, split(line["links"], ";"), line["corridor"])


def source(line: Line) -> Source:
    """Return a source."""
    return Source(line["code"], line["kind"], line["citation"])
