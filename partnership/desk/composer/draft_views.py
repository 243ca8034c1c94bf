from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_htmx.http import reselect, retarget

from customers.lookups import customer_or_404
from interactions.actions.nudges import customer_nudges
from partnership.core.requests import render_page
from partnership.desk.composer.drafts import newest_draft, save_draft, writing_now
from partnership.desk.composer.section import ComposerSection
from partnership.desk.composer.tabs import COMPOSERS, composer_of
from partnership.staff.access import staff_member

_NO_CONTENT = 204


@require_http_methods(["GET", "POST"])
@never_cache
def drafts(request: HttpRequest, pk: int) -> HttpResponse:
    """GET returns the composer as the user left it, 204 without a draft. POST keeps what stands in it now.

    Both say who else is writing to the customer.
    """
    customer, user = customer_or_404(request, pk), staff_member(request)
    if request.method == "POST":
        tab = request.POST.get("tab", "")
        if tab not in COMPOSERS:
            raise Http404
        save_draft(composer_of(customer, tab, by=user), fields=request.POST.dict(), at=timezone.now())
    writing = writing_now(customer, user, at=timezone.now())
    draft = newest_draft(user, customer) if request.method == "GET" else None
    if draft and draft.tab in COMPOSERS:
        section = ComposerSection(
            customer=customer,
            form=composer_of(customer, draft.tab, by=user, initial=draft.fields),
            no_nudge=customer_nudges(customer.pk, day=timezone.localdate()).refusal(),
            writing=writing,
            kept=True,
        )
        return render_page(request, "desk/composer/composer.html", section)
    if not writing:
        return HttpResponse(status=_NO_CONTENT)
    response = render(request, "desk/composer/composer_writing.html", {"writing": writing})
    return reselect(retarget(response, "#writing-now"), "#writing-now")
