from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from customers.lookups import visible_customers
from partnership.core.requests import posted
from partnership.desk.entries.forms import WallForm
from partnership.desk.wall.posts import may_take_down, share, stories, take_down
from partnership.desk.web.lookups import entry_or_404
from partnership.staff.access import staff_member


@require_safe
@vary_on_headers("HX-Request")
def wall(request: HttpRequest) -> HttpResponse:
    after = request.GET.get("after", "")
    page = stories(visible_customers(request), after)
    context = {"posts": page.rows, "older": page.after and f"{reverse('wall')}?after={quote(page.after)}"}
    fragment = request.htmx and after  # type: ignore[attr-defined]
    return render(request, "desk/wall/wall.html#stories" if fragment else "desk/wall/wall.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def entry_wall(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Share an entry with everybody; with `take_down` no longer."""
    entry, user = entry_or_404(request, pk, entry_pk), staff_member(request)
    post = getattr(entry, "wall_post", None)
    if post and not may_take_down(user, post):
        raise PermissionDenied
    if "take_down" in request.POST:
        take_down(entry, by=user)
        return redirect("entry", pk, entry_pk)
    form = WallForm(posted(request), instance=post)
    if form.is_valid():
        share(entry, words=form.cleaned_data["words"], by=user, at=timezone.now())
        return redirect("entry", pk, entry_pk)
    context = {
        "title": _("Share on the wall"),
        "text": _("Everybody in the firm who may see %(name)s sees it there.") % {"name": entry.customer.display_name},
        "form": form,
        "action": _("Share"),
        "back": reverse("entry", args=[pk, entry_pk]),
    }
    return render(request, "desk/web/form.html", context, status=422 if form.is_bound else 200)
