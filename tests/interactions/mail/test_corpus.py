"""Real mail from elsewhere, which the project may read where it lies beside it but does not contain."""

import base64
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from interactions.mail import parse
from interactions.mail.addresses import parse_addresses
from interactions.mail.quotes import split_quoted

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
ODD = sorted((SHARED / "mail-odd").glob("*.box"))
REPLIES = sorted((SHARED / "mail-replies").glob("*.expected.txt"))


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


def expected(path: Path) -> dict[str, Any]:
    return yaml.load(path.with_suffix(".yml").read_text(), RubyLoader)


@pytest.fixture(scope="module")
def odd() -> list[tuple[Path, Any, dict[str, Any]]]:
    if not ODD:
        pytest.skip(f"no odd mail at {SHARED}")
    return [(path, parse(path.read_bytes()), expected(path)) for path in ODD]


def test_all_odd_mail_is_read(odd):
    assert len(odd) == len(ODD)


def test_senders_of_odd_mail(odd):
    wrong = [
        path.name
        for path, message, told in odd
        if ((message.sender.given, message.sender.name) if message.sender else ("", ""))
        != (told["from_email"], told["from_display_name"])
    ]
    assert len(wrong) <= 2, wrong


def test_recipients_of_odd_mail(odd):
    wrong = [
        (path.name, field)
        for path, message, told in odd
        for field in ("to", "cc")
        if named(getattr(message, field)) != named(parse_addresses(told.get(field) or ""))
    ]
    assert wrong == []


def named(addresses) -> list[tuple[str, str]]:
    return [(address.name, address.given) for address in addresses]


def test_subjects_of_odd_mail(odd):
    assert [path.name for path, message, told in odd if message.subject != (told["subject"] or "").strip("\r\n")] == []


def test_most_bodies_of_odd_mail_have_the_same_words(odd):
    same = [path for path, message, told in odd if same_words(message, told["body"] or "")]
    assert len(same) >= 45


def same_words(message, body: str) -> bool:
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


def test_the_new_part_of_replies():
    if not REPLIES:
        pytest.skip(f"no replies at {SHARED}")
    wrong = []
    for path in REPLIES:
        source = path.with_name(path.name.replace(".expected", "")).read_text()
        if split_quoted(source)[0].split() != path.read_text().split():
            wrong.append(path.name)
    assert wrong == []
