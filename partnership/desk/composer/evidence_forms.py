"""A form for what scoring counts and no other tab records, one kind at a time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.names import sort_key
from interactions.models import Channel, Direction, Interaction, Kind
from partnership.core.forms import NumberField, WholeNumberField, text_field
from partnership.desk.composer.base import EventWithPersonForm
from partnership.desk.composer.fields import currency_field
from partnership.desk.web.suggestions import CustomerNameField
from partnership.staff.models import Firm


class _Evidence(NamedTuple):
    """`words`: the label of the text; `fields`: what this kind needs beside it."""

    kind: Kind
    words: str | Promise
    fields: tuple[str, ...] = ()
    direction: Direction = Direction.INBOUND
    channel: Channel = Channel.INTERNAL
    needs_words: bool = False


def _money(kind: Kind, *fields: str, direction: Direction = Direction.INBOUND) -> _Evidence:
    return _Evidence(kind, _("What the money was for"), ("amount", "currency", *fields), direction, Channel.BILLING)


def _spoken(kind: Kind) -> _Evidence:
    return _Evidence(kind, _("What they said"), needs_words=True)


_GROUPS: tuple[tuple[str | Promise, tuple[_Evidence, ...]], ...] = (
    (
        _("Doing their part"),
        (
            _Evidence(Kind.WORK_DONE, _("What they did")),
            _Evidence(Kind.ATTENDANCE, _("What they attended"), channel=Channel.MEETING),
        ),
    ),
    (
        _("Exchange"),
        (
            *(_money(kind) for kind in (Kind.PURCHASE, Kind.RENEWAL, Kind.PAYMENT)),
            _money(Kind.LATE_PAYMENT, "days_late"),
            _money(Kind.REFUND, direction=Direction.OUTBOUND),
            _Evidence(Kind.CANCELLATION, _("Why"), channel=Channel.BILLING),
        ),
    ),
    (
        _("Generosity"),
        (
            _Evidence(Kind.FREE_WORK, _("What we did for them"), ("minutes",), Direction.OUTBOUND),
            _Evidence(Kind.INTRODUCTION, _("What was said"), ("introduced",)),
            _Evidence(Kind.REFERRAL, _("What was said"), ("introduced",)),
            _spoken(Kind.TESTIMONIAL),
        ),
    ),
    (
        _("Voice"),
        (
            _spoken(Kind.FEEDBACK),
            _spoken(Kind.PRAISE),
            _Evidence(Kind.SURVEY_RESPONSE, _("What they said"), ("recommendation", "satisfaction")),
        ),
    ),
)

_BY_KIND = {each.kind.value: each for _group, evidence in _GROUPS for each in evidence}
EVIDENCE_KINDS = tuple(each.kind for each in _BY_KIND.values())

_IN_PAYLOAD = ("days_late", "recommendation", "satisfaction")
_GRADES = ("recommendation", "satisfaction")


def evidence_url(customer: int, kind: str) -> str:
    return f"{reverse('compose', args=[customer, EvidenceForm.tab])}?kind={kind}"


class KindChoice(NamedTuple):
    kind: str
    label: str
    is_chosen: bool


class EvidenceForm(EventWithPersonForm):
    """The kind is chosen first; it decides which fields there are. `lacks_kind`: none is chosen yet."""

    tab, title, action = "evidence", _("Something else…"), _("Record entry")
    field_order = [
        "kind", "introduced", "amount", "currency", "days_late", "minutes", "recommendation", "satisfaction", "body",
        "person", "happened", "attachments",
    ]  # fmt: skip
    aside: tuple[str, ...] = ("person", "happened", "attachments")
    for_colleagues = True

    kind = forms.ChoiceField(choices=[(kind, kind.label) for kind in EVIDENCE_KINDS], widget=forms.HiddenInput())
    introduced = CustomerNameField(
        label=_("Introduced person"),
        required=True,
        help_text=_("If that is a customer's name, their page says who introduced them."),
    )
    amount = NumberField(label=_("Amount"), min_value=0, max_digits=12, decimal_places=2)
    currency = currency_field()
    days_late = WholeNumberField(label=_("Days late"), min_value=1, max_value=10_000)
    minutes = WholeNumberField(label=_("Minutes it took us"), min_value=1, max_value=10_000)
    recommendation = WholeNumberField(label=_("Would recommend us, 0 to 10"), required=False, min_value=0, max_value=10)
    satisfaction = WholeNumberField(label=_("Satisfied, 1 to 5"), required=False, min_value=1, max_value=5)
    body = text_field(_("What happened"))

    def adapt_fields(self) -> None:
        super().adapt_fields()
        self.evidence = _BY_KIND.get(str(self.data.get("kind") or self.initial.get("kind") or ""))
        self.lacks_kind = self.evidence is None
        needed = {"ref", "kind"}
        if self.evidence:
            needed |= {"body", *self.evidence.fields, *self.aside}
            self._adapt_to(self.evidence)
        for name in self.fields.keys() - needed:
            del self.fields[name]

    def _adapt_to(self, evidence: _Evidence) -> None:
        words = self.fields["body"]
        words.label, words.required = str(evidence.words), evidence.needs_words
        self.fields[next(iter(evidence.fields), "body")].widget.attrs["autofocus"] = True
        if "currency" in evidence.fields:
            self.fields["currency"].initial = Firm.current().currency

    def kind_groups(self) -> Iterator[tuple[str | Promise, list[KindChoice]]]:
        """Yield the kinds to choose from, by group."""
        for title, evidence in _GROUPS:
            yield title, [KindChoice(one.kind.value, str(one.kind.label), one == self.evidence) for one in evidence]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        is_survey = self.evidence is not None and self.evidence.kind == Kind.SURVEY_RESPONSE
        if is_survey and not self.errors and not given["body"] and all(given[name] is None for name in _GRADES):
            raise ValidationError(_("Write a grade, or what they said."))
        return given

    @transaction.atomic
    def save(self, *, at: datetime) -> Interaction:
        given, evidence = self.cleaned_data, self.evidence
        assert evidence is not None
        self._link_introduced()
        return self.record(
            at=at,
            body=given["body"],
            kind=evidence.kind,
            channel=evidence.channel,
            direction=evidence.direction,
            author_id=self.by.pk,
            subject=given.get("introduced", ""),
            amount=given.get("amount"),
            currency=given.get("currency", ""),
            payload={name: given[name] for name in _IN_PAYLOAD if given.get(name) is not None},
        )

    def _link_introduced(self) -> None:
        """Set the introducer of the customer who has this name, if exactly one has it and no introducer is set."""
        name = self.cleaned_data.get("introduced")
        if not name:
            return
        visible = Customer.objects.visible_to(self.by).unmerged().exclude(pk=self.customer.pk)
        found = visible.filter(sort_key=sort_key(name))[:2]
        if len(found) == 1 and found[0].introduced_by_id is None and self.customer.introduced_by_id != found[0].pk:
            found[0].introduced_by = self.customer
            found[0].save(update_fields=["introduced_by"])
