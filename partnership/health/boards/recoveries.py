"""The board of open recoveries: how many there are, and whose, the best partners first."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.core.formats import format_number
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Board, Cell, Sentence, Table, number, score_cell, total_row

SHOWN = 50


def recoveries(scope: Scope) -> Board:
    found = scope.totals("recoveries_open", "mistakes")
    still_open, made = found["recoveries_open"], found["mistakes"]
    text = _(
        "Partners forgive mistakes that we admit. A recovery stays open until they forgive, or until we write down"
        " how it ended."
    )
    if not still_open and not made:
        return Board(
            _("Recoveries"), text,
            empty=_("No recovery is open, and there was no mistake of ours in %s. A mistake of ours on the timeline"
                    " opens a recovery.") % scope.label,
        )  # fmt: skip
    opened = ngettext("%(n)s recovery is open.", "%(n)s recoveries are open.", still_open)
    opened %= {"n": format_number(still_open)}
    sentences = [
        Sentence(
            opened, scope.url("health_rows", "recoveries_open") if still_open else "", "bad" if still_open else "good"
        )
    ]
    happened = ngettext("%(n)s mistake of ours in %(period)s.", "%(n)s mistakes of ours in %(period)s.", made)
    filled = happened % {"n": format_number(made), "period": scope.label}
    sentences.append(Sentence(filled, scope.url("health_rows", "mistakes") if made else ""))
    hurt = scope.metrics().filter(recoveries_open__gt=0).select_related("customer")
    rows = [
        [Cell(one.customer.name, one.customer.get_absolute_url()), Cell(scope.tier_name(one.tier_id)),
         score_cell(one.partnership, thin=one.thin), Cell(one.recoveries_open, number=True)]
        for one in hurt.order_by("-partnership", "customer_id")[:SHOWN]
    ]  # fmt: skip
    heads = [_("Customer"), _("Tier"), _("Partnership"), _("Open")]
    total = total_row(Cell(""), Cell(""), number(still_open, scope.url("health_rows", "recoveries_open")))
    table = Table("recoveries", _("Open recoveries, the best partners first"), heads, rows, total=total,
                  empty=_("No recovery is open. A mistake of ours on the timeline opens one."))  # fmt: skip
    return Board(_("Recoveries"), text, sentences, [table])
