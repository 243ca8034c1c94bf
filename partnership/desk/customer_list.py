"""The list of customers: search, filters, two orders, page by page."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from partnership.paging import Page, page_of, parse_key
from partnership.scoring.models import RuleSet, Tier
from partnership.staff.models import User

SIZE = 50
FEW = 1000
PARTNERSHIP, NAME = "partnership", "name"


class ListForm(forms.Form):
    """What the list is asked for. What there is to choose from is read only where the form is shown."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    tier = forms.IntegerField(label=_("Tier"), required=False, widget=forms.Select)
    owner = forms.IntegerField(label=_("Owner"), required=False, widget=forms.Select)
    tag = forms.CharField(label=_("Tag"), required=False, max_length=60, widget=forms.Select)
    sort = forms.ChoiceField(
        label=_("Order"), required=False, choices=[(PARTNERSHIP, _("by partnership")), (NAME, _("by name"))]
    )

    def offer_choices(self) -> None:
        tiers = Tier.objects.filter(rule_set__status=RuleSet.Status.ACTIVE).values_list("rank", "name")
        owners = User.objects.filter(is_active=True).values_list("pk", "name")
        for name, choices in (("tier", tiers), ("owner", owners), ("tag", tags_in_use())):
            self.fields[name].widget.choices = [("", _("all")), *choices]

    @property
    def asked(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


def tags_in_use() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT unnest(tags) FROM customers_customer WHERE tags <> '{}' ORDER BY 1 LIMIT 200")
        return [(tag, tag) for (tag,) in cursor.fetchall()]


def chosen(customers: CustomerQuerySet, asked: dict[str, Any]) -> CustomerQuerySet:
    found = customers.standing().select_related("owner", "organisation", "score__tier")
    if "q" in asked:
        few = few_matching(found, asked["q"])
        found = found.matching(asked["q"]) if few is None else found.filter(pk__in=few)
    if "tier" in asked:
        found = found.filter(score__tier__rank=asked["tier"])
    if "owner" in asked:
        found = found.filter(owner=asked["owner"])
    if "tag" in asked:
        found = found.filter(tags__contains=[asked["tag"]])
    return found


def few_matching(customers: CustomerQuerySet, words: str) -> list[int] | None:
    """Whom a search finds, when they are few: found first, since a walk down the list would pass everybody else.

    None when they are many, and any walk soon meets a page of them.
    """
    found = list(customers.matching(words).order_by().values_list("pk", flat=True)[: FEW + 1])
    return found if len(found) <= FEW else None


def page_by_name(customers: CustomerQuerySet, after: str, size: int) -> Page[Customer]:
    rows = customers.order_by("sort_key", "id")
    if after:
        name, pk = parse_key(after, str)
        rows = rows.filter(Q(sort_key__gte=name) & (Q(sort_key__gt=name) | Q(pk__gt=pk)))
    return page_of(rows[: size + 1], size=size, key=lambda row: (row.sort_key, row.pk))


def page_by_partnership(customers: CustomerQuerySet, after: str, size: int) -> Page[Customer]:
    """The best first, along scoring_by_partnership; at the end those who were added seconds ago and have no score."""
    scored = customers.filter(score__isnull=False).order_by("-score__partnership", "-score")
    unscored = customers.filter(score__isnull=True).order_by("-pk")
    if after.startswith("-,"):
        scored, unscored = scored.none(), unscored.filter(pk__lt=parse_key(after, str)[1])
    elif after:
        value, pk = parse_key(after, float)
        scored = scored.filter(Q(score__partnership__lte=value) & (Q(score__partnership__lt=value) | Q(score__lt=pk)))
    rows = list(scored[: size + 1])
    if len(rows) <= size:
        rows += unscored[: size + 1 - len(rows)]
    return page_of(rows, size=size, key=lambda row: (row.score.partnership if hasattr(row, "score") else "-", row.pk))


@dataclass(frozen=True)
class Listing:
    page: Page[Customer]
    asked: dict[str, Any]

    @property
    def rows(self) -> list[Customer]:
        return self.page.rows

    @property
    def is_filtered(self) -> bool:
        return bool(self.asked.keys() - {"sort"})

    @property
    def older(self) -> str | None:
        if self.page.after is None:
            return None
        return f"{reverse('customers')}?{urlencode({**self.asked, 'after': self.page.after})}"


def listing(customers: CustomerQuerySet, asked: dict[str, Any], *, after: str = "", size: int = SIZE) -> Listing:
    """A page of the customers that were asked for. BadRequest when `after` is no place among them."""
    page = page_by_name if asked.get("sort") == NAME else page_by_partnership
    return Listing(page(chosen(customers, asked), after, size), asked)
