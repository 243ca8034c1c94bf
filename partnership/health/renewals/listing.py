"""The customers behind a number of renewals, by the day on which they renew."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.core.formats import format_number
from partnership.core.pagination import Page, build_page, parse_key
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Cell, Head, money_cell, score_cell
from partnership.health.frame.wording import format_day
from partnership.health.renewals.risk import RenewalRow, reasons, renewals, with_risk
from partnership.health.renewals.sums import Worth, describe_worth

SIZE = 50
BATCH = 1000

AT_RISK, MISSING = "any", "missing"

_NOT_BEFORE = MinValueValidator(date(1900, 1, 1))


class RenewalsForm(forms.Form):
    """Beyond the scope: the days on which they renew, both included; those at risk alone; those without an amount."""

    renews_from = forms.DateField(required=False, validators=[_NOT_BEFORE])
    renews_to = forms.DateField(required=False, validators=[_NOT_BEFORE])
    risk = forms.ChoiceField(required=False, choices=[(AT_RISK, AT_RISK)])
    amount = forms.ChoiceField(required=False, choices=[(MISSING, MISSING)])

    @property
    def asked(self) -> dict[str, Any]:
        """Return the valid values; the page shows the errors."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def renewal_rows(scope: Scope, asked: dict[str, Any]) -> QuerySet[Any]:
    """Return metrics with what with_risk adds, the next renewal first."""
    found = with_risk(scope, renewals(scope)).select_related("customer__owner")
    if since := asked.get("renews_from"):
        found = found.filter(customer__renews_on__gte=since)
    if until := asked.get("renews_to"):
        found = found.filter(customer__renews_on__lte=until)
    if asked.get("risk"):
        found = found.filter(is_at_risk=True)
    if asked.get("amount"):
        found = found.filter(customer__renewal_amount=None)
    unshown = (f"customer__{name}" for name in ("source_snapshot", "trigrams", "attributes", "about", "tags"))
    return found.defer(*unshown).order_by("customer__renews_on", "customer_id")


def page(scope: Scope, asked: dict[str, Any], *, after: str = "") -> Page[RenewalRow]:
    """Return a page of them. BadRequest when `after` is no position in the list."""
    found = renewal_rows(scope, asked)
    if after:
        day, pk = parse_key(after, date.fromisoformat)
        later = Q(customer__renews_on__gt=day) | Q(customer__renews_on=day, customer_id__gt=pk)
        found = found.filter(later, customer__renews_on__gte=day)
    return build_page(found[: SIZE + 1], size=SIZE, key=lambda one: (one.customer.renews_on, one.customer_id))


def describe_extent(scope: Scope, asked: dict[str, Any]) -> str:
    """Say how many renewals they are, and what they are worth."""
    found = renewal_rows(scope, asked).order_by().aggregate(
        number=Count("pk"), worth=Coalesce(Sum("customer__renewal_amount"), Decimal(0)),
        unknown=Count("pk", filter=Q(customer__renewal_amount=None)),
    )  # fmt: skip
    count = ngettext("%s renewal", "%s renewals", found["number"]) % format_number(found["number"])
    worth = Worth(**found)
    if worth.is_unknown:
        return _("%s, amount not known") % count
    return _("%(count)s, worth %(amount)s") % {"count": count, "amount": describe_worth(scope, worth)}


def describe(asked: dict[str, Any]) -> str:
    """Say which renewals they are."""
    since, until = (format_day(asked[name]) if asked.get(name) else "" for name in ("renews_from", "renews_to"))
    days = {"since": since, "until": until}
    if since and until:
        text = _("Renewals from %(since)s to %(until)s, the next first.") % days
    elif until:
        text = _("Renewals that were due by %(until)s, neither renewed nor cancelled, the oldest first.") % days
    else:
        text = _("Renewals, the next first.")
    narrowed = [
        _("Only those at risk.") if asked.get("risk") else "",
        _("Only those without an amount.") if asked.get("amount") else "",
    ]
    return " ".join(filter(None, [text, *narrowed]))


def renewal_heads(scope: Scope) -> list[str | Head]:
    worth = Head(_("Worth"), scope.firm.currency)
    return [_("Customer"), _("Owner"), _("Tier"), _("Partnership"), _("Renews on"), worth, _("Why at risk")]


def file_heads(scope: Scope) -> list[str]:
    plain = [head.in_file if isinstance(head, Head) else head for head in renewal_heads(scope)]
    return [*plain, _("Customer ID")]


def renewal_cells(scope: Scope, one: RenewalRow) -> list[Cell]:
    customer = one.customer
    day, amount = customer.renews_on, customer.renewal_amount
    return [
        Cell(customer.name, customer.get_absolute_url()),
        Cell(customer.owner.name if customer.owner else "–"),
        Cell(scope.tier_name(one.tier_id)),
        score_cell(one.partnership, reverse("why", args=[one.customer_id]), thin=one.thin),
        Cell(format_day(day) if day else "", number=True, plain=day),
        _amount_cell(scope, amount),
        Cell(" · ".join(reasons(scope, one)) or "–"),
    ]


def _amount_cell(scope: Scope, amount: Decimal | None) -> Cell:
    if amount is None:
        return Cell(_("not known"), number=True)
    return money_cell(amount, scope.firm.currency)


def export_rows(scope: Scope, asked: dict[str, Any]) -> Iterator[list[object]]:
    """Yield all of them for a file, at most BATCH in memory."""
    for one in renewal_rows(scope, asked).iterator(chunk_size=BATCH):
        yield [*(cell.in_file for cell in renewal_cells(scope, one)), one.customer_id]
