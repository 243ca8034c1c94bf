"""The list of colleagues, and of those who were invited."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from partnership.core.pagination import Page, build_page, parse_key
from partnership.staff.models import Invitation, User
from partnership.staff.people.forms import PeopleFilterForm

_PAGE_PEOPLE = 50


@dataclass(frozen=True)
class Person:
    """A row. `role`: in words, empty without one; `state`: in words; `is_new`: has never signed in."""

    user: User
    role: str
    state: str
    is_new: bool


def page_of_people(form: PeopleFilterForm, *, after: str) -> Page[Person]:
    """List colleagues by name. BadRequest where `after` is no key."""
    found = form.narrow(User.objects.all()).with_roles().select_related("department").order_by("name", "id")
    if after:
        name, pk = parse_key(after, str)
        found = found.filter(Q(name__gt=name) | Q(name=name, pk__gt=pk))
    page = build_page(found[: _PAGE_PEOPLE + 1], size=_PAGE_PEOPLE, key=lambda user: (user.name, user.pk))
    return Page([describe(user) for user in page.rows], page.after)


def describe(user: User) -> Person:
    is_new = user.is_active and user.last_login is None
    return Person(user, user.role_name, _state(user), is_new)


def _state(user: User) -> str:
    if not user.is_active:
        return _("disabled")
    return _("active") if user.last_login else _("never signed in")


def list_invitations(form: PeopleFilterForm) -> list[Invitation]:
    """List the open invitations that the filter finds; none where it asks for colleagues in a state."""
    given = form.cleaned_data
    if given["state"] not in ("", "all"):
        return []
    found = Invitation.objects.open().select_related("department", "invited_by")
    for word in given["q"].split():
        found = found.filter(email__icontains=word)
    if given["role"]:
        found = found.filter(role=given["role"])
    if given["department"]:
        found = found.filter(department=given["department"])
    return list(found)
