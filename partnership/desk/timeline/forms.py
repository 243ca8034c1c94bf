"""What can be asked of a timeline. The form only shows it: what the URL says is read by desk.timeline.filters."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Goal
from interactions.models import Channel, Direction, Kind
from interactions.models.kinds import DEMANDS, SALES, SENTIMENTS, VALUE_GIVEN, VALUE_RECEIVED
from partnership.desk.timeline.filters import NAMES, TALK, Filters
from partnership.desk.timeline.rows import Line
from partnership.staff.models import User

PEOPLE, GOALS = 200, 50


def day_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def choice_field(label: Any, nothing: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", nothing), *choices])


def kinds_by_group() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """All kinds, what is looked for most first."""
    groups = [(_("Talk"), TALK - DEMANDS - SENTIMENTS), (_("What they ask for"), DEMANDS)]
    groups += [(_("Value"), frozenset(VALUE_GIVEN) | frozenset(VALUE_RECEIVED) | frozenset(SALES) | SENTIMENTS)]
    rest = frozenset(Kind) - frozenset().union(*(kinds for _name, kinds in groups))
    return [(name, [(kind.value, kind.label) for kind in Kind if kind in kinds])
            for name, kinds in [*groups, (_("Else"), rest)]]  # fmt: skip


class FilterForm(forms.Form):
    """Its fields have the names that the filters have in the URL."""

    scope = forms.CharField(required=False, widget=forms.HiddenInput)
    keep = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, line: Line, filters: Filters) -> None:
        shown = {name: getattr(filters, field) for field, name in NAMES.items()}
        shown |= {"kind": filters.kinds[0] if filters.kinds else "", "keep": 1}
        shown |= {"channel": filters.channels[0] if filters.channels else ""}
        super().__init__(initial=shown, auto_id="filter-%s", use_required_attribute=False)
        goals = Goal.objects.filter(customer__in=line.people_ids).order_by("-id")
        staff = User.objects.filter(Q(is_active=True) | Q(pk=filters.author)).order_by("name", "pk")
        self.fields["kind"] = choice_field(_("Kind"), _("any"), kinds_by_group())
        self.fields["channel"] = choice_field(_("Channel"), _("any"), Channel.choices)
        self.fields["direction"] = choice_field(_("Direction"), _("both ways"), Direction.choices)
        if line.has_people:
            people = line.people.exclude(pk=line.customer.pk).order_by("sort_key", "pk").values_list("pk", "name")
            self.fields["person"] = choice_field(_("Person"), _("everybody"), people[:PEOPLE])
        self.fields["goal"] = choice_field(_("Goal"), _("any"), goals.values_list("pk", "title")[:GOALS])
        self.fields["author"] = choice_field(_("Colleague"), _("anybody"), staff.values_list("pk", "name"))
        self.fields["from"] = day_field(_("From"))
        self.fields["to"] = day_field(_("Until"))
