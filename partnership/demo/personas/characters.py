"""Who is in the story before it begins: names, first days, natures, and who belongs to whom."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from partnership.demo.personas.people import Registry, Who
from partnership.demo.personas.roles import ARCS, roles
from partnership.demo.story.school_calendar import HISTORY
from partnership.demo.story.students import Nature, nature

BEGAN = {
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
"""How many days ago an arc began, at least and at most."""

LIFECYCLES = {"free_work": "prospect", "prospect": "prospect", "gone_quiet": "paused", "alumnus": "ended"}
FIRMS = ("firm", "free_work")


@dataclass
class Character:
    """Somebody in the story before it begins."""

    role: str
    who: Who
    speaker: Who  # oneself, or whoever answers the telephone at an organisation
    start: date
    nature: Nature
    rng: Random
    firm: "Character | None" = None
    introduced_by: "Character | None" = None
    people: list["Character"] = field(default_factory=list)
    programmes: list[dict] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lifecycle = LIFECYCLES.get(self.role, "active")

    @property
    def is_firm(self) -> bool:
        return self.role in FIRMS


def drawn(customers: int, seed: int, today: date) -> list[Character]:
    """Everybody; firms first, because members are named after them."""
    registry = Registry(Random(f"{seed}/people"))
    bonds = Random(f"{seed}/bonds")
    firms: list[Character] = []
    everybody: dict[int, Character] = {}
    for index, role in sorted(enumerate(roles(customers, seed)), key=lambda each: each[1] not in FIRMS):
        firm = bonds.choice(firms) if role == "member" else None
        character = everybody[index] = one(registry, index, role, firm, rng=Random(f"{seed}/{index}"), today=today)
        if role == "firm":
            firms.append(character)
    characters = [everybody[index] for index in range(customers)]
    introduce(characters, bonds, today)
    return characters


def one(registry: Registry, index: int, role: str, firm: Character | None, *, rng: Random, today: date) -> Character:
    start = began(role, rng, today)
    if role in FIRMS:
        who = registry.firm(index, language="en" if role in ARCS else "")
        return Character(role, who, registry.person(index, employer=who), start, nature(rng), rng)
    who = registry.person(index, employer=firm.who if firm else None, language="en" if role in ARCS else "")
    character = Character(role, who, who, start, nature(rng), rng, firm=firm)
    if firm:
        character.start = max(start, firm.start)
        firm.people.append(character)
    return character


def began(role: str, rng: Random, today: date) -> date:
    """The first day of the history; students begin with a cohort, one each quarter and some in between."""
    if role in BEGAN:
        days = rng.randint(*BEGAN[role])
    elif role == "prospect":
        days = min(rng.randrange(2, 200), rng.randrange(2, 200))
    elif role == "student":
        days = rng.choice((14, 50, 105, 105, 160, 200, 200, 260, 300, 350, 390, 450, 510)) + rng.randrange(12)
    else:
        days = rng.randrange(60, HISTORY.days - 10)
    return today - timedelta(days=days)


def introduce(characters: list[Character], rng: Random, today: date) -> None:
    """Who brought whom: the champion several, the diligent some, and always somebody who was there before."""
    champion = next(each for each in characters if each.role == "champion")
    newer = [each for each in characters if each.role in ("student", "prospect", "shopper")]
    brought = [each for each in newer if champion.start + timedelta(days=40) < each.start < today - timedelta(days=8)]
    for each in rng.sample(brought, min(4, len(brought))):
        each.introduced_by = champion
    bringers = [each for each in characters if each.role in ("student", "alumnus") and each.nature.diligence > 0.5]
    for each in newer:
        if each.introduced_by is None and rng.random() < 0.2:
            before = [other for other in bringers if other.start < each.start - timedelta(days=40)]
            each.introduced_by = rng.choice(before) if before else None
