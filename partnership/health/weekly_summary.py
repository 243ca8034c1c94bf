"""The weekly letter to managers who want it: what got better, what got worse, whom to thank.

Once for each week, on Monday morning of the firm's time: whoever is marked for that Monday gets no second one. It
counts the seven days until Sunday's end; the tallies are ahead of it, and would count a Monday that has but begun in
the place of the one before.
"""

import logging
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from interactions.mailboxes.outbox import own_address
from partnership.health.boards.movers import NAMES, reasons
from partnership.health.boards.overview import of_recoveries
from partnership.health.drilldown.rows import counted
from partnership.health.frame.scope import Scope, ScopeForm, first, scope_of, tiers_in_force
from partnership.health.frame.tables import Sentence, percent
from partnership.health.models import LetterWish
from partnership.scoring.models import ScoreSnapshot
from partnership.staff.models import Firm, User

logger = logging.getLogger(__name__)

MORNING, EVENING = timedelta(hours=7), timedelta(hours=24)
"""Of Monday, between which it goes out; later in the week it would be old."""

FEW = 5

COMPARED = {
    "goals_reached": (gettext_lazy("goals reached"), True),
    "ours_kept": (gettext_lazy("promises of ours kept in time"), True),
    "ours_missed": (gettext_lazy("promises of ours broken"), False),
    "theirs_kept": (gettext_lazy("promises of theirs kept in time"), True),
    "theirs_missed": (gettext_lazy("promises of theirs missed"), False),
}
"""What is compared with the week before, and whether more is better."""

GLAD = {"customer__do_not_contact": False, "customer__lifecycle": Customer.Lifecycle.ACTIVE}
"""Who may be thanked."""


@dataclass(frozen=True)
class Letter:
    user: User
    firm: Firm
    day: date
    better: list[Sentence]
    worse: list[Sentence]
    thanks: list[tuple[Any, str]]


def is_wanted(user: User) -> bool:
    return LetterWish.objects.filter(user=user).exists()


def want(user: User, *, wanted: bool) -> None:
    if wanted:
        LetterWish.objects.get_or_create(user=user)
    else:
        LetterWish.objects.filter(user=user).delete()


def send_letters(*, at: datetime) -> int:
    """To each who wants one and has none of this week; how many were handed over.

    It is marked as sent before it is handed over; where the mail server refuses it, the next round tries again.
    """
    firm = Firm.current()
    today = firm.local_date(at)
    monday = today - timedelta(days=today.weekday())
    if not firm.start_of_day(monday) + MORNING <= at < firm.start_of_day(monday) + EVENING:
        return 0
    due = LetterWish.objects.filter(Q(sent_for=None) | Q(sent_for__lt=monday), user__is_active=True)
    return sum(send(wish, monday, at=at) for wish in due.select_related("user").order_by("pk"))


def send(wish: LetterWish, monday: date, *, at: datetime) -> bool:
    if not wish.user.is_manager:  # no longer
        return False
    claimed = LetterWish.objects.filter(Q(sent_for=wish.sent_for), pk=wish.pk).update(sent_for=monday)
    if not claimed:
        return False
    try:
        mail_of(letter_of(wish.user, at=at)).send()
    except Exception as error:  # every backend has its own
        logger.warning("The weekly letter for %s was not sent: %r", wish.pk, error)
        LetterWish.objects.filter(pk=wish.pk, sent_for=monday).update(sent_for=wish.sent_for)
        return False
    return True


def letter_of(user: User, *, at: datetime) -> Letter:
    """Of the week until yesterday, in the firm's language."""
    firm, tiers = Firm.current(), tiers_in_force()
    with translation.override(firm.language):
        today = firm.local_date(at)
        asked = scope_of(user, ScopeForm({"period": "week"}, tiers), tiers=tiers, today=today)
        scope = replace(asked, day=today - timedelta(days=1))
        found = numbers(scope)
        better, worse = compared(scope, found)
        worse += of_movers(moved(scope, scope.tallies(), up=False))
        if found["recoveries_open"]:
            worse.append(of_recoveries(scope, found))
        return Letter(user, firm, scope.day, better, worse, thanks(scope))


def numbers(scope: Scope) -> dict[str, int]:
    names = (*COMPARED, "answered", "answered_late")
    found = {name: counted(scope, name).count() for name in (*names, "recoveries_open")}
    return found | {f"before_{name}": counted(scope, name, before=True).count() for name in names}


def compared(scope: Scope, found: dict[str, int]) -> tuple[list[Sentence], list[Sentence]]:
    better: list[Sentence] = []
    worse: list[Sentence] = []
    for name, (label, more_is_better) in COMPARED.items():
        now, before = found[name], found[f"before_{name}"]
        if now == before:
            continue
        text = _("%(what)s: %(now)s, the week before %(before)s") % {"now": now, "before": before, "what": label}
        (better if (now > before) == more_is_better else worse).append(
            Sentence(text, scope.url("health_rows", name, until=scope.day) if now else "")
        )
    share, then = (percent(found[f"{b}answered"], found[f"{b}answered"] + found[f"{b}answered_late"])
                   for b in ("", "before_"))  # fmt: skip
    if share != then and found["answered"] + found["answered_late"]:
        text = _("%(now)d%% of our answers came as promised, %(before)d%% the week before")
        shown = "answered_late" if found["answered_late"] else "answered"
        sentence = Sentence(text % {"now": share, "before": then}, scope.url("health_rows", shown, until=scope.day))
        (better if share > then else worse).append(sentence)
    return better, worse


def moved(scope: Scope, tallies: Any, *, up: bool) -> list[Any]:
    """As the board of movers has them, of the scope's own days."""
    stood = ScoreSnapshot.objects.filter(customer=OuterRef("pk"), day__lte=scope.span(before=True).until)
    then = Subquery(stood.order_by("-day").values("partnership")[:1])
    found = tallies.annotate(then=then, moved=F("partnership") - F("then"))
    chosen = (
        found.filter(moved__gte=1).order_by("-moved", "pk")
        if up
        else found.filter(moved__lte=-1).order_by("moved", "pk")
    )
    rows = first(chosen, FEW, shown=found)
    for name in NAMES:
        for prefix, before in (("n", False), ("b", True)):
            theirs = counted(scope, name, before=before).filter(customer__in=[one.pk for one in rows])
            number = Counter(theirs.values_list("customer_id", flat=True))
            for one in rows:
                setattr(one, f"{prefix}_{name}", number[one.pk])
    return rows


def of_movers(rows: list[Any]) -> list[Sentence]:
    """Those who fell furthest."""
    return [
        Sentence(
            _("%(name)s fell from %(then)d to %(now)d: %(why)s")
            % {"name": one.customer.name, "then": round(one.then), "now": round(one.partnership),
               "why": ", ".join(reasons(one))},
            one.customer.get_absolute_url(),
        )
        for one in rows
    ]  # fmt: skip


def thanks(scope: Scope) -> list[tuple[Any, str]]:
    """Who put in something of their own, then who rose furthest."""
    gifts = counted(scope, "received").filter(**GLAD).values("customer_id").annotate(n=Count("pk"))
    most = gifts.order_by("-n", F("customer__tally__partnership").desc(nulls_last=True), "customer_id")
    givers = list(most.values_list("customer_id", flat=True)[:FEW])
    known = Customer.objects.in_bulk(givers)
    gave = [(known[pk], _("put in something of their own")) for pk in givers if pk in known]
    rising = moved(scope, scope.tallies().filter(**GLAD).exclude(pk__in=givers), up=True)
    return [*gave, *((one.customer, ", ".join(reasons(one))) for one in rising)][:FEW]


def mail_of(letter: Letter) -> EmailMultiAlternatives:
    firm = letter.firm
    with translation.override(firm.language), timezone.override(firm.zone):
        context = {"letter": letter, "address": settings.SITE_URL}
        mail = EmailMultiAlternatives(
            subject=_("The week at %s") % firm.name,
            body=render_to_string("health/mail/letter.txt", context),
            from_email=formataddr(("Partnership", own_address())),
            to=[letter.user.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(render_to_string("health/mail/letter.html", context), "text/html")
    return mail
