"""A running comparison of scores under two rule sets; its memory does not grow with the number of customers."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from typing import TypedDict

MAX_EXTREMES = 10  # customers kept of those with the largest gains, and with the largest losses
MAX_MOVERS = 500  # customers kept of those who change tier, the first by key

AVERAGED_SCORES = ("partnership", "commitment", "reciprocity", "confidence")

# Changes of partnership are counted in bands between these points, up and down; no change is a band of its own.
_BAND_EDGES = (1, 5, 10, 20, 100)


class Band(TypedDict):
    """The number of customers whose partnership changed by more than the end nearer to 0, up to the other end.

    The band from 0 to 0 counts customers without a change.
    """

    low: int
    high: int
    customers: int


class Change(TypedDict):
    """The change of partnership, in points; `distribution` holds all bands in order, empty ones too."""

    mean: float
    rose: int
    fell: int
    same: int
    distribution: list[Band]


class Means(TypedDict):
    before: float
    after: float


class TierMove(TypedDict):
    """The number of customers with one tier before and one after, by name; the two may be the same."""

    before: str
    after: str
    customers: int


class TierCount(TypedDict):
    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class ScorePair:
    """One customer under both sets: AVERAGED_SCORES in their order, and the name of the earned tier."""

    customer: int
    before: tuple[float, ...]
    tier_before: str
    after: tuple[float, ...]
    tier_after: str

    @property
    def change(self) -> float:
        return self.after[0] - self.before[0]


@dataclass
class Tally:
    before: list[float] = field(default_factory=lambda: [0.0] * len(AVERAGED_SCORES))
    after: list[float] = field(default_factory=lambda: [0.0] * len(AVERAGED_SCORES))
    steps: Counter[int] = field(default_factory=Counter)
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    winners: list[ScorePair] = field(default_factory=list)
    losers: list[ScorePair] = field(default_factory=list)
    movers: list[ScorePair] = field(default_factory=list)

    def add(self, pairs: Sequence[ScorePair]) -> None:
        """Add customers, who must come in the order of their keys over all calls."""
        for pair in pairs:
            for place in range(len(AVERAGED_SCORES)):
                self.before[place] += pair.before[place]
                self.after[place] += pair.after[place]
        self.steps.update(find_band_step(pair.change) for pair in pairs)
        self.moves.update((pair.tier_before, pair.tier_after) for pair in pairs)
        moved = [pair for pair in pairs if pair.tier_before != pair.tier_after]
        self.movers += moved[: MAX_MOVERS - len(self.movers)]
        self.winners = _find_extremes([*self.winners, *pairs], sign=1)
        self.losers = _find_extremes([*self.losers, *pairs], sign=-1)

    @property
    def customers(self) -> int:
        return self.moves.total()

    @property
    def changed_tier(self) -> int:
        return sum(number for (before, after), number in self.moves.items() if before != after)

    def change(self) -> Change:
        return {
            "mean": (self.after[0] - self.before[0]) / max(1, self.customers),
            "rose": sum(number for step, number in self.steps.items() if step > 0),
            "fell": sum(number for step, number in self.steps.items() if step < 0),
            "same": self.steps[0],
            "distribution": [
                {"low": low, "high": high, "customers": self.steps[step]} for step, low, high in list_bands()
            ],
        }

    def means(self) -> dict[str, Means]:
        number = max(1, self.customers)
        return {
            name: {"before": before / number, "after": after / number}
            for name, before, after in zip(AVERAGED_SCORES, self.before, self.after, strict=True)
        }

    def tiers(self, names: Iterable[str]) -> list[TierCount]:
        """Count customers by tier, in the order of the names, each once."""
        before, after = Counter[str](), Counter[str]()
        for (one, other), number in self.moves.items():
            before[one] += number
            after[other] += number
        return [{"name": name, "before": before[name], "after": after[name]} for name in dict.fromkeys(names)]

    def matrix(self) -> list[TierMove]:
        return [
            {"before": before, "after": after, "customers": number}
            for (before, after), number in sorted(self.moves.items(), key=lambda move: (-move[1], move[0]))
        ]


def _find_extremes(pairs: Iterable[ScorePair], *, sign: int) -> list[ScorePair]:
    moved = (pair for pair in pairs if sign * pair.change > 0)
    return nlargest(MAX_EXTREMES, moved, key=lambda pair: (sign * pair.change, -pair.customer))


def find_band_step(change: float) -> int:
    """Return how many bands a change is away from no change, with its sign."""
    if not change:
        return 0
    step = 1 + bisect_left(_BAND_EDGES, min(abs(change), _BAND_EDGES[-1]))
    return step if change > 0 else -step


def list_bands() -> list[tuple[int, int, int]]:
    """List steps in order, each with the points it lies between."""
    up = list(zip(range(1, len(_BAND_EDGES) + 1), (0, *_BAND_EDGES), _BAND_EDGES, strict=False))
    return [*((-step, -high, -low) for step, low, high in reversed(up)), (0, 0, 0), *up]
