"""Write an e-mail: its entry, its thread and its place in the outbox, all or none."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import ContactPoint, Customer
from interactions.actions.attachments import StoredFile, attach_files
from interactions.actions.record import record
from interactions.errors import ActionRefused
from interactions.mailboxes.outbox import queue_mail
from interactions.markdown import render_markdown
from interactions.models import Channel, Conversation, Direction, Interaction, Kind
from interactions.models.kinds import PAST_THEM
from partnership.staff.external_ids import OWN_SOURCE
from partnership.staff.models import User

_ANCESTORS = 10
_ID = re.compile(r"[^\s<>]{1,250}")
_REPLY = re.compile(r"^\s*(re|aw|sv|antw|odp)\s*(\[\d+\])?:", re.IGNORECASE)


@transaction.atomic
def write_mail(
    *,
    customer: Customer,
    to: ContactPoint,
    body: str,
    by: User,
    at: datetime,
    external_id: str,
    conversation: Conversation | None = None,
    subject: str = "",
    cc: Sequence[str] = (),
    bcc: Sequence[str] = (),
    kind: str = Kind.MESSAGE,
    files: Iterable[UploadedFile | StoredFile] = (),
    leaves_at: datetime | None = None,
    **entry: Any,
) -> Interaction:
    """Write one e-mail to one address, with copies; `subject` is used for a new thread only.

    It leaves at `leaves_at`, else after settings.MAIL_UNDO_SECONDS; until then it can be taken back. A repeated call
    with the same `external_id` writes nothing. Raise ActionRefused if the customer must not be contacted.
    """
    if customer.do_not_contact or to.customer.do_not_contact:
        raise ActionRefused(_("They asked not to be contacted: nothing is sent from here."))
    thread = conversation or _start_thread(customer, subject, external_id)
    row = record(
        by=by, recorded_at=at, occurred_at=at, customer_id=customer.pk,
        person_id=to.customer_id if to.customer_id != customer.pk else None,
        channel=Channel.EMAIL, direction=Direction.OUTBOUND, kind=kind, conversation_id=thread.pk,
        subject=_reply_subject(thread.subject) if conversation else subject, body=body, html=render_markdown(body),
        external_id=external_id, **entry,
    )  # fmt: skip
    attach_files(interaction=row, files=files)
    earlier = _thread_message_ids(thread, row)
    queue_mail(row, to=[to.normalised], cc=cc, bcc=bcc, at=at, leaves_at=leaves_at, earlier=earlier)
    return row


def _start_thread(customer: Customer, subject: str, external_id: str) -> Conversation:
    """Start a thread. Replies find it by the Message-ID of its mail (interactions.imports.mail_files)."""
    thread, _created = Conversation.objects.get_or_create(
        source=OWN_SOURCE,
        external_id=external_id,
        defaults={"customer": customer, "channel": Channel.EMAIL, "subject": subject},
    )
    return thread


def _reply_subject(subject: str) -> str:
    return subject if not subject or _REPLY.match(subject) else f"Re: {subject}"


def _thread_message_ids(thread: Conversation, row: Interaction) -> list[str]:
    """Return the message ids of the thread's first and last mails, oldest first."""
    to_and_from_them = thread.interactions.filter(channel=Channel.EMAIL).exclude(kind__in=PAST_THEM)
    mails = to_and_from_them.exclude(pk=row.pk).order_by("occurred_at", "pk")
    named = mails.values_list("payload__message_id", "outgoing__message_id")
    ids = (theirs or ours for theirs, ours in [*named[:1], *reversed(named.reverse()[:_ANCESTORS])])
    bare = (str(one or "").strip("<> ") for one in ids)
    return list(dict.fromkeys(f"<{one}>" for one in bare if _ID.fullmatch(one)))
