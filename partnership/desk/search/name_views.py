"""Suggestions for a name or a tag that is being typed into a form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.lookups import visible_customers
from customers.models import Customer
from customers.names import fold
from customers.search import word_condition
from customers.tags import join_tags, split_tags
from partnership.desk.customer_list.choices import filter_choices

_MOST_SUGGESTIONS = 12
_FIELDS = ("organisation_name", "introducer_name", "introduced")


@require_safe
def names(request: HttpRequest) -> HttpResponse:
    """Offer customers for the field that is typed in, organisations alone for `organisation_name`."""
    customers = visible_customers(request).unmerged()
    typed = next((request.GET[field] for field in _FIELDS if field in request.GET), "")
    if "organisation_name" in request.GET:
        customers = customers.filter(kind=Customer.Kind.ORGANISATION)
    condition = word_condition(typed[:300], ())
    found = customers.filter(condition) if condition else customers.none()
    suggested = found.select_related("organisation").order_by("sort_key", "id")[:_MOST_SUGGESTIONS]
    return render(request, "desk/search/names.html", {"found": suggested})


@require_safe
def tag_suggestions(request: HttpRequest) -> HttpResponse:
    """Offer tags in use: for the last one of `tags`, after those before it, or for `tag`, a field of one."""
    typed = request.GET.get("tags", "")[:2000]
    is_next = typed.rstrip().endswith(",")
    before = split_tags(typed) if is_next else split_tags(typed)[:-1]
    begun = fold(request.GET.get("tag", "" if is_next else (split_tags(typed) or [""])[-1])).strip()
    found = [tag for tag in filter_choices().tags if begun in fold(tag) and tag not in before][:_MOST_SUGGESTIONS]
    options = [tag if "tag" in request.GET else join_tags([*before, tag]) for tag in found]
    return render(request, "desk/search/tags.html", {"options": options})
