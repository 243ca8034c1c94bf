"""The composer's tabs. Each form records one thing on a customer's line of time."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Commitment, Customer, Goal
from interactions.actions.promises import make_promise
from interactions.actions.record import record
from interactions.models import Channel, Conversation, Direction, Interaction, Kind
from partnership.staff.models import User

WRITTEN = (Channel.EMAIL, Channel.CHAT, Channel.SMS, Channel.SOCIAL, Channel.POST)


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class Composer(forms.Form):
    """`tab` names it in URLs; `save` calls one verb. `ref` makes one row of a form that was sent twice."""

    tab: str
    title: str | Promise
    action: str | Promise
    hint: str | Promise = ""

    ref = forms.UUIDField(widget=forms.HiddenInput(), initial=uuid4, required=False)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer

    def save(self, *, by: User, at: datetime) -> Interaction:
        raise NotImplementedError

    def clean_ref(self) -> str:
        return str(self.cleaned_data["ref"] or uuid4())


def text(label: Any, *, rows: int = 3, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=100_000, widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    )


def effort() -> forms.IntegerField:
    return forms.IntegerField(label=_("Minutes it took"), required=False, min_value=0, max_value=10_000)


class Happened(Composer):
    """What happened at a moment that is now, or earlier."""

    happened = forms.DateTimeField(
        label=_("When"), required=False, widget=MomentInput(), help_text=_("Leave it empty for now.")
    )
    field_order: list[str]

    def clean_happened(self) -> datetime | None:
        moment = self.cleaned_data["happened"]
        if moment and moment > timezone.now():
            raise ValidationError(_("That is still to come: write down what has happened."))
        return moment

    def record(self, *, by: User, at: datetime, **entry: Any) -> Interaction:
        given = self.cleaned_data
        return record(
            by=by,
            recorded_at=at,
            occurred_at=given["happened"] or at,
            customer_id=self.customer.pk,
            body=given["body"],
            minutes=given.get("minutes"),
            external_id=given["ref"],
            **entry,
        )


class NoteForm(Happened):
    tab, title, action = "notes", _("Note"), _("Add the note")
    hint = _("For colleagues. Write it as if the customer reads it.")
    field_order = ["body", "minutes", "happened"]

    body = text(_("Note"))
    minutes = effort()

    def save(self, *, by: User, at: datetime) -> Interaction:
        return self.record(by=by, at=at, kind=Kind.NOTE, channel=Channel.INTERNAL, direction=Direction.INTERNAL)


class CallForm(Happened):
    tab, title, action = "calls", _("Call"), _("Log the call")
    field_order = ["direction", "body", "minutes", "happened"]

    direction = forms.ChoiceField(
        label=_("Who called"),
        choices=[(Direction.OUTBOUND, _("We called them")), (Direction.INBOUND, _("They called us"))],
        initial=Direction.OUTBOUND,
    )
    body = text(_("What was said"))
    minutes = effort()

    def save(self, *, by: User, at: datetime) -> Interaction:
        direction = self.cleaned_data["direction"]
        return self.record(by=by, at=at, kind=Kind.CALL, channel=Channel.CALL, direction=direction, author_id=by.pk)


class ReplyForm(Happened):
    tab, title, action = "replies", _("Log a reply"), _("Log the reply")
    hint = _("Nothing is sent from here: write down what you have sent them another way.")
    field_order = ["conversation", "channel", "body", "minutes", "happened"]

    conversation = forms.ModelChoiceField(
        label=_("In answer to"),
        queryset=Conversation.objects.none(),
        required=False,
        empty_label=_("nothing: a new word"),
    )
    channel = forms.ChoiceField(
        label=_("Sent by"), choices=[(channel.value, channel.label) for channel in WRITTEN], initial=Channel.EMAIL
    )
    body = text(_("What you wrote"))
    minutes = effort()

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, customer=customer, **kwargs)
        threads = customer.conversations.exclude(status=Conversation.Status.CLOSED)
        self.fields["conversation"].queryset = threads.order_by("-last_interaction_at", "-id")  # type: ignore[attr-defined]
        self.initial.setdefault("conversation", threads.waiting().first())

    def save(self, *, by: User, at: datetime) -> Interaction:
        thread = self.cleaned_data["conversation"]
        return self.record(
            by=by,
            at=at,
            kind=Kind.MESSAGE,
            channel=thread.channel if thread else self.cleaned_data["channel"],
            direction=Direction.OUTBOUND,
            conversation_id=thread.pk if thread else None,
            subject=thread.subject if thread else "",
        )


class PromiseForm(Composer):
    tab, title, action = "promises", _("Promise"), _("Make the promise")

    party = forms.ChoiceField(
        label=_("Who promises"),
        choices=[(Commitment.Party.US, _("We do")), (Commitment.Party.THEM, _("They do"))],
        initial=Commitment.Party.US,
    )
    what = forms.CharField(label=_("What"), max_length=500, widget=forms.TextInput(attrs={"dir": "auto"}))
    due_on = forms.DateField(label=_("By when"), required=False, widget=DayInput())
    goal = forms.ModelChoiceField(
        label=_("For which goal"), queryset=Goal.objects.none(), required=False, empty_label=_("none in particular")
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, customer=customer, **kwargs)
        self.fields["goal"].queryset = customer.goals.filter(status=Goal.Status.ACTIVE)  # type: ignore[attr-defined]

    def clean_due_on(self) -> Any:
        due_on = self.cleaned_data["due_on"]
        if due_on and due_on < timezone.localdate():
            raise ValidationError(_("That day is over. A promise is about what is to come."))
        return due_on

    def save(self, *, by: User, at: datetime) -> Interaction:
        given = dict(self.cleaned_data)
        promise = make_promise(customer=self.customer, made_at=at, by=by, external_id=given.pop("ref"), **given)
        return promise.interactions.get(kind=Kind.COMMITMENT_MADE)


COMPOSERS: dict[str, type[Composer]] = {form.tab: form for form in (NoteForm, CallForm, PromiseForm, ReplyForm)}
