from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from partnership.core.forms import text_field
from partnership.staff.models import ADMIN, MANAGER, ROLE_NAMES, SUPPORT, Department, User
from partnership.staff.people.invitations import invitation_obstacle

ACTIVE, NEVER, DISABLED, NO_ROLE, ALL = "active", "never", "disabled", "no_role", "all"

_ROLE_HINTS = {
    SUPPORT: _("Works with customers."),
    MANAGER: _("Sees Health and restricted customers too, merges, and pins tiers."),
    ADMIN: _("Decides on colleagues, rules and settings too."),
}


def _role_field() -> forms.ChoiceField:
    hints = [(role, format_lazy("{}: {}", name, _ROLE_HINTS[role])) for role, name in ROLE_NAMES.items()]
    return forms.ChoiceField(label=_("Role"), choices=hints, widget=forms.RadioSelect)


def _department_field() -> "forms.ModelChoiceField[Department]":
    return forms.ModelChoiceField(
        label=_("Department"), queryset=Department.objects.all(), required=False, empty_label=_("none")
    )


class PeopleFilterForm(forms.Form):
    """Which colleagues are listed: all but the disabled ones, unless `state` asks otherwise."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "dir": "auto"}),
    )
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("all")), *ROLE_NAMES.items()])
    department = forms.ModelChoiceField(
        label=_("Department"), required=False, queryset=Department.objects.all(), empty_label=_("all")
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("active and invited")),
            (NEVER, _("never signed in")),
            (NO_ROLE, _("without a role")),
            (DISABLED, _("disabled")),
            (ALL, _("all")),
        ],
    )

    @property
    def chosen(self) -> dict[str, str]:
        """What is filled in, for a query string."""
        return {name: str(value) for name in self.fields if (value := self.data.get(name))}

    def narrow(self, users: QuerySet[User]) -> QuerySet[User]:
        given: dict[str, Any] = self.cleaned_data
        for word in given["q"].split():
            users = users.filter(Q(name__icontains=word) | Q(email__icontains=word))
        if given["role"]:
            users = users.filter(pk__in=with_highest_role(given["role"]).values("pk"))
        if given["department"]:
            users = users.filter(department=given["department"])
        return _narrow_state(users, given["state"])


def _narrow_state(users: QuerySet[User], state: str) -> QuerySet[User]:
    if state == DISABLED:
        return users.filter(is_active=False)
    if state != ALL:
        users = users.filter(is_active=True)
    if state == NEVER:
        return users.filter(last_login=None)
    if state == NO_ROLE:
        return users.exclude(pk__in=User.objects.at_work().values("pk"))
    return users


def with_highest_role(role: str) -> QuerySet[User]:
    """Find colleagues by the role that the list shows."""
    holds = {name: Q(pk__in=User.groups.through.objects.filter(group__name=name).values("user")) for name in ROLE_NAMES}
    holds[ADMIN] |= Q(is_superuser=True)
    higher = {SUPPORT: holds[MANAGER] | holds[ADMIN], MANAGER: holds[ADMIN], ADMIN: Q(pk=None)}
    return User.objects.all().filter(holds[role]).exclude(higher[role]).order_by()


class InvitationForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = _role_field()
    department = _department_field()

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if reason := invitation_obstacle(email):
            raise ValidationError(reason)
        return email


class RoleForm(forms.Form):
    role = _role_field()
    department = _department_field()


def _colleagues_but(person: User) -> QuerySet[User]:
    return User.objects.at_work().exclude(pk=person.pk)


class HandoverForm(forms.Form):
    """To whom the colleague's open work goes."""

    to = forms.ModelChoiceField(
        label=_("Hand the open work over to"), queryset=User.objects.none(), empty_label=_("choose a colleague")
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = _colleagues_but(person)  # type: ignore[attr-defined]


class DisablingForm(HandoverForm):
    reason = text_field(_("Why the account is closed"), rows=2)
    to = forms.ModelChoiceField(
        label=_("Hand the open work over to"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody: leave it as it is"),
    )

    field_order = ["reason", "to"]
