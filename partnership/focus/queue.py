"""Two lanes. Partnership: whom to give the next hour to. Promised: who waits for an answer.

What customers ask, how often and how loudly, moves nobody in the first; in the second only how long the oldest
unanswered word has waited, against what we promised.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import DateTimeField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Coalesce

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from interactions.models import Conversation
from interactions.querysets import ConversationQuerySet
from partnership.focus.reasons import Reason, reasons_for
from partnership.paging import Page, page_of, parse_key, read_moment
from partnership.scoring.models import Score

SIZE = 10

LAST = timedelta(hours=16)
"""What somebody without a tier yet is promised."""


@dataclass(frozen=True)
class Partner:
    customer: Customer
    score: Score
    reasons: list[Reason]


def partnership_lane(visible: CustomerQuerySet, *, as_of: date, after: str = "", size: int = SIZE) -> Page[Partner]:
    """The best partners first, each with the reasons why now. BadRequest when `after` is no place in the lane."""
    ranked = by_partnership(visible)
    if after:
        value, pk = parse_key(after, float)
        ranked = ranked.filter(Q(score__partnership__lte=value) & (Q(score__partnership__lt=value) | Q(score__lt=pk)))
    page = page_of(ranked[: size + 1], size=size, key=lambda one: (one.score.partnership, one.pk))
    reasons = reasons_for(page.rows, as_of=as_of)
    return Page([Partner(one, one.score, reasons[one.pk]) for one in page.rows], page.after)


def by_partnership(visible: CustomerQuerySet) -> CustomerQuerySet:
    """Everybody whom we may give time to by ourselves. Served by scoring_best_first."""
    return (
        visible.standing()
        .filter(lifecycle=Customer.Lifecycle.ACTIVE, do_not_contact=False, score__isnull=False)
        .select_related("owner", "organisation", "score__tier")
        .order_by("-score__partnership", "-score")
    )


def promised_lane(visible: CustomerQuerySet, *, after: str = "", size: int = SIZE) -> Page[Conversation]:
    """Conversations that wait for us, by the moment that their tier's response promise names."""
    waiting = by_promise(visible)
    if after:
        value, pk = parse_key(after, read_moment)
        waiting = waiting.filter(Q(answer_by__gt=value) | Q(answer_by=value, pk__gt=pk))
    return page_of(waiting[: size + 1], size=size, key=lambda one: (one.answer_by, one.pk))


def by_promise(visible: CustomerQuerySet) -> ConversationQuerySet:
    """`answer_by` counts hours of the clock: the order is of how long they wait against what they were promised."""
    promised = ExpressionWrapper(
        F("waiting_since")
        + Coalesce(F("customer__score__tier__response_hours") * Value(timedelta(hours=1)), Value(LAST)),
        output_field=DateTimeField(),
    )
    return (
        Conversation.objects.waiting()
        .filter(customer__in=visible.standing())
        .annotate(answer_by=promised)
        .select_related("customer__score__tier", "assignee")
        .order_by("answer_by", "id")
    )
