"""Names, addresses and habits: drawn at random, from many places."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from partnership.demo.library import fill, library
from partnership.demo.personas.roles import ref_of

# Telephone numbers that the authorities of each country keep free for stories.
PHONES = {
    "de": (
        "+49 30 23125 {:03}",
        "+49 69 90009 {:03}",
        "+49 40 66969 {:03}",
        "+49 221 4710 {:03}",
        "+49 89 99998 {:03}",
    ),
    "gb": tuple(f"+44 {area} 496 0{{:03}}" for area in (113, 114, 115, 116, 117, 118, 121, 131, 141, 151, 161, 191)),
    "fr": tuple(f"+33 {prefix} {{:04}}" for prefix in ("1 99 00", "2 61 91", "3 53 01", "4 65 71", "5 36 49")),
}
LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ł": "l", "ø": "o", "æ": "ae", "ð": "d", "ı": "i"})


@dataclass(frozen=True)
class Who:
    """One customer as others know them. Of an organisation, first is the whole name."""

    ref: str
    name: str
    first: str
    sex: str
    language: str
    email: str
    phone: str
    about: str
    channel: str
    pace: str
    called: str


class Registry:
    """Draws people and firms, no two with the same name, address or number."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        abouts = library("school")["about"]
        self.taken: set[str] = set()
        self.abouts = {kind: endless(rng, lines) for kind, lines in abouts.items()}

    def person(self, index: int, *, employer: Who | None = None, language: str = "") -> Who:
        """Somebody new, at this place in the story; who works for a firm writes its language from its address."""
        rng, domain = self.rng, employer.email.partition("@")[2] if employer else ""
        language = employer.language if employer else language
        culture = self.culture(language)
        sex = rng.choice(("f", "m"))
        first, family = self.name(culture, sex)
        name = f"{shown(first)} {shown(family)}"
        mailbox = self.mailbox(latin(first), latin(family), domain)
        return Who(
            ref=ref_of(index),
            name=name,
            first=shown(first).split()[0],
            sex=sex,
            language=language or rng.choice(culture["languages"]),
            email=mailbox,
            phone=self.phone(culture["phone"]) if rng.random() < 0.7 else "",
            about=next(self.abouts["person"]) if rng.random() < 0.4 else "",
            channel=rng.choice(("email", "email", "email", "call", "chat", "meeting", "")),
            pace=rng.choice(("gentle", "steady", "steady", "brisk", "")),
            called=shown(first).split()[0] if rng.random() < 0.6 else "",
        )

    def firm(self, index: int, *, language: str = "") -> Who:
        words = library("names")["firms"]
        first = self.rng.choice(words["first"])
        name = self.unique(lambda: f"{first} {self.rng.choice(words['trade'])}")
        mailbox = self.unique(lambda: f"office@{slug(first)}.example.com", lambda: f"office@{slug(name)}.example.com")
        return Who(
            ref=ref_of(index),
            name=name,
            first=name,
            sex="f",
            language=language or self.rng.choice(("de", "de", "en", "es", "fr", "pl")),
            email=mailbox,
            phone=self.phone("de"),
            about=next(self.abouts["firm"]) if self.rng.random() < 0.7 else "",
            channel="email",
            pace="",
            called="",
        )

    def culture(self, language: str) -> dict:
        """One of the places that names come from, where this language is written if one is asked for."""
        places = [place for place in library("names").values() if "weight" in place]
        able = [place for place in places if not language or language in place["languages"]]
        return self.rng.choices(able, [place["weight"] for place in able])[0]

    def name(self, culture: dict, sex: str) -> tuple[str, str]:
        given, families = culture["women" if sex == "f" else "men"], culture["surnames"]
        for attempt in range(500):
            first, family = self.rng.choice(given), fill(self.rng.choice(families), sex=sex)
            if attempt > 5 or self.rng.random() < 0.06:
                first = with_second(first, self.rng.choice(given))
            if f"{first} {family}" not in self.taken:
                break
        self.taken.add(f"{first} {family}")
        return first, family

    def mailbox(self, first: str, family: str, domain: str) -> str:
        first, family = slug(first.split()[0]), slug(family)
        dotted = f"{first}.{family}"
        shapes = (dotted, dotted, f"{first[0]}.{family}", f"{family}.{first}", f"{first}{family[0]}")
        shape = dotted if domain else self.rng.choice(shapes)
        place = domain or self.rng.choice(("example.org", "example.com", "example.net"))
        numbers = iter(range(2, 10_000))
        return self.unique(lambda: f"{shape}@{place}", lambda: f"{shape}{next(numbers)}@{place}")

    def phone(self, country: str) -> str:
        def number() -> str:
            pattern = self.rng.choice(PHONES[country])
            return pattern.format(self.rng.randrange(10_000 if country == "fr" else 1_000))

        return self.unique(number)

    def unique(self, draw, again=None) -> str:
        value = draw()
        while value in self.taken:
            value = (again or draw)()
        self.taken.add(value)
        return value


def endless(rng: Random, lines: list[str]) -> Iterator[str]:
    """Each line once, in any order, before any comes again."""
    while True:
        yield from rng.sample(lines, len(lines))


def shown(name: str) -> str:
    """The name as its bearer writes it."""
    return " ".join(part.split("|")[0] for part in name.split()) if "|" in name else name


def latin(name: str) -> str:
    return " ".join(part.split("|")[-1] for part in name.split()) if "|" in name else name


def with_second(first: str, second: str) -> str:
    return first if second == first else f"{first} {second}"


def slug(name: str) -> str:
    """For an address: lower case, a to z and digits."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(LETTERS))
    return re.sub(r"[^a-z0-9]+", "", plain.encode("ascii", "ignore").decode())
