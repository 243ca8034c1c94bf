from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from customers.lookups import visible_customers
from partnership.core.requests import HtmxHttpRequest
from partnership.desk.search.palette import actions, fitting, pages
from partnership.desk.search.results import (
    CONVERSATIONS,
    CUSTOMERS,
    ENTRIES,
    TABS,
    Found,
    customers_found,
    entries_found,
    likely,
)
from partnership.desk.web.statement_timeout import TooSlowError, statement_timeout
from partnership.staff.access import staff_member

LONGEST = 200
"""Characters of a search that are read."""

OFFERED = 7
"""Customers in the palette."""


@require_safe
@vary_on_headers("HX-Request")
def search(request: HtmxHttpRequest) -> HttpResponse:
    """Customers, conversations, entries, each in its tab; where nobody is called that, the entries open instead."""
    words = request.GET.get("q", "")[:LONGEST].strip()
    after, asked = request.GET.get("after", ""), request.GET.get("tab", "")
    tab, found, too_slow = (asked if asked in TABS else CUSTOMERS), Found([], None), False
    try:
        with statement_timeout():
            if words:
                found = found_in(request, tab, words, after)
            if words and not asked and not found.rows:
                tab, found = ENTRIES, found_in(request, ENTRIES, words, "")
    except TooSlowError:
        too_slow = True
    context = {
        "words": words,
        "tab": tab,
        "tabs": [(name, label, address(words, name)) for name, label in TABS.items()],
        "found": found,
        "older": address(words, tab, found.after) if found.after else None,
        "too_slow": too_slow,
    }
    fragment = "#more" if request.htmx and after else ""
    return render(request, f"desk/search/search.html{fragment}", context)


def found_in(request: HttpRequest, tab: str, words: str, after: str) -> Found:
    visible = visible_customers(request)
    if tab == CUSTOMERS:
        return customers_found(visible, words, today=timezone.localdate(), after=after)
    return entries_found(visible, words, at=timezone.now(), after=after, threads=tab == CONVERSATIONS)


def address(words: str, tab: str, after: str = "") -> str:
    asked = {"q": words, "tab": tab, "after": after}
    return f"{reverse('search')}?{urlencode({name: value for name, value in asked.items() if value})}"


@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """What fits the words so far: customers first, then what can be done with the one who is looked at, then pages."""
    words = request.GET.get("q", "")[:LONGEST].strip()
    here = request.GET.get("here", "")
    visible = visible_customers(request).standing()
    customer = visible.filter(pk=here).first() if here.isdecimal() and len(here) < 18 else None
    try:
        with statement_timeout():
            customers = likely(visible, words, most=OFFERED) if words else []
    except TooSlowError:
        customers = []
    offers = fitting([*(actions(customer) if customer else []), *pages(staff_member(request))], words)
    context = {"customers": customers, "offers": offers, "words": words, "everything": address(words, "")}
    return render(request, "desk/search/palette.html", context)
