"""The three answers to a request for a refund or an exception: grant, grant in part, decline."""

from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from interactions.actions.decisions import Outcome, decide
from interactions.markdown import render_markdown
from interactions.models import Conversation, Interaction, Kind
from partnership.core.forms import NumberField, text_field
from partnership.desk.composer.mail_forms import MessageForm
from partnership.staff.models import CURRENCY, Firm

_REFUND, _GESTURE = "refund", "gesture"


class _Gift(TypedDict, total=False):
    """What the customer gets. `as_gesture`: from the goodwill budget, else a refund."""

    amount: Decimal | None
    currency: str
    as_gesture: bool


class StakeForm(forms.Form):
    amount = NumberField(
        label=_("Amount at stake"), required=False, min_value=Decimal("0.01"), max_digits=14, decimal_places=2
    )
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        validators=[RegexValidator(CURRENCY, _("Write three capital letters, such as EUR."))],
    )


class AnswerForm(MessageForm):
    """The answer goes into the conversation of the request; `answer` names the form in the card's URL."""

    answer: str
    outcome: str
    aside: tuple[str, ...] = ("minutes", "person", "happened", "attachments")

    def __init__(self, *args: Any, request: Interaction, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, customer=request.customer, **kwargs)
        del self.fields["conversation"]
        if request.conversation_id:
            del self.fields["subject"]
        else:
            self.initial["subject"] = request.subject

    def answerable(self) -> list[Conversation]:
        thread = self.request.conversation
        return [thread] if thread else []

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["conversation"] = str(self.request.conversation_id or "")
        self.cleaned_data.setdefault("subject", "")
        return super().clean()

    def save(self, *, at: datetime) -> Interaction:
        decide(
            self.request,
            outcome=self.outcome,
            answer=lambda: self.record_answer(at=at),
            answer_id=self.cleaned_data["ref"],
            by=self.by,
            at=at,
            **self.gift(),
        )
        return self.request

    @property
    def done(self) -> str:
        return f"{gettext('Decided: %s.') % Outcome(self.outcome).label} {super().done}"

    def record_answer(self, *, at: datetime) -> Interaction:
        raise NotImplementedError

    def gift(self) -> _Gift:
        """Return what decide() records besides the answer."""
        return {}


class _GrantForm(AnswerForm):
    answer, outcome, title, action = "grant", Outcome.GRANTED, _("Grant it"), _("Grant it")
    action_noted = _("Grant it, and note the answer")
    written = "body"
    field_order = ["amount", "given_as", "via", "subject", "body", *AnswerForm.aside]

    amount = NumberField(
        label=_("What they get"), required=False, min_value=Decimal("0.01"), max_digits=14, decimal_places=2
    )
    given_as = forms.ChoiceField(
        label=_("Given as"),
        choices=[
            (_REFUND, _("a refund, as the terms say")),
            (_GESTURE, _("a gesture beyond the terms, from your goodwill budget")),
        ],
    )
    body = text_field(_("What you write to them"), rows=5)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = self.request.currency or Firm.current().currency
        amount = self.fields["amount"]
        amount.label = _("What they get, in %s") % self.currency
        amount.required = self.request.kind == Kind.REFUND_REQUEST
        self.initial.setdefault("given_as", _REFUND if self.request.kind == Kind.REFUND_REQUEST else _GESTURE)
        self.initial.setdefault("amount", self.suggested_amount())

    def suggested_amount(self) -> Decimal | None:
        return self.request.amount

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("given_as") == _GESTURE and given.get("amount") and self.currency != Firm.current().currency:
            self.add_error("given_as", _("Your budget is in another currency: give it as a refund."))
        self.compare_with_stake(given.get("amount"))
        return given

    def compare_with_stake(self, amount: Decimal | None) -> None:
        stake = self.request.amount
        if amount and stake and amount < stake:
            self.add_error("amount", _("That is less than the amount at stake: grant it in part."))

    def record_answer(self, *, at: datetime) -> Interaction:
        return self.say_now(
            at=at, body=self.cleaned_data["body"], kind=Kind.MESSAGE, payload={"decides": self.request.ref}
        )

    def gift(self) -> _Gift:
        data = self.cleaned_data
        as_gesture = data["given_as"] == _GESTURE
        return {"amount": data["amount"], "currency": self.currency, "as_gesture": as_gesture}


class _PartialGrantForm(_GrantForm):
    answer, outcome, title, action = "part", Outcome.IN_PART, _("Grant it in part"), _("Grant it in part")
    action_noted = _("Grant it in part, and note the answer")

    def suggested_amount(self) -> Decimal | None:
        return None

    def compare_with_stake(self, amount: Decimal | None) -> None:
        stake = self.request.amount
        if amount and stake and amount >= stake:
            self.add_error("amount", _("That is the whole amount at stake: grant it."))


class _DeclineForm(AnswerForm):
    answer, outcome, title, action = "no", Outcome.DECLINED, _("Decline"), _("Decline")
    action_noted = _("Decline, and note the answer")
    written = "reason"
    field_order = ["reason", "alternative", "via", "subject", *AnswerForm.aside]

    reason = text_field(_("Why we decline"), rows=3)
    alternative = text_field(_("What we offer instead"), rows=2)

    def preview(self) -> str:
        return render_markdown("\n\n".join(self[name].value() or "" for name in ("reason", "alternative")))

    def record_answer(self, *, at: datetime) -> Interaction:
        parts = {name: self.cleaned_data[name] for name in ("reason", "alternative")}
        payload = {**parts, "decides": self.request.ref}
        return self.say_now(at=at, body="\n\n".join(parts.values()), kind=Kind.DECLINE, payload=payload)


ANSWERS: dict[str, type[AnswerForm]] = {form.answer: form for form in (_GrantForm, _PartialGrantForm, _DeclineForm)}
