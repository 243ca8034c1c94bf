"""The search page and the palette."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from customers.lookups import visible_customers
from partnership.core.pagination import Page
from partnership.core.params import parse_number
from partnership.core.requests import HtmxHttpRequest, render_page
from partnership.desk.search.palette import Offer, PersonOffer, actions, matching, pages, saved_views
from partnership.desk.search.results import EntryHit, FoundCustomers, find_conversations, find_customers, find_entries
from partnership.desk.timeline.filters import Filters
from partnership.desk.timeline.forms import EntryFilterForm
from partnership.desk.web.statement_timeout import TooSlowError, statement_timeout
from partnership.staff.access import staff_member

_LONGEST_SEARCH = 200

# Rows of a tab's page; of each part of the first page; and customers that the palette and the first page show.
_PAGE_SIZE, _FEW_ENTRIES, _FEW_CUSTOMERS = 20, 5, 7

_EVERYTHING, _CUSTOMERS, _CONVERSATIONS, _ENTRIES = "", "customers", "conversations", "entries"

_TABS: dict[str, str | Promise] = {
    _EVERYTHING: _("Everything"),
    _CUSTOMERS: _("Customers"),
    _CONVERSATIONS: _("Conversations"),
    _ENTRIES: _("Entries"),
}

_NO_CUSTOMERS, _NO_ENTRIES = FoundCustomers([], None, []), Page[EntryHit]([], None)


@dataclass(frozen=True)
class _Found:
    """What was found for a tab; what it does not show is empty."""

    customers: FoundCustomers = _NO_CUSTOMERS
    conversations: Page[EntryHit] = _NO_ENTRIES
    entries: Page[EntryHit] = _NO_ENTRIES

    @property
    def is_empty(self) -> bool:
        shown = (self.customers.rows, self.customers.similar, self.conversations.rows, self.entries.rows)
        return not any(shown)


@dataclass(frozen=True)
class _SearchPage:
    """The results of a tab. `tabs`: name, label and URL of each; `urls`: the same by name; `older`: the URL of the next
    page; `list_url`: the same search in the list of customers; `unfiltered`: the URL of this tab without filters."""

    words: str
    tab: str
    tabs: list[tuple[str, str | Promise, str]]
    urls: dict[str, str]
    found: _Found
    older: str | None
    list_url: str
    filter_form: EntryFilterForm
    filter_count: int
    unfiltered: str
    too_slow: bool


@dataclass(frozen=True)
class _Palette:
    """The offers. `everything`: the URL of the search page for these words."""

    people: list[PersonOffer]
    offers: list[Offer]
    words: str
    everything: str


@require_safe
@vary_on_headers("HX-Request")
def search(request: HtmxHttpRequest) -> HttpResponse:
    """Show the first of everything, customers before what they wrote, or a tab's results."""
    words, filters = _searched_words(request), _entry_filters(request)
    after, tab = request.GET.get("after", ""), request.GET.get("tab", "")
    tab = tab if tab in _TABS else _EVERYTHING
    found, too_slow = _Found(), False
    try:
        with statement_timeout():
            if words:
                found = _find(request, tab, words, filters, after)
    except TooSlowError:
        too_slow = True
    urls = {name: _search_url(words, name, filters) for name in _TABS}
    older = {
        _CUSTOMERS: found.customers.after,
        _CONVERSATIONS: found.conversations.after,
        _ENTRIES: found.entries.after,
    }.get(tab)
    page = _SearchPage(
        words=words,
        tab=tab,
        tabs=[(name, label, urls[name]) for name, label in _TABS.items()],
        urls=urls,
        found=found,
        older=_search_url(words, tab, filters, older) if older else None,
        list_url=f"{reverse('customers')}?{urlencode({'q': words})}",
        filter_form=EntryFilterForm(filters),
        filter_count=len(filters.pairs),
        unfiltered=_search_url(words, tab, Filters()),
        too_slow=too_slow,
    )
    fragment = "#more" if request.htmx and after else ""
    return render_page(request, f"desk/search/search.html{fragment}", page)


def _searched_words(request: HttpRequest) -> str:
    return request.GET.get("q", "")[:_LONGEST_SEARCH].strip()


def _entry_filters(request: HttpRequest) -> Filters:
    """Read those of the timeline's filters that mean something for all customers' entries."""
    given = Filters.of(request.GET)
    return given.without("scope", "person", "goal", "words", "rule", "thread", "flat")


def _find(request: HttpRequest, tab: str, words: str, filters: Filters, after: str) -> _Found:
    """Find what a tab shows; on the first page entries of conversations are not shown twice."""
    visible, at = visible_customers(request), timezone.localtime()
    if tab == _CUSTOMERS:
        return _Found(customers=find_customers(visible, words, at=at, size=_PAGE_SIZE, after=after))
    if tab == _CONVERSATIONS:
        page = find_conversations(visible, words, filters=filters, at=at, size=_PAGE_SIZE, after=after)
        return _Found(conversations=page)
    if tab == _ENTRIES:
        return _Found(entries=find_entries(visible, words, filters=filters, at=at, size=_PAGE_SIZE, after=after))
    few: dict[str, Any] = {"filters": filters, "at": at, "size": _FEW_ENTRIES}
    return _Found(
        find_customers(visible, words, at=at, size=_FEW_CUSTOMERS),
        find_conversations(visible, words, **few),
        find_entries(visible, words, **few, without_conversations=True),
    )


def _search_url(words: str, tab: str, filters: Filters, after: str = "") -> str:
    params: dict[str, Any] = {"q": words, "tab": tab, **filters.pairs, "after": after}
    query = urlencode({name: value for name, value in params.items() if value}, doseq=True)
    return f"{reverse('search')}?{query}"


@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """Offer what matches the words typed: customers in the search page's order, saved views, actions, pages."""
    words, user = _searched_words(request), staff_member(request)
    visible = visible_customers(request).unmerged()
    here = visible.filter(pk=parse_number(request.GET.get("here", "")) or 0).first()
    found = _NO_CUSTOMERS
    try:
        with statement_timeout():
            if words:
                found = find_customers(visible, words, at=timezone.localtime(), size=_FEW_CUSTOMERS)
    except TooSlowError:
        pass
    hits = [*found.rows, *found.similar][:_FEW_CUSTOMERS]
    offers = [*(actions(here) if here else []), *pages(user), *saved_views(user)]
    page = _Palette(
        people=[PersonOffer.of(hit) for hit in hits],
        offers=matching(offers, words),
        words=words,
        everything=_search_url(words, _EVERYTHING, Filters()),
    )
    return render_page(request, "desk/search/palette.html", page)
