"""One file that needs nothing else: markup, styles, program, texts and numbers."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from sim.errors import InputError, Problem
from sim.texts import LANGUAGES, catalogues

Record = dict[str, Any]

WEB = Path(__file__).resolve().parent / "web"

SHARED = ("numbers", "view", "words", "draw", "map", "triangle", "fans", "gate", "reveal", "free",
          "state")  # fmt: skip
"""The parts of the program that the app has too, in the order in which they are put together."""

SCRIPTS = (*SHARED, "begin")

LARGEST = 6_000_000
"""Bytes of a page, so that a stick or a mail carries it."""

NOT_MARKUP = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028",
              "\u2029": "\\u2029"}  # fmt: skip
"""Letters that could end or begin something in a page, as JSON can write them too."""


def page(found: Record, language: str = LANGUAGES[0]) -> str:
    """Return the page as text.

    What a user wrote (titles, notes, names of events) is only ever data in it: JSON without a
    letter of markup, put on the screen as text. A policy in the page refuses every script but its
    own, and every request.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    script = program()
    room = Environment(
        loader=FileSystemLoader(WEB), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    texts = catalogues()
    return room.get_template("page.html").render(
        lang=language,
        title=found["about"]["title"],
        css=(WEB / "style.css").read_text(encoding="utf-8"),
        page=in_script({**found, "lang": language}),
        texts=in_script(texts),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii"),
        without_script=[
            {"lang": one, "text": texts[one]["without_script"]}
            for one in (language, *(other for other in LANGUAGES if other != language))
        ],
    )


def program() -> str:
    """Return the page's program, all parts in one scope of their own."""
    parts = [(WEB / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS]
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "})();"


def in_script(record: Record) -> str:
    """Return a record as JSON that is no markup wherever it stands."""
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter, written in NOT_MARKUP.items():
        text = text.replace(letter, written)
    return text


def small_enough(text: str, file: str) -> str:
    """Return the page, or refuse one that is too large to hand round."""
    size = len(text.encode())
    if size > LARGEST:
        message = (
            f"the page would have {size / 1e6:.1f} MB, more than {LARGEST / 1e6:.0f}; name fewer "
            "sliders or steps (--vary NAME=LOW:HIGH:STEPS), or fewer --months"
        )
        raise InputError(file, [Problem(message)])
    return text
