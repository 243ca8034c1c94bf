"""The form above the list of customers."""

from dataclasses import dataclass
from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from customers.custom_fields.definitions import list_definitions
from customers.lookups import LIFECYCLE_FILTERS
from partnership.desk.custom_fields.filters import CustomFilter, filter_inputs
from partnership.desk.customer_list.choices import FilterChoices
from partnership.desk.customer_list.filters import (
    OWNER_IS_ABSENT,
    OWNER_IS_MISSING,
    OWNER_IS_VIEWER,
    RENEWAL_IS_OVERDUE,
    RENEWS_WITHIN,
)
from partnership.desk.customer_list.orders import ORDERS
from partnership.desk.customer_list.params import Criteria, encode_query

_OWNERS = [(OWNER_IS_VIEWER, _("mine")), (OWNER_IS_MISSING, _("no owner")), (OWNER_IS_ABSENT, _("absent or left"))]


@dataclass(frozen=True)
class Select:
    """A choice for the page's own template: Django renders a template for each option, and there may be 500 tags."""

    name: str
    label: str
    chosen: str
    options: list[tuple[str, str]]


class ListForm(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    tier = forms.IntegerField(label=_("Tier"), required=False, widget=forms.Select)
    owner = forms.CharField(label=_("Owner"), required=False, widget=forms.Select)
    tag = forms.CharField(label=_("Tag"), required=False, max_length=60, widget=forms.Select)
    lifecycle = forms.ChoiceField(
        label=_("Lifecycle"),
        required=False,
        choices=LIFECYCLE_FILTERS,
    )
    renews = forms.ChoiceField(
        label=_("Renewal"),
        required=False,
        choices=[
            ("", _("any")),
            *zip(RENEWS_WITHIN, (_("within 30 days"), _("within 90 days")), strict=True),
            (RENEWAL_IS_OVERDUE, _("overdue")),
        ],
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

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.custom = {field: filter_inputs(field) for field in list_definitions()}
        for inputs in self.custom.values():
            self.fields.update(inputs)

    def clean_owner(self) -> str:
        owner: str = self.cleaned_data["owner"]
        if owner and owner not in (OWNER_IS_VIEWER, OWNER_IS_MISSING, OWNER_IS_ABSENT) and not owner.isdecimal():
            raise ValidationError(_("There is no such owner: choose one of the list."))
        return owner[:18]

    def offer(self, choices: FilterChoices) -> None:
        """Fill the select boxes; only a whole page needs them."""
        everything: list[tuple[object, object]] = [("", _("all"))]
        offered: dict[str, list[tuple[object, object]]] = {
            "tier": [*everything, *choices.tiers],
            "owner": [*everything, *_OWNERS, *choices.owners],
            "tag": [*everything, *((tag, tag) for tag in choices.tags)],
        }
        for name, options in offered.items():
            cast("forms.Select", self.fields[name].widget).choices = options
        if (tier := self.criteria.get("tier")) in choices.tiers_now:
            data = cast("QueryDict", self.data).copy()
            data["tier"] = str(choices.tiers_now[tier])
            self.data = data

    @property
    def criteria(self) -> Criteria:
        """What was understood; what means nothing here is left out."""
        self.is_valid()
        # 0 is equal to False: a box that is not ticked is told apart by identity.
        given = {
            name: value
            for name, value in self.cleaned_data.items()
            if value not in (None, "", []) and value is not False
        }
        return cast("Criteria", given)

    @property
    def query(self) -> str:
        """The criteria as a query string."""
        return encode_query(self.criteria)

    @property
    def filter_count(self) -> int:
        """How many filters are on, besides the words of the search."""
        return len(self.criteria.keys() - {"q", "sort"})

    @property
    def checks(self) -> list[forms.BoundField]:
        return [field for field in self if field.widget_type == "checkbox" and not field.name.startswith("custom-")]

    @property
    def selects(self) -> list[Select]:
        found = (field for field in self if field.widget_type == "select" and not field.name.startswith("custom-"))
        return [_select(field) for field in found]

    @property
    def custom_filters(self) -> list[CustomFilter]:
        """The filters by custom fields, in their order."""
        asked = self.criteria.keys()
        return [
            CustomFilter(field.label_with_unit, [self[name] for name in inputs], not asked.isdisjoint(inputs))
            for field, inputs in self.custom.items()
        ]

    @property
    def custom_count(self) -> int:
        return sum(one.is_set for one in self.custom_filters)


def _select(field: forms.BoundField) -> Select:
    options = [(str(value), str(label)) for value, label in cast("forms.Select", field.field.widget).choices]
    chosen = "" if (value := field.value()) is None else str(value)
    return Select(field.html_name, str(field.label), chosen, options)
