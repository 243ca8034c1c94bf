"""The board of open recoveries: how many there are, and whose, the best partners first."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Board, Cell, Sentence, Table

SHOWN = 50


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
    hurt = scope.metrics().filter(recoveries_open__gt=0).select_related("customer")
    rows = [
        [Cell(one.customer.name, one.customer.get_absolute_url()), Cell(scope.tier_name(one.rank)),
         Cell(f"{one.partnership:.0f}", number=True), Cell(one.recoveries_open, number=True)]
        for one in hurt.order_by("-partnership", "customer_id")[:SHOWN]
    ]  # fmt: skip
    heads = [_("Customer"), _("Tier"), _("Partnership"), _("Open")]
    table = Table("recoveries", _("To be mended, the best partners first"), heads, rows,
                  empty=_("Nothing to mend. Write our mistakes on the timeline: they show here."))  # fmt: skip
    return Board(_("Recoveries"), text, sentences, [table])
