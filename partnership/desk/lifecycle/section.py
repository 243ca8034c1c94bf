"""A customer's lifecycle and do-not-contact, as a part of their page."""

from customers.models import Customer
from partnership.desk.web.page_parts import PagePart


def _nothing_more(customer: Customer) -> None:
    """The template shows the customer alone."""


LIFECYCLE = PagePart("standing", "desk/lifecycle/standing.html", _nothing_more)
