"""Real mail from elsewhere: awkward mails as another help desk reads them, and the new part of replies."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from interactions.imports import history
from interactions.mail import Address, Message, parse_message
from interactions.mail.addresses import parse_addresses
from interactions.mail.quotes import split_quoted
from interactions.models import Interaction

AT = datetime(2024, 6, 1, 12, tzinfo=UTC)


class RubyLoader(yaml.SafeLoader):
    """Reads Ruby's hashes as dictionaries and its binary strings as bytes; builds nothing else."""


def ruby(loader: RubyLoader, _suffix: str, node: yaml.Node) -> Any:
    return (
        loader.construct_mapping(node, deep=True)
        if isinstance(node, yaml.MappingNode)
        else loader.construct_scalar(node)
    )


RubyLoader.add_multi_constructor("!ruby/", ruby)
RubyLoader.add_constructor("!binary", lambda loader, node: base64.b64decode(loader.construct_scalar(node)))


@dataclass
class Odd:
    """A mail, as we read it and as the other help desk does."""

    path: Path
    message: Message
    expected: dict[str, Any]


@pytest.fixture(scope="module")
def odd(data: Path) -> list[Odd]:
    return [
        Odd(
            path,
            parse_message(path.read_bytes()),
            yaml.load(path.with_suffix(".yml").read_text(encoding="utf-8"), RubyLoader),
        )
        for path in sorted((data / "mail-odd").glob("*.box"))
    ]


def names(mails: list[Odd]) -> str:
    return f" but for {', '.join(each.path.stem for each in mails)}" if mails else ""


def test_senders_of_odd_mail(odd: list[Odd], report: Callable[[str], None]) -> None:
    wrong = [
        each
        for each in odd
        if (each.message.sender.given, each.message.sender.name)
        != (each.expected["from_email"], each.expected["from_display_name"])
    ]
    report(f"{len(odd)} odd mails: senders exact{names(wrong)}")
    assert len(wrong) <= 2


def test_recipients_of_odd_mail(odd: list[Odd], report: Callable[[str], None]) -> None:
    wrong = [
        each
        for each in odd
        for field in ("to", "cc")
        if named(getattr(each.message, field)) != named(parse_addresses(each.expected.get(field) or ""))
    ]
    report(f"{len(odd)} odd mails: recipients exact{names(wrong)}")
    assert not wrong


def named(addresses: tuple[Address, ...]) -> list[tuple[str, str]]:
    return [(address.name, address.given) for address in addresses]


def test_subjects_of_odd_mail(odd: list[Odd], report: Callable[[str], None]) -> None:
    wrong = [each for each in odd if each.message.subject != (each.expected["subject"] or "").strip("\r\n")]
    report(f"{len(odd)} odd mails: subjects exact{names(wrong)}")
    assert not wrong


def test_most_bodies_of_odd_mail_have_the_same_words(odd: list[Odd], report: Callable[[str], None]) -> None:
    other = [each for each in odd if not same_words(each.message, each.expected["body"] or "")]
    report(f"{len(odd) - len(other)} of {len(odd)} odd mails: bodies with the same words{names(other)}")
    assert len(other) <= len(odd) / 6


def same_words(message: Message, body: str) -> bool:
    body = "" if body == "no visible content" else body
    whole = f"{message.text}\n{message.quoted}"
    as_text = sorted(re.findall(r"\w+", bare(body))) == sorted(re.findall(r"\w+", whole))
    return as_text or closed(body) in (closed(whole), closed(message.html))


def bare(text: str) -> str:
    text = re.sub(r"<[^>]*>", " ", text)
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, char)
    return text


def closed(text: str) -> str:
    return re.sub(r"[\s>-]+", "", bare(text))


def test_the_new_part_of_replies(data: Path, report: Callable[[str], None]) -> None:
    parts = sorted((data / "mail-replies").glob("*.expected.txt"))
    wrong = []
    for path in parts:
        source = path.with_name(path.name.replace(".expected", "")).read_text(encoding="utf-8")
        if split_quoted(source)[0].split() != path.read_text(encoding="utf-8").split():
            wrong.append(path.name.partition(".")[0])
    report(f"{len(parts)} replies: the new part exact{' but for ' + ', '.join(wrong) if wrong else ''}")
    assert not wrong


@pytest.mark.django_db
def test_odd_mails_are_imported(odd: list[Odd], report: Callable[[str], None], settings, tmp_path: Path) -> None:
    settings.VAR_DIR, settings.MEDIA_ROOT = tmp_path / "var", tmp_path / "media"
    wrong = []
    for each in odd:
        summary = history.import_files([each.path], at=AT, format="eml")
        assert summary.refused == 0, each.path
        if not agrees(Interaction.objects.order_by("pk")[0], each.expected):
            wrong.append(each)
        Interaction.objects.all().delete()
    report(f"{len(odd)} odd mails: imported with the same sender, recipients and subject{names(wrong)}")
    assert len(wrong) <= 4


def agrees(row: Interaction, expected: dict[str, Any]) -> bool:
    """Whether the sender's address and name, the subject, and everybody in To are the same."""
    got = {
        "from_email": row.payload["from_email"],
        "from_display_name": row.payload["from_display_name"],
        "subject": row.subject,
        "to": row.payload.get("to", ""),
    }
    return all(plain(str(expected.get(name) or "")) == plain(value) for name, value in got.items())


def plain(text: str) -> str:
    return " ".join(text.replace('"', "").split())
