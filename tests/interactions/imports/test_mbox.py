"""Cutting an mbox file into its messages."""

import io

from interactions.imports.mbox import read_messages
from interactions.mail.source import MAX_BYTES

ONE = b"From: a@x.example\nSubject: one\n\nfirst\n"
TWO = b"From: b@x.example\nSubject: two\n\nsecond\n"
SEPARATOR = b"From a@x.example Thu May  3 12:04:29 2012\n"


def split(data: bytes) -> list[tuple[int, bytes]]:
    return list(read_messages(io.BytesIO(data)))


def test_messages_with_the_numbers_of_their_first_lines():
    assert split(SEPARATOR + ONE + b"\n" + SEPARATOR + TWO) == [(2, ONE + b"\n"), (8, TWO)]


def test_nothing_in_an_empty_file():
    assert split(b"") == []
    assert split(b"\n\n") == []
    assert split(SEPARATOR) == []


def test_windows_line_ends():
    data = (SEPARATOR + ONE + b"\n" + SEPARATOR + TWO).replace(b"\n", b"\r\n")
    assert [raw.strip() for _, raw in split(data)] == [
        ONE.replace(b"\n", b"\r\n").strip(),
        TWO.replace(b"\n", b"\r\n").strip(),
    ]


def test_a_separator_without_a_date_counts_when_a_header_follows():
    assert len(split(b"From MAILER-DAEMON\n" + ONE + b"\nFrom - someone odd\n" + TWO)) == 2


def test_a_sentence_that_begins_with_from_is_text():
    letter = ONE + b"\nFrom what I hear, all is well.\nFrom here on\n"
    assert [raw for _, raw in split(SEPARATOR + letter)] == [letter]


def test_escaped_from_lines_lose_one_mark():
    letter = ONE + b"\n>From here\n>>From there\n"
    assert split(SEPARATOR + letter)[0][1] == ONE + b"\nFrom here\n>From there\n"


def test_what_stands_above_the_first_separator_is_a_message():
    assert [raw for _, raw in split(ONE + b"\n" + SEPARATOR + TWO)] == [ONE + b"\n", TWO]


def test_two_separators_in_a_row():
    assert [raw for _, raw in split(SEPARATOR + SEPARATOR + ONE)] == [ONE]


class Endless(io.RawIOBase):
    """A message of one endless line: counts what was read, holds nothing."""

    def __init__(self, size: int) -> None:
        self.left = size

    def readable(self) -> bool:
        return True

    def readline(self, size: int = -1) -> bytes:
        taken = min(size, self.left)
        self.left -= taken
        return b"x" * taken


def test_a_message_is_cut_at_the_size_we_read():
    stream = Endless(3 * MAX_BYTES)
    [(_, raw)] = read_messages(stream)
    assert MAX_BYTES < len(raw) < 1.1 * MAX_BYTES
    assert stream.left == 0
