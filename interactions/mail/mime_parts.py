"""Separate a mail's MIME parts into body and attachments."""

import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message as MimePart
from email.parser import BytesParser, HeaderParser
from email.policy import Compat32, Policy
from html import escape

from interactions.mail.charsets import clean, decode, decode_header
from interactions.mail.headers import parameter
from interactions.mail.html_body import MAX_HTML, read_html

_MAX_PARTS = 300

_BODY_TYPES = {"text/plain", "text/html", "text/enriched"}


class _TooManyPartsError(Exception):
    """Raised to stop the stdlib parser."""


class _Untouched(Compat32):
    """Keep headers with 8-bit bytes as surrogate escapes; the stdlib would replace them by U+FFFD."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


_POLICY = _Untouched()


@dataclass(frozen=True)
class Attachment:
    """A file of a mail. `content_id`: the name used by images in the HTML. `inline`: shown there."""

    filename: str
    content_type: str
    content: bytes
    content_id: str
    inline: bool


@dataclass
class Bodies:
    """A mail's bodies. `charset`: the first stated one, a hint for headers that state none."""

    text: str = ""
    html: str = ""
    charset: str | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass
class _Found:
    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    charset: str | None = None
    attached: list[Attachment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_mime(raw: bytes, problems: list[str]) -> MimePart:
    """Return the tree of parts, or flat text if it is too deep or large for the stdlib parser."""
    made = 0

    def counted(policy: Policy = _POLICY) -> MimePart:
        nonlocal made
        made += 1
        if made > _MAX_PARTS:
            raise _TooManyPartsError
        return MimePart(policy)

    try:
        return BytesParser(counted, policy=_POLICY).parsebytes(raw)
    except (_TooManyPartsError, RecursionError):
        problems.append("too many nested parts, shown as one text without attachments")
    flat = HeaderParser(policy=_POLICY).parsestr(raw.decode("ascii", "surrogateescape"))
    for name in ("content-type", "content-transfer-encoding"):
        del flat[name]
    return flat


def read_bodies(root: MimePart, problems: list[str]) -> Bodies:
    """Return text, safe HTML and attachments in display order."""
    found = _Found(charset=parameter(root, "content-type", "charset") or None, problems=problems)
    for part in _leaves(root):
        _read_part(part, root, found)
    text = "\n\n".join(filter(str.strip, found.texts)) if len(found.texts) > 1 else "".join(found.texts)
    html = "\n".join(filter(None, found.htmls)) if any(found.htmls) else ""
    return Bodies(text, html, found.charset, _shown_inline(found.attached, html))


def _leaves(part: MimePart) -> Iterator[tuple[MimePart, ...]]:
    """Yield alternatives together: one part, or the plain and HTML versions of one body."""
    if not part.is_multipart() or part.get_content_maintype() == "message":
        yield (part,)
        return
    children = [child for child in part.get_payload() if isinstance(child, MimePart)]
    if part.get_content_type() != "multipart/alternative":
        for child in children:
            yield from _leaves(child)
        return
    runs = [run for child in children for run in _leaves(child)]
    bodies = [leaf for run in runs for leaf in run if _is_body(leaf)]
    if bodies:
        yield tuple(bodies)
    for run in runs:
        for leaf in run:
            if not _is_body(leaf):
                yield (leaf,)


def _is_body(part: MimePart) -> bool:
    disposition = part.get_content_disposition()
    named = bool(_stated_filename(part))
    return part.get_content_type() in _BODY_TYPES and disposition != "attachment" and not named


def _read_part(run: tuple[MimePart, ...], root: MimePart, found: _Found) -> None:
    if not _is_body(run[0]) and not (run[0] is root and root.get_content_maintype() in ("text", "multipart")):
        found.attached.append(_attachment(run[0], len(found.attached) + 1, found))
        return
    plain = [_text(part, found) for part in run if part.get_content_type() != "text/html"]
    pages = [_page(part, found) for part in run if part.get_content_type() == "text/html"]
    text = "\n\n".join(filter(str.strip, plain)) or "\n\n".join(words for _, words in pages if words)
    html = "\n".join(page for page, _ in pages)
    if any(found.htmls) or html:
        html = html or f"<pre>{escape(text)}</pre>"
        found.htmls = found.htmls if any(found.htmls) else [f"<pre>{escape(before)}</pre>" for before in found.texts]
    found.texts.append(text)
    found.htmls.append(html)


def _page(part: MimePart, found: _Found) -> tuple[str, str]:
    """Return safe HTML and text of an HTML part, or nothing beyond the total limit."""
    if sum(map(len, found.htmls)) > 2 * MAX_HTML:
        found.problems.append("too many HTML parts, the rest were left out")
        return "", ""
    return read_html(_text(part, found), found.problems)


def _text(part: MimePart, found: _Found) -> str:
    data = _content(part, found.problems)
    charset = parameter(part, "content-type", "charset") or None
    found.charset = found.charset or charset
    return decode(data, charset, found.problems)


def _content(part: MimePart, problems: list[str]) -> bytes:
    """Decode a part's transfer encoding; broken content is kept as it is."""
    if part.is_multipart():
        return _nested(part, problems)
    encoding = re.match(r"[\s\"']*([\w-]+)", part.get("content-transfer-encoding", ""))
    if encoding:
        part.replace_header("content-transfer-encoding", encoding[1])
    try:
        content = part.get_payload(decode=True)
    except Exception:  # a broken encoding raises whatever the codec beneath it raises
        content = None
    if not isinstance(content, bytes):
        problems.append("a part's transfer encoding is broken, kept as it stands")
        content = str(part.get_payload()).encode("utf-8", "surrogateescape")
    if any("Base64" in type(defect).__name__ for defect in part.defects):
        problems.append("broken base64, read as far as it goes")
    return content or (part.preamble or "").encode("utf-8", "surrogateescape")


def _nested(part: MimePart, problems: list[str]) -> bytes:
    """Write out an enclosed message or delivery report."""
    children = [child for child in part.get_payload() if isinstance(child, MimePart)]
    try:
        return b"\n".join(child.as_bytes() for child in children)
    except Exception:  # the generator trips over malformed headers in many ways, and over depth
        problems.append("an enclosed message could not be kept")
        return b""


def _attachment(part: MimePart, number: int, found: _Found) -> Attachment:
    content_type = clean(part.get_content_type())[:100]
    return Attachment(
        filename=_filename(part, content_type, number, found.charset),
        content_type=content_type,
        content=_content(part, found.problems),
        content_id=decode_header(part.get("content-id", "")).strip("<> ")[:500],
        inline=part.get_content_disposition() == "inline",
    )


def _filename(part: MimePart, content_type: str, number: int, hint: str | None) -> str:
    """Return a file name without folders and control characters, never empty."""
    stated = _stated_filename(part, hint)
    name = stated or _described(part, content_type)
    name = name.replace("\\", "/").rpartition("/")[2] if stated else name.replace("/", "-")
    name = re.sub(r"[\x00-\x1f\x7f<>:\"|?*]", "", name).strip(" .")
    if not name:
        return f"attachment-{number}{_extension(content_type)}"
    stem, dot, extension = name.rpartition(".")
    return name if len(name) <= 200 else f"{(stem or name)[:180]}{dot}{extension[:19]}"


def _stated_filename(part: MimePart, hint: str | None = None) -> str:
    return parameter(part, "content-disposition", "filename", hint) or parameter(part, "content-type", "name", hint)


def _described(part: MimePart, content_type: str) -> str:
    """Return a name from an enclosed mail's subject, else from the part's description."""
    enclosed = part.get_payload()
    subject = ""
    if content_type == "message/rfc822" and isinstance(enclosed, list) and isinstance(enclosed[0], MimePart):
        subject = decode_header(enclosed[0].get("subject", "")[:300])
    title = subject or decode_header(part.get("content-description", "")[:300])
    return f"{title}{_extension(content_type)}" if title else ""


def _extension(content_type: str) -> str:
    known = {"message/rfc822": ".eml", "message/delivery-status": ".txt", "text/rfc822-headers": ".txt"}
    return known.get(content_type) or mimetypes.guess_extension(content_type) or ""


def _shown_inline(attached: list[Attachment], html: str) -> tuple[Attachment, ...]:
    """Mark attachments that the HTML shows as inline."""
    shown = set(re.findall(r'data-cid="([^"]+)"', html))
    return tuple(
        Attachment(a.filename, a.content_type, a.content, a.content_id, a.inline or escape(a.content_id) in shown)
        for a in attached
    )
