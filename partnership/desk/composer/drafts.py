"""Drafts: kept while a user writes to a customer, dropped when it is sent."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django import forms
from django.db.models import QuerySet

from customers.models import Customer
from interactions.models import Interaction
from partnership.core.compiled_queries import CompiledQuery
from partnership.desk.composer.base import Composer
from partnership.desk.models import Draft
from partnership.staff.external_ids import OWN_SOURCE
from partnership.staff.models import User

_STILL_WRITING = timedelta(seconds=60)  # since the last save


def save_draft(form: Composer, *, fields: Mapping[str, str], at: datetime) -> None:
    """Keep the fields of a form as they stand; drop the draft of a form without text, or one already sent."""
    known = {name: fields[name].replace("\0", "") for name in form.fields if name in fields}
    if not any(known.get(name, "").strip() for name in _text_fields(form)) or _was_sent(known.get("ref", "")):
        drop_draft(form)
        return
    Draft.objects.update_or_create(
        user=form.by, customer=form.customer, tab=form.tab, defaults={"fields": known, "saved_at": at}
    )


def _text_fields(form: Composer) -> list[str]:
    """List the fields that are typed into."""
    typed = forms.CharField | forms.IntegerField
    return [
        name
        for name, field in form.fields.items()
        if isinstance(field, typed) and not field.widget.is_hidden and not field.initial
    ]


def _was_sent(ref: str) -> bool:
    """Tell whether the message itself arrived before this draft of it."""
    refs = [ref, f"{ref}/made", f"{ref}/check_in"]
    return bool(ref) and Interaction.objects.filter(source=OWN_SOURCE, external_id__in=refs).exists()


def drop_draft(form: Composer) -> None:
    Draft.objects.filter(user=form.by, customer=form.customer, tab=form.tab).delete()


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


def _writers(customer: int, user: int, since: datetime) -> QuerySet[Draft, str]:
    fresh = Draft.objects.filter(customer=customer, saved_at__gt=since).exclude(user=user)
    return fresh.order_by("user__name").values_list("user__name", flat=True).distinct()


_WRITERS = CompiledQuery(_writers, customer=int, user=int, since=datetime)
