"""What we say on screens and in mail: one thing has one name, and no sentence needs a second look."""

import re

import pytest
from babel.messages.catalog import Message

from tools import messages

FORBIDDEN = {
    r"looked after by|\bwhose it is\b|\bsees to it\b": "owner",
    r"\btake (it|this|them)( over)?$|\bgive (it )?away\b": "Assign to me, Assign…, Hand over…",
    r"\b(is|are|say that it is) done$": "Close, Mark as done",
    r"\bown it\b|\blet(ting)? go\b": "Mark as kept, Agree on a new date, Release, missed",
    r"\bgoals? reached\b|\breached (the|their|a) goal": "achieved",
    r"\bsay(ing)? no\b|\bhonest “?no\b": "Decline",
    r"\bmade good\b|\bmend(s|ed|ing)?\b": "Mistake of ours, recovery",
    r"^(Give|Record|Add|Make|Send) (a )?gesture": "Goodwill gesture",
    r"\bpush(es|ed|ing)?\b": "Nudge",
    r"^Why\?$": "Why this score?",
    r"\bwhere everybody starts\b": "starting point",
    r"\bwhy it moved\b": "what changed",
    r"\b(weekly|Monday) letter\b|\bletters? on Monday": "weekly summary",
    r"\bthe floor\b|\bwhat we promise\b": "answer by …, within n business hours",
    r"(?-i:^Promised$)|\beverybody who waits\b": "Answers due, Partnerships",
    r"\bfits nobody\b|\bnobody fits\b": "No customers match.",
}
"""What is not said, as a pattern: what is said instead."""

RIDDLES = {
    r"(?i:\b(somebody|someone|whoever|those who|he who)\b)": "a person has a name: the customer, a colleague, you",
    r"^(One|Nobody|Everybody) (can|may|must|should|has|is|was|will)\b": "a sentence begins with its subject",
    r"^What is .*[^?]$(?<!»)": "a sentence begins with its subject",
    r"^[a-zà-þ][^.…]*[a-z)]\.$": "a sentence begins with a capital",
}
"""How nothing is said, and why."""


def forms(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


@pytest.fixture(scope="module")
def texts() -> list[tuple[str, str]]:
    """Every marked text, with the files that have it."""
    return [
        (text, ", ".join(sorted({name for name, _line in message.locations})))
        for message in messages.extract()
        if message.id
        for text in forms(message)
    ]


@pytest.mark.parametrize(("said", "instead"), FORBIDDEN.items(), ids=FORBIDDEN.values())
def test_one_thing_has_one_name(texts: list[tuple[str, str]], said: str, instead: str) -> None:
    found = [f"{places}: “{text}”" for text, places in texts if re.search(said, text, re.IGNORECASE)]
    assert found == [], f"say: {instead}"


@pytest.mark.parametrize(("said", "why"), RIDDLES.items(), ids=RIDDLES)
def test_sentences_are_plain(texts: list[tuple[str, str]], said: str, why: str) -> None:
    found = [f"{places}: “{text}”" for text, places in texts if re.search(said, text)]
    assert found == [], why


@pytest.mark.parametrize(
    "text",
    [
        "Looked after by Ada", "Take it", "Own it", "3 goals reached", "The honest no", "Why?",
        "where everybody starts",
        "The weekly letter", "Nobody fits", "whoever comes first", "is not saved yet.", "Those who wait",
    ],
)  # fmt: skip
def test_what_is_not_said_is_found(text: str) -> None:
    flagged = [said for said in FORBIDDEN if re.search(said, text, re.IGNORECASE)]
    assert flagged + [said for said in RIDDLES if re.search(said, text)]
