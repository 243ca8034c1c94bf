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
from partnership.notifications import missing_roles, recovery_handovers
from partnership.notifications.forms import PreferencesForm
from partnership.notifications.models import Notification
from partnership.notifications.tier_changes import is_about_new_rules
from partnership.staff.access import staff_member
from partnership.staff.models import Preferences

PAGE_SIZE = 30
MOST_COUNTED = 99


def _inbox_of(request: HttpRequest) -> QuerySet[Notification]:
    user = staff_member(request)
    return Notification.objects.filter(user=user).seen_by(user)


@require_safe
@vary_on_headers("HX-Request")
def notifications(request: HtmxHttpRequest) -> HttpResponse:
    """List notifications, the newest first. Served by notifications_of_user."""
    news = _inbox_of(request).select_related("customer", "by").order_by("-made_at", "-id")
    if before := request.GET.get("before"):
        moment, pk = parse_key(before, parse_moment)
        news = news.filter(made_at__lte=moment).exclude(made_at=moment, pk__gte=pk)
    page = build_page(news[: PAGE_SIZE + 1], size=PAGE_SIZE, key=lambda one: (one.made_at, one.pk))
    older = page.after and f"{reverse('notifications')}?before={page.after.replace('+', '%2B')}"
    fragment = request.htmx and before
    template = "components/notifications.html" if fragment else "notifications/notifications.html"
    return render(request, template, {"news": page.rows, "older": older, "is_first": not before})


@require_safe
def notification(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark it as read and go to the page it is about."""
    found = get_object_or_404(_inbox_of(request).select_related("interaction"), pk=pk)
    _inbox_of(request).filter(pk=pk, read_at=None).update(read_at=timezone.now())
    return redirect(_url_of(found))


def _url_of(notification: Notification) -> str:
    if notification.kind == Notification.Kind.BACKUP:
        return reverse("backups")
    if notification.kind == Notification.Kind.ALERT:
        return f"{reverse('health_alerts')}#raised-{notification.key.rpartition('/')[2]}"
    if notification.kind == Notification.Kind.NO_ROLE:
        return missing_roles.url_of(notification)
    if notification.kind == Notification.Kind.FOCUS:
        return recovery_handovers.url_of(notification)
    if notification.conversation_id:
        return reverse("conversation", args=[notification.conversation_id])
    if notification.interaction:
        return reverse("entry", args=[notification.interaction.customer_id, notification.interaction.pk])
    if notification.kind == Notification.Kind.TIER:
        return (
            reverse("customers") + "?owner=mine"
            if is_about_new_rules(notification)
            else reverse("why", args=[notification.customer_id])
        )
    promises = "#promises-title" if notification.commitment_id else ""
    return reverse("customer", args=[notification.customer_id]) + promises


@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """Mark as read all that was on the page, but not what came since."""
    unread = _inbox_of(request).filter(read_at=None)
    if until := parse_number(request.POST.get("until", "")):
        unread = unread.filter(pk__lte=until)
    unread.update(read_at=timezone.now())
    return redirect("notifications")


@require_safe
def unread(request: HttpRequest) -> HttpResponse:
    """Return the number at the bell. Served by notifications_unread."""
    count = _inbox_of(request).filter(read_at=None)[: MOST_COUNTED + 1].count()
    return render(request, "components/unread.html", {"count": count, "most": MOST_COUNTED})


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
