"""The characters of the story: names, first days, natures, employers and introductions."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from partnership.demo.library import Texts
from partnership.demo.personas.people import Person, Registry
from partnership.demo.personas.roles import ARCS, assign_roles
from partnership.demo.story.school_calendar import HISTORY
from partnership.demo.story.students import Nature, draw_nature

# At least and at most.
_DAYS_SINCE_START = {
    "loud": (346, 353),
    "champion": (300, 330),
    "won_back": (322, 330),
    "pushed": (230, 280),
    "free_work": (178, 190),
    "stalled": (170, 260),
    "gone_quiet": (270, 330),
    "newcomer": (19, 25),
    "corner_shop": (528, 548),
    "open_recovery": (110, 150),
    "alumnus": (548, 548),
}

_LIFECYCLES = {"free_work": "prospect", "prospect": "prospect", "gone_quiet": "paused", "alumnus": "ended"}
_ORGANISATION_ROLES = ("firm", "free_work")


@dataclass
class Character:
    """A customer before the story begins. `speaker`: who writes, at an organisation one of its people."""

    role: str
    who: Person
    speaker: Person
    start: date
    nature: Nature
    rng: Random
    firm: "Character | None" = None
    introduced_by: "Character | None" = None
    people: list["Character"] = field(default_factory=list)
    programmes: list[Texts] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lifecycle = _LIFECYCLES.get(self.role, "active")

    @property
    def is_firm(self) -> bool:
        return self.role in _ORGANISATION_ROLES


def draw_characters(customers: int, seed: int, today: date) -> list[Character]:
    """Draw all characters, firms first: members have addresses of their firm."""
    registry = Registry(Random(f"{seed}/people"))
    bonds = Random(f"{seed}/bonds")
    firms: list[Character] = []
    by_index: dict[int, Character] = {}
    for index, role in sorted(
        enumerate(assign_roles(customers, seed)), key=lambda each: each[1] not in _ORGANISATION_ROLES
    ):
        firm = bonds.choice(firms) if role == "member" else None
        character = by_index[index] = _draw_character(
            registry, index, role, firm, rng=Random(f"{seed}/{index}"), today=today
        )
        if role == "firm":
            firms.append(character)
    characters = [by_index[index] for index in range(customers)]
    _draw_introductions(characters, bonds, today)
    return characters


def _draw_character(
    registry: Registry, index: int, role: str, firm: Character | None, *, rng: Random, today: date
) -> Character:
    start = _draw_start(role, rng, today)
    if role in _ORGANISATION_ROLES:
        who = registry.firm(index, language="en" if role in ARCS else "")
        return Character(role, who, registry.person(index, employer=who), start, draw_nature(rng), rng)
    who = registry.person(index, employer=firm.who if firm else None, language="en" if role in ARCS else "")
    character = Character(role, who, who, start, draw_nature(rng), rng, firm=firm)
    if firm:
        character.start = max(start, firm.start)
        firm.people.append(character)
    return character


def _draw_start(role: str, rng: Random, today: date) -> date:
    """Draw the first day of the history; students begin with a cohort, one each quarter and some in between."""
    if role in _DAYS_SINCE_START:
        days = rng.randint(*_DAYS_SINCE_START[role])
    elif role == "prospect":
        days = min(rng.randrange(2, 200), rng.randrange(2, 200))
    elif role == "student":
        days = rng.choice((14, 50, 105, 105, 160, 200, 200, 260, 300, 350, 390, 450, 510)) + rng.randrange(12)
    else:
        days = rng.randrange(60, HISTORY.days - 10)
    return today - timedelta(days=days)


def _draw_introductions(characters: list[Character], rng: Random, today: date) -> None:
    """Draw who introduced each customer: the champion several, the diligent some, always newer ones."""
    champion = next(each for each in characters if each.role == "champion")
    newer = [each for each in characters if each.role in ("student", "prospect", "shopper")]
    newcomers = [each for each in newer if champion.start + timedelta(days=40) < each.start < today - timedelta(days=8)]
    for each in rng.sample(newcomers, min(4, len(newcomers))):
        each.introduced_by = champion
    introducers = [each for each in characters if each.role in ("student", "alumnus") and each.nature.diligence > 0.5]
    for each in newer:
        if each.introduced_by is None and rng.random() < 0.2:
            before = [other for other in introducers if other.start < each.start - timedelta(days=40)]
            each.introduced_by = rng.choice(before) if before else None
