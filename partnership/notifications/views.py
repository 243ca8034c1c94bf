from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from partnership.core.pagination import build_page, parse_key, parse_moment
from partnership.core.params import parse_number
from partnership.core.requests import HtmxHttpRequest, accepts_form, posted
from partnership.notifications import recovery_handovers
from partnership.notifications.forms import PreferencesForm
from partnership.notifications.models import Notification
from partnership.notifications.tier_changes import is_of_new_rules
from partnership.staff.access import staff_member
from partnership.staff.models import Preferences

PAGE = 30

COUNTED = 99
"""Unread ones are counted up to here."""


def inbox_of(request: HttpRequest) -> QuerySet[Notification]:
    user = staff_member(request)
    return Notification.objects.filter(user=user).seen_by(user)


@require_safe
@vary_on_headers("HX-Request")
def notifications(request: HtmxHttpRequest) -> HttpResponse:
    """Newest first. Served by notifications_of_user."""
    news = inbox_of(request).select_related("customer", "by").order_by("-made_at", "-id")
    if before := request.GET.get("before"):
        moment, pk = parse_key(before, parse_moment)
        news = news.filter(made_at__lte=moment).exclude(made_at=moment, pk__gte=pk)
    page = build_page(news[: PAGE + 1], size=PAGE, key=lambda one: (one.made_at, one.pk))
    older = page.after and f"{reverse('notifications')}?before={page.after.replace('+', '%2B')}"
    fragment = request.htmx and before
    template = "components/notifications.html" if fragment else "notifications/notifications.html"
    return render(request, template, {"news": page.rows, "older": older, "is_first": not before})


@require_safe
def notification(request: HttpRequest, pk: int) -> HttpResponse:
    """To what it is about; from then on it is read."""
    found = get_object_or_404(inbox_of(request).select_related("interaction"), pk=pk)
    inbox_of(request).filter(pk=pk, read_at=None).update(read_at=timezone.now())
    return redirect(place_of(found))


def place_of(news: Notification) -> str:
    if news.kind == Notification.Kind.FOCUS:
        return recovery_handovers.place_of(news)
    if news.conversation_id:
        return reverse("conversation", args=[news.conversation_id])
    if news.interaction:
        return reverse("entry", args=[news.interaction.customer_id, news.interaction.pk])
    if news.kind == Notification.Kind.TIER:
        return (
            reverse("customers") + "?owner=mine" if is_of_new_rules(news) else reverse("why", args=[news.customer_id])
        )
    promises = "#promises-title" if news.commitment_id else ""
    return reverse("customer", args=[news.customer_id]) + promises


@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """All that was there when the page was made is read; what came since is not."""
    unread = inbox_of(request).filter(read_at=None)
    if until := parse_number(request.POST.get("until", "")):
        unread = unread.filter(pk__lte=until)
    unread.update(read_at=timezone.now())
    return redirect("notifications")


@require_safe
def unread(request: HttpRequest) -> HttpResponse:
    """The parse_number at the bell. Served by notifications_unread."""
    count = inbox_of(request).filter(read_at=None)[: COUNTED + 1].count()
    return render(request, "components/unread.html", {"count": count, "most": COUNTED})


@accepts_form
def preferences(request: HttpRequest) -> HttpResponse:
    user = staff_member(request)
    chosen = Preferences.objects.filter(user=user).first() or Preferences(user=user)
    form = PreferencesForm(posted(request), instance=chosen)
    if form.is_valid():
        form.save()
        messages.success(request, _("Your preferences are saved."))
        return redirect("preferences")
    return render(request, "notifications/preferences.html", {"form": form}, status=422 if form.is_bound else 200)
