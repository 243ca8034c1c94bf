"""Find the mail in the given bytes, repair its header and limit its size."""

import re

MAX_BYTES = 40_000_000  # ten times that is what reading it takes
_MAX_LINES = 700_000
_MAX_HEADER_BYTES = 1_000_000

_HEADER_LINE = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
_SPACED_NAME = re.compile(rb"^([!-9;-~]{1,100})[ \t]+:")
_KNOWN = re.compile(
    rb"(?im)^(?:from|to|cc|bcc|subject|date|message-id|received|return-path|reply-to|sender|delivered-to|"
    rb"content-type|mime-version|content-transfer-encoding)[ \t]*:"
)
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")


class UnreadableMessage(Exception):  # noqa: N818 - it names what the bytes are
    """Raised if the bytes are no mail; says why."""


def mail_source(raw: bytes, problems: list[str]) -> bytes:
    """Return the mail from its first header on: mbox lines dropped, header repaired, size limited."""
    raw = raw[: MAX_BYTES + 1].removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\t ")
    if not raw:
        raise UnreadableMessage("the message is empty")
    while re.match(rb">?From [^\n]*\n", raw):
        raw = raw.partition(b"\n")[2]
    head, rest = _divided(raw, problems)
    known = _KNOWN.findall(head)
    if not known or (len(known) < 2 and not _HEADER_LINE.match(head)):
        binary = b"\x00" in head[:4096] or sum(byte > 126 for byte in head[:1000]) > 300
        raise UnreadableMessage("this is a binary file, not a mail" if binary else "there is no mail header")
    return _mended(head, problems) + _bounded(rest, problems)


def _divided(raw: bytes, problems: list[str]) -> tuple[bytes, bytes]:
    """Return the header block, and the rest with its leading blank line."""
    blank = _BLANK_LINE.search(raw)
    head, rest = (raw[: blank.start()], raw[blank.start() :]) if blank else (raw, b"")
    if len(head) > _MAX_HEADER_BYTES:
        problems.append(f"header longer than {_MAX_HEADER_BYTES:,} bytes, the rest was left out")
        head = head[:_MAX_HEADER_BYTES].rpartition(b"\n")[0]
    return head, rest


def _mended(head: bytes, problems: list[str]) -> bytes:
    """Fold stray lines between headers into the header above.

    The stdlib would end the header there. Stray lines after the last known header are body whose blank line is missing.
    """
    lines = head.splitlines()
    last = max((index for index, line in enumerate(lines) if _KNOWN.match(line)), default=0)
    mended: list[bytes] = []
    for index, line in enumerate(lines):
        stray = not _HEADER_LINE.match(line) and line[:1] not in (b" ", b"\t")
        if stray and index < last:
            problems.append("a line among the headers is no header")
            if not mended:
                continue
            line = b" " + line
        mended.append(_SPACED_NAME.sub(rb"\1:", line))
    return b"\n".join(mended)


def _bounded(rest: bytes, problems: list[str]) -> bytes:
    """Limit bytes and lines: each line costs the stdlib parser far more than its length."""
    if len(rest) >= MAX_BYTES - _MAX_HEADER_BYTES:
        problems.append(f"larger than {MAX_BYTES // 1_000_000} MB, the rest was left out")
        rest = rest[: MAX_BYTES - _MAX_HEADER_BYTES]
    if rest.count(b"\n") + rest.count(b"\r") <= _MAX_LINES:
        return rest
    problems.append(f"more than {_MAX_LINES:,} lines, the rest was left out")
    return rest[:_MAX_LINES]  # as many bytes hold no more lines than that
