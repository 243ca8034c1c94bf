"""Two customers who are one: finding the other, both side by side, merging, and undoing it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from customers.lookups import customer_or_404, visible_customers
from customers.models import Merge
from interactions.errors import ActionRefused
from interactions.merging import merging, unmerging
from partnership.desk.merging.page import moved, preview, sentence
from partnership.desk.search.results import likely
from partnership.staff.access import staff_member

FOUND = 20
"""Customers that a search offers."""

asks = require_http_methods(["GET", "HEAD", "POST"])


def merge_or_404(request: HttpRequest, pk: int) -> Merge:
    visible = visible_customers(request)
    merges = Merge.objects.filter(survivor__in=visible, absorbed__in=visible)
    return get_object_or_404(merges.select_related("survivor", "absorbed", "by"), pk=pk)


@require_safe
def merge_choice(request: HttpRequest, pk: int) -> HttpResponse:
    """With whom: found by `q`."""
    customer = customer_or_404(request, pk)
    words = request.GET.get("q", "").strip()[:100]
    found = likely(visible_customers(request).exclude(pk=pk), words, most=FOUND)
    return render(request, "desk/merging/merge_choice.html", {"customer": customer, "words": words, "found": found})


@asks
def new_merge(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    """GET shows both, and what would become of them; POST makes the second one part of the first."""
    survivor, absorbed = customer_or_404(request, pk), customer_or_404(request, other_pk)
    why_not = merging.merge_obstacle(survivor, absorbed)
    if request.method == "POST" and not why_not:
        try:
            done = merging.merge_customers(
                survivor=survivor, absorbed=absorbed, by=staff_member(request), at=timezone.now()
            )
        except ActionRefused as error:
            why_not = str(error)
        else:
            messages.success(request, _("They are one customer now."))
            return redirect("merge", done.pk)
    page = preview(survivor, absorbed, visible=visible_customers(request))
    context = {"customer": survivor, "why_not": why_not, **page}
    return render(request, "desk/merging/merge_preview.html", context, status=409 if request.method == "POST" else 200)


@require_safe
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """What it did, and the way back."""
    done = merge_or_404(request, pk)
    why_not = unmerging.unmerge_obstacle(done)
    context = {"merge": done, "sentence": sentence(done), "moved": moved(done), "why_not": why_not}
    return render(request, "desk/merging/merge.html", context)


@asks
def merge_undoing(request: HttpRequest, pk: int) -> HttpResponse:
    done = merge_or_404(request, pk)
    if request.method == "POST":
        try:
            unmerging.unmerge_customers(done, by=staff_member(request), at=timezone.now())
        except ActionRefused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("They are two customers again."))
        return redirect("merge", pk)
    question = {
        "question": _("Undo this merge?"),
        "text": sentence(done),
        "effect": _(
            "%(absorbed)s gets back what was theirs, and what arrived for them since. What you wrote meanwhile stays"
            " with %(survivor)s, unless it stands in one of their conversations."
        )
        % {"absorbed": done.absorbed, "survivor": done.survivor},
        "action": _("Undo the merge"),
        "url": request.path,
        "back": reverse("merge", args=[pk]),
    }
    return render(request, "confirm.html", question)
