"""The quadrant's drawing: dots, axes, averages and the four corners. Lengths are in units of the drawing."""

from dataclasses import dataclass
from math import ceil

from django.utils.translation import gettext as _

from partnership.core.formats import format_number
from partnership.health.frame.wording import hours

WIDTH, HEIGHT = 720, 420

LOUD, _AUDIBLE = 60, 25
SIZES = {"quiet": 5, "audible": 6.5, "loud": 8}
_SMALLEST, _LARGEST = 3.5, 18  # where the size says how much they bought

CORNERS = ("much_less", "much_more", "little_less", "little_more")
"""Our time (more than the average or not) and partnership (less or more), as they stand in the drawing."""

_AVERAGE_LABEL = (190, 425)
"""Between which the label of the average stands, so that it covers no corner's name on a phone."""


@dataclass(frozen=True)
class Dot:
    """`volume` (quiet, audible, loud) is drawn as shape and colour, thin evidence hollow; `points`: of a polygon;
    `customer`: the key, where it is one customer's dot."""

    x: float
    y: float
    size: float
    volume: str
    thin: bool
    text: str
    url: str
    customer: int = 0

    @property
    def points(self) -> str:
        x, y, r = self.x, self.y, self.size
        corners = {
            "loud": [(x, y - r * 1.2), (x + r * 1.1, y + r * 0.8), (x - r * 1.1, y + r * 0.8)],
            "audible": [(x, y - r), (x + r, y), (x, y + r), (x - r, y)],
        }
        return " ".join(f"{across:.1f},{up:.1f}" for across, up in corners.get(self.volume, []))


@dataclass(frozen=True)
class Corner:
    """`text` says what to do with its customers; `count` as it is shown."""

    name: str
    text: str
    count: str
    url: str


@dataclass(frozen=True)
class Average:
    """Where a line stands and its label: `at` is x or y, `label` where the text stands along the edge."""

    at: float
    label: float
    text: str


def name_corners() -> dict[str, tuple[str, str]]:
    """Return the name of each corner, and what to do with its customers."""
    return {
        "much_less": (
            _("One-sided"),
            _("They take much of our time and do little themselves: agree on what each side does."),
        ),
        "much_more": (_("Strong partners"), _("They do their part and get our time: keep it up, and thank them.")),
        "little_less": (
            _("Light touch"),
            _("They take little of our time and do little themselves: answer on time, and offer them a goal."),
        ),
        "little_more": (
            _("Overlooked partners"),
            _("They do their part and get little of our time: call them before they ask."),
        ),
    }


def volume_of(loudness: float) -> str:
    return "loud" if loudness >= LOUD else "audible" if loudness >= _AUDIBLE else "quiet"


def size_of_amount(amount: float, most: float) -> float:
    """Return the size of a dot whose area grows with what they bought."""
    share = max(amount, 0) / most if most > 0 else 0
    return round(_SMALLEST + (_LARGEST - _SMALLEST) * share**0.5, 1)


def x_of(partnership: float) -> float:
    return partnership / 100 * WIDTH


def y_of(minutes: float, top: float) -> float:
    return HEIGHT * (1 - min(1, minutes / top))


def round_up(minutes: float) -> float:
    """Return the end of an axis with four round steps."""
    steps = (1, 2, 5, 10, 15, 30, 60, 90, 120, 180, 240, 300)
    step = next((step for step in steps if 4 * step >= minutes), None)
    return 4.0 * (step or 300 * ceil(minutes / 1200))


def ticks_across() -> list[tuple[float, str]]:
    return [(WIDTH * points / 100, str(points)) for points in range(0, 101, 20)]


def ticks_up(top: float) -> list[tuple[float, str]]:
    return [(HEIGHT * (1 - part / 4), hours(top * part / 4) if part else "0") for part in range(5)]


def average_across(partnership: float | None) -> Average | None:
    if partnership is None:
        return None
    x = x_of(partnership)
    least, most = _AVERAGE_LABEL
    return Average(round(x, 1), min(max(x, least), most), _("average %s") % format_number(partnership))


def average_up(minutes: float, top: float) -> Average:
    y = round(y_of(minutes, top), 1)
    return Average(y, y, hours(minutes))
