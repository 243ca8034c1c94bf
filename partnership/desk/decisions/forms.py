"""The three answers to a request that asks for a decision: yes, in part, no."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from interactions.actions.decisions import Outcome, decide
from interactions.markdown import rendered
from interactions.models import Conversation, Interaction, Kind
from partnership.core.forms import text_field
from partnership.desk.composer.mail_forms import MessageForm
from partnership.staff.models import CURRENCY, Firm

REFUND, GESTURE = "refund", "gesture"


class StakeForm(forms.Form):
    amount = forms.DecimalField(
        label=_("Amount at stake"), required=False, min_value=Decimal("0.01"), max_digits=14, decimal_places=2
    )
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        validators=[RegexValidator(CURRENCY, _("Write three capital letters, such as EUR."))],
    )


class AnswerForm(MessageForm):
    """Goes into the thread of the request; `answer` names it in the card's URL."""

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
            self.request, outcome=self.outcome, answer=lambda: self.tell(at=at), answer_id=self.cleaned_data["ref"],
            by=self.by, at=at, **self.given(),
        )  # fmt: skip
        return self.request

    @property
    def done(self) -> str:
        return f"{gettext('Decided: %s.') % Outcome(self.outcome).label} {super().done}"

    def tell(self, *, at: datetime) -> Interaction:
        raise NotImplementedError

    def given(self) -> dict[str, Any]:
        return {}


class GrantForm(AnswerForm):
    answer, outcome, title, action = "grant", Outcome.GRANTED, _("Grant it"), _("Grant it")
    action_noted = _("Grant it, and note the answer")
    written = "body"
    field_order = ["amount", "given_as", "via", "subject", "body", *AnswerForm.aside]

    amount = forms.DecimalField(
        label=_("What they get"), required=False, min_value=Decimal("0.01"), max_digits=14, decimal_places=2
    )
    given_as = forms.ChoiceField(
        label=_("Given as"),
        choices=[
            (REFUND, _("a refund, as the terms say")),
            (GESTURE, _("a gesture beyond the terms, from your goodwill budget")),
        ],
    )
    body = text_field(_("What you write to them"), rows=5)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = self.request.currency or Firm.current().currency
        amount = self.fields["amount"]
        amount.label = _("What they get, in %s") % self.currency
        amount.required = self.request.kind == Kind.REFUND_REQUEST
        self.initial.setdefault("given_as", REFUND if self.request.kind == Kind.REFUND_REQUEST else GESTURE)
        self.initial.setdefault("amount", self.suggested())

    def suggested(self) -> Decimal | None:
        return self.request.amount

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("given_as") == GESTURE and given.get("amount") and self.currency != Firm.current().currency:
            self.add_error("given_as", _("Your budget is in another currency: give it as a refund."))
        self.compare(given.get("amount"))
        return given

    def compare(self, amount: Decimal | None) -> None:
        stake = self.request.amount
        if amount and stake and amount < stake:
            self.add_error("amount", _("That is less than what is at stake: grant it in part."))

    def tell(self, *, at: datetime) -> Interaction:
        return self.say(at=at, body=self.cleaned_data["body"], kind=Kind.MESSAGE, payload=self.told())

    def told(self) -> dict[str, Any]:
        return {"decides": self.request.ref}

    def given(self) -> dict[str, Any]:
        given = self.cleaned_data
        as_gesture = given["given_as"] == GESTURE
        return {"amount": given["amount"], "currency": self.currency, "as_gesture": as_gesture}


class PartForm(GrantForm):
    answer, outcome, title, action = "part", Outcome.IN_PART, _("Grant it in part"), _("Grant it in part")
    action_noted = _("Grant it in part, and note the answer")

    def suggested(self) -> Decimal | None:
        return None

    def compare(self, amount: Decimal | None) -> None:
        stake = self.request.amount
        if amount and stake and amount >= stake:
            self.add_error("amount", _("That is all that is at stake: grant it."))


class RefusalForm(AnswerForm):
    answer, outcome, title, action = "no", Outcome.DECLINED, _("Decline"), _("Say no")
    action_noted = _("Say no, and note the answer")
    written = "reason"
    field_order = ["reason", "alternative", "via", "subject", *AnswerForm.aside]

    reason = text_field(_("No, and why"), rows=3)
    alternative = text_field(_("What we offer instead"), rows=2)

    def preview(self) -> str:
        return rendered("\n\n".join(self[name].value() or "" for name in ("reason", "alternative")))

    def tell(self, *, at: datetime) -> Interaction:
        said = {name: self.cleaned_data[name] for name in ("reason", "alternative")}
        payload = {**said, "decides": self.request.ref}
        return self.say(at=at, body="\n\n".join(said.values()), kind=Kind.DECLINE, payload=payload)


ANSWERS: dict[str, type[AnswerForm]] = {form.answer: form for form in (GrantForm, PartForm, RefusalForm)}
