"""Drawn portraits of the staff and of the customers who are persons."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from partnership.demo.library import load_texts
from partnership.demo.personas.characters import draw_characters
from partnership.demo.portrait_drawing import face


@dataclass(frozen=True)
class Portrait:
    """A drawing; `type` is staff or customer, `ref` the record's."""

    type: str
    ref: str
    svg: str


def draw_portraits(*, customers: int = 200, seed: int = 1, today: date) -> Iterator[Portrait]:
    """Draw the people of story_records() with the same arguments."""
    for each in load_texts("school")["staff"]:
        ref = f"demo:{each['key']}"
        yield Portrait("staff", ref, _draw_portrait(ref, each["name"], each["sex"], each["looks"]))
    for character in draw_characters(customers, seed, today):
        if not character.is_firm:
            who = character.who
            yield Portrait("customer", who.ref, _draw_portrait(who.ref, who.name, who.sex, who.looks))


def _draw_portrait(ref: str, name: str, sex: str, looks: str) -> str:
    """Half of the men have a beard."""
    bearded = sex == "m" and Random(f"{ref}/{name}").random() < 0.5
    return face(ref, name, sex=sex, looks=looks, bearded=bearded)
