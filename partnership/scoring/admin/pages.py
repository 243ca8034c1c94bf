"""What admin pages about rule sets share: access, frame and addresses."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from partnership.scoring.models import RuleSet, Run
from partnership.staff.admin import is_admin_request
from partnership.staff.models import User

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)


def admin_view(view: Callable[Concatenate[R, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Require an administrator: other staff are refused, and all others are asked to sign in."""

    @wraps(view)
    def guarded(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not is_admin_request(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return admin.site.admin_view(guarded)


def get_admin(request: HttpRequest) -> User:
    """Return the user of a view that admin_view guards."""
    assert isinstance(request.user, User)
    return request.user


def rule_set_view(view: Callable[[HttpRequest, RuleSet], HttpResponse]) -> Callable[..., HttpResponse]:
    """Fetch the rule set of an address and pass it to the view."""

    def fetching(request: HttpRequest, pk: int) -> HttpResponse:
        return view(request, get_object_or_404(RuleSet.objects.with_rows(), pk=pk))

    return admin_view(fetching)


@dataclass(frozen=True)
class FormPage:
    """The context of a page with one form about a rule set."""

    rule_set: RuleSet
    form: Form


def render_page(request: HttpRequest, template: str, context: object, *, title: str, status: int = 200) -> HttpResponse:
    """Render a template in the admin's frame with the attributes of `context`, a dataclass.

    Its `rule_set`, if any, is in the breadcrumbs.
    """
    media = ModelAdmin(RuleSet, admin.site).media
    frame = {**admin.site.each_context(request), "title": title, "opts": RuleSet._meta, "media": media}
    return render(request, f"admin/scoring/{template}", {**frame, **vars(context)}, status=status)


def rule_set_url(rule_set: RuleSet, name: str = "change") -> str:
    return reverse(f"admin:scoring_ruleset_{name}", args=[rule_set.pk])


def run_url(run: Run, name: str = "change") -> str:
    return reverse(f"admin:scoring_run_{name}", args=[run.pk])
