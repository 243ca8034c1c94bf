"""The texts of the demo, read from texts/*.toml, and how their blanks are filled."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).parent / "texts"
BY_SEX = re.compile(r"\[([^\[\]|]*)\|([^\[\]|]*)\]")
LANGUAGES = ("en", "de", "es", "fr", "pt", "pl", "uk")
LOWER_AFTER_GREETING = {"de", "pl"}


@cache
def library(name: str) -> dict[str, Any]:
    """One file of texts, such as "school", "names", "arcs" or a language."""
    return tomllib.loads((TEXTS / f"{name}.toml").read_text(encoding="utf-8"))


def fill(text: str, *, sex: str, **blanks: Any) -> str:
    """{blanks} filled in, and of each [his|her] the form of the one who speaks."""
    spoken = BY_SEX.sub(lambda found: found.group(2 if sex == "f" else 1), text)
    return spoken.format(**blanks)


def letter(hello: str, text: str, bye: str, *, language: str) -> str:
    """An e-mail's text; most languages go on with a capital after the greeting's line, two do not."""
    if not (language in LOWER_AFTER_GREETING and hello.endswith(",")):
        text = text[:1].upper() + text[1:]
    return "\n\n".join(part for part in (hello, text, bye) if part)
