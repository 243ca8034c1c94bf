"""The search page and the palette."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from customers.lookups import visible_customers
from customers.models import Customer
from customers.search import suggest_customers
from partnership.core.pagination import Page
from partnership.core.params import parse_number
from partnership.core.requests import HtmxHttpRequest, render_page
from partnership.desk.search.palette import Offer, actions, matching, pages
from partnership.desk.search.results import CustomerHit, EntryHit, find_conversations, find_customers, find_entries
from partnership.desk.web.statement_timeout import TooSlowError, statement_timeout
from partnership.staff.access import staff_member

_LONGEST_SEARCH = 200
_MOST_SUGGESTIONS = 7

Found = Page[CustomerHit] | Page[EntryHit]

_CUSTOMERS, _ENTRIES = "customers", "entries"
_TABS: dict[str, tuple[str | Promise, Callable[..., Found]]] = {
    _CUSTOMERS: (_("Customers"), find_customers),
    "conversations": (_("Conversations"), find_conversations),
    _ENTRIES: (_("Entries"), find_entries),
}


@dataclass(frozen=True)
class _SearchPage:
    """The results of a tab. `tabs`: name, label and URL of each; `older`: the URL of the next page."""

    words: str
    tab: str
    tabs: list[tuple[str, str | Promise, str]]
    rows: list[CustomerHit] | list[EntryHit]
    older: str | None
    too_slow: bool


@dataclass(frozen=True)
class _Palette:
    """The offers. `everything`: the URL of the search page for these words."""

    customers: list[Customer]
    offers: list[Offer]
    words: str
    everything: str


@require_safe
@vary_on_headers("HX-Request")
def search(request: HtmxHttpRequest) -> HttpResponse:
    """Show a tab's results; when no tab was chosen and no customer matches, the entries' instead."""
    words = _searched_words(request)
    after, chosen = request.GET.get("after", ""), request.GET.get("tab", "")
    tab = chosen if chosen in _TABS else _CUSTOMERS
    found: Found = Page([], None)
    too_slow = False
    try:
        with statement_timeout():
            if words:
                found = _find(request, tab, words, after)
            if words and not chosen and not found.rows:
                tab, found = _ENTRIES, _find(request, _ENTRIES, words, "")
    except TooSlowError:
        too_slow = True
    page = _SearchPage(
        words=words,
        tab=tab,
        tabs=[(name, label, _search_url(words, name)) for name, (label, _find_hits) in _TABS.items()],
        rows=found.rows,
        older=_search_url(words, tab, found.after) if found.after else None,
        too_slow=too_slow,
    )
    fragment = "#more" if request.htmx and after else ""
    return render_page(request, f"desk/search/search.html{fragment}", page)


def _searched_words(request: HttpRequest) -> str:
    return request.GET.get("q", "")[:_LONGEST_SEARCH].strip()


def _find(request: HttpRequest, tab: str, words: str, after: str) -> Found:
    _label, find = _TABS[tab]
    return find(visible_customers(request), words, at=timezone.localtime(), after=after)


def _search_url(words: str, tab: str, after: str = "") -> str:
    params = {"q": words, "tab": tab, "after": after}
    return f"{reverse('search')}?{urlencode({name: value for name, value in params.items() if value})}"


@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """Offer what matches the words typed: customers, actions on the customer `here`, pages."""
    words = _searched_words(request)
    visible = visible_customers(request).unmerged()
    customer = visible.filter(pk=parse_number(request.GET.get("here", "")) or 0).first()
    try:
        with statement_timeout():
            customers = suggest_customers(visible, words, limit=_MOST_SUGGESTIONS) if words else []
    except TooSlowError:
        customers = []
    offers = matching([*(actions(customer) if customer else []), *pages(staff_member(request))], words)
    return render_page(request, "desk/search/palette.html", _Palette(customers, offers, words, _search_url(words, "")))
