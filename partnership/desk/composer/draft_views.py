from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import reselect, retarget

from customers.lookups import customer_or_404
from interactions.actions.nudges import customer_nudges
from partnership.core.requests import HtmxHttpRequest, render_page, report_done, stay
from partnership.desk.composer.drafts import STAMP, DraftConflictError, my_drafts, save_draft, writing_now
from partnership.desk.composer.section import composer_as_left
from partnership.desk.composer.tabs import COMPOSERS, composer_of
from partnership.desk.models import Draft
from partnership.staff.access import staff_member

_NO_CONTENT, _CONFLICT = 204, 422
_STAMP_HEADER = "Draft-Stamp"
_DISCARDED = "discarded_draft"  # in the session: the last one, until the user signs out
_MOST_DRAFTS = 100


@dataclass(frozen=True)
class _DraftLine:
    """`title`: that of its tab; `written`: its main text."""

    draft: Draft
    title: object
    written: str


@dataclass(frozen=True)
class _DraftsPage:
    drafts: list[_DraftLine]


@require_http_methods(["GET", "POST"])
@never_cache
def drafts(request: HttpRequest, pk: int) -> HttpResponse:
    """GET returns the composer as the user left it, 204 without a draft; with `folded` the line alone. POST keeps what
    stands in it now.

    Both say who else is writing to the customer.
    """
    customer, user = customer_or_404(request, pk), staff_member(request)
    stamp = ""
    if request.method == "POST":
        tab = request.POST.get("tab", "")
        if tab not in COMPOSERS:
            raise Http404
        fields = {**request.POST.dict(), "carried": "\n".join(request.POST.getlist("carried"))}
        form = composer_of(customer, tab, by=user, initial=fields)
        try:
            stamp = save_draft(form, fields=fields, at=timezone.now())
        except DraftConflictError as conflict:
            return _show_conflict(request, conflict.draft)
    writing = writing_now(customer, user, at=timezone.now())
    if request.method == "GET":
        is_folded, no_nudge = "folded" in request.GET, customer_nudges(customer.pk, day=timezone.localdate()).refusal()
        section = composer_as_left(customer, by=user, no_nudge=no_nudge, is_folded=is_folded, writing=writing)
        if is_folded or section.form or section.drafts:
            return render_page(request, "desk/composer/composer.html", section)
    if writing:
        response = render(request, "desk/composer/composer_writing.html", {"writing": writing})
        response = reselect(retarget(response, "#writing-now"), "#writing-now")
    else:
        response = HttpResponse(status=_NO_CONTENT)
    response[_STAMP_HEADER] = stamp
    return response


def _show_conflict(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Say when another window saved the draft, and offer both texts. The header lets this window go on from it."""
    response = render(request, "desk/composer/composer_conflict.html", {"draft": draft}, status=_CONFLICT)
    response[_STAMP_HEADER] = draft.fields.get(STAMP, "")
    return response


@require_safe
def my_drafts_page(request: HttpRequest) -> HttpResponse:
    """List the user's drafts."""
    drafts = list(my_drafts(staff_member(request))[:_MOST_DRAFTS])
    return render_page(request, "desk/composer/my_drafts.html", _DraftsPage([_line(draft) for draft in drafts]))


def _line(draft: Draft) -> _DraftLine:
    form = COMPOSERS.get(draft.tab)
    written = draft.fields.get(form.written if form and form.written else "what", "") or next(
        (draft.fields[name] for name in ("body", "note", "reason", "subject") if draft.fields.get(name)), ""
    )
    return _DraftLine(draft, form.title if form else draft.tab, written)


@require_POST
def discarding(request: HtmxHttpRequest, pk: int, tab: str) -> HttpResponse:
    """Drop a draft, if it is still there; its words stay in the session, so that it can be taken back."""
    customer = customer_or_404(request, pk)
    draft = Draft.objects.filter(user=staff_member(request), customer=customer, tab=tab).first()
    if draft is None:
        messages.info(request, _("This draft is gone already."))
        return stay(request, fallback=customer.get_absolute_url())
    request.session[_DISCARDED] = {"customer": pk, "tab": tab, "fields": draft.fields, "at": draft.saved_at.isoformat()}
    draft.delete()
    report_done(request, _("The draft is discarded."), undo=reverse("draft_restoration", args=[pk, tab]))
    return stay(request, fallback=customer.get_absolute_url())


@require_POST
def restoration(request: HtmxHttpRequest, pk: int, tab: str) -> HttpResponse:
    """Bring back the draft that was discarded last, unless another was begun since."""
    customer = customer_or_404(request, pk)
    kept = request.session.pop(_DISCARDED, None)
    if kept is None or (kept["customer"], kept["tab"]) != (pk, tab):
        messages.error(request, _("This draft can no longer be brought back."))
        return stay(request, fallback=customer.get_absolute_url())
    _draft, is_back = Draft.objects.get_or_create(
        user=staff_member(request), customer=customer, tab=tab,
        defaults={"fields": kept["fields"], "saved_at": datetime.fromisoformat(kept["at"])},
    )  # fmt: skip
    if is_back:
        report_done(request, _("The draft is back."))
    else:
        text = _("You have begun another draft there since then. The earlier one is not restored.")
        messages.error(request, text)
    return stay(request, fallback=customer.get_absolute_url())
