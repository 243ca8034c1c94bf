"""The board of money: what renews when, and how much of it is at risk."""

from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.core.formats import format_money, format_number
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Board, Cell, Head, Sentence, Subject, Table, number
from partnership.health.renewals.listing import AT_RISK, MISSING, renewal_cells, renewal_heads, renewal_rows
from partnership.health.renewals.risk import risk_sentence
from partnership.health.renewals.sums import (
    Month,
    Span,
    Sums,
    coming_span,
    months,
    overdue_span,
    sums_within,
    year_span,
)
from partnership.scoring.models import Tier

SHOWN = 50


def money(scope: Scope) -> Board:
    overdue, coming, year = overdue_span(scope), coming_span(scope), year_span(scope)
    sums = sums_within(scope, overdue=overdue, coming=coming, year=year)
    title, text = _("Money"), risk_sentence(scope)
    if not any(one.number for one in sums.values()):
        return Board(title, text, empty=_why_empty())
    found = months(scope)
    tables = [_month_table(scope, found), _tier_table(scope, found), _count_table(scope, found), *_lists(scope, sums)]
    return Board(title, text, _sentences(scope, sums), tables)


def _lists(scope: Scope, sums: dict[str, Sums]) -> list[Table]:
    """List those at risk, and those overdue, where there are any."""
    at_risk, overdue = sums["year"].number_at_risk, sums["overdue"].number
    found = []
    if at_risk:
        title = _("At risk in the next 12 months, by date")
        found.append(_list(scope, "risk", title, year_span(scope), at_risk))
    if overdue:
        found.append(_list(scope, "overdue", _("Overdue renewals"), overdue_span(scope), overdue, at_risk=False))
    return found


def _why_empty() -> str:
    return _(
        "No renewals are coming. Enter when a customer renews, and for how much, in their details; or import it as"
        " renews_on and renewal_amount."
    )


def renewal_sentence(scope: Scope) -> Sentence | None:
    """Say what of the money of the next weeks is at risk, with a link to whose it is; None where nothing renews."""
    coming = coming_span(scope)
    found = sums_within(scope, coming=coming)["coming"]
    if not found.number:
        return None
    url = scope.url("health_renewals", **coming.query, risk=AT_RISK)
    said = {
        "risk": _worth(scope, found.worth_at_risk), "all": _worth(scope, found.worth),
        "n": format_number(found.number_at_risk),
    }  # fmt: skip
    if not found.number_at_risk:
        text = _("%(all)s renews in the next 13 weeks, none of it at risk.") % said
        return Sentence(text, scope.url("health_renewals", **coming.query), "good")
    told = ngettext(
        "%(risk)s of the %(all)s that renews in the next 13 weeks is at risk: %(n)s customer.",
        "%(risk)s of the %(all)s that renews in the next 13 weeks is at risk: %(n)s customers.",
        found.number_at_risk,
    )
    return Sentence(told % said, url, "bad")


def _worth(scope: Scope, amount: Decimal) -> str:
    return format_money(amount, scope.firm.currency)


def _sentences(scope: Scope, sums: dict[str, Sums]) -> list[Sentence]:
    coming, overdue, spans = sums["coming"], sums["overdue"], {"coming": coming_span(scope).query}
    told = ngettext(
        "%(worth)s renews in the next 13 weeks, from %(n)s customer.",
        "%(worth)s renews in the next 13 weeks, from %(n)s customers.",
        coming.number,
    )
    if not coming.number:
        found = [Sentence(_("Nothing renews in the next 13 weeks."))]
    else:
        said = {"worth": _worth(scope, coming.worth), "n": format_number(coming.number)}
        found = [Sentence(told % said, scope.url("health_renewals", **spans["coming"])), _risk_sentence(scope, coming)]
    if overdue.number:
        told = ngettext(
            "%(n)s renewal is overdue, worth %(worth)s: neither a renewal nor a cancellation was recorded.",
            "%(n)s renewals are overdue, worth %(worth)s: neither a renewal nor a cancellation was recorded.",
            overdue.number,
        )
        said = {"worth": _worth(scope, overdue.worth), "n": format_number(overdue.number)}
        found.append(Sentence(told % said, scope.url("health_renewals", **overdue_span(scope).query), "bad"))
    if unknown := sums["year"].unknown:
        told = ngettext(
            "%s renewal of the next 12 months has no amount yet, and counts as 0.",
            "%s renewals of the next 12 months have no amount yet, and count as 0.",
            unknown,
        )
        url = scope.url("health_renewals", **year_span(scope).query, amount=MISSING)
        found.append(Sentence(told % format_number(unknown), url))
    return found


def _risk_sentence(scope: Scope, coming: Sums) -> Sentence:
    if not coming.number_at_risk:
        return Sentence(_("None of it is at risk."), "", "good")
    told = ngettext(
        "%(worth)s of it is at risk, from %(n)s customer.",
        "%(worth)s of it is at risk, from %(n)s customers.",
        coming.number_at_risk,
    )
    said = {"worth": _worth(scope, coming.worth_at_risk), "n": format_number(coming.number_at_risk)}
    url = scope.url("health_renewals", **coming_span(scope).query, risk=AT_RISK)
    return Sentence(told % said, url, "bad")


def _month_name(month: Month) -> str:
    return str(date_format(month.span.until, "YEAR_MONTH_FORMAT"))


def _month_table(scope: Scope, found: list[Month]) -> Table:
    unit = scope.firm.currency
    heads: list[str | Head] = [
        _("Month"),
        _("Renewals"),
        Head(_("Worth"), unit),
        _("At risk"),
        Head(_("Worth at risk"), unit),
    ]
    rows = []
    for month in found:
        url = scope.url("health_renewals", **month.span.query)
        at_risk = scope.url("health_renewals", **month.span.query, risk=AT_RISK)
        sums = month.all
        rows.append([
            Cell(_month_name(month)),
            number(sums.number, url),
            _money_cell(scope, sums.worth, url if sums.number else ""),
            number(sums.number_at_risk, at_risk),
            _money_cell(scope, sums.worth_at_risk, at_risk if sums.number_at_risk else ""),
        ])  # fmt: skip
    all_months = [
        sum(getattr(month.all, name) for month in found)
        for name in ("number", "worth", "number_at_risk", "worth_at_risk")
    ]
    year = year_span(scope).query
    everybody, at_risk = scope.url("health_renewals", **year), scope.url("health_renewals", **year, risk=AT_RISK)
    total = [
        Cell(_("12 months")),
        number(all_months[0], everybody),
        _money_cell(scope, all_months[1], everybody if all_months[0] else ""),
        number(all_months[2], at_risk),
        _money_cell(scope, all_months[3], at_risk if all_months[2] else ""),
    ]
    return Table("months", _("Renewals by month"), heads, rows, total=total)


def _money_cell(scope: Scope, amount: Decimal, url: str) -> Cell:
    return Cell(_worth(scope, amount) if url else "–", url, number=True, plain=amount)


def _tier_table(scope: Scope, found: list[Month]) -> Table:
    tiers = _tiers(scope, found)
    rows = [
        [
            Cell(_month_name(month)),
            *(_money_cell(scope, month.by_tier[tier].worth, _tier_url(scope, month, tier)) for tier in tiers),
        ]
        for month in found
    ]
    heads: list[str | Head] = [_("Month"), *(Head(name, scope.firm.currency) for name in _tier_names(tiers))]
    return Table("tiers", _("Worth by month and tier"), heads, rows)


def _count_table(scope: Scope, found: list[Month]) -> Table:
    tiers = _tiers(scope, found)
    rows = [
        [
            Cell(_month_name(month)),
            *(number(month.by_tier[tier].number, _tier_url(scope, month, tier)) for tier in tiers),
        ]
        for month in found
    ]
    return Table(
        "counts", _("Number of renewals by month and tier"), [_("Month"), *_tier_names(tiers)], rows, folded=True
    )


def _tiers(scope: Scope, found: list[Month]) -> list[Tier | None]:
    """Return the tiers that have renewals, the highest first, then None for customers without one."""
    used = {tier for month in found for tier, sums in month.by_tier.items() if sums.number}
    return [*(tier for tier in reversed(scope.tiers) if tier in used), *([None] if None in used else [])]


def _tier_names(tiers: list[Tier | None]) -> list[str]:
    return [tier.name if tier else _("not scored yet") for tier in tiers]


def _tier_url(scope: Scope, month: Month, tier: Tier | None) -> str:
    """Return the URL of a cell's customers; empty without any, or without a tier in force."""
    if tier is None or not month.by_tier[tier].number:
        return ""
    return scope.url("health_renewals", **{**month.span.query, "tier": tier.pk})


def _list(scope: Scope, name: str, title: str, span: Span, count: int, *, at_risk: bool = True) -> Table:
    asked = {**span.query, **({"risk": AT_RISK} if at_risk else {})}
    found = list(renewal_rows(scope, asked)[:SHOWN])
    rows = [renewal_cells(scope, one) for one in found]
    text = ""
    if count > SHOWN:
        text = _("The first %(shown)s of %(all)s; the sentence above leads to the others.") % {
            "shown": format_number(SHOWN), "all": format_number(count),
        }  # fmt: skip
    subjects = [Subject.of(one.customer, scope.tier_name(one.tier_id)) for one in found]
    return Table(name, title, renewal_heads(scope), rows, text, subjects=subjects)
