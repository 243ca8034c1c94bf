"""Parse one mail into the fields that a timeline needs."""

from dataclasses import dataclass
from datetime import datetime

from interactions.mail import headers as header_rules
from interactions.mail.addresses import Address, read_addresses
from interactions.mail.headers import Headers
from interactions.mail.mime_parts import Attachment, read_bodies, read_mime
from interactions.mail.quotes import split_quoted
from interactions.mail.source import UnreadableMessage, mail_source

_MAX_TEXT = 200_000
_MAX_SUBJECT = 10_000

__all__ = ["Address", "Attachment", "Message", "UnreadableMessage", "parse_message"]


@dataclass(frozen=True)
class Message:
    """A parsed mail. Texts have no NUL and no lone surrogate, and plain newlines.

    `text`: the new part. `quoted`: lines cut from it (quotes, signature). `html`: safe to show, loads nothing, may be
    "". `problems`: what was guessed or left out. `auto_reply`: sent by a machine. `bulk`: sent to many.
    """

    message_id: str | None
    references: tuple[str, ...]
    sender: Address | None
    reply_to: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    from_text: str
    to_text: str
    cc_text: str
    subject: str
    date: datetime | None
    auto_reply: bool
    bulk: bool
    text: str
    quoted: str
    html: str
    attachments: tuple[Attachment, ...]
    problems: tuple[str, ...]


def parse_message(raw: bytes) -> Message:
    """Parse a mail, which may begin with an mbox "From " line. Raises only `UnreadableMessage`."""
    problems: list[str] = []
    root = read_mime(mail_source(raw, problems), problems)
    headers = Headers(root)
    bodies = read_bodies(root, problems)
    hint = bodies.charset
    text, quoted = split_quoted(_bounded(bodies.text, _MAX_TEXT, "text", problems))
    reply_to = _first(headers, "reply-to", hint)
    return Message(
        message_id=header_rules.message_id(headers),
        references=header_rules.references(headers),
        sender=_sender(headers, hint, reply_to, problems),
        reply_to=reply_to,
        to=_recipients(headers, "to", hint),
        cc=_recipients(headers, "cc", hint),
        bcc=_recipients(headers, "bcc", hint),
        from_text=headers.text("from", hint),
        to_text=", ".join(filter(None, headers.texts("to", hint))),
        cc_text=", ".join(filter(None, headers.texts("cc", hint))),
        subject=_bounded(headers.text("subject", hint), _MAX_SUBJECT, "subject", problems),
        date=header_rules.message_date(headers, problems),
        auto_reply=header_rules.is_auto_reply(headers, root.get_content_type()),
        bulk=header_rules.is_bulk(headers),
        text=text,
        quoted=quoted,
        html=bodies.html,
        attachments=bodies.attachments,
        problems=tuple(dict.fromkeys(problems)),
    )


def _sender(headers: Headers, hint: str | None, reply_to: Address | None, problems: list[str]) -> Address | None:
    """Return the first valid From address, else the Reply-To, Sender or Return-Path, else the malformed From."""
    named = [address for value in headers.raw("from") for address in read_addresses(value, hint)]
    for address in named:
        if address.valid:
            return address
    if named and "@" in named[0].email:
        problems.append("the sender's address is malformed")
        return named[0]
    for name in ("reply-to", "sender", "return-path"):
        instead = reply_to if name == "reply-to" else _first(headers, name, hint)
        if instead and instead.valid and not named:
            problems.append(f"no sender in From, taken from {name.title()}")
            return instead
    problems.append("the sender has no address")
    return named[0] if named else None


def _first(headers: Headers, name: str, hint: str | None) -> Address | None:
    found = [address for value in headers.raw(name) for address in read_addresses(value, hint)]
    return next((address for address in found if address.valid), None)


def _recipients(headers: Headers, name: str, hint: str | None) -> tuple[Address, ...]:
    """Return all recipients with an address."""
    found: dict[str, Address] = {}
    for value in headers.raw(name):
        for address in read_addresses(value, hint):
            if "@" in address.email:
                found.setdefault(address.email, address)
    return tuple(found.values())


def _bounded(text: str, limit: int, what: str, problems: list[str]) -> str:
    if len(text) <= limit:
        return text
    problems.append(f"{what} longer than {limit:,} characters, the rest was left out")
    return text[:limit]
