"""Names, addresses and habits, drawn at random from many cultures."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from partnership.demo.library import Texts, fill_blanks, load_texts
from partnership.demo.personas.roles import ref_of

# Telephone numbers that the authorities of each country keep free for stories.
_PHONE_NUMBERS = {
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
_LATIN_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ł": "l", "ø": "o", "æ": "ae", "ð": "d", "ı": "i"}
)


@dataclass(frozen=True)
class Person:
    """A customer's particulars. `first` of an organisation is its whole name; `called`: the preferred name; `looks`: of
    which faces theirs is drawn."""

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
    looks: str


class Registry:
    """Draw people and firms, no two with the same name, address or number."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        abouts = load_texts("school")["about"]
        self.used: set[str] = set()
        self.abouts = {kind: shuffle_endlessly(rng, lines) for kind, lines in abouts.items()}

    def person(self, index: int, *, employer: Person | None = None, language: str = "") -> Person:
        """Draw a person; an employee writes in the language and from the domain of the employer."""
        rng, domain = self.rng, employer.email.partition("@")[2] if employer else ""
        language = employer.language if employer else language
        culture = self._draw_culture(language)
        sex = rng.choice(("f", "m"))
        first, family = self.name(culture, sex)
        name = f"{_native_name(first)} {_native_name(family)}"
        mailbox = self._draw_address(_latin_name(first), _latin_name(family), domain)
        return Person(
            ref=ref_of(index),
            name=name,
            first=_native_name(first).split()[0],
            sex=sex,
            language=language or rng.choice(culture["languages"]),
            email=mailbox,
            phone=self.phone(culture["phone"]) if rng.random() < 0.7 else "",
            about=next(self.abouts["person"]) if rng.random() < 0.4 else "",
            channel=rng.choice(("email", "email", "email", "call", "chat", "meeting", "")),
            pace=rng.choice(("gentle", "steady", "steady", "brisk", "")),
            called=_native_name(first).split()[0] if rng.random() < 0.6 else "",
            looks=culture["looks"],
        )

    def firm(self, index: int, *, language: str = "") -> Person:
        words = load_texts("names")["firms"]
        first = self.rng.choice(words["first"])
        name = self._draw_unique(lambda: f"{first} {self.rng.choice(words['trade'])}")
        mailbox = self._draw_unique(
            lambda: f"office@{_slug(first)}.example.com", lambda: f"office@{_slug(name)}.example.com"
        )
        return Person(
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
            looks="",
        )

    def _draw_culture(self, language: str) -> Texts:
        """Choose where a name comes from, among places of this language if one is given."""
        places = [place for place in load_texts("names").values() if "weight" in place]
        able = [place for place in places if not language or language in place["languages"]]
        return self.rng.choices(able, [place["weight"] for place in able])[0]

    def name(self, culture: Texts, sex: str) -> tuple[str, str]:
        given, families = culture["women" if sex == "f" else "men"], culture["surnames"]
        for attempt in range(500):
            first, family = self.rng.choice(given), fill_blanks(self.rng.choice(families), sex=sex)
            if attempt > 5 or self.rng.random() < 0.06:
                first = _add_second_name(first, self.rng.choice(given))
            if f"{first} {family}" not in self.used:
                break
        self.used.add(f"{first} {family}")
        return first, family

    def _draw_address(self, first: str, family: str, domain: str) -> str:
        first, family = _slug(first.split()[0]), _slug(family)
        dotted = f"{first}.{family}"
        shapes = (dotted, dotted, f"{first[0]}.{family}", f"{family}.{first}", f"{first}{family[0]}")
        shape = dotted if domain else self.rng.choice(shapes)
        place = domain or self.rng.choice(("example.org", "example.com", "example.net"))
        numbers = iter(range(2, 10_000))
        return self._draw_unique(lambda: f"{shape}@{place}", lambda: f"{shape}{next(numbers)}@{place}")

    def phone(self, country: str) -> str:
        def number() -> str:
            pattern = self.rng.choice(_PHONE_NUMBERS[country])
            return pattern.format(self.rng.randrange(10_000 if country == "fr" else 1_000))

        return self._draw_unique(number)

    def _draw_unique(self, draw: Callable[[], str], again: Callable[[], str] | None = None) -> str:
        value = draw()
        while value in self.used:
            value = (again or draw)()
        self.used.add(value)
        return value


def shuffle_endlessly(rng: Random, lines: list[str]) -> Iterator[str]:
    """Yield each line once, in random order, before any comes again."""
    while True:
        yield from rng.sample(lines, len(lines))


def _native_name(name: str) -> str:
    """Return the name as its bearer writes it, of "native|latin" parts."""
    return " ".join(part.split("|")[0] for part in name.split()) if "|" in name else name


def _latin_name(name: str) -> str:
    return " ".join(part.split("|")[-1] for part in name.split()) if "|" in name else name


def _add_second_name(first: str, second: str) -> str:
    return first if second == first else f"{first} {second}"


def _slug(name: str) -> str:
    """Reduce a name to a to z and digits, for an address."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(_LATIN_LETTERS))
    return re.sub(r"[^a-z0-9]+", "", plain.encode("ascii", "ignore").decode())
