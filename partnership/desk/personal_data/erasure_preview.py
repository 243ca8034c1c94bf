"""What an erasure will take, counted and named, before anything is."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import CheckIn, Commitment, ContactPoint, Customer, Goal
from customers.querysets import CustomerQuerySet
from interactions.models import Attachment, Conversation, Deletion, Interaction, Outgoing
from interactions.personal_data.erased_files import refusal_files
from interactions.personal_data.erasing import find_words
from interactions.personal_data.rows import ROWS, Keys, events_of, own_entries, record_keys
from interactions.personal_data.words import Words
from partnership.desk.models import Draft, ScheduledMail
from partnership.desk.web.statement_timeout import TooSlowError, statement_timeout
from partnership.notifications.models import Notification
from partnership.staff.models import User

# Of the entries of others that name them.
MOST_SHOWN = 20

_MOST_NAMED = 10

# By the name under which an erasure counts it.
LABELS: dict[str, str | Promise] = {
    "entries": _("Entries whose text is erased"),
    "earlier_versions": _("Earlier versions of entries"),
    "deletions": _("Deleted entries"),
    "files": _("Files"),
    "mails": _("Mails whose recipients are erased"),
    "cancelled_mails": _("Mails not yet sent, which are cancelled"),
    "scheduled_mails": _("Scheduled mails, which are cancelled"),
    "drafts": _("Drafts of colleagues"),
    "notifications": _("Notifications of colleagues"),
    "conversations": _("Conversations"),
    "goals": _("Goals"),
    "check_ins": _("Check-ins"),
    "promises": _("Promises"),
    "contact_points": _("Contact points"),
    "mentions": _("Rows of others in which they were named"),
    "originals": _("Originals of mails of others that named them"),
    "refused_lines": _("Lines that imports had refused"),
}


@dataclass(frozen=True)
class Count:
    label: str
    number: int


@dataclass(frozen=True)
class ErasurePreview:
    """`named`: entries of others that name them, MOST_SHOWN at most; None where there are too many entries to look
    through now. `bearers`: who else bears the name."""

    counts: list[Count]
    names: list[str]
    addresses: list[str]
    goals: list[str]
    files: list[str]
    named: Sequence[Interaction] | None
    has_more: bool
    bearers: list[str]


def count_lines(counts: dict[str, int]) -> list[Count]:
    return [Count(str(label), counts[name]) for name, label in LABELS.items() if counts.get(name)]


def preview_erasure(customer: Customer, *, visible: CustomerQuerySet) -> ErasurePreview:
    keys = record_keys(customer)
    words = find_words(keys)
    named = _entries_of_others(keys, words, visible=visible)
    points = ROWS[ContactPoint](keys).order_by("kind", "normalised")
    return ErasurePreview(
        counts=count_lines(_counts(keys, words)),
        names=list(words.names) or [customer.name],
        addresses=list(points.values_list("value", flat=True)[:_MOST_NAMED]),
        goals=list(ROWS[Goal](keys).values_list("title", flat=True)[:_MOST_NAMED]),
        files=list(ROWS[Attachment](keys).order_by("pk").values_list("name", flat=True)[:_MOST_NAMED]),
        named=named and named[:MOST_SHOWN],
        has_more=len(named or ()) > MOST_SHOWN,
        bearers=find_bearers(keys, words),
    )


def _counts(keys: Keys, words: Words) -> dict[str, int]:
    models = {
        "entries": Interaction, "deletions": Deletion, "files": Attachment, "conversations": Conversation,
        "goals": Goal, "check_ins": CheckIn, "promises": Commitment, "contact_points": ContactPoint,
    }  # fmt: skip
    counts = {name: ROWS[model](keys).count() for name, model in models.items()}
    waiting = Q(status__in=[Outgoing.Status.QUEUED, Outgoing.Status.FAILED])
    return counts | {
        "earlier_versions": events_of(Interaction, keys, ROWS[Interaction](keys)).count(),
        "mails": ROWS[Outgoing](keys).exclude(waiting).count(),
        "cancelled_mails": ROWS[Outgoing](keys).filter(waiting).count(),
        "scheduled_mails": ScheduledMail.objects.filter(customer__in=keys).count(),
        "drafts": Draft.objects.filter(customer__in=keys).count(),
        "notifications": Notification.objects.filter(customer__in=keys).count(),
        "refused_lines": sum(words.find(line) for path in refusal_files() for line in path.open(errors="replace")),
    }


def _entries_of_others(keys: Keys, words: Words, *, visible: CustomerQuerySet) -> list[Interaction] | None:
    if not words.all:
        return []
    naming = Q(subject__iregex=words.sql_pattern) | Q(body__iregex=words.sql_pattern)
    others = Interaction.objects.exclude(own_entries(keys)).filter(naming, customer__in=visible)
    try:
        with statement_timeout():
            return list(others.select_related("customer").order_by("-occurred_at", "-pk")[: MOST_SHOWN + 1])
    except TooSlowError:
        return None


def find_bearers(keys: Keys, words: Words) -> list[str]:
    """Return customers and colleagues in whose name one of theirs stands: somebody else may be meant by it."""
    if not words.names:
        return []
    named = Q(name__iregex=Words(names=words.names).sql_pattern)
    customers = Customer.objects.filter(named).exclude(pk__in=keys).order_by("sort_key", "pk")
    people = User.objects.filter(named).order_by("name", "pk")
    return [str(one) for one in [*customers[:_MOST_NAMED], *people[:_MOST_NAMED]]]
