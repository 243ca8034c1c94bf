"""The form of a timeline's filters. It only shows them: the URL is read by desk.timeline.filters."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Goal
from interactions.models import Channel, Direction, Kind
from interactions.models.kinds import DEMANDS, SALES, SENTIMENTS, VALUE_GIVEN, VALUE_RECEIVED
from partnership.desk.timeline.filters import PARAMETER_NAMES, TALK, Filters
from partnership.desk.timeline.rows import Line
from partnership.staff.models import User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_MOST_PEOPLE, _MOST_GOALS = 200, 50

Label: TypeAlias = "str | _StrPromise"
_Choice: TypeAlias = "tuple[int | str, Label]"


def day_field(label: Label) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _choice_field(
    label: Label, unfiltered: Label, choices: "Iterable[_Choice | tuple[Label, list[_Choice]]]"
) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", unfiltered), *choices])


def _kinds_by_group() -> list[tuple[Label, list[_Choice]]]:
    """Group all kinds, those filtered by most often first."""
    groups = [(_("Talk"), TALK - DEMANDS - SENTIMENTS), (_("What they ask for"), DEMANDS)]
    value = frozenset(VALUE_GIVEN) | frozenset(VALUE_RECEIVED) | frozenset(SALES) | SENTIMENTS
    groups.append((_("Value exchanged"), value))
    rest = frozenset(Kind) - frozenset().union(*(kinds for _name, kinds in groups))
    return [(name, [(kind.value, kind.label) for kind in Kind if kind in kinds])
            for name, kinds in [*groups, (_("Other"), rest)]]  # fmt: skip


class EntryFilterForm(forms.Form):
    """What narrows entries anywhere. The fields are named as the filters are in the URL."""

    def __init__(self, filters: Filters) -> None:
        shown = {name: getattr(filters, field) for field, name in PARAMETER_NAMES.items()}
        shown |= {"kind": filters.kinds[0] if filters.kinds else "", "keep": 1}
        shown |= {"channel": filters.channels[0] if filters.channels else ""}
        super().__init__(initial=shown, auto_id="filter-%s", use_required_attribute=False)
        staff = User.objects.filter(Q(is_active=True) | Q(pk=filters.author)).order_by("name", "pk")
        self.fields["kind"] = _choice_field(_("Kind"), _("any"), _kinds_by_group())
        self.fields["channel"] = _choice_field(_("Channel"), _("any"), Channel.choices)
        self.fields["direction"] = _choice_field(_("Direction"), _("any"), Direction.choices)
        self.fields["author"] = _choice_field(_("Colleague"), _("all"), staff.values_list("pk", "name"))
        self.fields["from"] = day_field(_("From"))
        self.fields["to"] = day_field(_("Until"))


class FilterForm(EntryFilterForm):
    """The filters of one timeline."""

    scope = forms.CharField(required=False, widget=forms.HiddenInput)
    keep = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ["kind", "channel", "direction", "person", "goal", "author", "from", "to"]

    def __init__(self, line: Line, filters: Filters) -> None:
        super().__init__(filters)
        goals = Goal.objects.filter(customer__in=line.people_ids).order_by("-id")
        if line.has_people:
            people = line.people.exclude(pk=line.customer.pk).order_by("sort_key", "pk").values_list("pk", "name")
            self.fields["person"] = _choice_field(_("Person"), _("all"), people[:_MOST_PEOPLE])
        self.fields["goal"] = _choice_field(_("Goal"), _("any"), goals.values_list("pk", "title")[:_MOST_GOALS])
        self.order_fields(self.field_order)
