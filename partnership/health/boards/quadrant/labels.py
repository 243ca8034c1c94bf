"""Names beside the dots that stand furthest from the averages, without overlapping."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot
from typing import NamedTuple

from django.utils.text import Truncator

from partnership.health.boards.quadrant.drawing import HEIGHT, WIDTH, Dot

MOST_LABELS = 6
_LONGEST = 22  # characters
_ROOM = 4  # between a dot and its name

_SIZE, _SIZE_ON_PHONES = 13, 24  # of the text, as the style sheet has it
_CHARACTER = 0.58  # mean width, of the text's size


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "_Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    @property
    def is_inside(self) -> bool:
        return self.left >= 0 and self.right <= WIDTH and self.top >= 0 and self.bottom <= HEIGHT


@dataclass(frozen=True)
class Label:
    """`anchor` as in SVG; `on_phones`: it has room there too, where the text is larger."""

    x: float
    y: float
    anchor: str
    text: str
    on_phones: bool


def furthest(dots: Iterable[Dot], *, across: float, up: float) -> list[Dot]:
    """Return the dots of single customers with evidence that stand furthest from the place of both averages, the
    furthest first."""
    single = (dot for dot in dots if dot.customer and not dot.thin)
    ordered = sorted(single, key=lambda dot: (-hypot((dot.x - across) / WIDTH, (dot.y - up) / HEIGHT), dot.customer))
    return ordered[:MOST_LABELS]


def place_labels(named: list[tuple[Dot, str]], dots: Iterable[Dot]) -> list[Label]:
    """Place each name where it covers no other name and, if it can be, no dot; leave out those without room."""
    taken: list[_Box] = []
    taken_on_phones: list[_Box] = []
    around = [_box_of(dot) for dot in dots]
    labels = []
    for dot, name in named:
        text = Truncator(name).chars(_LONGEST)
        places = [(place, _text_box(*place, text, _SIZE)) for place in _places(dot)]
        free = [pair for pair in places if pair[1].is_inside and not any(map(pair[1].overlaps, taken))]
        clear = [pair for pair in free if not any(map(pair[1].overlaps, around))]
        if not free:
            continue
        (x, y, anchor), box = (clear or free)[0]
        taken.append(box)
        larger = _text_box(x, y, anchor, text, _SIZE_ON_PHONES)
        on_phones = larger.is_inside and not any(map(larger.overlaps, taken_on_phones))
        if on_phones:
            taken_on_phones.append(larger)
        labels.append(Label(round(x, 1), round(y, 1), anchor, text, on_phones))
    return labels


def _places(dot: Dot) -> list[tuple[float, float, str]]:
    """Return where a name may stand: right of the dot, left of it, above, below; x, the text's base line, anchor."""
    away = dot.size + _ROOM
    return [
        (dot.x + away, dot.y + _SIZE / 3, "start"), (dot.x - away, dot.y + _SIZE / 3, "end"),
        (dot.x, dot.y - away, "middle"), (dot.x, dot.y + away + _SIZE * 0.8, "middle"),
    ]  # fmt: skip


def _box_of(dot: Dot) -> _Box:
    return _Box(dot.x - dot.size, dot.y - dot.size, dot.x + dot.size, dot.y + dot.size)


def _text_box(x: float, y: float, anchor: str, text: str, size: float) -> _Box:
    width = len(text) * size * _CHARACTER
    left = {"start": x, "end": x - width, "middle": x - width / 2}[anchor]
    return _Box(left, y - size * 0.85, left + width, y + size * 0.25)
