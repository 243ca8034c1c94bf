"""A drawn face for everybody in the story who is a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from partnership.demo.library import library
from partnership.demo.personas.characters import drawn
from partnership.demo.portrait_drawing import face


@dataclass(frozen=True)
class Portrait:
    """type is staff or customer, ref that record's."""

    type: str
    ref: str
    svg: str


def portraits(*, customers: int = 200, seed: int = 1, today: date) -> Iterator[Portrait]:
    """The faces of story() with the same arguments; organisations have none."""
    for each in library("school")["staff"]:
        ref = f"demo:{each['key']}"
        yield Portrait("staff", ref, look(ref, each["name"], each["sex"]))
    for character in drawn(customers, seed, today):
        if not character.is_firm:
            who = character.who
            yield Portrait("customer", who.ref, look(who.ref, who.name, who.sex))


def look(ref: str, name: str, sex: str) -> str:
    """Half of the men have a beard."""
    return face(ref, name, bearded=sex == "m" and Random(f"{ref}/{name}").random() < 0.5)
