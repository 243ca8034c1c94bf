"""The base forms of the composer's tabs."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from interactions.actions.attachments import attach_files
from interactions.actions.record import record
from interactions.markdown import render_markdown
from interactions.models import Interaction
from partnership.core.forms import PastMomentField, SubmitOnceForm
from partnership.desk.composer.fields import CarriedFilesField, FilesField
from partnership.desk.models import ScheduledMail
from partnership.staff.mail.notices import MailNotice
from partnership.staff.models import User

# What a form leaves: an entry, or a mail that becomes one when it leaves.
Written = Interaction | ScheduledMail


class Composer(SubmitOnceForm):
    """A form that records one thing on a customer's timeline; `save` raises ActionRefused with the reason.

    `tab`: its name in URLs; `key` opens it; `action`: the label of its button, `action_noted` where nothing is sent;
    `aside`: fields that are seldom needed; `apart`: fields that stand beside the button; `written`: the field whose
    Markdown can be previewed; `shown_in`: the id of the page part that shows what was saved; `for_colleagues`: they can
    be mentioned; `lacks_goal`: a goal must be set first; `lacks_kind`: a kind must be chosen first, among
    `kind_groups`.
    """

    tab: str
    title: str | Promise
    action: str | Promise
    action_noted: str | Promise = ""
    key = ""
    hint: str | Promise = ""
    written = ""
    aside: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    shown_in = ""
    for_colleagues = False
    lacks_goal = False
    lacks_kind = False

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        *,
        customer: Customer,
        by: User,
        auto_id: str = "id_%s",
        initial: dict[str, object] | None = None,
    ) -> None:
        super().__init__(data, files, auto_id=auto_id, initial=initial)
        self.customer, self.by = customer, by
        self.adapt_fields()
        if self.written in self.fields and self.for_colleagues:
            self.fields[self.written].widget.attrs["data-action"] = (
                "input->mentions#offer blur->mentions#close keydown->mentions#press"
            )

    def adapt_fields(self) -> None:
        """Fit the fields to the customer and the user."""

    def offer_carried(self, kept: str) -> None:
        """Offer the stored files of these signed values, or those that were sent; without any the field goes."""
        field = cast(CarriedFilesField, self.fields["carried"])
        sent = cast(QueryDict, self.data).getlist("carried") if self.is_bound else kept.split()
        self.initial["carried"] = field.offer(sent)
        if not field.choices:
            del self.fields["carried"]

    @property
    def mail_notice(self) -> MailNotice | None:
        """What to know before writing where mail does not leave; None for what is not mailed."""
        return None

    def save(self, *, at: datetime) -> Written:
        raise NotImplementedError

    def undo_url(self, written: Written) -> str:
        """Return the URL that takes back what was saved; empty for what cannot be, such as mail."""
        if isinstance(written, ScheduledMail):
            return reverse("scheduled_cancellation", args=[written.pk])
        return reverse("entry_retraction", args=[written.customer_id, written.pk])

    def main_fields(self) -> Iterator[forms.BoundField]:
        return (field for field in self.visible_fields() if field.name not in (*self.aside, *self.apart))

    def aside_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name in self.aside]

    def aside_title(self) -> str:
        return " · ".join(str(field.label) for field in self.aside_fields())

    def aside_is_open(self) -> bool:
        """Show the fields where one is filled in or wrong."""
        return any(field.errors or field.value() for field in self.aside_fields())

    def draft_stamp(self) -> str:
        """Return the stamp of the draft that the form goes on from (partnership.desk.composer.drafts)."""
        stamp = self.data.get("draft") if self.is_bound else self.initial.get("draft")
        return str(stamp or "")

    @property
    def done(self) -> str:
        """The message once it is saved."""
        return gettext("Recorded.")

    def preview(self) -> str:
        """Render what is written so far as safe HTML; nothing where the form has no text."""
        return render_markdown(self[self.written].value() or "") if self.written in self.fields else ""


class PastEventForm(Composer):
    """Something that happened now or earlier."""

    written = "body"
    aside: tuple[str, ...] = ("happened", "attachments")

    happened = PastMomentField(label=_("When"), required=False, help_text=_("Leave it empty if it was just now."))
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
            html=render_markdown(body),
            minutes=given.get("minutes"),
            external_id=given["ref"],
            **entry,
        )
        attach_files(interaction=row, files=[*given.get("carried", ()), *given["attachments"]])
        return row


class EventWithPersonForm(PastEventForm):
    """An event with one of an organisation's people; a person's form has no choice."""

    person = forms.ModelChoiceField(
        label=_("Person"),
        queryset=Customer.objects.none(),
        required=False,
        empty_label=_("the organisation as a whole"),
    )

    def adapt_fields(self) -> None:
        super().adapt_fields()
        if self.customer.kind == Customer.Kind.ORGANISATION:
            people = Customer.objects.visible_to(self.by).unmerged().filter(organisation=self.customer)
            cast(forms.ModelChoiceField, self.fields["person"]).queryset = people
        else:
            del self.fields["person"]

    def record(self, *, at: datetime, body: str, **entry: Any) -> Interaction:
        person = self.cleaned_data.get("person")
        return super().record(at=at, body=body, person_id=person and person.pk, **entry)
