"""Portraits drawn for the demo, the same for the same arguments on every machine and day."""

import random
from typing import NamedTuple

_SKINS = ("#f6d7c3", "#eec1a0", "#dba57e", "#c48a5f", "#a56b43", "#855233", "#623a25", "#472a1c")
_HAIRS = ("#1d1a19", "#3a261a", "#5d3a22", "#8a5a2b", "#b98544", "#a4452c", "#8f8d8a", "#d9d5cf")
_CLOTHES = ("#0f766e", "#b45309", "#4d5b9e", "#9d4a5f", "#4f7942", "#6b4e8a", "#38606e", "#7c5a45")
_GROUNDS = ("#f3e3d3", "#dcebe5", "#e4e3f1", "#f5dedb", "#e6ead2", "#ece0ec", "#d9e8ee", "#f1e7c9")


class _Looks(NamedTuple):
    """Colours by their places above, the frequent ones more than once; `scarves`: the share of women who wear one."""

    skins: tuple[int, ...]
    hairs: tuple[int, ...]
    scarves: float = 0


# By their names in texts/names.toml and texts/school.toml.
LOOKS = {
    "northern": _Looks((0, 0, 1), (1, 2, 2, 3, 3, 4, 4, 5, 6, 7)),
    "southern": _Looks((1, 1, 2), (0, 1, 1, 2, 2, 3, 6)),
    "near_eastern": _Looks((1, 2, 2, 3), (0, 0, 1, 1, 2, 6), scarves=0.3),
    "south_asian": _Looks((3, 4, 4, 5), (0, 0, 0, 1, 6)),
    "east_asian": _Looks((0, 1, 1), (0, 0, 0, 1, 6)),
    "african": _Looks((5, 6, 6, 7), (0, 0, 0, 0, 6)),
}

# What lies behind the head, then what lies on top of it; H stands for the hair's colour.
_HAIR_STYLES = (
    ("", '<path fill="H" d="M29 47c-2-17 8-26 21-26s23 9 21 26c-3-8-8-12-12-13-8 3-20 3-25 1-3 3-4 7-5 12z"/>'),
    ('<path fill="H" d="M27 46c0-17 9-27 23-27s23 10 23 27v31H27z"/>',
     '<path fill="H" d="M30 45c2-13 9-18 22-19 11 1 17 8 18 19-7-3-12-8-15-13-5 7-14 11-25 13z"/>'),
    ('<circle fill="H" cx="50" cy="17" r="9"/>',
     '<path fill="H" d="M29 44c0-15 9-22 21-22s21 7 21 22c-5-9-11-12-21-12s-16 3-21 12z"/>'),
    ('<path fill="H" d="M50 15c20 0 30 14 28 30-1 9-7 13-12 13H34c-5 0-11-4-12-13-2-16 8-30 28-30z"/>',
     '<path fill="H" d="M30 42c2-10 9-15 20-15s18 5 20 15c-6-5-13-6-20-6s-14 1-20 6z"/>'),
    ("", '<path fill="H" d="M30 40c1-12 9-17 20-17s19 5 20 17c-5-6-11-8-20-8s-15 2-20 8z"/>'),
    ('<path fill="H" d="M26 50c0-19 9-30 24-30s24 11 24 30c0 9-2 15-5 18H31c-3-3-5-9-5-18z"/>',
     '<path fill="H" d="M30 46v-8c4-9 11-12 20-12s16 3 20 12v8c-2-5-3-7-5-9H35c-2 2-3 4-5 9z"/>'),
    ("", ""),
)  # fmt: skip
_STYLES_OF = {"f": (1, 1, 2, 3, 3, 5, 5), "m": (0, 0, 4, 4, 6)}

_SCARF = (
    '<path fill="C" d="M50 17c18 0 27 13 26 31-1 16-7 27-10 34H34c-3-7-9-18-10-34-1-18 8-31 26-31z"/>',
    '<path fill="C" d="M30 47c0-14 8-21 20-21s20 7 20 21l4-4c0-16-9-25-24-25s-24 9-24 25z"/>',
)
_MOUTHS = (
    '<path d="M43 62q7 6 14 0" fill="none" stroke="#6b2f2a" stroke-width="2.2" stroke-linecap="round"/>',
    '<path d="M42 61q8 10 16 0z" fill="#fff" stroke="#6b2f2a" stroke-width="1.8" stroke-linejoin="round"/>',
    '<path d="M44 63q7 3 13-1" fill="none" stroke="#6b2f2a" stroke-width="2.2" stroke-linecap="round"/>',
)
_GLASSES = (
    '<g fill="none" stroke="#33302e" stroke-width="1.8"><circle cx="42" cy="49" r="6.5"/>'
    '<circle cx="58" cy="49" r="6.5"/><path d="M48.5 49h3"/></g>'
)
_BEARD = '<path fill="H" d="M30 52c1 18 9 26 20 26s19-8 20-26c-3 6-6 8-10 7-6-2-14-2-20 0-4 1-7-1-10-7z"/>'


def face(seed: str, name: str, *, sex: str, looks: str, bearded: bool = False) -> str:
    """A square SVG portrait, the same for the same arguments. `sex`: f or m; `looks`: one of LOOKS."""
    draw = random.Random(f"{seed}/{name}")
    own = LOOKS[looks]
    hair, skin, clothes = _HAIRS[draw.choice(own.hairs)], _SKINS[draw.choice(own.skins)], draw.choice(_CLOTHES)
    scarf = draw.random() < own.scarves
    behind, above = _SCARF if scarf and sex == "f" else _HAIR_STYLES[draw.choice(_STYLES_OF[sex])]
    mouth = draw.choice(_MOUTHS)
    parts = (
        f'<rect width="100" height="100" fill="{draw.choice(_GROUNDS)}"/>',
        behind,
        f'<path fill="{clothes}" d="M14 100c2-17 16-24 36-24s34 7 36 24z"/>',
        f'<path fill="{skin}" d="M42 66h16v12q-8 8-16 0z"/><path opacity=".12" d="M42 70q8 7 16 0v5q-8 5-16 0z"/>',
        f'<ellipse fill="{skin}" cx="50" cy="49" rx="20" ry="{draw.choice((21, 22, 23))}"/>',
        _BEARD if bearded else "",
        '<circle cx="42" cy="49" r="2.3" fill="#2b2523"/><circle cx="58" cy="49" r="2.3" fill="#2b2523"/>',
        f'<path d="M38 43.5q4-2.5 8 0M54 43.5q4-2.5 8 0" fill="none" stroke="{hair}" stroke-width="1.8"/>',
        '<path d="M50 50q-2.5 6 1 6" fill="none" stroke="#000" stroke-opacity=".25" stroke-width="1.8"/>',
        mouth,
        above,
        _GLASSES if draw.random() < 0.3 else "",
    )
    drawing = "".join(parts).replace('"H"', f'"{hair}"').replace('"C"', f'"{draw.choice(_CLOTHES)}"')
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="200" height="200">{drawing}</svg>'
