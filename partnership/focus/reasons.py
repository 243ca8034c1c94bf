"""Why somebody is worth the next hour, in words: what we owe first, then what they do."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Commitment, Customer, Goal
from partnership.scoring.evidence import Evidence, evidence_of
from partnership.scoring.explaining import Explanation, explain_many
from partnership.scoring.wording import sentence

SOON = timedelta(days=7)
LONG_AGO = timedelta(days=90)
"""A promise of ours that was missed longer ago no longer says why to call today."""


@dataclass(frozen=True)
class Reason:
    text: str
    url: str
    urgent: bool = False


def reasons_for(customers: Sequence[Customer], *, as_of: date) -> dict[int, list[Reason]]:
    """The first two reasons of each. One read each for promises, goals and scores, however many customers."""
    pks = [customer.pk for customer in customers]
    found: dict[int, list[Reason]] = defaultdict(list)
    ours = Commitment.objects.to_do().filter(customer__in=pks, party=Commitment.Party.US)
    for promise in ours.filter(due_on__range=(as_of - LONG_AGO, as_of + SOON)):
        found[promise.customer_id].append(promised(promise, as_of))
    goals = Goal.objects.filter(customer__in=pks, status=Goal.Status.ACTIVE, due_on__lte=as_of + SOON)
    for goal in goals.order_by("due_on", "id"):
        found[goal.customer_id].append(Reason(due(goal, as_of), page(goal.customer_id)))
    explained = explain_many(pks, as_of=as_of) if pks else {}
    evidence = evidence_of(explained.values())
    for pk, explanation in explained.items():
        found[pk].extend(Reason(text, reverse("why", args=[pk])) for text in in_words(explanation, evidence[pk]))
    return {pk: found[pk][:2] for pk in pks}


def page(customer_pk: int) -> str:
    return reverse("customer", args=[customer_pk])


def promised(promise: Commitment, as_of: date) -> Reason:
    assert promise.due_on is not None
    days = (promise.due_on - as_of).days
    if days < 0:
        text = ngettext("our promise is %d day overdue", "our promise is %d days overdue", -days) % -days
    elif days == 0:
        text = _("our promise is due today")
    elif days == 1:
        text = _("our promise is due tomorrow")
    else:
        text = ngettext("our promise is due in %d day", "our promise is due in %d days", days) % days
    return Reason(f"{text}: {promise.what}", page(promise.customer_id), urgent=days < 0)


def due(goal: Goal, as_of: date) -> str:
    assert goal.due_on is not None
    days = (goal.due_on - as_of).days
    if days < 0:
        text = ngettext("goal %d day past its day", "goal %d days past its day", -days) % -days
    else:
        text = _("goal due today") if days == 0 else ngettext("goal due in %d day", "goal due in %d days", days) % days
    return f"{text}: {goal.title}"


def in_words(explanation: Explanation, evidence: dict[int, Evidence]) -> list[str]:
    """What weighs most in the scores."""
    if explanation.is_thin:
        return [_("little to go by yet")]
    by_weight = sorted(explanation.lines, key=lambda line: -line.contribution)
    return [
        sentence(line, evidence[line.rule.pk], explanation)
        for line in by_weight
        if line.rule and line.count and line.contribution > 0
    ]
