"""The board of tier flow: who moved between tiers from the end of one day to the end of another."""

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.core.formats import format_number
from partnership.health.frame.period_comparison import days_of, first_kept, rank_now, rank_then, tier_or_none
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Board, Cell, Sentence, Table, number
from partnership.health.frame.wording import format_day

# Customers by rank then and now; None: no score yet.
Counts = dict[tuple[int | None, int | None], int]


def flow(scope: Scope) -> Board:
    days = days_of(scope)
    title = _("Tier flow")
    said = {"since": format_day(days.since), "until": format_day(days.until)}
    text = _("From which tier to which, from %(since)s to %(until)s, by the last score kept by the end of each.") % said
    found = counts(scope)
    if not found:
        return Board(
            title, text, empty=_("No customer has a score yet. Add customers; their scores follow automatically.")
        )
    if all(then is None for then, _now in found):
        return Board(title, text, empty=_why_unknown(scope))
    return Board(title, text, _sentences(scope, found), [_matrix(scope, found)])


def counts(scope: Scope) -> Counts:
    ranked = scope.metrics().annotate(then=rank_then(scope), now=rank_now(scope))
    grouped = ranked.values("then", "now").annotate(customers=Count("pk")).order_by()
    return {(row["then"], row["now"]): row["customers"] for row in grouped}


def _why_unknown(scope: Scope) -> str:
    """Say why there is nothing to compare with."""
    first, since = first_kept(), format_day(days_of(scope).since)
    if first is None:
        return _("No score of an earlier day is stored yet. Come back tomorrow.")
    said = {"since": since, "first": format_day(first)}
    return _("None of these customers had a score on %(since)s: the first stored score is of %(first)s. Choose a later"
             " day to begin with.") % said  # fmt: skip


def _sentences(scope: Scope, found: Counts) -> list[Sentence]:
    known = [
        (then, now, count)
        for (then, now), count in found.items()
        if then is not None and now is not None and not {then, now} & scope.newcomers
    ]
    up = sum(count for then, now, count in known if now > then)
    down = sum(count for then, now, count in known if now < then)
    first = ngettext("%s customer rose to a higher tier", "%s customers rose to a higher tier", up) % format_number(up)
    second = ngettext("%s fell to a lower one.", "%s fell to a lower one.", down) % format_number(down)
    return [Sentence(f"{first}, {second}")]


def _matrix(scope: Scope, found: Counts) -> Table:
    before = [*_ranks(scope, {then for then, _now in found}), None]
    after = _ranks(scope, {now for _then, now in found})
    if any(now is None for _then, now in found):
        after.append(None)
    heads = [_("Then ↓ now →"), *(tier_or_none(scope, rank) for rank in after)]
    rows = [
        [Cell(tier_or_none(scope, then)), *(_cell(scope, then, now, found.get((then, now), 0)) for now in after)]
        for then in before
    ]
    return Table("flow", _("Customers by tier then and now"), heads, rows)


def _ranks(scope: Scope, found: set[int | None]) -> list[int | None]:
    """Return the ranks in force, the highest first, then those of earlier rules only."""
    known = [tier.rank for tier in reversed(scope.tiers)]
    return [*known, *sorted((rank for rank in found if rank is not None and rank not in known), reverse=True)]


def _cell(scope: Scope, then: int | None, now: int | None, count: int) -> Cell:
    was, became = ("none" if rank is None else rank for rank in (then, now))
    url = scope.url("health_customers", was=was, became=became)
    return number(count, url, note="same" if then == now else "")
