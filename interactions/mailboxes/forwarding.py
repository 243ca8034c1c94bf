"""Forward a mail of a customer's timeline to other addresses."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.models import ContactPoint
from interactions.actions.attachments import StoredFile, attach_files
from interactions.actions.record import record
from interactions.errors import ActionRefused
from interactions.mailboxes.outbox import own_address, queue_mail
from interactions.markdown import render_markdown
from interactions.models import Channel, Direction, Interaction, Kind
from partnership.staff.models import User


def forwarding_obstacle(entry: Interaction) -> str:
    """Explain why an entry cannot be forwarded; empty for a mail."""
    return "" if entry.channel == Channel.EMAIL else _("Only an e-mail can be forwarded.")


def quote_entry(entry: Interaction) -> str:
    """Write out a mail as it stands below a forward: who, when, about what, and all of its text."""
    head = [
        _("---------- Forwarded message ----------"),
        _("From: %s") % _sender(entry),
        _("Date: %s") % date_format(localtime(entry.occurred_at), "WEEKDAY_DATE_TIME_FORMAT"),
    ]
    if entry.subject:
        head.append(_("Subject: %s") % " ".join(entry.subject.split()))
    return "\n\n".join(filter(None, ["\n".join(head), entry.body, entry.quoted]))


def _sender(entry: Interaction) -> str:
    if given := str(entry.payload.get("from") or ""):
        return given
    if entry.direction == Direction.INBOUND:
        return (entry.person or entry.customer).name
    return entry.author.name if entry.author else own_address()


@transaction.atomic
def forward_mail(
    entry: Interaction,
    *,
    to: Sequence[str],
    subject: str,
    by: User,
    at: datetime,
    external_id: str,
    body: str = "",
    files: Iterable[UploadedFile | StoredFile] = (),
) -> Interaction:
    """Send an entry on. It leaves as other mail does; a repeated call with the same `external_id` writes nothing.

    What is sent is an entry of its own kind in the same conversation, outbound to a third party (PAST_THEM). It says
    nothing to the customer: it is no answer, so that their waiting goes on; it is no contact with them, and their
    answers never refer to it; no rule of a rule set counts it and no time is estimated for it, as both name kinds.
    Raise ActionRefused for what is no mail, and for an address of the customer's own, whom it would answer.
    """
    if obstacle := forwarding_obstacle(entry):
        raise ActionRefused(obstacle)
    people = [entry.customer_id, *([entry.person_id] if entry.person_id else [])]
    own = ContactPoint.objects.filter(customer__in=people, kind=ContactPoint.Kind.EMAIL, normalised__in=list(to))
    if point := own.first():
        raise ActionRefused(_("%s is the customer's own address: write a reply instead.") % point.value)
    row = record(
        by=by, recorded_at=at, occurred_at=at, customer_id=entry.customer_id, person_id=entry.person_id,
        channel=Channel.EMAIL, direction=Direction.OUTBOUND, kind=Kind.FORWARD, conversation_id=entry.conversation_id,
        subject=subject, body=body, html=render_markdown(body), quoted=quote_entry(entry), external_id=external_id,
        payload={"forwards": entry.ref, "forwarded_to": ", ".join(to)},
    )  # fmt: skip
    attach_files(interaction=row, files=files)
    queue_mail(row, to=to, at=at)
    return row
