"""What is said to them: replies, and the honest no. By mail from here, or written down when sent another way."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import ContactPoint, Customer
from interactions.actions.nudges import nudges_of
from interactions.mailboxes.outgoing_mail import write_mail
from interactions.markdown import rendered
from interactions.models import Channel, Conversation, Direction, Interaction, Kind
from partnership.core.forms import line_field, text_field
from partnership.core.params import parse_number
from partnership.desk.composer.base import WithSomebody
from partnership.desk.composer.fields import minutes_field

WRITTEN = (Channel.EMAIL, Channel.CHAT, Channel.SMS, Channel.SOCIAL, Channel.POST)

THREADS = 50
"""The threads that can be answered: the newest."""

NOT_TO_BE_CONTACTED = _(
    "They asked not to be contacted: nothing is sent from here. You can write down what was sent another way."
)


class Said(WithSomebody):
    """`via` is a contact point that a mail goes to (`to-<pk>`), or how it was sent without us (`by-<channel>`)."""

    action_noted = _("Note it")

    conversation = forms.ChoiceField(label=_("In answer to"), required=False)
    via = forms.ChoiceField(label=_("How"))
    subject = line_field(_("Subject"), required=False, max_length=500)
    minutes = minutes_field()

    aside: tuple[str, ...] = ("minutes", "person", "happened", "attachments")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.addresses = {f"to-{point.pk}": point for point in self.reachable()}
        self.threads = {str(thread.pk): thread for thread in self.answerable()}
        self.fields["via"].choices = self.ways()  # type: ignore[attr-defined]
        if self.customer.do_not_contact:
            self.fields["via"].error_messages["invalid_choice"] = NOT_TO_BE_CONTACTED
        nothing = ("", _("nothing: a new conversation"))
        self.fields["conversation"].choices = [  # type: ignore[attr-defined]
            nothing, *((pk, thread) for pk, thread in self.threads.items())
        ]  # fmt: skip
        self.initial.setdefault("conversation", self.oldest_waiting())
        self.initial.setdefault("via", next(iter(self.addresses), f"by-{Channel.EMAIL}"))

    def reachable(self) -> list[ContactPoint]:
        """Where a mail can go: to them, and to an organisation's people."""
        if self.customer.do_not_contact:
            return []
        people = Customer.objects.visible_to(self.by).standing().filter(organisation=self.customer)
        of_people = Q(customer__in=people.filter(do_not_contact=False))
        whose = of_people | Q(customer=self.customer) if self.is_organisation else Q(customer=self.customer)
        points = ContactPoint.objects.filter(whose, kind=ContactPoint.Kind.EMAIL).select_related("customer")
        return sorted(points, key=lambda point: (point.customer_id != self.customer.pk, not point.verified, point.pk))

    @property
    def is_organisation(self) -> bool:
        return self.customer.kind == Customer.Kind.ORGANISATION

    def answerable(self) -> list[Conversation]:
        """Those that are not closed, and the one that was asked for."""
        asked = parse_number(str(self.data.get("conversation") or self.initial.get("conversation") or ""))
        wanted = ~Q(status=Conversation.Status.CLOSED) | Q(pk=asked)
        threads = self.customer.conversations.filter(wanted, joined_into=None)
        return list(threads.order_by("-last_interaction_at", "-id")[:THREADS])

    def oldest_waiting(self) -> str:
        waiting = [(thread.waiting_since, pk) for pk, thread in self.threads.items() if thread.waiting_since]
        return min(waiting)[1] if waiting else ""

    def ways(self) -> list[tuple[Any, Any]]:
        """What leaves from here first."""
        mail = [(name, self.name_of(point)) for name, point in self.addresses.items()]
        noted = [(f"by-{channel.value}", _("only note it: %s") % channel.label) for channel in WRITTEN]
        another = (_("It was sent another way"), noted)
        return [(_("Send an e-mail to"), mail), another] if mail else [another]

    def name_of(self, point: ContactPoint) -> str:
        return point.value if point.customer_id == self.customer.pk else f"{point.customer.name}, {point.value}"

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("via") in self.addresses:
            if not given.get("conversation") and not given.get("subject"):
                self.add_error("subject", _("A new mail needs a subject."))
            if given.get("happened"):
                self.add_error("happened", _("What is sent from here leaves now: leave this empty."))
        return given

    @property
    def done(self) -> str:
        mail = self.addresses.get(self.cleaned_data["via"])
        return gettext("On its way to %s.") % mail.value if mail else super().done

    def say(self, *, at: datetime, body: str, kind: str, **entry: Any) -> Interaction:
        """Into the outbox, or on the timeline alone."""
        given = self.cleaned_data
        thread = self.threads.get(given["conversation"])
        if given["via"] in self.addresses:
            return write_mail(
                customer=self.customer, to=self.addresses[given["via"]], body=body, kind=kind, by=self.by, at=at,
                external_id=given["ref"], conversation=thread, subject=given["subject"], files=given["attachments"],
                minutes=given["minutes"], **entry,
            )  # fmt: skip
        return self.record(
            at=at, body=body, kind=kind, channel=given["via"].removeprefix("by-"), direction=Direction.OUTBOUND,
            conversation_id=thread and thread.pk, subject=thread.subject if thread else given["subject"], **entry,
        )  # fmt: skip


class ReplyForm(Said):
    tab, title, action, key = "replies", _("Reply"), _("Send"), "r"
    field_order = ["conversation", "via", "subject", "body", *Said.aside]

    body = text_field(_("What you write to them"), rows=6)

    def save(self, *, at: datetime) -> Interaction:
        return self.say(at=at, body=self.cleaned_data["body"], kind=Kind.MESSAGE)


class NudgeForm(Said):
    tab, title, action = "nudges", _("Nudge"), _("Send the nudge")
    field_order = ["conversation", "via", "subject", "body", *Said.aside]

    body = text_field(_("The push, kindly meant"), rows=4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        why_not = nudges_of(self.customer.pk, day=timezone.localdate()).in_words()
        self.hint = why_not or _("It answers nothing: who waits for an answer waits on.")

    def oldest_waiting(self) -> str:
        return ""

    def save(self, *, at: datetime) -> Interaction:
        return self.say(at=at, body=self.cleaned_data["body"], kind=Kind.NUDGE)


class DeclineForm(Said):
    tab, title, action = "declines", _("Decline"), _("Say no")
    field_order = [
        "conversation",
        "via",
        "subject",
        "reason",
        "alternative",
        "minutes",
        "person",
        "happened",
        "attachments",
    ]
    written = "reason"

    reason = text_field(_("No, and why"), rows=3)
    alternative = text_field(_("What we offer instead"), rows=2)

    def preview(self) -> str:
        said = (self[name].value() or "" for name in ("reason", "alternative"))
        return rendered("\n\n".join(said))

    def save(self, *, at: datetime) -> Interaction:
        said = {name: self.cleaned_data[name] for name in ("reason", "alternative")}
        return self.say(at=at, body="\n\n".join(said.values()), kind=Kind.DECLINE, payload=said)
