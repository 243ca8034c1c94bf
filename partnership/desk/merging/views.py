"""Merging two records of one customer: finding the other, comparing both, merging, and undoing it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.lookups import customer_or_404, visible_customers
from customers.models import Customer, Merge
from customers.search import suggest_customers
from interactions.errors import ActionRefused
from interactions.merging import merging, unmerging
from partnership.core.requests import accepts_form, render_page
from partnership.desk.merging.preview import MergePreview, count_moved_rows, merge_sentence, preview_merge
from partnership.desk.web.single_pages import QuestionPage
from partnership.staff.access import staff_member

_MOST_SUGGESTIONS = 20


@dataclass(frozen=True)
class _ChoicePage:
    customer: Customer
    words: str
    found: list[Customer]


@dataclass(frozen=True)
class _PreviewPage:
    """Before a merge. `obstacle`: why the two cannot be merged, empty if they can."""

    customer: Customer
    preview: MergePreview
    obstacle: str


@dataclass(frozen=True)
class _MergePage:
    """After a merge. `moves`: what the survivor took over, as sentences; `obstacle`: why the merge cannot be undone."""

    merge: Merge
    sentence: str
    moves: list[str]
    obstacle: str


def _merge_or_404(request: HttpRequest, pk: int) -> Merge:
    visible = visible_customers(request)
    merges = Merge.objects.filter(survivor__in=visible, absorbed__in=visible)
    return get_object_or_404(merges.select_related("survivor", "absorbed", "by"), pk=pk)


@require_safe
def merge_choice(request: HttpRequest, pk: int) -> HttpResponse:
    """Find the customer to merge with by `q`."""
    customer = customer_or_404(request, pk)
    words = request.GET.get("q", "").strip()[:100]
    found = suggest_customers(visible_customers(request).exclude(pk=pk), words, limit=_MOST_SUGGESTIONS)
    return render_page(request, "desk/merging/merge_choice.html", _ChoicePage(customer, words, found))


@accepts_form
def new_merge(request: HttpRequest, pk: int, other_pk: int) -> HttpResponse:
    """Show both customers and the merged one; on POST merge the second into the first."""
    survivor, absorbed = customer_or_404(request, pk), customer_or_404(request, other_pk)
    obstacle = merging.merge_obstacle(survivor, absorbed)
    if request.method == "POST" and not obstacle:
        try:
            done = merging.merge_customers(
                survivor=survivor, absorbed=absorbed, by=staff_member(request), at=timezone.now()
            )
        except ActionRefused as error:
            obstacle = str(error)
        else:
            messages.success(request, _("The customers are merged."))
            return redirect("merge", done.pk)
    preview = preview_merge(survivor, absorbed, visible=visible_customers(request))
    page = _PreviewPage(survivor, preview, obstacle)
    status = 409 if request.method == "POST" else 200
    return render_page(request, "desk/merging/merge_preview.html", page, status=status)


@require_safe
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a merge did, and how to undo it."""
    done = _merge_or_404(request, pk)
    page = _MergePage(done, merge_sentence(done), count_moved_rows(done), unmerging.unmerge_obstacle(done))
    return render_page(request, "desk/merging/merge.html", page)


@accepts_form
def merge_undoing(request: HttpRequest, pk: int) -> HttpResponse:
    done = _merge_or_404(request, pk)
    if request.method == "POST":
        try:
            unmerging.unmerge_customers(done, by=staff_member(request), at=timezone.now())
        except ActionRefused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The merge is undone."))
        return redirect("merge", pk)
    return QuestionPage(
        question=_("Undo this merge?"),
        text=merge_sentence(done),
        effect=_(
            "%(absorbed)s gets back what was theirs, and what has arrived for them since. What you wrote since the"
            " merge stays with %(survivor)s, unless it is part of a conversation that goes back."
        )
        % {"absorbed": done.absorbed, "survivor": done.survivor},
        action=_("Undo the merge"),
        url=request.path,
        back=reverse("merge", args=[pk]),
    ).render(request)
