"""The board of open recoveries: how many there are, and whose, the best partners first."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.core.formats import format_number
from partnership.health.frame.scope import Scope, subjects_of
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
    sentences = [open_sentence(scope, still_open)]
    happened = ngettext("%(n)s mistake of ours in %(period)s.", "%(n)s mistakes of ours in %(period)s.", made)
    filled = happened % {"n": format_number(made), "period": scope.label}
    sentences.append(Sentence(filled, scope.url("health_rows", "mistakes") if made else ""))
    found_open = scope.metrics().filter(recoveries_open__gt=0).select_related("customer__owner")
    hurt = list(found_open.order_by("-partnership", "customer_id")[:SHOWN])
    rows = [
        [Cell(one.customer.name, one.customer.get_absolute_url()), Cell(scope.tier_name(one.tier_id)),
         score_cell(one.partnership, thin=one.thin), number(one.recoveries_open)]
        for one in hurt
    ]  # fmt: skip
    heads = [_("Customer"), _("Tier"), _("Partnership"), _("Open")]
    table = Table(
        "recoveries",
        _("Open recoveries, the best partners first"),
        heads,
        rows,
        empty=_("No recovery is open. A mistake of ours on the timeline opens one."),
        total=total_row(Cell(""), Cell(""), number(still_open, scope.url("health_rows", "recoveries_open"))),
        subjects=subjects_of(scope, hurt),
        hint_head=_("Evidence"),
    )
    return Board(_("Recoveries"), text, sentences, [table])


def open_sentence(scope: Scope, still_open: int) -> Sentence:
    """Say how many recoveries are open."""
    if not still_open:
        return Sentence(_("No recovery is open."), "", "good")
    told = ngettext("%s recovery is open.", "%s recoveries are open.", still_open) % format_number(still_open)
    return Sentence(told, scope.url("health_rows", "recoveries_open"), "bad")
