"""The decision card: the amount at stake, and what each side has done so far."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Commitment, Customer
from interactions.actions.decisions import Outcome, decision_of
from interactions.actions.goodwill import RemainingBudget, remaining_budget
from interactions.models import Interaction, Kind
from partnership.desk.customer.facts import exchange_of
from partnership.desk.timeline import Filters
from partnership.recoveries.models import Recovery
from partnership.scoring.explain.evidence import count_evidence
from partnership.scoring.explain.explanation import explain_score, round_score
from partnership.scoring.explain.wording import describe_line
from partnership.scoring.models import Score, Tier, ValueRule
from partnership.staff.external_ids import parse_ref
from partnership.staff.models import Firm, User

_MOST_MISSED_PROMISES = 5

_YEAR = timedelta(days=365)

_Status, _Party = Commitment.Status, Commitment.Party


@dataclass(frozen=True)
class Reason:
    """What one side did, and the URL of the rows that say so."""

    text: str
    url: str


@dataclass(frozen=True)
class Decided:
    """A decision. `answer` is None if its row was deleted since; `given` also if nothing was given."""

    outcome: str
    label: str
    on: date
    answer: Interaction | None
    given: Interaction | None


@dataclass(frozen=True)
class _CardScore:
    """Rounded as on all pages."""

    tier: Tier
    pinned: bool
    commitment: int
    reciprocity: int


@dataclass(frozen=True)
class DecisionCard:
    """All to know before answering `entry`.

    `lifetime`: purchases by currency; `share`: the share of it at stake, as text; `together`: how long they have been a
    customer; `promises`: kept and due, by party; `theirs`, `ours`: what each side put in; `missed`: our newest missed
    promises; `goodwill_given` within a year, in `currency`; `left`: the viewer's goodwill budget.
    """

    entry: Interaction
    customer: Customer
    decided: Decided | None
    lifetime: list[tuple[Decimal, str]]
    share: str
    together: str
    terms: str
    promises: dict[str, str]
    theirs: list[Reason]
    ours: list[Reason]
    missed: list[Commitment]
    open_recoveries: list[Recovery]
    score: _CardScore | None
    goodwill_given: Decimal
    currency: str
    left: RemainingBudget | None


def decision_card(request: Interaction, *, by: User, today: date) -> DecisionCard:
    """Collect the card of `request`, which has its customer loaded."""
    customer, firm = request.customer, Firm.current()
    theirs, ours = _evidence(customer, today=today)
    lifetime = exchange_of(customer).lifetime
    return DecisionCard(
        entry=request,
        customer=customer,
        decided=_decided(request),
        lifetime=lifetime,
        share=_share_of_lifetime(request, lifetime),
        together=_time_together(customer.since, today),
        terms=firm.terms,
        promises=_promise_sentences(customer),
        theirs=theirs,
        ours=ours,
        missed=_missed_by_us(customer),
        open_recoveries=list(Recovery.objects.open().filter(customer=customer).order_by("opened_at")),
        score=_score(customer),
        goodwill_given=_goodwill_given(customer, firm, today),
        currency=firm.currency,
        left=remaining_budget(by, day=today),
    )


def _evidence(customer: Customer, *, today: date) -> tuple[list[Reason], list[Reason]]:
    """Say what they put in and what we gave, by the rules in force; promises have their own lines."""
    explanation = explain_score(customer.pk, as_of=today)
    evidence = count_evidence([explanation])[customer.pk]

    def reasons(*sums: str) -> list[Reason]:
        lines = [(line, line.rule) for line in explanation.lines if line.rule and line.sum in sums and line.count]
        return [
            Reason(describe_line(line, evidence[rule.pk], explanation), Filters.of_rule(rule).url(customer.pk))
            for line, rule in sorted(lines, key=lambda pair: -pair[0].decayed)
        ]

    return reasons(ValueRule.Sum.EFFORT, ValueRule.Sum.RECEIVED), reasons(ValueRule.Sum.GIVEN)


def _promise_sentences(customer: Customer) -> dict[str, str]:
    """Say how many of the promises due each party kept."""
    counts = customer.commitments.order_by().values_list("party", "status").annotate(n=Count("*"))
    made = Counter({(party, status): n for party, status, n in counts})
    return {party: _promise_sentence(made[party, _Status.KEPT], made[party, _Status.MISSED]) for party in _Party.values}


def _promise_sentence(kept: int, missed: int) -> str:
    due = kept + missed
    if not due:
        return _("No promise was due yet.")
    text = ngettext("Kept %(kept)d of %(due)d promise.", "Kept %(kept)d of %(due)d promises.", due)
    return text % {"kept": kept, "due": due}


def _missed_by_us(customer: Customer) -> list[Commitment]:
    missed = customer.commitments.filter(party=_Party.US, status=_Status.MISSED)
    return list(missed.order_by("-due_on", "-id")[:_MOST_MISSED_PROMISES])


def _score(customer: Customer) -> _CardScore | None:
    """Read tier and both scores; None before the first score."""
    score = Score.objects.select_related("tier").filter(customer=customer).first()
    if score is None or score.tier is None:
        return None
    return _CardScore(score.tier, score.pinned, round_score(score.commitment), round_score(score.reciprocity))


def _goodwill_given(customer: Customer, firm: Firm, today: date) -> Decimal:
    """Sum the gestures of the last year in the firm's currency."""
    gestures = customer.interactions.filter(kind=Kind.GESTURE, currency=firm.currency, occurred_on__gt=today - _YEAR)
    return gestures.aggregate(amount=Sum("amount"))["amount"] or Decimal(0)


def _share_of_lifetime(request: Interaction, lifetime: list[tuple[Decimal, str]]) -> str:
    """Say what share of the lifetime value is at stake; empty where the two cannot be compared."""
    total = {currency: amount for amount, currency in lifetime}.get(request.currency)
    if not request.amount or not total or total <= 0:
        return ""
    share = 100 * request.amount / total
    return _("less than 1%% of it") if share < 1 else _("%d%% of it") % round(share)


def _time_together(since: date | None, today: date) -> str:
    if since is None or since > today:
        return ""
    days = (today - since).days
    if days >= _YEAR.days:
        return ngettext("%d year", "%d years", days // _YEAR.days) % (days // _YEAR.days)
    months = days // 30
    return ngettext("%d month", "%d months", months) % months if months else _("less than a month")


def _decided(request: Interaction) -> Decided | None:
    decision = decision_of(request)
    if decision is None:
        return None
    return Decided(
        outcome=decision["outcome"],
        label=str(Outcome(decision["outcome"]).label),
        on=date.fromisoformat(decision["on"]),
        answer=_find_row(decision["answer"]),
        given=_find_row(decision.get("given", "")),
    )


def _find_row(ref: str) -> Interaction | None:
    if not ref:
        return None
    source, external_id = parse_ref(ref)
    return Interaction.objects.select_related("author").filter(source=source, external_id=external_id).first()
