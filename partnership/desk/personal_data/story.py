"""One customer's story as a page to read: self-contained, without scripts, written in bounded memory."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import Model
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Commitment, Customer, Goal, Merge
from interactions.actions.attachments import safe_file_name
from interactions.models import Attachment, Conversation, Deletion, Direction, Interaction, Settlement
from interactions.personal_data.rows import ROWS, Keys, events_of
from partnership.core.formats import format_number
from partnership.desk.customer.score_form import ScoreForm
from partnership.desk.customer.score_page import ScorePage, score_page
from partnership.desk.models import Draft, ScheduledMail, WallPost
from partnership.focus.models import FocusItem
from partnership.notifications.models import Notification
from partnership.recoveries.models import Recovery
from partnership.scoring.models import Score, ScoreSnapshot, TierPin
from partnership.staff.models import Firm

_CHUNK = 200

# Of the private use area: the page's own texts have no such line.
_MARK = "\ue000 timeline \ue001"

_FIELDS = (
    "kind", "name", "preferred_name", "about", "organisation", "role", "owner", "introduced_by", "lifecycle",
    "do_not_contact", "restricted", "language", "timezone", "preferred_channel", "pace", "tags", "since", "renews_on",
    "renewal_amount",
)  # fmt: skip


@dataclass(frozen=True)
class _Version:
    until: datetime
    subject: str
    body: str


@dataclass(frozen=True)
class _File:
    name: str
    href: str


@dataclass(frozen=True)
class _Line:
    """An entry; `where`: whose timeline it stands on, empty for their own; `more`: its further data as JSON."""

    at: datetime
    who: str
    what: str
    where: str
    subject: str
    body: str
    quoted: str
    more: str
    shared: bool
    files: Sequence[_File]
    versions: Sequence[_Version]


@dataclass(frozen=True)
class _Note:
    """What a colleague wrote about them outside of the timeline."""

    at: datetime | date | None
    kind: str
    who: str
    text: str


@dataclass(frozen=True)
class _Page:
    """What stands around the timeline, whose place is `mark`. `explained`: the score with its reasons; None before the
    first score. `people`: an organisation's people who have a page of their own."""

    customer: Customer
    firm: Firm
    at: datetime
    with_files: bool
    fields: list[tuple[str, str]]
    attributes: list[tuple[str, str]]
    points: Sequence[Any]
    goals: Sequence[Goal]
    promises: dict[str, list[Commitment]]
    explained: ScorePage | None
    snapshots: Sequence[ScoreSnapshot]
    merges: Sequence[Merge]
    people: Sequence[_File]
    deleted: Sequence[_Line]
    notes: Sequence[_Note]
    mark: str = _MARK


def attachment_path(file: Attachment) -> str:
    """Return the file's place in the zip, beside the page."""
    return f"files/{file.pk}-{safe_file_name(file.name).replace(':', '_')}"


def story_page(customer: Customer, keys: Keys, *, at: datetime, people: Collection[int]) -> Iterator[bytes]:
    """Yield the page piece by piece. `people`: keys of the organisation's people who have a page of their own."""
    around = render_to_string("desk/personal_data/story.html", vars(_page(customer, keys, at=at, people=people)))
    before, _mark, after = around.partition(_MARK)
    yield before.encode()
    for entries in _chunks(_entries(keys)):
        lines = {"lines": list(_lines(entries, keys))}
        yield render_to_string("desk/personal_data/story_entries.html", lines).encode()
    yield after.encode()


def _page(customer: Customer, keys: Keys, *, at: datetime, people: Collection[int]) -> _Page:
    firm = Firm.current()
    promises: dict[str, list[Commitment]] = {"us": [], "them": []}
    for one in ROWS[Commitment](keys).select_related("owner").order_by("made_at", "pk"):
        promises[one.party].append(one)
    has_score = Score.objects.filter(customer=customer, rule_set__isnull=False).exists()
    form = ScoreForm({}, today=firm.local_date(at))
    return _Page(
        customer=customer,
        firm=firm,
        at=at,
        with_files=ROWS[Attachment](keys).exists(),
        fields=[pair for name in _FIELDS if (pair := _shown_field(customer, name))[1]],
        attributes=[(str(name), _as_text(value)) for name, value in (customer.attributes or {}).items()],
        points=list(customer.contact_points.order_by("kind", "normalised")),
        goals=list(ROWS[Goal](keys).prefetch_related("check_ins__by").order_by("set_at", "pk")),
        promises=promises,
        explained=score_page(customer, form) if has_score else None,
        snapshots=list(ScoreSnapshot.objects.filter(customer=customer).select_related("tier").order_by("-day")),
        merges=list(ROWS[Merge](keys).select_related("survivor", "absorbed", "by").order_by("-merged_at")),
        people=[
            _File(one.name, f"people/{one.pk}/story.html")
            for one in Customer.objects.filter(pk__in=people).order_by("sort_key", "pk")
        ],
        deleted=list(_deleted(keys)),
        notes=_notes(keys),
    )


def _shown_field(customer: Customer, name: str) -> tuple[str, str]:
    found = Customer._meta.get_field(name)
    choice = getattr(customer, f"get_{name}_display", None)
    return capfirst(str(found.verbose_name)), _as_text(choice() if choice else getattr(customer, name))  # type: ignore[union-attr]


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _entries(keys: Keys) -> Iterator[Interaction]:
    found = ROWS[Interaction](keys).select_related("customer", "person", "author").prefetch_related("attachments")
    return iter(found.order_by("-occurred_at", "-pk").iterator(_CHUNK))


def _chunks(entries: Iterator[Interaction]) -> Iterator[list[Interaction]]:
    while chunk := list(islice(entries, _CHUNK)):
        yield chunk


def _lines(entries: list[Interaction], keys: Keys) -> Iterator[_Line]:
    earlier = _earlier_texts(entries)
    for entry in entries:
        yield _Line(
            at=entry.occurred_at,
            who=_who(entry),
            what=_what(entry),
            where="" if entry.customer_id in keys else entry.customer.name,
            subject=entry.subject,
            body=entry.body,
            quoted=entry.quoted,
            more=json.dumps(entry.payload, ensure_ascii=False, indent=1) if entry.payload else "",
            shared=entry.shared,
            files=[_File(file.name, attachment_path(file)) for file in entry.attachments.all()],
            versions=earlier[entry.pk],
        )


def _who(entry: Interaction) -> str:
    if entry.direction == Direction.INBOUND:
        return str(entry.person or entry.customer)
    return str(entry.author) if entry.author else _("Us")


def _what(entry: Interaction) -> str:
    facts = [entry.get_kind_display()]
    if entry.channel != entry.kind:
        facts.append(entry.get_channel_display())
    if entry.minutes is not None:
        facts.append(ngettext("%d minute", "%d minutes", entry.minutes) % entry.minutes)
    if entry.amount is not None:
        facts.append(f"{format_number(entry.amount, 2)} {entry.currency}")
    return " · ".join(map(str, facts))


def _earlier_texts(entries: Iterable[Interaction]) -> dict[int, list[_Version]]:
    """Return the texts that stood before, the newest first."""
    now = {entry.pk: entry for entry in entries}
    found: dict[int, list[_Version]] = defaultdict(list)
    for event in _entry_events(pgh_obj_id__in=now, pgh_label="update").order_by("-pgh_id"):
        entry = now[event.pgh_obj_id]
        if (event.subject, event.body) != (entry.subject, entry.body):
            found[event.pgh_obj_id].append(_Version(event.pgh_created_at, event.subject, event.body))
    return found


def _entry_events(**conditions: Any) -> Any:
    events: type[Model] = Interaction.pgh_event_model  # type: ignore[attr-defined]
    return events._default_manager.filter(**conditions)


def _deleted(keys: Keys) -> Iterator[_Line]:
    """Yield entries that were deleted, as the audit keeps them."""
    gone = events_of(Interaction, keys, ROWS[Interaction](keys)).filter(pgh_label="delete").order_by("-occurred_at")
    reasons = dict(Deletion.objects.filter(customer__in=keys, undone_at=None).values_list("interaction_id", "reason"))
    standing = set(ROWS[Interaction](keys).filter(pk__in=gone.values("pgh_obj_id")).values_list("pk", flat=True))
    for event in gone.iterator(_CHUNK):
        if event.pgh_obj_id not in standing:
            row = Interaction(
                kind=event.kind, channel=event.channel, minutes=event.minutes, amount=event.amount,
                currency=event.currency,
            )  # fmt: skip
            reason = reasons.get(event.pgh_obj_id, "")
            yield _Line(
                event.occurred_at, "", _what(row), "", event.subject, event.body, event.quoted, reason, False, [], []
            )


def _notes(keys: Keys) -> list[_Note]:
    """Collect what colleagues wrote about them elsewhere, drafts and notes to each other included."""
    found = [
        *(
            _Note(draft.saved_at, _("Draft"), str(draft.user), _as_text(_texts(draft.fields)))
            for draft in Draft.objects.filter(customer__in=keys).select_related("user")
        ),
        *(
            _Note(mail.leaves_at, str(mail._meta.verbose_name), str(mail.by), f"{mail.subject}\n{mail.body}".strip())
            for mail in ScheduledMail.objects.filter(customer__in=keys).select_related("by")
        ),
        *(
            _Note(post.posted_at, _("Shared to the wall"), str(post.by or ""), post.words)
            for post in WallPost.objects.filter(interaction__customer__in=keys).select_related("by")
        ),
        *(
            _Note(one.at, _("Why a conversation was closed"), str(one.by or ""), str(one))
            for one in ROWS[Settlement](keys).select_related("by")
        ),
        *(
            _Note(thread.last_interaction_at, _("Why a conversation is snoozed"), "", thread.snooze_reason)
            for thread in ROWS[Conversation](keys).exclude(snooze_reason="")
        ),
        *(
            _Note(one.opened_at, _("Mistake of ours and its recovery"), str(one.owner or ""), "\n".join(
                filter(None, [one.what_happened, one.what_we_did, one.outcome])))
            for one in Recovery.objects.filter(customer__in=keys).select_related("owner")
        ),
        *(
            _Note(pin.pinned_at, str(pin._meta.verbose_name), str(pin.by or ""), f"{pin}: {pin.reason}")
            for pin in TierPin.objects.filter(customer__in=keys).select_related("by", "tier")
        ),
        *(
            _Note(item.done_at or item.since, _("In Focus"), str(item.done_by or item.taken_by or ""), text)
            for item in FocusItem.objects.filter(customer__in=keys).select_related("done_by", "taken_by")
            if (text := " · ".join(filter(None, [
                str(item.get_reason_display()), item.outcome, item.snooze_reason])))
        ),
        *(
            _Note(news.made_at, _("Told to a colleague"), str(news.by or ""), news.text)
            for news in Notification.objects.filter(customer__in=keys).exclude(text="").select_related("by")
        ),
    ]  # fmt: skip
    return [note for note in found if note.text]


def _texts(fields: dict[str, object]) -> list[str]:
    return [str(value) for name, value in fields.items() if value and name in ("subject", "body", "what", "words")]
