"""The list of the firm's settings, beside each of its pages and on the admin's first page."""

from dataclasses import dataclass

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.functional import Promise

from partnership.staff.models import User
from partnership.staff.settings.index import SettingsPage, Task, current_page, list_tasks

register = template.Library()


@dataclass(frozen=True)
class _Listing:
    tasks: list[Task]
    current: SettingsPage | None
    title: Promise | None
    """Of the page that is open."""
    is_index: bool


@register.simple_tag(takes_context=True)
def settings_pages(context: Context) -> _Listing:
    request = context["request"]
    user, current = request.user, current_page(request.path)
    tasks = list_tasks(may_open_admin=isinstance(user, User) and user.is_staff)
    is_index = request.path in (reverse("settings"), reverse("admin:index"))
    return _Listing(list(tasks), current, current.title if current else None, is_index)
