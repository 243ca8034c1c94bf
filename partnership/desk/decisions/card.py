"""The decision card: what both sides have done, in plain words, beside what is at stake."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Commitment, Customer
from interactions.actions.decisions import Outcome, decision_on
from interactions.actions.goodwill import left_to_give
from interactions.models import Interaction, Kind
from partnership.desk.customer.facts import exchange_of
from partnership.desk.timeline import Filters
from partnership.recoveries.models import Recovery
from partnership.scoring.explain.evidence import count_evidence
from partnership.scoring.explain.explanation import explain_score, round_score
from partnership.scoring.explain.wording import describe_line
from partnership.scoring.models import Score, ValueRule
from partnership.staff.external_ids import parse_ref
from partnership.staff.models import Firm, User

MISSED = 5
"""Missed promises of ours that are named, the newest."""

YEAR = timedelta(days=365)

Status, Party = Commitment.Status, Commitment.Party


@dataclass(frozen=True)
class Reason:
    """What somebody did, and the rows that say so."""

    text: str
    url: str


@dataclass(frozen=True)
class Decided:
    """`answer` and `given` are None where their rows were deleted since; `given` also where nothing was."""

    outcome: str
    label: str
    on: date
    answer: Interaction | None
    given: Interaction | None


def decision_card(request: Interaction, *, by: User, today: date) -> dict[str, Any]:
    """`request` with its customer."""
    customer, firm = request.customer, Firm.current()
    theirs, ours = evidence(customer, today=today)
    lifetime = exchange_of(customer).lifetime
    return {
        "entry": request,
        "customer": customer,
        "decided": decided_on(request),
        "lifetime": lifetime,
        "share": share_of(request, lifetime),
        "together": together(customer.since, today),
        "terms": firm.terms,
        "promises": promises_in_words(customer),
        "theirs": theirs,
        "ours": ours,
        "missed": missed_by_us(customer),
        "unmended": list(Recovery.objects.open().filter(customer=customer).order_by("opened_at")),
        "score": score_of(customer),
        "goodwill_given": goodwill_given(customer, firm, today),
        "currency": firm.currency,
        "left": left_to_give(by, day=today),
    }


def evidence(customer: Customer, *, today: date) -> tuple[list[Reason], list[Reason]]:
    """What they put in, and what we gave, by the rules in force; promises are told on their own."""
    explanation = explain_score(customer.pk, as_of=today)
    counted = count_evidence([explanation])[customer.pk]

    def told(*sums: str) -> list[Reason]:
        lines = [line for line in explanation.lines if line.rule and line.sum in sums and line.count]
        return [
            Reason(describe_line(line, counted[line.rule.pk], explanation), Filters.of_rule(line.rule).url(customer.pk))
            for line in sorted(lines, key=lambda line: -line.decayed)
            if line.rule
        ]

    return told(ValueRule.Sum.EFFORT, ValueRule.Sum.RECEIVED), told(ValueRule.Sum.GIVEN)


def promises_in_words(customer: Customer) -> dict[str, str]:
    """By party: "kept 5 of 6 promises that were due"."""
    counts = customer.commitments.order_by().values_list("party", "status").annotate(n=Count("*"))
    made = Counter({(party, status): n for party, status, n in counts})
    return {party: in_words(made[party, Status.KEPT], made[party, Status.MISSED]) for party in Party.values}


def in_words(kept: int, missed: int) -> str:
    due = kept + missed
    if not due:
        return _("No promise was due yet.")
    told = {"kept": kept, "due": due}
    return ngettext("Kept %(kept)d of %(due)d promise.", "Kept %(kept)d of %(due)d promises.", due) % told


def missed_by_us(customer: Customer) -> list[Commitment]:
    missed = customer.commitments.filter(party=Party.US, status=Status.MISSED)
    return list(missed.order_by("-due_on", "-id")[:MISSED])


def score_of(customer: Customer) -> dict[str, Any] | None:
    """Tier and both scores, as the pages show them; None before the first score."""
    score = Score.objects.select_related("tier").filter(customer=customer).first()
    if score is None or score.tier is None:
        return None
    return {
        "tier": score.tier,
        "pinned": score.pinned,
        "commitment": round_score(score.commitment),
        "reciprocity": round_score(score.reciprocity),
    }


def goodwill_given(customer: Customer, firm: Firm, today: date) -> Decimal:
    """In gestures within a year, in the firm's currency."""
    gestures = customer.interactions.filter(kind=Kind.GESTURE, currency=firm.currency, occurred_on__gt=today - YEAR)
    return gestures.aggregate(amount=Sum("amount"))["amount"] or Decimal(0)


def share_of(request: Interaction, lifetime: list[tuple[Decimal, str]]) -> str:
    """What is at stake, of all that they have brought; empty where the two can't be compared."""
    whole = {currency: amount for amount, currency in lifetime}.get(request.currency)
    if not request.amount or not whole or whole <= 0:
        return ""
    share = 100 * request.amount / whole
    return _("less than 1%% of it") if share < 1 else _("%d%% of it") % round(share)


def together(since: date | None, today: date) -> str:
    if since is None or since > today:
        return ""
    days = (today - since).days
    if days >= YEAR.days:
        return ngettext("%d year", "%d years", days // YEAR.days) % (days // YEAR.days)
    months = days // 30
    return ngettext("%d month", "%d months", months) % months if months else _("less than a month")


def decided_on(request: Interaction) -> Decided | None:
    decision = decision_on(request)
    if decision is None:
        return None
    return Decided(
        outcome=decision["outcome"],
        label=str(Outcome(decision["outcome"]).label),
        on=date.fromisoformat(decision["on"]),
        answer=row_of(decision["answer"]),
        given=row_of(decision.get("given", "")),
    )


def row_of(ref: str) -> Interaction | None:
    if not ref:
        return None
    source, external_id = parse_ref(ref)
    return Interaction.objects.select_related("author").filter(source=source, external_id=external_id).first()
