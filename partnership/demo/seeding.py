"""Loading the story into an empty database through the product's own import."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from customers.custom_fields.definitions import forget_definitions
from customers.models import Customer, CustomField
from interactions.imports.history import import_records
from interactions.models import Interaction
from partnership.demo.library import load_texts
from partnership.demo.portraits import Portrait, draw_portraits
from partnership.demo.recent_work import add_recent_work
from partnership.demo.story.records import story_records
from partnership.focus.refreshing import refresh_all as refresh_focus
from partnership.health.rollup.refreshing import refresh_all as refresh_health
from partnership.scoring.engine.rescoring import backfill_snapshots, rescore_all
from partnership.staff.models import Firm, GoodwillBudget, User

PASSWORD = "partnership"
SIGN_INS = ("support@demo.example", "manager@demo.example", "admin@demo.example")


class NotEmptyError(Exception):
    """The database has customers or users already."""


@dataclass(frozen=True)
class _SeedCounts:
    customers: int
    interactions: int


@transaction.atomic
def seed(*, customers: int, seed: int, at: datetime) -> _SeedCounts:
    """Load the story as of the firm's day at that moment, all or nothing.

    Raises NotEmptyError, and ValueError for too few or too many customers.
    """
    if Customer.objects.exists() or User.objects.exists():
        raise NotEmptyError
    firm = create_firm()
    _define_fields()
    today = firm.local_date(at)
    import_records(story_records(customers=customers, seed=seed, today=today), at=at)
    analyze_tables()
    _set_passwords()
    _save_portraits(draw_portraits(customers=customers, seed=seed, today=today))
    add_recent_work(customers=customers, seed=seed, at=at)
    backfill_snapshots(list(Customer.objects.values_list("pk", flat=True)), at=at)
    rescore_all(at=at)
    refresh_focus(at=at)
    refresh_health(at=at)
    return _SeedCounts(Customer.objects.count(), Interaction.objects.count())


def analyze_tables() -> None:
    """Give the planner statistics: planned for empty tables, the snapshots take minutes instead of seconds."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer, interactions_interaction")


def create_firm() -> Firm:
    firm = Firm(
        name=load_texts("school")["name"],
        timezone="Europe/Berlin",
        currency="EUR",
        language="en",
        own_domains=["demo.example"],
    )
    firm.save()
    GoodwillBudget.objects.create(amount=Decimal(150), minutes=120)
    return firm


def _define_fields() -> None:
    school = load_texts("school")
    programmes = [programme["name"] for programme in school["programme"]]
    for position, field in enumerate(school["custom_field"]):
        choices = field.get("choices", programmes if field["type"] == CustomField.Type.CHOICE else [])
        CustomField.objects.create(
            **{name: value for name, value in field.items() if name != "choices"},
            options=[{"value": choice, "label": choice} for choice in choices],
            position=position,
        )
    forget_definitions()


def _set_passwords() -> None:
    """Let one user of each role sign in with the demo's password."""
    for user in User.objects.filter(email__in=SIGN_INS):
        user.is_staff = user.is_superuser = user.is_admin
        user.set_password(PASSWORD)
        user.save()


def _save_portraits(pictures: Iterable[Portrait]) -> None:
    """Store each portrait as a file and as the person's photo."""
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
