"""Drafts: kept while a user writes to a customer, dropped when it is sent."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from django import forms
from django.db import transaction
from django.db.models import QuerySet

from customers.models import Customer
from interactions.actions.attachments import StoredFile
from interactions.models import Interaction, Kind
from partnership.core.compiled_queries import CompiledQuery
from partnership.desk.composer.base import Composer
from partnership.desk.composer.fields import AddressesField
from partnership.desk.files.stored_files import pack_file
from partnership.desk.models import Draft, ScheduledMail
from partnership.staff.external_ids import OWN_SOURCE
from partnership.staff.models import User

_STILL_WRITING = timedelta(seconds=60)  # since the last save


# Among a draft's fields: its state, which a form that goes on from it carries, and the window that wrote it.
STAMP, _WINDOW = "draft", "window"


class DraftConflictError(Exception):
    """The user wrote the same draft in another window since this one was opened."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft)
        self.draft = draft


@transaction.atomic
def save_draft(form: Composer, *, fields: Mapping[str, str], at: datetime) -> str:
    """Keep the fields of a form as they stand, and return the stamp that its next save must carry.

    Drop the draft of a form without text, or of one already sent. Raise DraftConflictError where another window saved
    the draft after this one read it.
    """
    kept = _draft_of(form).select_for_update().first()
    if kept and STAMP in fields and all(kept.fields.get(name, "") != fields.get(name, "") for name in (STAMP, _WINDOW)):
        raise DraftConflictError(kept)
    known = {name: fields[name].replace("\0", "") for name in form.fields if name in fields}
    if not _is_begun(form, known) or _was_sent(known.get("ref", "")):
        drop_draft(form)
        return ""
    stamp = at.isoformat()
    values = {"fields": {**known, STAMP: stamp, _WINDOW: fields.get(_WINDOW, "")[:40]}, "saved_at": at}
    Draft.objects.update_or_create(user=form.by, customer=form.customer, tab=form.tab, defaults=values)
    return stamp


def _is_begun(form: Composer, known: Mapping[str, str]) -> bool:
    """Check whether the user wrote anything; a subject that came with a reply or a forward does not count."""
    given = {"subject"} if known.get("conversation") or known.get("entry") else set()
    return any(known.get(name, "").strip() for name in _text_fields(form) if name not in given)


def _text_fields(form: Composer) -> list[str]:
    """List the fields that are typed into."""
    typed = forms.CharField | forms.IntegerField
    shown = {name: field for name, field in form.fields.items() if not (field.widget.is_hidden or field.initial)}
    return [name for name, field in shown.items() if isinstance(field, typed) and not isinstance(field, AddressesField)]


def _was_sent(ref: str) -> bool:
    """Tell whether the message itself arrived before this draft of it, or was scheduled."""
    refs = [ref, f"{ref}/made", f"{ref}/check_in"]
    if not ref:
        return False
    was_recorded = Interaction.objects.filter(source=OWN_SOURCE, external_id__in=refs).exists()
    return was_recorded or ScheduledMail.objects.filter(ref=ref).exists()


def drop_draft(form: Composer) -> None:
    _draft_of(form).delete()


def _draft_of(form: Composer) -> QuerySet[Draft]:
    return Draft.objects.filter(user=form.by, customer=form.customer, tab=form.tab)


# The tab in which a mail of each kind is written.
TABS_OF_MAIL = {Kind.MESSAGE: "replies", Kind.NUDGE: "nudges", Kind.DECLINE: "declines", Kind.FORWARD: "forwards"}


def restore_draft(entry: Interaction, user: User, *, at: datetime, files: Iterable[StoredFile] = ()) -> None:
    """Make a mail that was taken back the user's draft again, with its files; one begun meanwhile gives way."""
    fields = {"subject": entry.subject, "conversation": str(entry.conversation_id or "")}
    if entry.kind == Kind.FORWARD:
        source, _, external_id = str(entry.payload.get("forwards", "")).partition(":")
        forwarded = Interaction.objects.filter(source=source, external_id=external_id).values_list("pk", flat=True)
        fields |= {"entry": str(forwarded.first() or ""), "to": str(entry.payload.get("forwarded_to", ""))}
    fields["carried"] = "\n".join(map(pack_file, files))
    texts = entry.payload if entry.kind == Kind.DECLINE else {"body": entry.body}
    kept = {**fields, **{name: str(texts[name]) for name in ("body", "reason", "alternative") if name in texts}}
    Draft.objects.update_or_create(
        user=user, customer_id=entry.customer_id, tab=TABS_OF_MAIL[Kind(entry.kind)],
        defaults={"fields": {**kept, STAMP: at.isoformat()}, "saved_at": at},
    )  # fmt: skip


def draft_fields(user: User, customer: Customer, tab: str) -> dict[str, str]:
    """Return the fields of the user's draft, empty without one."""
    draft = Draft.objects.filter(user=user, customer=customer, tab=tab).first()
    return draft.fields if draft else {}


def drafts_of(user: User, customer: Customer) -> list[Draft]:
    """List the user's drafts to a customer, the newest first."""
    return _DRAFTS(user=user.pk, customer=customer.pk)


_DRAFTS = CompiledQuery(
    lambda user, customer: Draft.objects.filter(user=user, customer=customer).order_by("-saved_at"),
    user=int,
    customer=int,
)


def writing_now(customer: Customer, user: User, *, at: datetime) -> list[str]:
    """Return the names of the colleagues who are writing to this customer as well."""
    return _WRITERS(customer=customer.pk, user=user.pk, since=at - _STILL_WRITING)


def others_writing(customers: Collection[int], user: User, *, at: datetime) -> set[int]:
    """Return those of the customers to whom a colleague is writing."""
    fresh = Draft.objects.filter(customer__in=customers, saved_at__gt=at - _STILL_WRITING).exclude(user=user)
    return set(fresh.values_list("customer", flat=True))


def _writers(customer: int, user: int, since: datetime) -> QuerySet[Draft, str]:
    fresh = Draft.objects.filter(customer=customer, saved_at__gt=since).exclude(user=user)
    return fresh.order_by("user__name").values_list("user__name", flat=True).distinct()


_WRITERS = CompiledQuery(_writers, customer=int, user=int, since=datetime)


def my_drafts(user: User) -> QuerySet[Draft]:
    """List the user's drafts to visible customers, the newest first."""
    visible = Customer.objects.visible_to(user).unmerged()
    return Draft.objects.filter(user=user, customer__in=visible).select_related("customer").order_by("-saved_at", "-pk")
