"""The texts of the demo, read from texts/*.toml, and filling their blanks."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

# As a TOML file nests them.
Texts = dict[str, Any]

_FOLDER = Path(__file__).parent / "texts"
_BY_SEX = re.compile(r"\[([^\[\]|]*)\|([^\[\]|]*)\]")
LANGUAGES = ("en", "de", "es", "fr", "pt", "pl", "uk")
_LOWER_CASE_AFTER_GREETING = {"de", "pl"}


@cache
def load_texts(name: str) -> Texts:
    """Read a file of texts, such as "school", "names", "arcs" or a language."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def fill_blanks(text: str, *, sex: str, **blanks: str) -> str:
    """Fill {blanks}, and choose from each [his|her] by the sex of the speaker."""
    spoken = _BY_SEX.sub(lambda found: found.group(2 if sex == "f" else 1), text)
    return spoken.format(**blanks)


def compose_letter(hello: str, text: str, bye: str, *, language: str) -> str:
    """Join the parts of an e-mail. Most languages have a capital after the greeting's line, two do not."""
    if not (language in _LOWER_CASE_AFTER_GREETING and hello.endswith(",")):
        text = text[:1].upper() + text[1:]
    return "\n\n".join(part for part in (hello, text, bye) if part)
