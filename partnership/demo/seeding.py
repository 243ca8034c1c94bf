"""The story, loaded into an empty database by the product's own import, and made ready to sign in to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from customers.models import Customer
from interactions.imports.history import import_records
from interactions.models import Interaction
from partnership.demo.last_days import live_last_days
from partnership.demo.library import library
from partnership.demo.portraits import Portrait, portraits
from partnership.demo.story.telling import story
from partnership.focus.refreshing import refresh_all
from partnership.scoring.engine.rescoring import backfill_snapshots, rescore_all
from partnership.staff.models import Firm, GoodwillBudget, User

PASSWORD = "partnership"
SIGN_INS = ("support@demo.example", "manager@demo.example", "admin@demo.example")


class NotEmptyError(Exception):
    """There are people here already: the demo's, or real ones."""


@dataclass(frozen=True)
class Seeded:
    customers: int
    interactions: int


@transaction.atomic
def seed(*, customers: int, seed: int, at: datetime) -> Seeded:
    """All or nothing, as of the firm's day at that moment.

    Raises NotEmptyError where there is anybody already, ValueError for too few customers.
    """
    if Customer.objects.exists() or User.objects.exists():
        raise NotEmptyError
    firm = found_firm()
    today = firm.local_date(at)
    import_records(story(customers=customers, seed=seed, today=today), at=at)
    gather_statistics()
    open_doors()
    hang(portraits(customers=customers, seed=seed, today=today))
    live_last_days(customers=customers, seed=seed, at=at)
    backfill_snapshots(list(Customer.objects.values_list("pk", flat=True)), at=at)
    rescore_all(at=at)
    refresh_all(at=at)
    return Seeded(Customer.objects.count(), Interaction.objects.count())


def gather_statistics() -> None:
    """Without them the database plans for empty tables, and the snapshots take minutes instead of seconds."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer, interactions_interaction")


def found_firm() -> Firm:
    firm = Firm(
        name=library("school")["name"],
        timezone="Europe/Berlin",
        currency="EUR",
        language="en",
        own_domains=["demo.example"],
    )
    firm.save()
    GoodwillBudget.objects.create(amount=Decimal(150), minutes=120)
    return firm


def open_doors() -> None:
    """Three of the staff, one of each role, can sign in with a password that everybody knows."""
    for user in User.objects.filter(email__in=SIGN_INS):
        user.is_staff = user.is_superuser = user.is_admin
        user.set_password(PASSWORD)
        user.save()


def hang(pictures: Iterable[Portrait]) -> None:
    """Keep each portrait as a file, and as the photo of whom it shows."""
    drawn = {(picture.type, picture.ref): picture for picture in pictures}
    shown: list[Customer | User] = []
    for one in (*Customer.objects.all(), *User.objects.all()):
        picture = drawn.get(("staff" if isinstance(one, User) else "customer", one.ref))
        if picture is None:
            continue
        name = f"faces/{picture.ref.replace(':', '-')}.svg"
        default_storage.delete(name)
        one.photo.name = default_storage.save(name, ContentFile(picture.svg.encode()))
        shown.append(one)
    Customer.objects.bulk_update([one for one in shown if isinstance(one, Customer)], ["photo"], batch_size=500)
    User.objects.bulk_update([one for one in shown if isinstance(one, User)], ["photo"])
