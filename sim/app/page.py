"""The app's page: the program and looks of `explore`, and what a server adds to them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from sim.app.document import document_of
from sim.app.forms import forms
from sim.explore.page import SHARED, WEB, in_script
from sim.explore.payload import fixed_part
from sim.reading.scenarios import SHIPPED
from sim.region import Region
from sim.texts import LANGUAGES, catalogues
from sim.vocabulary import RULES

Record = dict[str, Any]

HERE = Path(__file__).resolve().parent / "web"

OWN = ("ask", "handles", "timeline", "composer", "desk", "class", "articles", "game", "app")
"""The parts of the program that only the app has, after those it shares."""


@cache
def program() -> str:
    """Return the app's program, all parts in one scope of their own."""
    files = [*(WEB / f"{name}.js" for name in SHARED), *(HERE / f"{name}.js" for name in OWN)]
    parts = [file.read_text(encoding="utf-8") for file in files]
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "})();"


@cache
def styles() -> str:
    """Return the app's styles: those of `explore`, and its own."""
    files = (WEB / "style.css", HERE / "app.css")
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def page(region: Region, lang: str, first: str, about: Record) -> str:
    """Return the page: what is the same whatever is supposed, and all texts."""
    return _written(
        lang,
        {
            **fixed_part(region),
            "lang": lang,
            "live": {
                **about,
                "first": first,
                "scenarios": scenarios(),
                "forms": forms(region),
                "rules": list(RULES),
                "links": {link.code: link.name for link in region.links},
                "seats": [*region.states, *region.powers],
            },
        },
    )


def join_page(lang: str) -> str:
    """Return the page that asks for the class's code, and tells nothing else."""
    return _written(lang, {"lang": lang, "live": {"join": True}})


def _written(lang: str, record: Record) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    texts = catalogues()
    room = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return room.get_template("page.html").render(
        lang=lang,
        title=texts[lang]["app.title"],
        page=in_script(record),
        texts=in_script(texts),
        without_script=[
            {"lang": one, "text": texts[one]["without_script"]}
            for one in (lang, *(other for other in LANGUAGES if other != lang))
        ],
    )


@cache
def scenarios() -> list[Record]:
    """Return the shipped scenarios: name, title, question, and arms."""
    found = []
    for file in sorted(SHIPPED.glob("*.yaml")):
        document = document_of(file.read_text(encoding="utf-8"))
        found.append({
            "name": file.stem,
            "title": document["title"],
            "question": document["question"],
            "arms": [
                {"name": arm["name"], "title": arm.get("title") or arm["name"]}
                for arm in document.get("arms") or []
            ],
        })  # fmt: skip
    return found
