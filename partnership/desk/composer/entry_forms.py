"""Forms for what staff write down: notes, calls, meetings, goodwill gestures, mistakes of ours."""

from datetime import datetime

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interactions.actions.goodwill import enforce_budget, remaining_budget
from interactions.models import Channel, Direction, Interaction, Kind
from partnership.core.forms import NumberField, text_field
from partnership.desk.composer.base import EventWithPersonForm, PastEventForm
from partnership.desk.composer.fields import minutes_field
from partnership.staff.models import Firm


class NoteForm(PastEventForm):
    tab, title, action, key = "notes", _("Note"), _("Add internal note"), "n"
    hint = _("Only colleagues see it. Write it as if the customer reads it.")
    field_order = ["body", "minutes", "happened", "attachments"]
    aside: tuple[str, ...] = ("minutes", "happened", "attachments")
    for_colleagues = True

    body = text_field(_("Note"))
    minutes = minutes_field()

    def save(self, *, at: datetime) -> Interaction:
        body = self.cleaned_data["body"]
        return self.record(at=at, body=body, kind=Kind.NOTE, channel=Channel.INTERNAL, direction=Direction.INTERNAL)


class CallForm(EventWithPersonForm):
    tab, title, action, key = "calls", _("Call"), _("Log call"), "l"
    field_order = ["direction", "person", "minutes", "body", "happened", "attachments"]
    for_colleagues = True

    direction = forms.ChoiceField(
        label=_("Who called"),
        choices=[(Direction.OUTBOUND, _("We called them")), (Direction.INBOUND, _("They called us"))],
        initial=Direction.OUTBOUND,
    )
    body = text_field(_("What was said"))
    minutes = minutes_field()

    def save(self, *, at: datetime) -> Interaction:
        given = self.cleaned_data
        return self.record(
            at=at, body=given["body"], kind=Kind.CALL, channel=Channel.CALL, direction=given["direction"],
            author_id=self.by.pk,
        )  # fmt: skip


class MeetingForm(EventWithPersonForm):
    tab, title, action = "meetings", _("Meeting"), _("Log meeting")
    field_order = ["channel", "person", "minutes", "body", "happened", "attachments"]
    for_colleagues = True

    channel = forms.ChoiceField(
        label=_("Where"),
        choices=[
            (Channel.MEETING, _("We met, or spoke by video")),
            (Channel.VISIT, _("We visited them, or they visited us")),
        ],
        initial=Channel.MEETING,
    )
    body = text_field(_("What was said and agreed"))
    minutes = minutes_field()

    def save(self, *, at: datetime) -> Interaction:
        given = self.cleaned_data
        return self.record(
            at=at, body=given["body"], kind=Kind.MEETING, channel=given["channel"], direction=Direction.OUTBOUND
        )


class GestureForm(PastEventForm):
    tab, title, action = "gestures", _("Goodwill gesture"), _("Record goodwill gesture")
    field_order = ["body", "amount", "minutes", "happened", "attachments"]
    for_colleagues = True

    body = text_field(_("What we give them"), rows=2)
    amount = NumberField(label=_("Worth"), required=False, min_value=0, max_digits=12, decimal_places=2)
    minutes = minutes_field()

    def adapt_fields(self) -> None:
        super().adapt_fields()
        self.currency = Firm.current().currency
        self.fields["amount"].label = _("Worth, in %s") % self.currency
        left = remaining_budget(self.by, day=timezone.localdate())
        self.hint = left.sentence() if left else _("A gift of ours: nothing is expected back.")

    @transaction.atomic
    def save(self, *, at: datetime) -> Interaction:
        amount = self.cleaned_data["amount"]
        entry = {} if amount is None else {"amount": amount, "currency": self.currency}
        gesture = self.record(
            at=at, body=self.cleaned_data["body"], kind=Kind.GESTURE, channel=Channel.INTERNAL,
            direction=Direction.OUTBOUND, **entry,
        )  # fmt: skip
        enforce_budget(gesture, by=self.by)
        return gesture


class MistakeForm(PastEventForm):
    tab, title, action = "mistakes", _("Mistake of ours"), _("Record mistake of ours")
    hint = _(
        "This opens a recovery. It stays in Focus and at the top of the customer's page until it is forgiven or closed."
    )
    field_order = ["body", "happened", "attachments"]
    shown_in = "open-recoveries"
    for_colleagues = True

    body = text_field(_("What happened"))

    def save(self, *, at: datetime) -> Interaction:
        body = self.cleaned_data["body"]
        return self.record(at=at, body=body, kind=Kind.MISTAKE, channel=Channel.INTERNAL, direction=Direction.OUTBOUND)
