"""Blanks of a saved reply: `{{owner}}` is filled from the record, `[[what we agreed]]` by who writes.

What the record does not know becomes a blank to write in. No text leaves with a blank.
"""

import re
from collections.abc import Callable

from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Commitment, Customer
from partnership.staff.models import Firm, User

_FROM_RECORD = re.compile(r"\{\{\s*([^{}\n]{1,80}?)\s*\}\}")
_BLANK = re.compile(r"\[\[\s*([^\[\]\n]{1,80}?)\s*\]\]|\{\{\s*([^{}\n]{1,80}?)\s*\}\}")

_NAMELESS = re.compile(r"\[\[\s*\]\]|\{\{\s*\}\}")


def _preferred_name(customer: Customer, by: User) -> str:
    return customer.display_name


def _owner(customer: Customer, by: User) -> str:
    return customer.owner.name if customer.owner else ""


def _my_name(customer: Customer, by: User) -> str:
    return by.name


def _next_promise(customer: Customer, by: User) -> str:
    """Return what we promised and is due first, with its day."""
    ours = customer.commitments.filter(party=Commitment.Party.US, status=Commitment.Status.OPEN)
    promise = ours.order_by("due_on", "pk").first()
    if promise is None:
        return ""
    return f"{promise.what} ({date_format(promise.due_on, 'MONTH_DAY_FORMAT')})" if promise.due_on else promise.what


# The names are the same in every language: a text is written in one, and read in others.
_VALUES: dict[str, Callable[[Customer, User], str]] = {
    "preferred name": _preferred_name,
    "owner": _owner,
    "next promise": _next_promise,
    "my name": _my_name,
}
RECORD_BLANKS: dict[str, str | Promise] = {
    "preferred name": _("what to call them"),
    "owner": _("the owner's name"),
    "next promise": _("our promise that is due next, with its day"),
    "my name": _("the name of who writes"),
}


def _normalise(name: str) -> str:
    return " ".join(name.lower().split())


def fill_blanks(text: str, *, customer: Customer, by: User, firm: Firm) -> str:
    """Fill the blanks that the record knows, dates in the customer's language."""

    def fill(found: re.Match[str]) -> str:
        value = _VALUES.get(_normalise(found[1]), lambda customer, by: "")(customer, by)
        return value or f"[[{found[1]}]]"

    language = customer.language or firm.language
    with translation.override(language if translation.check_for_language(language) else firm.language):
        return _FROM_RECORD.sub(fill, text)


def open_blanks(text: str) -> list[str]:
    """Name the blanks that a text still has, in their order."""
    return list(dict.fromkeys(free or known for free, known in _BLANK.findall(text)))


def has_nameless_blank(text: str) -> bool:
    return bool(_NAMELESS.search(text))


def unknown_blanks(text: str) -> list[str]:
    """Name the blanks that are to come from the record and that it does not have."""
    return [name for name in _FROM_RECORD.findall(text) if _normalise(name) not in _VALUES]
