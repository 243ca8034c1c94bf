"""What stands in every row, rendered once: a template takes longer over fifty rows than all else on a page."""

import re
from functools import lru_cache
from html import escape

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MARK = 7_000_000_000_000_000
"""From here on, numbers stand for values: they pass addresses and escaping as they are, and none of ours is so high."""

MARKED = re.compile(f"({str(MARK)[:-3]}[0-9]{{3}})")


class Drawn:
    """A template as a function. The values of `names` take their places in what was rendered before, escaped unless
    they are safe: the template must not look at them. What else is given decides what it shows, so it has to be one of
    few: the template is rendered once for each, in each language."""

    def __init__(self, template: str, *names: str) -> None:
        self.template, self.names = template, names

    def __call__(self, **given: object) -> SafeString:
        values = [given.pop(name) for name in self.names]
        parts, places = rendered(self.template, self.names, get_language(), tuple(given.items()))
        texts = [value.__html__() if hasattr(value, "__html__") else escape(str(value)) for value in values]
        drawn = list(parts)
        drawn[1::2] = [texts[place] for place in places]
        return SafeString("".join(drawn))


@lru_cache(2000)
def rendered(
    template: str, names: tuple[str, ...], language: str | None, decisive: tuple[tuple[str, object], ...]
) -> tuple[list[str], list[int]]:
    """What stands between the values, each second one a value's mark; and which value has each of these places."""
    marks = {name: str(MARK + place) for place, name in enumerate(names)}
    parts = MARKED.split(render_to_string(template, {**marks, **dict(decisive)}))
    return parts, [int(mark) - MARK for mark in parts[1::2]]
