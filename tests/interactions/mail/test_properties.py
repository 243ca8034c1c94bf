"""What holds for every input: no surprise, no character that PostgreSQL refuses, no line lost."""

from collections import Counter
from dataclasses import fields

from hypothesis import example, given
from hypothesis import strategies as st

from interactions.mail import Attachment, Message, UnreadableMessage, parse_message
from interactions.mail.charsets import decode
from interactions.mail.quotes import split_quoted
from tests.examples import CHEAP, examples

VALID = b"""From: Ada <ada@example.org>
To: "Berg, Bo" <bo@example.org>, c@example.org
Subject: =?utf-8?B?R3LDvMOfZQ==?=
Date: Mon, 1 Jan 2024 10:00:00 +0100
Message-ID: <1@example.org>
References: <0@example.org>
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=C3=9Fe

On Mon, Bo wrote:
> hi
--c
Content-Type: text/html; charset=iso-2022-jp

<p>x<img src="cid:1"></p>
--c--
--b
Content-Type: image/png; name*=utf-8''%C3%BC.png
Content-Transfer-Encoding: base64
Content-ID: <1>

AAEC
--b
Content-Type: message/rfc822

Subject: inner

text
--b--
"""
PIECES = [
    b"\x00",
    b"\xff",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"--b",
    b"--c",
    b"=?",
    b"?=",
    b'"',
    b"<",
    b">",
    b";",
    b"charset=",
    b"\x1b$B",
]
PIECES += [
    b"=?utf-7?Q?+2AA-?=",
    b"=?utf-16?B?ANg=?=",
    b"\xed\xa0\x80",
    b"name*0*=x''%ff",
    b"boundary=",
    b"From: ",
    b"Content-Type: ",
]

mutations = st.lists(
    st.tuples(
        st.integers(0, len(VALID)), st.integers(0, 30), st.one_of(st.binary(max_size=8), st.sampled_from(PIECES))
    ),
    min_size=1,
    max_size=8,
)


def mutated(changes: list[tuple[int, int, bytes]]) -> bytes:
    raw = VALID
    for position, removed, added in changes:
        raw = raw[:position] + added + raw[position + removed :]
    return raw


def texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for item in value for text in texts(item)]
    if hasattr(value, "__dataclass_fields__"):
        return [text for field in fields(value) for text in texts(getattr(value, field.name))]
    return []


def read(raw: bytes) -> Message | None:
    try:
        message = parse_message(raw)
    except UnreadableMessage:
        return None
    for text in texts(message):
        assert "\x00" not in text
        text.encode()  # a lone surrogate would raise
    assert message.date is None or message.date.tzinfo is not None
    assert all(isinstance(attachment, Attachment) and attachment.filename for attachment in message.attachments)
    return message


def test_the_valid_mail_is_read_whole():
    message = read(VALID)
    assert message.problems == ()
    assert (message.text, message.quoted) == ("Grüße", "On Mon, Bo wrote:\n> hi")
    assert [attachment.filename for attachment in message.attachments] == ["ü.png", "inner.eml"]


@CHEAP
@given(st.binary(max_size=400))
@example(b"From: \xff\n\n\xff")
def test_any_bytes(raw):
    read(raw)
    read(b"From: a@example.org\n" + raw)
    read(b"From: a@example.org\nContent-Type: text/html\n\n" + raw)


@examples(300)
@given(mutations)
def test_mutated_mail_is_read_or_refused_and_always_alike(changes):
    raw = mutated(changes)
    assert read(raw) == read(raw)


LINES = [
    "",
    "hello",
    "> quoted",
    ">> twice",
    "On Mon, 1 Jan 2024 at 10:00, Bo wrote:",
    "-- ",
    "-----Original Message-----",
    "_" * 32,
]
LINES += [
    "From: Bo",
    "Sent: Monday",
    "To: Ada",
    "Subject: x",
    "Sent from my iPhone",
    "```",
    "Bo <bo@example.org>",
    "wrote:",
    "  indented",
]


@CHEAP
@given(st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=30)), max_size=30))
def test_no_line_of_a_body_is_lost_or_invented(lines):
    body = "\n".join(lines)
    new, quoted = split_quoted(body)
    assert Counter(filled(f"{new}\n{quoted}")) == Counter(filled(body))
    assert bool(new.strip()) == bool(body.strip())


def filled(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n") if line.strip()]


@CHEAP
@given(
    st.text(alphabet=st.characters(codec="iso2022_jp", exclude_categories=["Cc"], exclude_characters="‾¥"), max_size=40)
)
def test_japanese_seven_bit_text_is_read_as_python_reads_it(text):
    encoded = text.encode("iso2022_jp")
    assert decode(encoded, "iso-2022-jp", []) == encoded.decode("iso2022_jp").translate(VENDOR)


# Signs that Microsoft's table, which senders follow, maps to another code point than Python's.
VENDOR = str.maketrans(
    {"\u2014": "\u2015", "\u301c": "\uff5e", "\u2016": "\u2225", "\u2212": "\uff0d", "¢": "￠", "£": "￡", "¬": "￢"}
)
