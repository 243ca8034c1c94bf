"""The board of free work: how much there was, and where it led nowhere."""

from django.utils.translation import gettext as _

from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Board, Cell, Sentence, Table, total_row
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
    sentences = [Sentence(given_text, scope.url("health_rows", "free") if given else "")]
    if lost:
        lost_text = _("%s of free work within the last 52 weeks led nowhere.") % hours(lost)
        sentences.append(Sentence(lost_text, scope.url("health_rows", "free_for_nothing"), "bad"))
    return Board(_("Free work"), text, sentences, [_led_nowhere(scope, lost)])


def _led_nowhere(scope: Scope, lost: int) -> Table:
    """List the customers with the most of it, with the minutes of all of them."""
    found = scope.metrics().filter(free_for_nothing__gt=0).select_related("customer")
    rows = [
        [Cell(one.customer.name, one.customer.get_absolute_url()), Cell(scope.tier_name(one.tier_id)),
         Cell(hours(one.free_for_nothing), number=True)]
        for one in found.order_by("-free_for_nothing", "customer_id")[:SHOWN]
    ]  # fmt: skip
    heads = [_("Customer"), _("Tier"), _("Free work that led nowhere")]
    total = total_row(Cell(""), Cell(hours(lost), scope.url("health_rows", "free_for_nothing"), number=True))
    empty = _("All free work led to something.")
    return Table("free", _("Where it led nowhere"), heads, rows, empty=empty, total=total)
