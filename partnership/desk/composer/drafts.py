"""What is being written to a customer, and by whom: kept while it is written, gone when it is sent."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django import forms
from django.db.models import QuerySet

from customers.models import Customer
from interactions.models import Interaction
from partnership.core.compiled_queries import Prepared
from partnership.desk.composer.tabs import Composer
from partnership.desk.models import Draft
from partnership.staff.external_ids import OWN_SOURCE
from partnership.staff.models import User

NOW = timedelta(seconds=60)
"""Who saved something within this time is still writing."""


def save_draft(form: Composer, *, fields: Mapping[str, str], at: datetime) -> None:
    """Keep what stands in the fields of a form, as it stands; a form without a word, or already sent, keeps nothing."""
    known = {name: fields[name].replace("\0", "") for name in form.fields if name in fields}
    if not any(known.get(name, "").strip() for name in words_of(form)) or was_sent(known.get("ref", "")):
        drop_draft(form)
        return
    Draft.objects.update_or_create(
        user=form.by, customer=form.customer, tab=form.tab, defaults={"fields": known, "saved_at": at}
    )


def words_of(form: Composer) -> list[str]:
    """The fields that somebody has to type into."""
    typed = forms.CharField | forms.IntegerField
    return [name for name, field in form.fields.items() if isinstance(field, typed) and not field.widget.is_hidden]


def was_sent(ref: str) -> bool:
    """A draft may arrive after what it was a draft of."""
    refs = [ref, f"{ref}/made", f"{ref}/check_in"]
    return bool(ref) and Interaction.objects.filter(source=OWN_SOURCE, external_id__in=refs).exists()


def drop_draft(form: Composer) -> None:
    Draft.objects.filter(user=form.by, customer=form.customer, tab=form.tab).delete()


def draft_of(user: User, customer: Customer, tab: str) -> dict[str, str]:
    """The fields of one's draft, none when there is none."""
    return Draft.objects.filter(user=user, customer=customer, tab=tab).values_list("fields", flat=True).first() or {}


def newest_draft(user: User, customer: Customer) -> Draft | None:
    return next(iter(NEWEST_DRAFT(user=user.pk, customer=customer.pk)), None)


NEWEST_DRAFT = Prepared(
    lambda user, customer: Draft.objects.filter(user=user, customer=customer).order_by("-saved_at")[:1],
    user=int,
    customer=int,
)


def writing_now(customer: Customer, user: User, *, at: datetime) -> list[str]:
    """The names of the colleagues who are writing to this customer as well."""
    return WRITERS(customer=customer.pk, user=user.pk, since=at - NOW)


def writers(customer: int, user: int, since: datetime) -> QuerySet[Draft, str]:
    fresh = Draft.objects.filter(customer=customer, saved_at__gt=since).exclude(user=user)
    return fresh.order_by("user__name").values_list("user__name", flat=True).distinct()


WRITERS = Prepared(writers, customer=int, user=int, since=datetime)
