"""The board of free work: how much there was, and where it led nowhere."""

from django.utils.translation import gettext as _

from partnership.health.frame.scope import Scope, subjects_of
from partnership.health.frame.tables import Board, Cell, Sentence, Table, time_cell, time_head, total_row
from partnership.health.frame.wording import hours

SHOWN = 50


def free(scope: Scope) -> Board:
    found = scope.totals("free", "free_for_nothing")
    given, lost = found["free"], found["free_for_nothing"]
    text = _("Free work should lead to a fair exchange. It led nowhere if the customer neither bought nor contributed"
             " anything within four weeks.")  # fmt: skip
    if not given and not lost:
        return Board(
            _("Free work"), text, empty=_("No free work. Log a trial or a favour with its minutes, and it shows here.")
        )
    given_text = _("%(hours)s of free work in %(period)s.") % {"hours": hours(given), "period": scope.label}
    sentences = [Sentence(given_text, scope.url("health_rows", "free") if given else ""), lost_sentence(scope, lost)]
    return Board(_("Free work"), text, sentences, [_led_nowhere(scope, lost)])


def lost_sentence(scope: Scope, lost: int) -> Sentence:
    """Say how much free work led nowhere, in minutes."""
    if not lost:
        return Sentence(_("All free work in the last 52 weeks led to something."), "", "good")
    text = _("%s of free work in the last 52 weeks led nowhere.") % hours(lost)
    return Sentence(text, scope.url("health_rows", "free_for_nothing"), "bad")


def _led_nowhere(scope: Scope, lost: int) -> Table:
    """List the customers with the most of it, with the minutes of all of them."""
    found = scope.metrics().filter(free_for_nothing__gt=0).select_related("customer__owner")
    listed = list(found.order_by("-free_for_nothing", "customer_id")[:SHOWN])
    rows = [
        [Cell(one.customer.name, one.customer.get_absolute_url()), Cell(scope.tier_name(one.tier_id)),
         time_cell(one.free_for_nothing)]
        for one in listed
    ]  # fmt: skip
    return Table(
        "free",
        _("Where it led nowhere"),
        [_("Customer"), _("Tier"), time_head(_("Free work that led nowhere"))],
        rows,
        empty=_("All free work led to something."),
        total=total_row(Cell(""), time_cell(lost, scope.url("health_rows", "free_for_nothing"))),
        subjects=subjects_of(scope, listed),
    )
