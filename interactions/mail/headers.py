"""Read a mail's headers: date, thread, and whether a person wrote it."""

import re
from datetime import UTC, datetime, timedelta
from email.message import Message as MimePart
from email.utils import parsedate_to_datetime

from interactions.mail.charsets import decode, decode_header

_MAX_HEADER = 100_000
_MAX_REFERENCES = 200
_MAX_ID = 500
_MOST_OFFSET = timedelta(hours=16)

_DATE = re.compile(
    r"\d{1,2}[ -]+[A-Za-z]{3,9}[ -]+\d{2,4}[ ,T]+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s*(?:[+-]\d{4}|[A-Z]{1,5}))?"
)
_TWELVE_HOURS = re.compile(r"\b(\d{1,2})(:\d{2}(?::\d{2})?) ?([APap])[Mm]\b")
_OFFSET = re.compile(r"\s*[+-]\d{4}\b")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:Z|[+-]\d{2}:?\d{2})?")
_BRACKETED = re.compile(r"<([^<>]{1,1000})>")


class Headers:
    """Headers by lower-case name; values are undecoded and limited in length."""

    def __init__(self, part: MimePart) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in part.raw_items():
            self._values.setdefault(name.strip().lower(), []).append(str(value)[:_MAX_HEADER])

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def raw(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def text(self, name: str, hint: str | None = None) -> str:
        """Return the first non-empty value, decoded, or ""."""
        return next((text for text in self.texts(name, hint) if text), "")

    def texts(self, name: str, hint: str | None = None) -> list[str]:
        return [decode_header(value, hint) for value in self.raw(name)]


def message_id(headers: Headers) -> str | None:
    return next(iter(_ids(headers.text("message-id"))), None)


def references(headers: Headers) -> tuple[str, ...]:
    """Return the ids of earlier messages of the thread, oldest first."""
    named = [*_ids(" ".join(headers.texts("references"))), *_bracketed(" ".join(headers.texts("in-reply-to")))]
    return tuple(dict.fromkeys(named))[-_MAX_REFERENCES:]


def _ids(text: str) -> list[str]:
    return _bracketed(text) or [word.strip("<>") for word in text.split() if 0 < len(word.strip("<>")) <= _MAX_ID]


def _bracketed(text: str) -> list[str]:
    found = ("".join(match.split()) for match in _BRACKETED.findall(text))
    return [found_id for found_id in found if 0 < len(found_id) <= _MAX_ID]


def message_date(headers: Headers, problems: list[str]) -> datetime | None:
    """Return the Date header, else the newest Received header, else None; always with an offset."""
    for text in headers.texts("date"):
        when = _read_date(text, problems)
        if when:
            return when
    for text in headers.texts("received"):
        when = _read_date(text.rpartition(";")[2], [])
        if when:
            problems.append("no readable Date header, the newest Received header was taken")
            return when
    problems.append("no readable date")
    return None


def _read_date(text: str, problems: list[str]) -> datetime | None:
    """Parse a mail date within other text. A missing or impossible offset is read as UTC and noted."""
    text = _TWELVE_HOURS.sub(_as_24_hours, text[:1000])
    found = _DATE.search(text)
    for candidate in ([found[0]] if found else []) + [text[:200]]:
        bare = _OFFSET.sub("", candidate)
        for form in dict.fromkeys((candidate, bare)):
            try:
                when = parsedate_to_datetime(form)
            except (ValueError, IndexError, TypeError, OverflowError):
                continue
            if _is_off_the_earth(when):
                continue
            if form != candidate:
                problems.append("date with an impossible offset, read as UTC")
            return _aware(when, "-0000" in candidate or form != candidate, problems)
    iso = _ISO_DATE.search(text)
    return _iso(iso[0], problems) if iso else None


def _is_off_the_earth(when: datetime) -> bool:
    """Check for an offset of 16 hours and more, which no place has and PostgreSQL refuses."""
    return abs(when.utcoffset() or timedelta()) >= _MOST_OFFSET


def _as_24_hours(match: re.Match[str]) -> str:
    hour = int(match[1]) % 12 + (12 if match[3] in "Pp" else 0)
    return f"{hour}{match[2]}"


def _aware(when: datetime, utc_stated: bool, problems: list[str]) -> datetime:
    if when.tzinfo is None and not utc_stated:
        problems.append("date without an offset, read as UTC")
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _iso(text: str, problems: list[str]) -> datetime | None:
    try:
        when = datetime.fromisoformat(re.sub(r"\s+(?=Z|[+-])", "", text))
    except ValueError:
        return None
    if _is_off_the_earth(when):
        problems.append("date with an impossible offset, read as UTC")
        return when.replace(tzinfo=UTC)
    return _aware(when, False, problems)


def is_auto_reply(headers: Headers, content_type: str) -> bool:
    """Check for automatic mail: out-of-office notes, receipts, bounces, ticket systems.

    X-Auto-Response-Suppress alone does not count, since people's mail carries it too.
    """
    submitted = headers.text("auto-submitted").partition(";")[0].split("(")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if any(name in headers for name in ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from")):
        return True
    if headers.text("precedence").strip().lower() in ("auto_reply", "auto-reply"):
        return True
    if content_type in ("multipart/report", "message/delivery-status", "message/disposition-notification"):
        return True
    paths = [path.strip() for path in headers.texts("return-path")]
    sender = headers.text("from").lower()
    return "<>" in paths or "mailer-daemon" in sender or any("mailer-daemon" in path.lower() for path in paths)


def is_bulk(headers: Headers) -> bool:
    """Check for newsletters and mailing lists."""
    precedence = headers.text("precedence").strip().lower()
    return precedence in ("bulk", "list", "junk") or any(
        name in headers for name in ("list-id", "list-unsubscribe", "list-post", "feedback-id")
    )


def parameter(part: MimePart, header: str, name: str, hint: str | None = None) -> str:
    """Return a decoded parameter of a MIME header, or "" if missing or malformed."""
    try:
        value = part.get_param(name, "", header)
        if isinstance(value, tuple):
            charset, _, encoded = value
            return decode(encoded[:1000].encode("latin-1", "replace"), charset, []).replace("\n", " ")
    except Exception:  # malformed parameters raise half a dozen undocumented kinds
        return ""
    return decode_header(str(value)[:1000], hint)
