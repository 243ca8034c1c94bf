"""Forms for messages to customers: replies, nudges, declines; mailed from here, or recorded when sent otherwise."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from customers.models import ContactPoint, Customer
from interactions.actions.attachments import store_file
from interactions.actions.nudges import customer_nudges
from interactions.errors import ActionRefused
from interactions.mail.addresses import parse_addresses
from interactions.mailboxes.outbox import own_address
from interactions.mailboxes.outgoing_mail import write_mail
from interactions.markdown import render_markdown
from interactions.models import Channel, Conversation, Direction, Interaction, Kind
from partnership.core.forms import MomentInput, line_field, text_field
from partnership.core.params import parse_number
from partnership.desk.composer.base import EventWithPersonForm, Written
from partnership.desk.composer.fields import AddressesField, CarriedFilesField, minutes_field
from partnership.desk.composer.texts.blanks import blanks_field, mark_texts, refuse_blanks
from partnership.desk.models import SavedReply, ScheduledMail
from partnership.desk.reminders.actions import set_reminder
from partnership.desk.reminders.moments import moment_choices, reminding_moment
from partnership.desk.saved_replies.selection import offered_replies
from partnership.desk.scheduling.actions import schedule_mail
from partnership.desk.scheduling.moments import LATEST, describe_moment, sending_moments, zone_of
from partnership.staff.mail.notices import MailNotice, departure_message, mail_notice
from partnership.staff.mail.transport import Transport, mail_transport
from partnership.staff.models import Firm

_WRITTEN_CHANNELS = (Channel.EMAIL, Channel.CHAT, Channel.SMS, Channel.SOCIAL, Channel.POST)
_MOST_THREADS = 50  # that can be answered, the newest

_DO_NOT_CONTACT = _(
    "They asked not to be contacted: nothing is sent from here. You can write down what was sent another way."
)


_UNTIL_SET_UP = gettext_noop("It is sent only if a mail server is set up by then.")

_AT_MOMENT = "moment"
_LATER_LABELS = {
    "hour": _("In an hour"),
    "tomorrow": _("Tomorrow morning"),
    "monday": _("Monday morning"),
    _AT_MOMENT: _("At this moment"),
}


class _LaterChoice(NamedTuple):
    """When a mail can leave; `moment`: by both clocks."""

    name: str
    label: str | Promise
    moment: str


class MessageForm(EventWithPersonForm):
    """`via`: the contact point that a mail goes to (`to-<pk>`), or how it was sent otherwise (`by-<channel>`);
    `later`: when it leaves, empty for now; `may_wait`: it can be sent later."""

    may_wait = False
    action_noted = _("Record without sending")

    conversation = forms.ChoiceField(label=_("In answer to"), required=False)
    via = forms.ChoiceField(label=_("How"))
    subject = line_field(_("Subject"), required=False, max_length=500)
    blanks = blanks_field()
    cc = AddressesField(label=_("Copy to"))
    bcc = AddressesField(label=_("Hidden copy to"))
    minutes = minutes_field()
    carried = CarriedFilesField()
    later = forms.ChoiceField(required=False, choices=list(_LATER_LABELS.items()))
    remind = forms.ChoiceField(label=_("Remind me if there is no answer"), required=False)
    moment = forms.DateTimeField(label=_("Date and time"), required=False, widget=MomentInput())

    apart: tuple[str, ...] = ("later", "moment", "remind")
    aside: tuple[str, ...] = ("cc", "bcc", "minutes", "person", "happened", "attachments")

    def adapt_fields(self) -> None:
        super().adapt_fields()
        mark_texts(self)
        self.addresses = {f"to-{point.pk}": point for point in self._addressable()}
        self.threads = {str(thread.pk): thread for thread in self.answerable()}
        cast(forms.ChoiceField, self.fields["via"]).choices = self._ways()
        if self.customer.do_not_contact:
            self.fields["via"].error_messages["invalid_choice"] = _DO_NOT_CONTACT
        threads = [(pk, str(thread)) for pk, thread in self.threads.items()]
        cast(forms.ChoiceField, self.fields["conversation"]).choices = [
            ("", _("nothing: a new conversation")),
            *threads,
        ]
        self.initial.setdefault("conversation", self.oldest_waiting())
        self._address_the_answer()
        self.initial.setdefault("via", next(iter(self.addresses), f"by-{Channel.EMAIL}"))
        self.offer_carried(str(self.initial.get("carried") or ""))
        if not (self.may_wait and self.addresses):
            for name in self.apart:
                del self.fields[name]
        else:
            choices = moment_choices(timezone.now(), firm=self.firm)
            cast(forms.ChoiceField, self.fields["remind"]).choices = [("", _("no reminder")), *choices]

    @cached_property
    def firm(self) -> Firm:
        return Firm.current()

    @cached_property
    def mail_notice(self) -> MailNotice | None:
        return mail_notice(self.by) if self.addresses else None

    @cached_property
    def saved_replies(self) -> list[SavedReply]:
        return offered_replies(self.customer, by=self.by, firm=self.firm)

    @cached_property
    def zone(self) -> ZoneInfo:
        return zone_of(self.customer, firm=self.firm)

    def later_choices(self) -> Iterator[_LaterChoice]:
        """List when the mail can leave, by both clocks."""
        if "later" in self.fields:
            for name, moment in sending_moments(timezone.now(), zone=self.zone).items():
                yield _LaterChoice(name, _LATER_LABELS[name], describe_moment(moment, zone=self.zone))

    def moment_field(self) -> forms.BoundField:
        return self["moment"]

    def later_is_open(self) -> bool:
        return bool(self["moment"].errors or self["moment"].value())

    def _address_the_answer(self) -> None:
        """Address it to where their newest mail came from, or its Reply-To, with those it went to as well in copy."""
        thread = self.threads.get(str(self.data.get("conversation") or self.initial.get("conversation") or ""))
        mail = _newest_mail(thread) if thread else None
        if mail is None:
            return
        back_to = parse_addresses(str(mail.payload.get("reply_to") or mail.payload.get("from") or ""))
        by_address = {point.normalised: name for name, point in self.addresses.items()}
        if via := next((by_address[one.email] for one in back_to if one.email in by_address), None):
            self.initial.setdefault("via", via)
        ours = {address.lower() for address in [*self.firm.own_addresses, own_address()]}
        known = ours | {one.email for one in back_to} | {str(mail.payload.get("from_email", "")).lower()}
        others = [
            one.given
            for name in ("to", "cc")
            for one in parse_addresses(str(mail.payload.get(name, "")))
            if one.valid and one.email not in known
        ]
        self.initial.setdefault("cc", ", ".join(dict.fromkeys(others)))

    def _addressable(self) -> list[ContactPoint]:
        """List where a mail can go: to the customer, and to an organisation's people."""
        if self.customer.do_not_contact:
            return []
        people = Customer.objects.visible_to(self.by).unmerged().filter(organisation=self.customer)
        of_people = Q(customer__in=people.filter(do_not_contact=False))
        owners = of_people | Q(customer=self.customer) if self.is_organisation else Q(customer=self.customer)
        points = ContactPoint.objects.filter(owners, kind=ContactPoint.Kind.EMAIL).select_related("customer")
        return sorted(points, key=lambda point: (point.customer_id != self.customer.pk, not point.verified, point.pk))

    @property
    def is_organisation(self) -> bool:
        return self.customer.kind == Customer.Kind.ORGANISATION

    def answerable(self) -> list[Conversation]:
        """List the open conversations, and the one that the URL names."""
        named = parse_number(str(self.data.get("conversation") or self.initial.get("conversation") or ""))
        wanted = ~Q(status=Conversation.Status.CLOSED) | Q(pk=named)
        threads = self.customer.conversations.filter(wanted, joined_into=None)
        return list(threads.order_by("-last_interaction_at", "-id")[:_MOST_THREADS])

    def oldest_waiting(self) -> str:
        waiting = [(thread.waiting_since, pk) for pk, thread in self.threads.items() if thread.waiting_since]
        return min(waiting)[1] if waiting else ""

    def _ways(self) -> list[tuple[str | Promise, list[tuple[str, str | Promise]]]]:
        """Group the ways to send it, those from here first."""
        mail: list[tuple[str, str | Promise]] = [(name, self._label(point)) for name, point in self.addresses.items()]
        noted: list[tuple[str, str | Promise]] = [
            (f"by-{channel.value}", _("only record it: %s") % channel.label) for channel in _WRITTEN_CHANNELS
        ]
        another = (_("It was sent another way"), noted)
        return [(_("Send an e-mail to"), mail), another] if mail else [another]

    def _label(self, point: ContactPoint) -> str:
        return point.value if point.customer_id == self.customer.pk else f"{point.customer.name}, {point.value}"

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("via") in self.addresses:
            if not given.get("conversation") and not given.get("subject"):
                self.add_error("subject", _("A new mail needs a subject."))
            if given.get("happened"):
                self.add_error("happened", _("Mail from here is sent now: leave this empty."))
        if "later" in self.fields:
            self._clean_later(given)
        refuse_blanks(self)
        return given

    def _clean_later(self, given: dict[str, Any]) -> None:
        """Set `leaves_at`: None for now."""
        later, moment, now = given.get("later"), given.get("moment"), timezone.now()
        given["leaves_at"] = None
        if later and given.get("via") not in self.addresses:
            self.add_error("via", _("Only an e-mail from here can be sent later: choose an address."))
        elif later == _AT_MOMENT and not moment:
            self.add_error("moment", _("Choose a date and time."))
        elif later == _AT_MOMENT and moment and not now < moment < now + LATEST:
            self.add_error("moment", _("Choose a moment within the next 12 months."))
        elif later:
            given["leaves_at"] = moment if later == _AT_MOMENT else sending_moments(now, zone=self.zone).get(later)
            if given["leaves_at"] is None:
                self.add_error("moment", _("Choose a date and time."))
        elif moment and given.get("via") in self.addresses:
            self.add_error("moment", _("Press “Schedule”, or clear the date and time to send it now."))

    @property
    def done(self) -> str:
        if leaves_at := self.cleaned_data.get("leaves_at"):
            leaves = gettext("It leaves on %s.") % describe_moment(leaves_at, zone=self.zone)
            return f"{leaves} {gettext(_UNTIL_SET_UP)}" if mail_transport() is Transport.NONE else leaves
        mail = self.addresses.get(self.cleaned_data["via"])
        return departure_message(mail.value) if mail else super().done

    def undo_url(self, written: Written) -> str:
        if isinstance(written, ScheduledMail) or self.cleaned_data["via"] not in self.addresses:
            return super().undo_url(written)
        return reverse("outgoing_undo", args=[written.customer_id, written.pk]) if settings.MAIL_UNDO_SECONDS else ""

    def say(self, *, at: datetime, body: str, kind: str, **entry: Any) -> Written:
        """Put it into the outbox, or on the timeline alone, or keep it until it is due."""
        given = self.cleaned_data
        if given.get("leaves_at"):
            return self._schedule(at=at, body=body, kind=kind, **entry)
        row = self.say_now(at=at, body=body, kind=kind, **entry)
        if given.get("remind") and given["via"] in self.addresses:
            set_reminder(row, due_at=reminding_moment(at, int(given["remind"]), firm=self.firm), by=self.by, at=at)
        return row

    def _schedule(self, *, at: datetime, body: str, kind: str, **entry: Any) -> ScheduledMail:
        given = self.cleaned_data
        files = [*given.get("carried", ()), *map(store_file, given["attachments"])]
        fields = {name: str(value) for name, value in self.data.items() if name in self.fields}
        left_out = {"ref", "seen", "later", "moment", "carried", "attachments"}
        return schedule_mail(
            customer=self.customer, to=self.addresses[given["via"]], body=body, kind=kind, by=self.by, at=at,
            leaves_at=given["leaves_at"], ref=given["ref"], tab=self.tab, subject=given["subject"], cc=given["cc"],
            fields={name: value for name, value in fields.items() if name not in left_out},
            conversation=self.threads.get(given["conversation"]), bcc=given["bcc"], minutes=given["minutes"],
            files=files, remind_days=int(given["remind"]) if given.get("remind") else None, **entry,
        )  # fmt: skip

    def say_now(self, *, at: datetime, body: str, kind: str, **entry: Any) -> Interaction:
        given = self.cleaned_data
        thread = self.threads.get(given["conversation"])
        if given["via"] in self.addresses:
            return write_mail(
                customer=self.customer, to=self.addresses[given["via"]], body=body, kind=kind, by=self.by, at=at,
                external_id=given["ref"], conversation=thread, subject=given["subject"],
                files=[*given.get("carried", ()), *given["attachments"]],
                cc=given["cc"], bcc=given["bcc"], minutes=given["minutes"], **entry,
            )  # fmt: skip
        return self.record(
            at=at, body=body, kind=kind, channel=given["via"].removeprefix("by-"), direction=Direction.OUTBOUND,
            conversation_id=thread and thread.pk, subject=thread.subject if thread else given["subject"], **entry,
        )  # fmt: skip


def _newest_mail(thread: Conversation) -> Interaction | None:
    """Return their newest mail in the conversation. Served by interactions_by_conversation."""
    theirs = thread.interactions.filter(direction=Direction.INBOUND, channel=Channel.EMAIL)
    return theirs.only("payload").order_by("-occurred_at", "-id").first()


class ReplyForm(MessageForm):
    may_wait = True
    tab, title, action, key = "replies", _("Reply"), _("Send reply"), "r"
    field_order = ["conversation", "via", "subject", "body", *MessageForm.aside]

    body = text_field(_("What you write to them"), rows=6)

    def save(self, *, at: datetime) -> Written:
        return self.say(at=at, body=self.cleaned_data["body"], kind=Kind.MESSAGE)


class NudgeForm(MessageForm):
    may_wait = True
    tab, title, action = "nudges", _("Nudge"), _("Send nudge")
    field_order = ["conversation", "via", "subject", "body", *MessageForm.aside]

    body = text_field(_("Nudge"), rows=4)

    def adapt_fields(self) -> None:
        super().adapt_fields()
        self.why_not = customer_nudges(self.customer.pk, day=timezone.localdate()).refusal()
        self.hint = self.why_not or _("A nudge is not an answer: open requests stay open.")

    def oldest_waiting(self) -> str:
        return ""

    def save(self, *, at: datetime) -> Written:
        if self.cleaned_data.get("leaves_at") and (refusal := self.why_not):
            raise ActionRefused(refusal)
        return self.say(at=at, body=self.cleaned_data["body"], kind=Kind.NUDGE)


class DeclineForm(MessageForm):
    may_wait = True
    tab, title, action = "declines", _("Decline"), _("Decline by e-mail")
    field_order = [
        "conversation",
        "via",
        "subject",
        "reason",
        "alternative",
        *MessageForm.aside,
    ]
    written = "reason"

    reason = text_field(_("Why we decline"), rows=3)
    alternative = text_field(_("What we offer instead"), rows=2)

    def preview(self) -> str:
        parts = (self[name].value() or "" for name in ("reason", "alternative"))
        return render_markdown("\n\n".join(parts))

    def save(self, *, at: datetime) -> Written:
        parts = {name: self.cleaned_data[name] for name in ("reason", "alternative")}
        return self.say(at=at, body="\n\n".join(parts.values()), kind=Kind.DECLINE, payload=parts)
