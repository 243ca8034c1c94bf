"""The smaller dashboards: free work, recoveries, how fast we answer."""

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Board, Cell, Sentence, Table, number, percent
from partnership.health.frame.wording import hours
from partnership.health.rollup.tier_sums import by_tier

SHOWN = 50


def free(scope: Scope) -> Board:
    found = scope.totals("free", "free_for_nothing")
    given, lost = found["free"], found["free_for_nothing"]
    text = _("Free work is a step to a fair deal, or it is being used. It led nowhere where four weeks later they had"
             " neither bought nor put in anything.")  # fmt: skip
    if not given and not lost:
        return Board(
            _("Free work"), text, empty=_("No free work. Log a trial or a favour with its minutes, and it shows here.")
        )
    told = _("%(hours)s of free work in %(period)s.") % {"hours": hours(given), "period": scope.label}
    sentences = [Sentence(told, scope.url("health_rows", "free") if given else "")]
    if lost:
        told = _("%s of free work within the last 52 weeks led nowhere.") % hours(lost)
        sentences.append(Sentence(told, scope.url("health_rows", "free_for_nothing"), "bad"))
    return Board(_("Free work"), text, sentences, [led_nowhere(scope)])


def led_nowhere(scope: Scope) -> Table:
    found = scope.tallies().filter(free_for_nothing__gt=0).select_related("customer")
    rows = [
        [Cell(one.customer.name, one.customer.get_absolute_url()), Cell(scope.tier_name(one.rank)),
         Cell(hours(one.free_for_nothing), number=True)]
        for one in found.order_by("-free_for_nothing", "pk")[:SHOWN]
    ]  # fmt: skip
    heads = [_("Customer"), _("Tier"), _("Free work that led nowhere")]
    return Table("free", _("Where it led nowhere"), heads, rows, empty=_("It led somewhere, every time."))


def recoveries(scope: Scope) -> Board:
    found = scope.totals("recoveries_open", "mistakes")
    unmended, made = found["recoveries_open"], found["mistakes"]
    text = _(
        "Partners forgive mistakes that are owned. Each stays open until they forgive, or somebody says how it ended."
    )
    told = ngettext("%(n)s recovery is open.", "%(n)s recoveries are open.", unmended) % {"n": f"{unmended:,}"}
    sentences = [
        Sentence(told, scope.url("health_rows", "recoveries_open") if unmended else "", "bad" if unmended else "good")
    ]
    told = ngettext("%(n)s mistake of ours in %(period)s.", "%(n)s mistakes of ours in %(period)s.", made)
    filled = told % {"n": f"{made:,}", "period": scope.label}
    sentences.append(Sentence(filled, scope.url("health_rows", "mistakes") if made else ""))
    hurt = scope.tallies().filter(recoveries_open__gt=0).select_related("customer")
    rows = [
        [Cell(one.customer.name, one.customer.get_absolute_url()), Cell(scope.tier_name(one.rank)),
         Cell(f"{one.partnership:.0f}", number=True), Cell(one.recoveries_open, number=True)]
        for one in hurt.order_by(F("partnership").desc(), "pk")[:SHOWN]
    ]  # fmt: skip
    heads = [_("Customer"), _("Tier"), _("Partnership"), _("Open")]
    table = Table("recoveries", _("To be mended, the best partners first"), heads, rows,
                  empty=_("Nothing to mend. Write our mistakes on the timeline: they show here."))  # fmt: skip
    return Board(_("Recoveries"), text, sentences, [table])


def answers(scope: Scope) -> Board:
    rows = by_tier(scope, "answered", "answered_late")
    now = [sum(row.sums[name] for row in rows) for name in ("answered", "answered_late")]
    text = _("How often the first answer came within the business hours that their tier was promised when they asked."
             " Who waits at this moment stands on Focus; a message that was closed without an answer counts once we"
             " next write there.")  # fmt: skip
    if not sum(now) and not any(row.sums["before_answered"] for row in rows):
        return Board(_("Answers"), text, empty=_("No answers yet. They count once a customer writes and we reply."))
    told = _("We answered within the promise %(share)d%% of the time in %(period)s.")
    filled = told % {"share": percent(now[0], sum(now)), "period": scope.label}
    bad = scope.url("health_rows", "answered_late") if now[1] else ""
    sentences = [Sentence(filled, bad, "good" if percent(now[0], sum(now)) >= 95 else "bad")] if sum(now) else []
    heads = [_("Tier"), _("Promised"), _("In time"), _("Too late"), _("Held"), _("Held before")]
    promised = {tier.rank: tier.response_hours for tier in scope.tiers}
    lines = []
    for row in rows:
        kept, late, was, was_late = (row.sums[name] for name in (
            "answered", "answered_late", "before_answered", "before_answered_late"))  # fmt: skip
        hours_promised = promised.get(row.rank) if row.rank is not None else None
        lines.append([
            Cell(row.name),
            Cell(_("%s business hours") % hours_promised if hours_promised else "–"),
            number(kept, row.scope.url("health_rows", "answered")),
            number(late, row.scope.url("health_rows", "answered_late")),
            held(kept, late),
            held(was, was_late),
        ])  # fmt: skip
    return Board(_("Answers"), text, sentences, [Table("answers", _("By the tier they have now"), heads, lines)])


def held(kept: int, late: int) -> Cell:
    if not kept + late:
        return Cell("–", number=True)
    share = percent(kept, kept + late)
    return Cell(f"{share}%", share=share, number=True)
