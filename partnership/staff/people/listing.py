"""The list of colleagues, and of those who were invited."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from partnership.core.pagination import Page, build_page, parse_key
from partnership.staff.models import Firm, Invitation, User
from partnership.staff.people.forms import PeopleFilterForm
from partnership.staff.sign_in.second_factors.policy import HAS_FACTOR, must_have_factor

_PAGE_PEOPLE = 50


@dataclass(frozen=True)
class Person:
    """A row. `role`: in words, empty without one; `state`: in words; `lacks_factor`: the role needs a second factor."""

    user: User
    role: str
    state: str
    has_factor: bool
    lacks_factor: bool


def people_with_facts() -> QuerySet[User]:
    """Read colleagues with all that `describe` needs, in one query."""
    return User.objects.with_roles().annotate(has_factor=HAS_FACTOR).select_related("department")


def page_of_people(form: PeopleFilterForm, *, after: str) -> Page[Person]:
    """List colleagues by name. BadRequest where `after` is no key."""
    found = form.narrow(people_with_facts()).order_by("name", "id")
    if after:
        name, pk = parse_key(after, str)
        found = found.filter(Q(name__gt=name) | Q(name=name, pk__gt=pk))
    page = build_page(found[: _PAGE_PEOPLE + 1], size=_PAGE_PEOPLE, key=lambda user: (user.name, user.pk))
    firm = Firm.current()
    return Page([describe(user, firm) for user in page.rows], page.after)


def describe(user: User, firm: Firm) -> Person:
    """Describe one of people_with_facts()."""
    has_factor: bool = user.has_factor  # type: ignore[attr-defined]
    lacks_factor = user.is_active and not has_factor and must_have_factor(user, firm)
    return Person(user, user.role_name, _state(user), has_factor, lacks_factor)


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
