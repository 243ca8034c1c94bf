"""People and promises for tests, made by the same verbs that the product uses."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import factory
from django.contrib.auth.models import Group
from django.utils import timezone
from factory.django import DjangoModelFactory, Password

from customers.models import Commitment, ContactPoint, Customer, Goal
from interactions.actions.goals import set_goal
from interactions.actions.promises import make_promise
from interactions.actions.record import record
from interactions.models import Channel, Conversation, Direction, Interaction
from partnership.staff.models import SUPPORT, Department, Firm, User

PASSWORD = "two-sides-make-a-promise"
"""Every factory user's."""


class FirmFactory(DjangoModelFactory):
    class Meta:
        model = Firm
        django_get_or_create = ("id",)

    id = 1
    name = "Our Firm"
    timezone = "Europe/Berlin"
    currency = "EUR"
    own_domains = ["ourfirm.example"]


def firm_today() -> date:
    """Return the day it is at the firm, which is another one than UTC's for some hours."""
    return Firm.current().local_date(timezone.now())


class DepartmentFactory(DjangoModelFactory):
    class Meta:
        model = Department

    name = factory.Sequence(lambda n: f"Department {n}")


class UserFactory(DjangoModelFactory):
    """A staff member; `role` is support, manager or admin (who may open Django's admin)."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        admin = factory.Trait(is_staff=True, is_superuser=True)

    email = factory.Sequence(lambda n: f"staff{n}@ourfirm.example")
    name = factory.Sequence(lambda n: f"Sam Rivera {n}")
    password = Password(PASSWORD)

    @factory.post_generation
    def role(user: User, create: bool, given: str | None, **_: Any) -> None:  # noqa: N805
        if create:
            user.groups.add(Group.objects.get_or_create(name=given or SUPPORT)[0])


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer

    name = factory.Sequence(lambda n: f"Ada Okafor {n}")
    since = date(2023, 1, 15)


class OrganisationFactory(CustomerFactory):
    kind = Customer.Kind.ORGANISATION
    name = factory.Sequence(lambda n: f"Okafor & Daughters {n}")


class ContactPointFactory(DjangoModelFactory):
    class Meta:
        model = ContactPoint

    customer = factory.SubFactory(CustomerFactory)
    kind = ContactPoint.Kind.EMAIL
    value = factory.Sequence(lambda n: f"ada{n}@example.org")


class ConversationFactory(DjangoModelFactory):
    class Meta:
        model = Conversation

    customer = factory.SubFactory(CustomerFactory)
    channel = Channel.EMAIL
    subject = factory.Sequence(lambda n: f"Invoice {n}")


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def happens(customer: Customer, kind: str, *, at: datetime, by: User | None = None, **entry: Any) -> Interaction:
    """An interaction; inbound by e-mail unless said otherwise."""
    given = {"channel": Channel.EMAIL, "direction": Direction.INBOUND, **entry}
    return record(by=by, recorded_at=at, customer_id=customer.pk, kind=kind, occurred_at=at, **given)


def promise(
    customer: Customer, what: str, *, party: str = "us", at: datetime, due_on: date | None, by: User, **more: Any
) -> Commitment:
    return make_promise(customer=customer, party=party, what=what, made_at=at, due_on=due_on, by=by, **more)


def goal(customer: Customer, title: str, *, at: datetime, by: User, **fields: Any) -> Goal:
    return set_goal(customer=customer, title=title, at=at, by=by, **fields)


def works(customer: Customer, *, until: date, days: int) -> None:
    """The customer does their part every day, `days` days long, the last of them `until`."""
    for back in range(days):
        happens(customer, "work_done", at=noon(until - timedelta(days=back)), channel=Channel.APP)
