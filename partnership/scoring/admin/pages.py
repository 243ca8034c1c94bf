"""What the pages about a rule set share: who may open them, and the frame they stand in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from partnership.scoring.models import RuleSet, Run
from partnership.staff.admin import is_admin
from partnership.staff.models import User

_View = Callable[..., HttpResponse]


def admin_view(view: _View) -> _View:
    """Whoever may not open the admin is sent to sign in; whoever may, without being an administrator, is refused."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_admin(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return admin.site.admin_view(guarded)


def get_admin(request: HttpRequest) -> User:
    """Who asks for a page that is for administrators."""
    assert isinstance(request.user, User)
    return request.user


def rule_set_view(view: _View) -> _View:
    """A page about one set: `view(request, rule_set)`."""

    def fetching(request: HttpRequest, pk: int) -> HttpResponse:
        return view(request, get_object_or_404(RuleSet.objects.prefetch_related("rules", "tiers"), pk=pk))

    return admin_view(fetching)


def render_page(request: HttpRequest, template: str, *, title: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page in the admin's frame. `rule_set`, when given, stands in the trail above it."""
    frame = {**admin.site.each_context(request), "title": title, "opts": RuleSet._meta, "media": ModelAdmin(
        RuleSet, admin.site).media}  # fmt: skip
    return render(request, f"admin/scoring/{template}", {**frame, **context}, status=status)


def rule_set_url(rule_set: RuleSet, name: str = "change") -> str:
    return reverse(f"admin:scoring_ruleset_{name}", args=[rule_set.pk])


def run_url(run: Run, name: str = "change") -> str:
    return reverse(f"admin:scoring_run_{name}", args=[run.pk])
