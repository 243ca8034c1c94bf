"""What the list of customers is asked for."""

from dataclasses import dataclass
from html import escape
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from partnership.desk.customer_list.choices import Choices
from partnership.desk.customer_list.filters import AWAY, EVERYBODY, MINE, NOBODY
from partnership.desk.customer_list.orders import ORDERS
from partnership.desk.customer_list.params import query_of

OWNERS = [(MINE, _("mine")), (NOBODY, _("nobody")), (AWAY, _("absent or left"))]


@dataclass(frozen=True)
class Select:
    """A choice to be drawn at once: Django draws each option by a template of its own, and there may be 500 tags."""

    name: str
    label: str
    options: SafeString

    @classmethod
    def of(cls, field: forms.BoundField) -> "Select":
        chosen = str(field.value() or "")
        options = [
            f'<option value="{escape(str(value))}"{" selected" if str(value) == chosen else ""}>{escape(str(label))}'
            for value, label in field.field.widget.choices
        ]
        return cls(field.html_name, str(field.label), SafeString("".join(options)))


class ListForm(forms.Form):
    """`asked`: what was understood of it; `query`: the same for a URL. What means nothing here is left out."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    tier = forms.IntegerField(label=_("Tier"), required=False, widget=forms.Select)
    owner = forms.CharField(label=_("Owner"), required=False, widget=forms.Select)
    tag = forms.CharField(label=_("Tag"), required=False, max_length=60, widget=forms.Select)
    lifecycle = forms.ChoiceField(
        label=_("Lifecycle"),
        required=False,
        choices=[("", _("all but ended")), (EVERYBODY, _("all")), *Customer.Lifecycle.choices],
    )
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("best first")), *((name, order.label) for name, order in ORDERS.items())],
    )
    waiting = forms.BooleanField(label=_("waits for us"), required=False)
    stalled = forms.BooleanField(label=_("goal stalled"), required=False)
    quiet = forms.BooleanField(label=_("quiet"), required=False)
    do_not_contact = forms.BooleanField(label=_("do not contact"), required=False)

    def clean_owner(self) -> str:
        owner: str = self.cleaned_data["owner"]
        if owner and owner not in (MINE, NOBODY, AWAY) and not owner.isdecimal():
            raise ValidationError(_("Nobody is called that."))
        return owner[:18]

    def offer(self, choices: Choices) -> None:
        everything = [("", _("all"))]
        self.fields["tier"].widget.choices = [*everything, *choices.tiers]
        self.fields["owner"].widget.choices = [*everything, *OWNERS, *choices.owners]
        self.fields["tag"].widget.choices = [*everything, *((tag, tag) for tag in choices.tags)]

    @property
    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", False)}

    @property
    def query(self) -> str:
        return query_of(self.asked)

    @property
    def narrowing(self) -> int:
        """How many filters are on, besides the words of the search."""
        return len(self.asked.keys() - {"q", "sort"})

    @property
    def checks(self) -> list[forms.BoundField]:
        return [field for field in self if field.widget_type == "checkbox"]

    @property
    def selects(self) -> list[Select]:
        return [Select.of(field) for field in self if field.widget_type == "select"]
