from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reselect, retarget

from customers.lookups import customer_or_404
from interactions.actions.nudges import customer_nudges
from partnership.core.requests import HtmxHttpRequest, render_page, report_done, stay
from partnership.desk.composer.drafts import save_draft, writing_now
from partnership.desk.composer.section import composer_as_left
from partnership.desk.composer.tabs import COMPOSERS, composer_of
from partnership.desk.models import Draft
from partnership.staff.access import staff_member

_NO_CONTENT = 204
_DISCARDED = "discarded_draft"  # in the session: the last one, until the user signs out


@require_http_methods(["GET", "POST"])
@never_cache
def drafts(request: HttpRequest, pk: int) -> HttpResponse:
    """GET returns the composer as the user left it, 204 without a draft; with `folded` the line alone. POST keeps what
    stands in it now.

    Both say who else is writing to the customer.
    """
    customer, user = customer_or_404(request, pk), staff_member(request)
    if request.method == "POST":
        tab = request.POST.get("tab", "")
        if tab not in COMPOSERS:
            raise Http404
        fields = request.POST.dict()
        save_draft(composer_of(customer, tab, by=user, initial=fields), fields=fields, at=timezone.now())
    writing = writing_now(customer, user, at=timezone.now())
    if request.method == "GET":
        is_folded, no_nudge = "folded" in request.GET, customer_nudges(customer.pk, day=timezone.localdate()).refusal()
        section = composer_as_left(customer, by=user, no_nudge=no_nudge, is_folded=is_folded, writing=writing)
        if is_folded or section.form or section.drafts:
            return render_page(request, "desk/composer/composer.html", section)
    if not writing:
        return HttpResponse(status=_NO_CONTENT)
    response = render(request, "desk/composer/composer_writing.html", {"writing": writing})
    return reselect(retarget(response, "#writing-now"), "#writing-now")


@require_POST
def discarding(request: HtmxHttpRequest, pk: int, tab: str) -> HttpResponse:
    """Drop a draft, if it is still there; its words stay in the session, so that it can be taken back."""
    customer = customer_or_404(request, pk)
    draft = Draft.objects.filter(user=staff_member(request), customer=customer, tab=tab).first()
    if draft:
        kept = {"customer": pk, "tab": tab, "fields": draft.fields, "at": draft.saved_at.isoformat()}
        request.session[_DISCARDED] = kept
        draft.delete()
        report_done(request, _("The draft is discarded."), undo=reverse("draft_restoration", args=[pk, tab]))
    return stay(request, fallback=customer.get_absolute_url())


@require_POST
def restoration(request: HtmxHttpRequest, pk: int, tab: str) -> HttpResponse:
    """Bring back the draft that was discarded last, unless another was begun since."""
    customer = customer_or_404(request, pk)
    kept = request.session.pop(_DISCARDED, None)
    if kept and (kept["customer"], kept["tab"]) == (pk, tab):
        Draft.objects.get_or_create(
            user=staff_member(request), customer=customer, tab=tab,
            defaults={"fields": kept["fields"], "saved_at": datetime.fromisoformat(kept["at"])},
        )  # fmt: skip
        report_done(request, _("The draft is back."))
    return stay(request, fallback=customer.get_absolute_url())
