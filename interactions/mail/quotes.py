"""Separate the new part of a mail from quotes and signatures.

Each line gets a kind (`phrases` knows the words); then rules on the sequence of kinds decide. Every line ends up in the
new part or among the cut lines.
"""

from enum import Enum, auto

from interactions.mail import phrases

FEW = 7  # fewer lines of text below a quote, or below a rule, are a signature and not an answer


class Kind(Enum):
    """The kind of a line."""

    BLANK = auto()
    TEXT = auto()
    QUOTE = auto()
    INTRO = auto()  # "On … wrote:"
    DIVIDER = auto()  # "-----Original Message-----"
    HEADER = auto()  # "Sent: …"
    RULE = auto()  # "__________"
    SIGNATURE = auto()  # "-- "


def split_quoted(body: str) -> tuple[str, str]:
    """Return `(new part, cut lines)`. A mail that is only a quote or a forward is its own new part."""
    lines = body.split("\n")
    kept = _kept(lines, _kinds(lines))
    new = [line for index, line in enumerate(lines) if index in kept]
    if not any(line.strip() for line in new):
        return body.strip("\n"), ""
    return _joined(new), _joined([line for index, line in enumerate(lines) if index not in kept])


def _joined(lines: list[str]) -> str:
    """Join lines without surrounding blank ones; the first line keeps its indent."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[filled[0] : filled[-1] + 1]).rstrip() if filled else ""


def _kept(lines: list[str], kinds: list[Kind]) -> set[int]:
    """Return the indexes of the new part's lines."""
    text = next((index for index, kind in enumerate(kinds) if kind in (Kind.TEXT, Kind.HEADER)), len(lines))
    end = len(lines)
    if text == end or _passed_on(kinds):
        return set(range(end))
    for cut in (_divider, _header_block, _signature, _intro):
        end = min(end, cut(lines, kinds, text, end))
    end = _without_trailing(lines, kinds, text, end)
    start = _answer_below(kinds, end)
    quotes_after = Kind.QUOTE in kinds[start:end]
    return {
        index
        for index in range(start, end)
        if kinds[index] != Kind.INTRO or (quotes_after and index > text)  # an intro among answers stays with its quote
    }


def _passed_on(kinds: list[Kind]) -> bool:
    """Check whether the mail begins with another mail's header: a forward without own text."""
    top = [kind for kind in kinds[:40] if kind != Kind.BLANK][:8]
    return top[0] == Kind.DIVIDER or (top[0] == Kind.HEADER and top.count(Kind.HEADER) >= 3)


def _kinds(lines: list[str]) -> list[Kind]:
    fenced = _fenced(lines)
    kinds = [Kind.TEXT if index in fenced else _kind(line) for index, line in enumerate(lines)]
    for index, line in enumerate(lines):
        if kinds[index] in (Kind.TEXT, Kind.HEADER, Kind.QUOTE) and index not in fenced:
            _mark_intro(lines, kinds, index, line)
    return kinds


def _kind(line: str) -> Kind:
    if not line.strip():
        return Kind.BLANK
    for is_kind, kind in (
        (phrases.is_divider, Kind.DIVIDER),
        (phrases.is_quote, Kind.QUOTE),
        (phrases.is_signature_mark, Kind.SIGNATURE),
        (phrases.is_rule, Kind.RULE),
        (phrases.is_mail_header, Kind.HEADER),
    ):
        if is_kind(line):
            return kind
    return Kind.TEXT


def _fenced(lines: list[str]) -> set[int]:
    """Return the lines within closed code fences, which are text whatever they look like."""
    fences = [index for index, line in enumerate(lines) if line.startswith("```")]
    return {line for start, end in zip(fences[::2], fences[1::2], strict=False) for line in range(start, end + 1)}


def _mark_intro(lines: list[str], kinds: list[Kind], last: int, line: str) -> None:
    """Mark the fewest lines, ending at `last`, that introduce a quote; mail programs wrap such lines."""
    if not phrases.may_end_intro(line) or (kinds[last] == Kind.QUOTE and not phrases.is_cut_intro(line)):
        return
    following = (kind for kind in kinds[last + 1 : last + 4] if kind != Kind.BLANK)
    quote_follows = next(following, None) == Kind.QUOTE
    for first in range(last, max(last - 6, -1), -1):
        if kinds[first] in (Kind.DIVIDER, Kind.SIGNATURE, Kind.RULE, Kind.INTRO):
            break
        if kinds[first] == Kind.QUOTE and first < last - 1:
            break
        if phrases.is_intro(" ".join(part.strip() for part in lines[first : last + 1]), quote_follows):
            kinds[first : last + 1] = [Kind.INTRO] * (last + 1 - first)
            return
    if quote_follows and phrases.is_undated_intro(line):
        kinds[last] = Kind.INTRO


def _divider(lines: list[str], kinds: list[Kind], text: int, end: int) -> int:
    return next((index for index in range(text, end) if kinds[index] == Kind.DIVIDER), end)


def _header_block(lines: list[str], kinds: list[Kind], text: int, end: int) -> int:
    """Find a block of From, Sent, To and Subject: three of them, or two below a rule.

    Without a To it takes four, since web forms send a name, a subject and a date too.
    """
    for index in range(text + 1, end):
        if kinds[index] != Kind.HEADER or not phrases.is_from(lines[index]):
            continue
        above = next(i for i in range(index - 1, text - 1, -1) if kinds[i] != Kind.BLANK or i == text)
        ruled = kinds[above] == Kind.RULE
        block = [lines[i] for i in range(index, min(index + 7, end)) if kinds[i] == Kind.HEADER]
        needed = 2 if ruled else 3 if any(map(phrases.is_to, block)) else 4
        if len(block) >= needed:
            return above if ruled else index
    return end


def _signature(lines: list[str], kinds: list[Kind], text: int, end: int) -> int:
    """Find the signature: from "-- ", or from a rule with little text below, but not above an answer."""
    last_quote = max((index for index in range(text, end) if kinds[index] == Kind.QUOTE), default=-1)
    answered = kinds[last_quote:end].count(Kind.TEXT) >= FEW if last_quote >= 0 else False
    below = sum(kind in (Kind.TEXT, Kind.HEADER) for kind in kinds[text:end])
    for index in range(text, end):
        below -= kinds[index] in (Kind.TEXT, Kind.HEADER)
        if answered and index < last_quote:
            continue
        underlines = kinds[index - 1] != Kind.BLANK and not phrases.is_long_rule(lines[index])
        if kinds[index] == Kind.SIGNATURE or (kinds[index] == Kind.RULE and below <= FEW and not underlines):
            return index
    return end


def _intro(lines: list[str], kinds: list[Kind], text: int, end: int) -> int:
    """Find "On … wrote:", unless answers stand between or below the quoted lines."""
    start = next((index for index in range(text, end) if kinds[index] == Kind.INTRO), end)
    quotes = [index for index in range(start, end) if kinds[index] == Kind.QUOTE]
    if not quotes:
        return start
    between = any(
        kinds[index] == Kind.TEXT and Kind.BLANK in (kinds[index - 1], kinds[index + 1])
        for index in range(quotes[0], quotes[-1])
    )
    return end if between or kinds[quotes[-1] : end].count(Kind.TEXT) >= FEW else start


def _without_trailing(lines: list[str], kinds: list[Kind], text: int, end: int) -> int:
    """Move `end` up over trailing quotes, introductions and "Sent from my phone"."""
    passed = (Kind.BLANK, Kind.QUOTE, Kind.INTRO, Kind.RULE)
    while end > text + 1 and (kinds[end - 1] in passed or phrases.is_device_line(lines[end - 1])):
        end -= 1
    return end


def _answer_below(kinds: list[Kind], end: int) -> int:
    """Return where the new part begins if the quote stands on top of it, else 0."""
    first = next((kind for kind in kinds[:end] if kind != Kind.BLANK), None)
    quotes = [index for index in range(end) if kinds[index] == Kind.QUOTE]
    texts = [index for index in range(end) if kinds[index] == Kind.TEXT]
    on_top = first == Kind.INTRO and quotes and texts and texts[0] > quotes[-1]
    return quotes[-1] + 1 if on_top else 0
