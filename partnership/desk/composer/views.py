from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partnership.staff.access import staff_member
from partnership.staff.models import User

_MOST_COLLEAGUES = 8


@require_safe
def colleagues(request: HttpRequest) -> HttpResponse:
    """List who can be mentioned, by the beginning of a word of their name: options for the field's list."""
    beginning = request.GET.get("q", "").strip()[:60]
    found = User.objects.at_work().exclude(pk=staff_member(request).pk)
    if beginning:
        found = found.filter(name__istartswith=beginning) | found.filter(name__icontains=f" {beginning}")
    context = {"colleagues": found.order_by("name")[:_MOST_COLLEAGUES]}
    return render(request, "desk/composer/composer_colleagues.html", context)
