"""The wall, and sharing an entry on it."""

from dataclasses import dataclass
from urllib.parse import quote

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from customers.lookups import visible_customers
from interactions.errors import ActionRefused
from interactions.models import Interaction
from partnership.core.requests import HtmxHttpRequest, accepts_form, posted, render_page, report_done, stay
from partnership.desk.models import WallPost
from partnership.desk.wall.forms import WallForm
from partnership.desk.wall.posts import list_posts, may_take_down, post_state, put_back, share, take_down
from partnership.desk.web.lookups import entry_or_404
from partnership.desk.web.single_pages import FormPage
from partnership.staff.access import staff_member
from partnership.staff.models import User


@dataclass(frozen=True)
class _WallPage:
    """A page of posts; `older`: the URL of the next page."""

    posts: list[WallPost]
    older: str | None


@require_safe
@vary_on_headers("HX-Request")
def wall(request: HtmxHttpRequest) -> HttpResponse:
    after = request.GET.get("after", "")
    found = list_posts(visible_customers(request), after)
    older = f"{reverse('wall')}?after={quote(found.after)}" if found.after else None
    fragment = "#stories" if request.htmx and after else ""
    return render_page(request, f"desk/wall/wall.html{fragment}", _WallPage(found.rows, older))


@accepts_form
def entry_wall(request: HttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Share an entry with the whole firm; with `take_down` remove it from the wall."""
    entry, user = entry_or_404(request, pk, entry_pk), staff_member(request)
    post = getattr(entry, "wall_post", None)
    if post and not may_take_down(user, post):
        raise PermissionDenied
    was = post_state(entry)
    if "take_down" in request.POST:
        take_down(entry, by=user)
        report_done(request, _("It is no longer on the wall."), undo=_undo_url(entry, was, by=user))
        return redirect("entry", pk, entry_pk)
    form = WallForm(posted(request), instance=post)
    if form.is_valid():
        share(entry, words=form.cleaned_data["words"], by=user, at=timezone.now())
        report_done(request, _("It is on the wall."), undo=_undo_url(entry, was, by=user))
        return redirect("entry", pk, entry_pk)
    return FormPage(
        title=_("Share on the wall"),
        text=_("All colleagues who may see %(name)s see it there.") % {"name": entry.customer.display_name},
        form=form,
        action=_("Share"),
        back=reverse("entry", args=[pk, entry_pk]),
    ).render(request)


def _undo_url(entry: Interaction, was: dict[str, object] | None, *, by: User) -> str:
    """Return the URL that makes the wall say what it said before, signed for this user and entry."""
    token = signing.dumps({"was": was, "left": post_state(entry)}, salt=_salt(entry, by), compress=True)
    return reverse("entry_wall_undo", args=[entry.customer_id, entry.pk]) + f"?token={token}"


def _salt(entry: Interaction, user: User) -> str:
    return f"wall/{entry.pk}/{user.pk}"


@require_POST
def undoing(request: HtmxHttpRequest, pk: int, entry_pk: int) -> HttpResponse:
    """Take back what was done to an entry on the wall."""
    entry, user = entry_or_404(request, pk, entry_pk), staff_member(request)
    try:
        states = signing.loads(request.GET.get("token", ""), salt=_salt(entry, user))
        put_back(entry, by=user, **states)
    except signing.BadSignature:
        messages.error(request, _("This can no longer be undone."))
    except ActionRefused as refused:
        messages.error(request, str(refused))
    else:
        report_done(request, _("Undone."))
    return stay(request, fallback=reverse("entry", args=[pk, entry_pk]))
