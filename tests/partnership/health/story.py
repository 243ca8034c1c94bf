"""A small story for the dashboards: our time goes to the loud one; what is promised and reached meanwhile."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from customers.models import Customer
from interactions.actions.promises import miss_overdue
from partnership.health.rollup.refreshing import refresh_all
from partnership.scoring.engine.rescoring import rescore_all
from partnership.staff.models import Firm, User
from tests.factories import ConversationFactory, CustomerFactory, DepartmentFactory, goal, happens, promise, works


@dataclass
class Told:
    at: datetime
    loud: Customer
    partner: Customer
    wronged: Customer


def tell(sam: User, *, now: datetime | None = None) -> Told:
    now = now or timezone.now()
    yesterday = Firm.current().local_date(now) - timedelta(days=1)
    if sam.department is None:
        sam.department = DepartmentFactory(name="Coaching")
        sam.save()
    loud = CustomerFactory(name="Lena Laut")
    partner = CustomerFactory(
        name="Paul Partner", owner=sam, tags=["evening"], renews_on=yesterday + timedelta(days=40), renewal_amount=1200
    )
    wronged = CustomerFactory(name="=Wanda", introduced_by=partner)
    happens(loud, "purchase", at=now - timedelta(days=300), channel="billing")  # no newcomer
    for back in range(1, 15):
        happens(loud, "complaint", at=now - timedelta(days=back))
        happens(loud, "call", at=now - timedelta(days=back), by=sam, direction="outbound", minutes=60)
        happens(partner, "commitment_kept", at=now - timedelta(days=back), channel="internal")
    works(partner, until=yesterday, days=14)
    works(wronged, until=yesterday, days=3)
    happens(partner, "testimonial", at=now - timedelta(days=2))
    promise(wronged, "Send the book", at=now - timedelta(days=9), due_on=(now - timedelta(days=4)).date(), by=sam)
    goal(partner, "Ten clients", at=now - timedelta(days=40), by=sam)
    thread = ConversationFactory(customer=partner)
    happens(partner, "message", at=now - timedelta(days=5, hours=1), conversation_id=thread.pk)
    happens(partner, "message", at=now - timedelta(days=5), by=sam, direction="outbound", conversation_id=thread.pk)
    happens(wronged, "mistake", at=now - timedelta(days=3), by=sam, direction="outbound", body="Lost the letter")
    happens(wronged, "free_work", at=now - timedelta(days=60), by=sam, direction="outbound", minutes=90)
    happens(wronged, "purchase", at=now - timedelta(days=90), amount="120", currency="EUR", channel="billing")
    miss_overdue(at=now)
    rescore_all(at=now)
    refresh_all(at=now)
    return Told(now, loud, partner, wronged)
