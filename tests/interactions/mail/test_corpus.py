"""Whole mails and replies of our own, each with what is to be read from it beside it (tests/data)."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from interactions.mail import Address, Message, parse_message
from interactions.mail.quotes import split_quoted
from tests.data import MAILS, REPLIES


def test_there_are_mails_and_replies():
    assert len(MAILS) >= 30
    assert len(REPLIES) >= 30


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_an_awkward_mail_is_read_whole(path: Path):
    message, expected = (
        parse_message(path.read_bytes()),
        tomllib.loads(path.with_suffix(".toml").read_text(encoding="utf-8")),
    )
    fragments = [file.pop("holds") for file in expected.get("files", [])]
    assert in_words(message) == expected
    for file, fragment in zip(message.attachments, fragments, strict=True):
        assert fragment.encode() in file.content


def in_words(message: Message) -> dict[str, Any]:
    """Everything that was read, as the .toml files write it: what is empty is left out."""
    files = [{"name": each.filename, "type": each.content_type, "inline": each.inline} for each in message.attachments]
    return filled(
        {
            "sender": message.sender and written(message.sender),
            "reply_to": message.reply_to and written(message.reply_to),
            **{name: [written(each) for each in getattr(message, name)] for name in ("to", "cc", "bcc")},
            "date": message.date and str(message.date),
            "references": list(message.references),
            "problems": list(message.problems),
            "files": [filled(file) for file in files],
        }
        | {name: getattr(message, name) for name in AS_READ}
    )


AS_READ = ("message_id", "subject", "text", "quoted", "html", "auto_reply", "bulk")


def filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def written(address: Address) -> str:
    return f"{address.name} <{address.given}>" if address.name else address.given


@pytest.mark.parametrize("path", REPLIES, ids=lambda path: path.name.partition(".")[0])
def test_the_new_part_of_a_reply(path: Path):
    reply = path.with_name(path.name.replace(".expected", "")).read_text(encoding="utf-8")
    new, cut = split_quoted(reply)
    assert new == path.read_text(encoding="utf-8").rstrip("\n")
    assert sorted(filter(str.strip, f"{new}\n{cut}".split("\n"))) == sorted(filter(str.strip, reply.split("\n")))
