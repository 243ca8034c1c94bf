"""Convert mail files to records: interactions, their files, and the original mail.

A customer's mail is one interaction of its sender. Our own mail is one for each recipient, with the files on the first.
"""

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.core.exceptions import ValidationError

from customers.normalisation import normalise_email
from interactions import mail
from interactions.imports import jsonl, mbox
from interactions.imports.interchange.canonical import Record, format_utc
from interactions.imports.interchange.lines import Place
from interactions.imports.interchange.pipeline import Item, Problem, WriteOnce
from interactions.imports.interchange.schema import YEARS
from interactions.imports.mail_threads import OWN_MESSAGE_ID, SOURCE, Threads, party_external_id
from interactions.mail.source import MAX_BYTES
from interactions.models import Channel, Direction, Kind, Outgoing
from partnership.staff.models import Firm, User

# In bytes: an export can still write it into one line.
_MAX_FILE = 45_000_000

_MAX_SUBJECT = 998
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{}~ -]+")


@dataclass
class _OwnAddresses:
    """Our own addresses: the firm's, the staff's, and those given with --own."""

    addresses: set[str]
    domains: set[str]

    @classmethod
    def for_firm(cls, firm: Firm, more: Sequence[str]) -> "_OwnAddresses":
        given = [each.strip().lower().removeprefix("@") for each in [*firm.own_addresses, *firm.own_domains, *more]]
        staff = User.objects.values_list("email", flat=True)
        return cls({each for each in given if "@" in each} | set(staff), {each for each in given if "@" not in each})

    def contains(self, address: mail.Address) -> bool:
        return address.email in self.addresses or address.email.rpartition("@")[2] in self.domains


def _was_sent_from_here(message_id: str) -> bool:
    """Recognise our own mail that came back as a copy; its entry exists already."""
    return bool(OWN_MESSAGE_ID.match(message_id)) and Outgoing.objects.filter(message_id=message_id).exists()


def read_items(path: Path, chosen: str, *, own: Sequence[str], firm: Firm, threads: Threads) -> Iterator[Item]:
    """Yield the records of each message, at the line where it begins."""
    ours = _OwnAddresses.for_firm(firm, own)
    with jsonl.open_plain(path) as stream:
        found = mbox.read_messages(stream) if chosen == "mbox" else iter([(1, stream.read(MAX_BYTES + 1))])
        for line, raw in found:
            yield Place(str(path), line), _read_message(raw, ours, threads)


def _read_message(raw: bytes, own: _OwnAddresses, threads: Threads) -> WriteOnce | Problem:
    try:
        message = mail.parse_message(raw)
    except mail.UnreadableMessage as unreadable:
        return Problem(str(unreadable), raw)
    direction, parties = _parties(message, own)
    if not parties:
        return Problem("no customer takes part: neither sender nor recipients have an address that is not ours", raw)
    if _was_sent_from_here(f"<{message.message_id}>"):
        return WriteOnce([])
    own_id = f"<{message.message_id}>" if message.message_id else f"sha256-{sha256(raw).hexdigest()}"
    common = _shared_fields(message, direction)
    records = []
    in_threads = threads.find(message, own_id, [via["value"] for via in parties])
    for number, (via, thread) in enumerate(zip(parties, in_threads, strict=True)):
        ref = f"{SOURCE}:{own_id if number == 0 else party_external_id(own_id, via['value'])}"
        records.append({**common, "ref": ref, **thread.customer_fields(via), "conversation": thread.ref})
    return WriteOnce([*records, *_attachment_records(message, raw, records[0]["ref"])])


def _parties(message: mail.Message, own: _OwnAddresses) -> tuple[str, list[Record]]:
    """Return the direction, and the customers as contact points."""
    sender = message.sender or message.reply_to
    if sender is not None and own.contains(sender):
        others = [each for each in (*message.to, *message.cc, *message.bcc) if not own.contains(each)]
        return Direction.OUTBOUND, list({via["value"]: via for via in map(_contact_point, others)}.values())
    if sender is None and not message.from_text.strip():
        return Direction.INBOUND, []
    if sender is None:
        return Direction.INBOUND, [{"kind": "handle", "value": message.from_text.strip()[:320]}]
    return Direction.INBOUND, [_contact_point(sender)]


def _contact_point(address: mail.Address) -> Record:
    """Return an e-mail contact point, or a handle if the address is invalid, as for MAILER-DAEMON."""
    name = {"name": address.name[:300]} if address.name else {}
    try:
        normalise_email(address.email)
    except ValidationError:
        return {"kind": "handle", "value": (address.given or address.name)[:320], **name}
    return {"kind": "email", "value": address.email, **name}


def _shared_fields(message: mail.Message, direction: str) -> Record:
    """Return the fields that all rows of a message share."""
    when, problems = message.date, list(message.problems)
    if when is not None and when.year not in YEARS:
        problems.append(f"the date {when:%d %b %Y} cannot be, the time of the import was taken")
        when = None
    elif when is None:
        problems.append("no date, the time of the import was taken")
    if len(message.subject) > _MAX_SUBJECT:
        problems.append(f"subject longer than {_MAX_SUBJECT} characters, the rest was left out")
    for each in message.attachments:
        if len(each.content) > _MAX_FILE:
            problems.append(f"{each.filename} is larger than {_MAX_FILE:,} bytes and was left out")
    return {
        "type": "interaction",
        "occurred_at": when and format_utc(when),
        "channel": Channel.EMAIL,
        "direction": direction,
        "kind": Kind.MESSAGE,
        "subject": message.subject[:_MAX_SUBJECT],
        "body": message.text,
        "html": message.html,
        "quoted": message.quoted,
        "payload": _payload(message) | ({"problems": problems} if problems else {}),
    }


def _payload(message: mail.Message) -> Record:
    sender = message.sender
    stated = {
        "message_id": message.message_id,
        "from": _format_addresses([sender]) if sender else message.from_text,
        "from_email": sender.given if sender else "",
        "from_display_name": sender.name if sender else "",
        "reply_to": _format_addresses([message.reply_to]) if message.reply_to else "",
        "to": _format_addresses(message.to),
        "cc": _format_addresses(message.cc),
        "auto_reply": message.auto_reply,
        "bulk": message.bulk,
    }
    return {
        name: value for name, value in stated.items() if value or name in ("from", "from_email", "from_display_name")
    }


def _format_addresses(addresses: Iterable[mail.Address]) -> str:
    """Format addresses as a header does; unusual names are quoted."""
    return ", ".join(
        (f"{each.name} <{each.given}>" if _PLAIN_NAME.fullmatch(each.name) else f'"{each.name}" <{each.given}>')
        if each.name
        else each.given
        for each in addresses
    )


def _attachment_records(message: mail.Message, raw: bytes, ref: str) -> Iterator[Record]:
    files = [(each.filename, each.content_type, each.content_id, each.content) for each in message.attachments]
    for number, (name, content_type, content_id, content) in enumerate(
        [*files, ("original.eml", "message/rfc822", "", raw)]
    ):
        if len(content) > _MAX_FILE:
            continue
        suffix = "original" if number == len(files) else str(number + 1)
        yield {
            "type": "attachment",
            "ref": f"{ref}/attachment/{suffix}",
            "interaction": ref,
            "name": name[:255],
            "content_type": content_type[:127],
            "content_id": content_id[:255],
            "content": base64.b64encode(content).decode(),
        }
