from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from customers.models import Customer
from partnership.focus.queue import partnership_lane, promised_lane


@require_safe
@vary_on_headers("HX-Request")
def focus(request: HttpRequest) -> HttpResponse:
    """Both lanes; to htmx the next page of one."""
    visible = Customer.objects.visible_to(request.user)  # type: ignore[arg-type]
    partners, waiting = request.GET.get("partners", ""), request.GET.get("waiting", "")
    lanes = [name for name in ("partners", "waiting") if name in request.GET]
    more = lanes[0] if request.htmx and lanes else None  # type: ignore[attr-defined]
    context = {
        "partners": partnership_lane(visible, as_of=timezone.localdate(), after=partners)
        if more != "waiting"
        else None,
        "waiting": promised_lane(visible, after=waiting) if more != "partners" else None,
    }
    return render(request, f"focus/focus.html#{more}" if more else "focus/focus.html", context)
