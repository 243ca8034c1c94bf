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
from partnership.staff.admin import is_admin_request
from partnership.staff.models import User

View = Callable[..., HttpResponse]


def for_admins(view: View) -> View:
    """Whoever may not open the admin is sent to sign in; whoever may, without being an administrator, is refused."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_admin_request(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return admin.site.admin_view(guarded)


def administrator(request: HttpRequest) -> User:
    """Who asks for a page that is for administrators."""
    assert isinstance(request.user, User)
    return request.user


def of_rule_set(view: View) -> View:
    """A page about one set: `view(request, rule_set)`."""

    def fetching(request: HttpRequest, pk: int) -> HttpResponse:
        return view(request, get_object_or_404(RuleSet.objects.prefetch_related("rules", "tiers"), pk=pk))

    return for_admins(fetching)


def page(request: HttpRequest, template: str, *, title: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page in the admin's frame. `rule_set`, when given, stands in the trail above it."""
    frame = {**admin.site.each_context(request), "title": title, "opts": RuleSet._meta, "media": ModelAdmin(
        RuleSet, admin.site).media}  # fmt: skip
    return render(request, f"admin/scoring/{template}", {**frame, **context}, status=status)


def address_of(rule_set: RuleSet, name: str = "change") -> str:
    return reverse(f"admin:scoring_ruleset_{name}", args=[rule_set.pk])


def address_of_run(run: Run, name: str = "change") -> str:
    return reverse(f"admin:scoring_run_{name}", args=[run.pk])
