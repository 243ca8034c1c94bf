"""The board of movers: whose partnership rose and fell most, and what happened."""

from datetime import date

from django.db.models import Count, DateTimeField, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from interactions.models import Interaction
from partnership.health.frame.scope import MetricsRow, Scope, first
from partnership.health.frame.tables import Board, Cell, Table
from partnership.health.frame.wording import times
from partnership.scoring.explain.explanation import round_gain, round_score
from partnership.scoring.models import RuleSet, ScoreSnapshot, ValueRule

SHOWN = 10

# What the reasons are made of.
NAMES = ("worked", "received", "theirs_kept", "theirs_late", "theirs_missed", "goals_reached", "free")


def movers(scope: Scope) -> Board:
    up, down = moved(scope, up=True), moved(scope, up=False)
    note_late_entries(scope, up + down)
    title, text = _("Movers"), _("Whose partnership moved most in %s.") % scope.label
    if not up and not down:
        return Board(title, text, empty=_("No customer moved. Choose a longer period, or come back later."))
    return Board(title, text, tables=[_table(scope, "up", up), _table(scope, "down", down)])


def moved(scope: Scope, *, up: bool) -> list[MetricsRow]:
    """Return those who moved by at least a point, the furthest first."""
    found = scope.metrics().annotate(moved=F("partnership") - F("partnership_then"))
    chosen = (
        found.filter(moved__gte=1).order_by("-moved", "customer_id")
        if up
        else found.filter(moved__lte=-1).order_by("moved", "customer_id")
    )
    return first(chosen, SHOWN, shown=found)


def _start(scope: Scope) -> date:
    return scope.span(before=True).until


def note_late_entries(scope: Scope, rows: list[MetricsRow]) -> None:
    """Set `late` of each: entries of kinds that the rules count, from before the period but recorded later than the
    score that stood then, as explain_score_change() has it."""
    since = _start(scope)
    snapshots = ScoreSnapshot.objects.filter(customer=OuterRef("customer"), day__lte=since).order_by("-day")
    ended = Value(scope.firm.end_of_day(since), output_field=DateTimeField())
    known = Greatest(ended, Coalesce(Subquery(snapshots.values("recorded_at")[:1]), ended))
    rules = RuleSet.objects.active().rules.exclude(sum=ValueRule.Sum.DEMAND)
    counted = Q(pk__in=[])
    for rule in rules:
        counted |= Q(kind__in=rule.kinds, **({"direction": rule.direction} if rule.direction else {}))
    late = Interaction.objects.filter(
        counted, customer__in=[one.customer_id for one in rows], occurred_on__lte=since, recorded_at__gt=known
    )
    number = dict(late.values_list("customer").annotate(Count("pk")))
    for one in rows:
        one.late = number.get(one.customer_id, 0)


def _table(scope: Scope, name: str, rows: list[MetricsRow]) -> Table:
    heads = [_("Customer"), _("Then"), _("Now"), _("Moved by"), _("What happened")]
    title = _("Up") if name == "up" else _("Down")
    return Table(name, title, heads, [_mover_row(scope, one) for one in rows], empty=_("No customers."))


def _mover_row(scope: Scope, one: MetricsRow) -> list[Cell]:
    now, gain = round_score(one.partnership), round_gain(one.moved, one.partnership)
    why = f"{reverse('why', args=[one.customer_id])}?since={_start(scope)}&as_of={scope.day}"
    return [
        Cell(one.customer.name, one.customer.get_absolute_url()),
        Cell(str(now - gain), number=True),
        Cell(str(now), number=True),
        Cell(f"{gain:+d}".replace("-", "−"), why, number=True),
        Cell(" · ".join(reasons(one))),
    ]


def reasons(one: MetricsRow) -> list[str]:
    """Say what the customer did and left undone, beside the period before."""
    found = []
    if one.worked or one.before_worked:
        before = times(one.before_worked) if one.before_worked else _("never")
        now = times(one.worked) if one.worked else _("never")
        found.append(_("did their part: %(now)s (before: %(before)s)") % {"now": now, "before": before})
    kept, late, missed = one.theirs_kept, one.theirs_late, one.theirs_missed
    told = [
        (kept, ngettext("%d promise kept", "%d promises kept", kept)),
        (late, ngettext("%d promise kept late", "%d promises kept late", late)),
        (missed, ngettext("%d promise missed", "%d promises missed", missed)),
        (one.goals_reached, ngettext("%d goal achieved", "%d goals achieved", one.goals_reached)),
    ]
    found += [text % count for count, text in told if count]
    if one.received:
        found.append(_("put in something of their own"))
    if one.free:
        found.append(_("took free work of ours"))
    if one.late:
        found.append(ngettext("%d entry recorded late", "%d entries recorded late", one.late) % one.late)
    return found or [_("no new evidence: older evidence fades")]
