"""The board of money: what renews when, and how much of it is at risk."""

from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partnership.core.formats import format_number
from partnership.health.frame.scope import Scope
from partnership.health.frame.tables import Board, Cell, Head, Sentence, Subject, Table, money_cell, number
from partnership.health.renewals.listing import AT_RISK, MISSING, renewal_cells, renewal_heads, renewal_rows
from partnership.health.renewals.risk import risk_sentence
from partnership.health.renewals.sums import (
    Month,
    Span,
    Sums,
    Worth,
    add_up,
    coming_span,
    describe_amount,
    describe_unknown,
    describe_worth,
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
    """Say what of the money of the next weeks is at risk, with a link to the renewals; None where nothing renews."""
    coming = coming_span(scope)
    found = sums_within(scope, coming=coming)["coming"]
    if not found.number:
        return None
    if not found.number_at_risk:
        text = _("%(all)s renews in the next 13 weeks, none of it at risk.") % {
            "all": describe_amount(scope, found.worth)
        }
        if found.all_of_them.is_unknown:
            text = _("Nothing that renews in the next 13 weeks is at risk.")
        return Sentence(text, scope.url("health_renewals", **coming.query), "good")
    return Sentence(_risk_text(scope, found), scope.url("health_renewals", **coming.query, risk=AT_RISK), "bad")


def _risk_text(scope: Scope, coming: Sums) -> str:
    """Say what is at risk of all that renews in the next weeks; renewals without an amount are counted."""
    at_risk = coming.at_risk
    said = {
        "risk": describe_amount(scope, at_risk.worth), "all": describe_amount(scope, coming.worth),
        "unknown": describe_unknown(at_risk.unknown), "n": format_number(at_risk.number),
    }  # fmt: skip
    if at_risk.is_unknown:
        return _("At risk in the next 13 weeks: %(unknown)s.") % said
    if at_risk.unknown:
        told = ngettext(
            "At risk of the %(all)s that renews in the next 13 weeks: %(risk)s and %(unknown)s, from %(n)s customer.",
            "At risk of the %(all)s that renews in the next 13 weeks: %(risk)s and %(unknown)s, from %(n)s customers.",
            at_risk.number,
        )
    else:
        told = ngettext(
            "%(risk)s of the %(all)s that renews in the next 13 weeks is at risk: %(n)s customer.",
            "%(risk)s of the %(all)s that renews in the next 13 weeks is at risk: %(n)s customers.",
            at_risk.number,
        )
    return told % said


def _sentences(scope: Scope, sums: dict[str, Sums]) -> list[Sentence]:
    coming, overdue = sums["coming"], sums["overdue"]
    if not coming.number:
        found = [Sentence(_("Nothing renews in the next 13 weeks."))]
    else:
        found = [_coming_sentence(scope, coming), _risk_sentence(scope, coming)]
    if overdue.number:
        is_unknown = overdue.all_of_them.is_unknown
        told = (
            ngettext(
                "%(n)s renewal is overdue, its amount not known: neither a renewal nor a cancellation was recorded.",
                "%(n)s renewals are overdue, no amount known: neither a renewal nor a cancellation was recorded.",
                overdue.number,
            )
            if is_unknown
            else ngettext(
                "%(n)s renewal is overdue, worth %(worth)s: neither a renewal nor a cancellation was recorded.",
                "%(n)s renewals are overdue, worth %(worth)s: neither a renewal nor a cancellation was recorded.",
                overdue.number,
            )
        )
        said = {"worth": describe_worth(scope, overdue.all_of_them), "n": format_number(overdue.number)}
        found.append(Sentence(told % said, scope.url("health_renewals", **overdue_span(scope).query), "bad"))
    if unknown := sums["year"].unknown:
        told = ngettext(
            "%s renewal of the next 12 months has no amount yet: enter it.",
            "%s renewals of the next 12 months have no amount yet: enter them.",
            unknown,
        )
        url = scope.url("health_renewals", **year_span(scope).query, amount=MISSING)
        found.append(Sentence(told % format_number(unknown), url))
    return found


def _coming_sentence(scope: Scope, coming: Sums) -> Sentence:
    if coming.unknown:
        told = ngettext(
            "Up for renewal in the next 13 weeks: %(worth)s, from %(n)s customer.",
            "Up for renewal in the next 13 weeks: %(worth)s, from %(n)s customers.",
            coming.number,
        )
    else:
        told = ngettext(
            "%(worth)s renews in the next 13 weeks, from %(n)s customer.",
            "%(worth)s renews in the next 13 weeks, from %(n)s customers.",
            coming.number,
        )
    said = {"worth": describe_worth(scope, coming.all_of_them), "n": format_number(coming.number)}
    return Sentence(told % said, scope.url("health_renewals", **coming_span(scope).query))


def _risk_sentence(scope: Scope, coming: Sums) -> Sentence:
    at_risk = coming.at_risk
    if not at_risk.number:
        return Sentence(_("None of it is at risk."), "", "good")
    if at_risk.unknown:
        told = ngettext(
            "At risk of it: %(worth)s, from %(n)s customer.",
            "At risk of it: %(worth)s, from %(n)s customers.",
            at_risk.number,
        )
    else:
        told = ngettext(
            "%(worth)s of it is at risk, from %(n)s customer.",
            "%(worth)s of it is at risk, from %(n)s customers.",
            at_risk.number,
        )
    said = {"worth": describe_worth(scope, at_risk), "n": format_number(at_risk.number)}
    url = scope.url("health_renewals", **coming_span(scope).query, risk=AT_RISK)
    return Sentence(told % said, url, "bad")


def _month_cell(month: Month) -> Cell:
    """Return the cell of a month, which says where it is a part of one; a file has year and month alone."""
    since, until = month.span.since or month.span.until, month.span.until
    name = str(date_format(until, "YEAR_MONTH_FORMAT"))
    if since.day > 1:
        name = _("%(month)s, from %(day)s") % {"month": name, "day": date_format(since, "DAY_FORMAT")}
    elif (until + timedelta(days=1)).day > 1:
        name = _("%(month)s, to %(day)s") % {"month": name, "day": date_format(until, "DAY_FORMAT")}
    return Cell(name, plain=f"{until:%Y-%m}")


def _month_table(scope: Scope, found: list[Month]) -> Table:
    unit = scope.firm.currency
    heads: list[str | Head] = [
        _("Month"),
        _("Renewals"),
        Head(_("Worth"), unit),
        _("At risk"),
        Head(_("Worth at risk"), unit),
    ]
    rows = [[_month_cell(month), *_sum_cells(scope, month.all, month.span)] for month in found]
    total = [Cell(_("12 months")), *_sum_cells(scope, add_up(month.all for month in found), year_span(scope))]
    return Table("months", _("Renewals by month"), heads, rows, total=total)


def _sum_cells(scope: Scope, sums: Sums, span: Span) -> list[Cell]:
    url = scope.url("health_renewals", **span.query)
    at_risk = scope.url("health_renewals", **span.query, risk=AT_RISK)
    return [
        number(sums.number, url), _worth_cell(scope, sums.all_of_them, url),
        number(sums.number_at_risk, at_risk), _worth_cell(scope, sums.at_risk, at_risk),
    ]  # fmt: skip


def _worth_cell(scope: Scope, worth: Worth, url: str) -> Cell:
    """Return the cell of an amount, which is not known where no renewal has one; where some have none, say how many."""
    if not worth.number:
        return Cell("–", number=True, plain=worth.worth)
    if worth.is_unknown:
        return Cell(_("not known"), url, number=True)
    hint = _("+ %s not known") % format_number(worth.unknown) if worth.unknown else ""
    return money_cell(worth.worth, scope.firm.currency, url, hint=hint)


def _tier_table(scope: Scope, found: list[Month]) -> Table:
    tiers = _tiers(scope, found)
    rows = [
        [
            _month_cell(month),
            *(
                _worth_cell(scope, month.by_tier[tier].all_of_them, _tier_url(scope, month.span, tier))
                for tier in tiers
            ),
        ]
        for month in found
    ]
    year = year_span(scope)
    total = [
        Cell(_("12 months")),
        *(
            _worth_cell(scope, add_up(month.by_tier[tier] for month in found).all_of_them, _tier_url(scope, year, tier))
            for tier in tiers
        ),
    ]
    heads: list[str | Head] = [_("Month"), *(Head(name, scope.firm.currency) for name in _tier_names(tiers))]
    return Table("tiers", _("Worth by month and tier"), heads, rows, total=total)


def _count_table(scope: Scope, found: list[Month]) -> Table:
    tiers = _tiers(scope, found)
    rows = [
        [
            _month_cell(month),
            *(number(month.by_tier[tier].number, _tier_url(scope, month.span, tier)) for tier in tiers),
        ]
        for month in found
    ]
    year = year_span(scope)
    total = [
        Cell(_("12 months")),
        *(number(sum(month.by_tier[tier].number for month in found), _tier_url(scope, year, tier)) for tier in tiers),
    ]
    return Table(
        "counts",
        _("Number of renewals by month and tier"),
        [_("Month"), *_tier_names(tiers)],
        rows,
        folded=True,
        total=total,
    )


def _tiers(scope: Scope, found: list[Month]) -> list[Tier | None]:
    """Return the tiers that have renewals, the highest first, then None for customers without one."""
    used = {tier for month in found for tier, sums in month.by_tier.items() if sums.number}
    return [*(tier for tier in reversed(scope.tiers) if tier in used), *([None] if None in used else [])]


def _tier_names(tiers: list[Tier | None]) -> list[str]:
    return [tier.name if tier else _("not scored yet") for tier in tiers]


def _tier_url(scope: Scope, span: Span, tier: Tier | None) -> str:
    """Return the URL of a tier's renewals; empty without a tier in force."""
    return scope.url("health_renewals", **{**span.query, "tier": tier.pk}) if tier else ""


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
