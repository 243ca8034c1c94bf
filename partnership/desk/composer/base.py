"""What every tab of the composer is."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from interactions.actions.attachments import attach
from interactions.actions.record import record
from interactions.markdown import rendered
from interactions.models import Interaction
from partnership.core.forms import PastMomentField, SubmitOnceForm
from partnership.desk.composer.fields import FilesField
from partnership.staff.models import User


class Composer(SubmitOnceForm):
    """`tab` names it in URLs; `save` calls one verb, and raises ActionRefused with words for who wrote.

    `action` is what its button says, `action_noted` where nothing leaves. `key` opens it. `aside` are the fields that
    are seldom needed. `written`: the field whose Markdown can be looked at before it is sent. `shown_in`: the id of
    the part of the page that shows what was saved, besides the timeline. `lacks_goal`: there is nothing to write before
    a goal is set.
    """

    tab: str
    title: str | Promise
    action: str | Promise
    action_noted: str | Promise = ""
    key = ""
    hint: str | Promise = ""
    written = ""
    aside: tuple[str, ...] = ()
    shown_in = ""
    for_colleagues = False
    lacks_goal = False

    def __init__(self, *args: Any, customer: Customer, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer, self.by = customer, by
        if self.written and self.for_colleagues:
            self.fields[self.written].widget.attrs["data-action"] = (
                "input->mentions#offer blur->mentions#close keydown->mentions#press"
            )

    def save(self, *, at: datetime) -> Interaction:
        raise NotImplementedError

    def main_fields(self) -> Iterator[forms.BoundField]:
        return (field for field in self.visible_fields() if field.name not in self.aside)

    def aside_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name in self.aside]

    def aside_title(self) -> str:
        return " · ".join(str(field.label) for field in self.aside_fields())

    def aside_is_open(self) -> bool:
        """What was filled in or is wrong there is not hidden."""
        return any(field.errors or field.value() for field in self.aside_fields())

    @property
    def done(self) -> str:
        """What is said once it is saved."""
        return gettext("Recorded.")

    def preview(self) -> str:
        """Safe HTML of what stands in the form."""
        return rendered(self[self.written].value() or "")


class Happened(Composer):
    """What happened at a moment that is now, or earlier."""

    written = "body"
    aside: tuple[str, ...] = ("happened", "attachments")

    happened = PastMomentField(label=_("When"), required=False, help_text=_("Leave it empty for now."))
    attachments = FilesField()
    field_order: list[str]

    @transaction.atomic
    def record(self, *, at: datetime, body: str, **entry: Any) -> Interaction:
        given = self.cleaned_data
        row = record(
            by=self.by,
            recorded_at=at,
            occurred_at=given["happened"] or at,
            customer_id=self.customer.pk,
            body=body,
            html=rendered(body),
            minutes=given.get("minutes"),
            external_id=given["ref"],
            **entry,
        )
        attach(interaction=row, files=given["attachments"])
        return row


class WithSomebody(Happened):
    """It was with one of an organisation's people; for a person there is nobody to choose."""

    person = forms.ModelChoiceField(
        label=_("With whom"),
        queryset=Customer.objects.none(),
        required=False,
        empty_label=_("the organisation as a whole"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.customer.kind == Customer.Kind.ORGANISATION:
            people = Customer.objects.visible_to(self.by).standing().filter(organisation=self.customer)
            self.fields["person"].queryset = people  # type: ignore[attr-defined]
        else:
            del self.fields["person"]

    def record(self, *, at: datetime, body: str, **entry: Any) -> Interaction:
        person = self.cleaned_data.get("person")
        return super().record(at=at, body=body, person_id=person and person.pk, **entry)
