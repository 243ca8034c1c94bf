"""The weekly summary for managers who want it: what got better, what got worse, whom to thank.

It is sent once a week, on Monday morning of the firm's time, and counts the seven days until Sunday's end. The
rolled-up metrics already include the Monday, so it counts the rows themselves.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from customers.models import Customer
from partnership.core.mailing import automatic_message, send_claimed
from partnership.health.boards.movers import describe_reason
from partnership.health.boards.promises import owed_sentence
from partnership.health.boards.recoveries import open_sentence
from partnership.health.drilldown.rows import counted_rows
from partnership.health.frame.scope import Scope, ScopeForm, first, scope_of
from partnership.health.frame.tables import Sentence, percent
from partnership.health.models import CustomerMetrics, WeeklySummarySubscription
from partnership.health.rollup.metrics import METRICS, Rows
from partnership.scoring.explain.change_reasons import ChangeReason, ChangeSummary, summarize_changes
from partnership.scoring.explain.wording import describe_kinds
from partnership.scoring.models import ScoreSnapshot
from partnership.scoring.rules.tier_lineage import load_tier_lineage
from partnership.staff.mail.letterhead import attach_logo
from partnership.staff.mail.sender import automatic_sender
from partnership.staff.mail.transport import Transport, mail_transport
from partnership.staff.models import Firm, User

logger = logging.getLogger(__name__)

# On Monday, between which it is sent; later in the week it would be old.
MORNING, _EVENING = timedelta(hours=7), timedelta(hours=24)

SHOWN = 5

# The metrics that are compared with the week before, and whether more is better.
_COMPARED = {
    "goals_reached": True, "ours_kept": True, "ours_missed": False, "theirs_kept": True, "theirs_missed": False,
}  # fmt: skip

_MAY_BE_THANKED = {"customer__do_not_contact": False, "customer__lifecycle": Customer.Lifecycle.ACTIVE}


@dataclass(frozen=True)
class _WeeklySummary:
    user: User
    firm: Firm
    day: date
    better: list[Sentence]
    worse: list[Sentence]
    thanks: list[tuple[Customer, str]]


def is_subscribed(user: User) -> bool:
    return WeeklySummarySubscription.objects.filter(user=user).exists()


def set_subscription(user: User, *, wanted: bool) -> None:
    if wanted:
        WeeklySummarySubscription.objects.get_or_create(user=user)
    else:
        WeeklySummarySubscription.objects.filter(user=user).delete()


def send_weekly_summaries(*, at: datetime) -> int:
    """Send this week's summary to each subscriber who has not got it; return how many were sent.

    Each is marked as sent before it is sent; where the mail server refuses it, and without one, the next round tries
    again.
    """
    if mail_transport() is Transport.NONE:
        return 0
    firm = Firm.current()
    today = firm.local_date(at)
    monday = today - timedelta(days=today.weekday())
    if not firm.start_of_day(monday) + MORNING <= at < firm.start_of_day(monday) + _EVENING:
        return 0
    due = WeeklySummarySubscription.objects.filter(Q(sent_for=None) | Q(sent_for__lt=monday), user__is_active=True)
    return send_to_managers(due.select_related("user").order_by("pk"), monday, at=at)


def send_to_managers(subscriptions: Iterable[WeeklySummarySubscription], monday: date, *, at: datetime) -> int:
    """Send that Monday's summary to the managers whose subscription no other worker has claimed; return how many."""

    def record(subscription: WeeklySummarySubscription, error: Exception | None) -> None:
        if error:
            logger.warning("The weekly summary for %s was not sent: %r", subscription.pk, error)
            this = WeeklySummarySubscription.objects.filter(pk=subscription.pk)
            this.filter(sent_for=monday).update(sent_for=subscription.sent_for)

    claimed = (one for one in subscriptions if one.user.is_manager and _claim(one, monday))
    return send_claimed(claimed, lambda subscription: mail_of(summary_of(subscription.user, at=at)), record)


def _claim(subscription: WeeklySummarySubscription, monday: date) -> bool:
    """Mark the summary as sent for that Monday; False when another worker did so first."""
    unclaimed = WeeklySummarySubscription.objects.filter(Q(sent_for=subscription.sent_for), pk=subscription.pk)
    return unclaimed.update(sent_for=monday) == 1


def summary_of(user: User, *, at: datetime) -> _WeeklySummary:
    """Compose the summary of the week until yesterday, in the firm's language."""
    firm, lineage = Firm.current(), load_tier_lineage()
    with firm.localized():
        today = firm.local_date(at)
        asked = scope_of(user, ScopeForm({"period": "week"}, lineage), lineage=lineage, today=today)
        scope = replace(asked, day=today - timedelta(days=1))
        found = numbers(scope)
        better, worse = compared(scope, found)
        worse += _fall_sentences(moved(scope, scope.metrics(), up=False))
        if found["ours_owed"]:
            worse.append(owed_sentence(scope, found["ours_owed"]))
        if found["recoveries_open"]:
            worse.append(open_sentence(scope, found["recoveries_open"]))
        return _WeeklySummary(user, firm, scope.day, better, worse, thanks(scope))


def numbers(scope: Scope) -> dict[str, int]:
    names = (*_COMPARED, "answered", "answered_late")
    found = {name: counted_rows(scope, name).count() for name in (*names, "ours_owed", "recoveries_open")}
    return found | {f"before_{name}": counted_rows(scope, name, before=True).count() for name in names}


def compared(scope: Scope, found: dict[str, int]) -> tuple[list[Sentence], list[Sentence]]:
    better: list[Sentence] = []
    worse: list[Sentence] = []
    for name, more_is_better in _COMPARED.items():
        now, before = found[name], found[f"before_{name}"]
        if now == before:
            continue
        text = _("%(what)s: %(now)s, the week before %(before)s") % {
            "now": now,
            "before": before,
            "what": METRICS[name].label,
        }
        (better if (now > before) == more_is_better else worse).append(
            Sentence(text, scope.url("health_rows", name, until=scope.day) if now else "")
        )
    share, then = (percent(found[f"{b}answered"], found[f"{b}answered"] + found[f"{b}answered_late"])
                   for b in ("", "before_"))  # fmt: skip
    if share != then and found["answered"] + found["answered_late"]:
        text = _("%(now)d%% of our answers came within the response target, %(before)d%% the week before")
        shown = "answered_late" if found["answered_late"] else "answered"
        sentence = Sentence(text % {"now": share, "before": then}, scope.url("health_rows", shown, until=scope.day))
        (better if share > then else worse).append(sentence)
    return better, worse


def moved(scope: Scope, metrics: QuerySet[CustomerMetrics], *, up: bool) -> list[tuple[Customer, ChangeSummary]]:
    """Return the movers as their board does, but of the scope's own days, and none whose evidence is thin."""
    since = scope.span(before=True).until
    stood = ScoreSnapshot.objects.filter(customer=OuterRef("customer"), day__lte=since)
    then = Subquery(stood.order_by("-day").values("partnership")[:1])
    found = metrics.filter(thin=False).annotate(moved=F("partnership") - then)
    chosen = (
        found.filter(moved__gte=1).order_by("-moved", "customer_id")
        if up
        else found.filter(moved__lte=-1).order_by("moved", "customer_id")
    )
    rows = first(chosen, SHOWN, shown=found)
    changes = summarize_changes([one.customer_id for one in rows], since=since, until=scope.day)
    known = [(one.customer, changes[one.customer_id]) for one in rows if one.customer_id in changes]
    return [(customer, change) for customer, change in known if (change.difference > 0) == up and change.difference]


def _fall_sentences(fallen: list[tuple[Customer, ChangeSummary]]) -> list[Sentence]:
    """Say who fell furthest, and why."""
    return [
        Sentence(
            _("%(name)s fell from %(then)d to %(now)d: %(why)s")
            % {"name": customer.name, "then": change.start, "now": change.end,
               "why": ", ".join(map(describe_reason, change.reasons))},
            customer.get_absolute_url(),
        )
        for customer, change in fallen
    ]  # fmt: skip


def thanks(scope: Scope) -> list[tuple[Customer, str]]:
    """Return the customers to thank and why: givers first, then those who rose furthest by their own acts."""
    gifts = counted_rows(scope, "received").filter(**_MAY_BE_THANKED)
    most = gifts.values("customer_id").annotate(n=Count("pk"))
    most = most.order_by("-n", F("customer__score__partnership").desc(nulls_last=True), "customer_id")
    givers = list(most.values_list("customer_id", flat=True)[:SHOWN])
    known = Customer.objects.in_bulk(givers)
    gave = [(known[pk], what) for pk, what in _describe_gifts(gifts, givers) if pk in known]
    rising = moved(scope, scope.metrics().filter(**_MAY_BE_THANKED).exclude(customer__in=givers), up=True)
    rose = [(customer, ", ".join(map(describe_reason, _merits(change)))) for customer, change in rising]
    return [*gave, *((customer, why) for customer, why in rose if why)][:SHOWN]


def _describe_gifts(gifts: Rows, givers: list[int]) -> list[tuple[int, str]]:
    """Say what each of them put in, such as “2 referrals and 1 word of praise”."""
    found: dict[int, Counter[str]] = {pk: Counter() for pk in givers}
    kinds = gifts.filter(customer__in=givers).order_by().values_list("customer_id", "kind")
    for pk, kind, count in kinds.annotate(n=Count("pk")):
        found[pk][kind] += count
    return [(pk, describe_kinds(counted)) for pk, counted in found.items()]


def _merits(change: ChangeSummary) -> list[ChangeReason]:
    """Return the reasons to thank: the customer's own acts of the week, no change of rules, no late entries."""
    return [reason for reason in change.reasons if reason.is_new and reason.tenths > 0]


def mail_of(summary: _WeeklySummary) -> EmailMultiAlternatives:
    firm = summary.firm
    with firm.localized():
        message = automatic_message(
            "health/mail/weekly_summary",
            {"summary": summary, "address": settings.SITE_URL},
            subject=_("The week at %s") % firm.name,
            sender=automatic_sender(firm),
            to=summary.user.email,
        )
    return attach_logo(message, firm)
