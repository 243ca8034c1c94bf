"""How to reach a customer, as a part of their page."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from customers.models import ContactPoint, Customer
from partnership.desk.web.page_parts import PagePart


@dataclass(frozen=True)
class ReachSection:
    contact_points: QuerySet[ContactPoint]
    about_url: str


def reach_section(customer: Customer) -> ReachSection:
    return ReachSection(customer.contact_points.all(), reverse("about", args=[customer.pk]))


REACH = PagePart("reach", "desk/contact_points/reach.html", reach_section)
