"""The form of a value rule, with kinds and channels as lists to tick."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from interactions.models import Channel, Kind
from partnership.scoring.admin.generics import ModelForm
from partnership.scoring.models import ValueRule

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Kinds by what they mean. A goodwill gesture is left out: no rule may count it (I3).
_KIND_GROUPS = (
    (_("Conversation"), ["message", "call", "meeting", "note", "handover"]),
    (_("Demand"), ["question", "request", "complaint", "refund_request"]),
    (
        _("Doing their part"),
        ["work_done", "attendance", "check_in", "goal_set", "goal_achieved", "goal_dropped", "commitment_made",
         "commitment_kept", "commitment_missed", "commitment_released"],
    ),
    (_("Exchange"), ["purchase", "renewal", "payment", "late_payment", "refund", "cancellation"]),
    (_("Generosity"), ["free_work", "introduction", "referral", "testimonial"]),
    (_("Voice"), ["feedback", "praise", "survey_response"]),
    (_("Honesty and repair"), ["decline", "nudge", "mistake", "recovery", "forgiveness"]),
)  # fmt: skip


def _list_kind_choices() -> list[tuple["StrOrPromise", list[tuple[str, "StrOrPromise"]]]]:
    return [(name, [(kind, Kind(kind).label) for kind in kinds]) for name, kinds in _KIND_GROUPS]


class _TickList(forms.CheckboxSelectMultiple):
    """A folded list of check boxes, with those ticked in its summary."""

    template_name = "admin/scoring/tick_list.html"

    def __init__(self, *, none: "StrOrPromise", label: "StrOrPromise") -> None:
        self.none, self.label = none, label
        super().__init__()

    def get_context(self, name: str, value: object, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        ticked = [option["label"] for _name, options, _index in context["widget"]["optgroups"] for option in options
                  if option["selected"]]  # fmt: skip
        context["widget"] |= {"ticked": ticked, "none": self.none, "label": self.label}
        return context


class ValueRuleForm(ModelForm[ValueRule]):
    kinds = forms.MultipleChoiceField(
        label=_("Kinds"),
        choices=_list_kind_choices,
        widget=_TickList(none=_("None yet: choose what counts"), label=_("Kinds")),
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"),
        choices=Channel.choices,
        required=False,
        widget=_TickList(none=_("Every channel"), label=_("Channels")),
    )

    class Meta:
        model = ValueRule
        fields = (
            "position", "name", "sum", "kinds", "direction", "channels", "tags", "payload", "payload_key",
            "payload_value", "amount_at_least", "currency", "points", "per", "number_key", "daily_cap", "shared_cap",
            "half_life",
        )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, words in (("direction", _("either side")), ("sum", _("choose …"))):
            field = self.fields.get(name)  # None where the set is only shown
            if not isinstance(field, forms.ChoiceField):
                continue
            choices = cast("Iterable[tuple[str, str]]", field.choices)
            field.choices = [("", words), *((value, label) for value, label in choices if value != "")]


def build_partial_rule(posted: QueryDict) -> ValueRule:
    """Build the rule of a form that is filled in partly; missing and wrong fields are left out."""
    form = ValueRuleForm(posted)
    form.is_valid()
    return ValueRule(**form.cleaned_data)
