"""Rule sets in the admin: the list, the page that edits a draft, and the addresses of all actions."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership.scoring.admin import activation_views, comparison, draft_creation, trial_views
from partnership.scoring.admin.activation_warnings import list_warnings
from partnership.scoring.admin.generics import ModelAdmin, ModelForm
from partnership.scoring.admin.inlines import DraftsOnly, TierInline, ValueRuleInline
from partnership.scoring.admin.pages import admin_view, rule_set_url, rule_set_view
from partnership.scoring.admin.rule_history import history_page
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.models.drafts import CONSTANTS
from partnership.scoring.rules.validation import check_constants
from partnership.staff.admin import is_admin_request

_MAX_RUNS = 12  # listed on a set's page


class _RuleSetForm(ModelForm[RuleSet]):
    class Meta:
        model = RuleSet
        fields = ("name", "description", "why", *CONSTANTS)
        widgets = {
            name: forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}) for name in ("description", "why")
        }

    def _post_clean(self) -> None:
        """Check the constants together once each is valid, and show problems at a field."""
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            for problem in check_constants(self.instance):
                self.add_error(problem.field, problem.text)


@admin.register(RuleSet)
class RuleSetAdmin(DraftsOnly, ModelAdmin[RuleSet]):
    form = _RuleSetForm
    list_display = ("name", "status", "based_on", "activated_at", "retired_at")
    list_filter = ("status",)
    list_select_related = ("based_on",)
    search_fields = ("name", "description", "why")
    inlines = (ValueRuleInline, TierInline)
    fieldsets = (
        (None, {"fields": ["name", "description", "why"]}),
        (gettext_lazy("Constants"), {"fields": list(CONSTANTS), "classes": ["collapse"]}),
    )
    change_form_template = "admin/scoring/rule_set.html"
    change_list_template = "admin/scoring/rule_sets.html"

    class Media:
        css = {"all": ["partnership/css/pages/rules.css"]}
        js = [Script("partnership/js/rules.js", type="module")]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return admin_view(history_page)(request, object_id)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("presets/", admin_view(draft_creation.presets_page), name="scoring_ruleset_presets"),
            path("comparison/", admin_view(comparison.comparison_page), name="scoring_ruleset_comparison"),
            path("sentence/", admin_view(draft_creation.rule_summary), name="scoring_ruleset_sentence"),
            path("<int:pk>/copy/", rule_set_view(draft_creation.copy_page), name="scoring_ruleset_copy"),
            path("<int:pk>/preview/", rule_set_view(trial_views.preview_view), name="scoring_ruleset_preview"),
            path("<int:pk>/backtest/", rule_set_view(trial_views.backtest_page), name="scoring_ruleset_backtest"),
            path(
                "<int:pk>/activation/",
                rule_set_view(activation_views.activation_page),
                name="scoring_ruleset_activation",
            ),
        ]
        return own + super().get_urls()

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> RuleSet | None:
        """Lock the set while it is saved, so that an edit and an activation run one after the other."""
        found = super().get_object(request, object_id, from_field)
        if found is not None and request.method == "POST":
            found = RuleSet.objects.select_for_update(of=("self",)).get(pk=found.pk)
        return found

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Save nothing of a draft that was activated while it was edited, and say what to do."""
        with transaction.atomic():
            found = self.get_object(request, object_id)
            if request.method == "POST" and is_admin_request(request) and found is not None and not found.editable:
                text = _("Nothing was saved: “%(name)s” is no longer a draft. Copy it, and edit the copy.")
                messages.error(request, text % {"name": found})
                return redirect(rule_set_url(found))
            return super().change_view(request, object_id, form_url, extra_context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RuleSet]:
        return super().get_queryset(request).select_related("based_on")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        rule_set = options.get("obj")
        if rule_set is not None:
            context |= {
                "runs": _list_latest_runs(rule_set),
                "previous": _find_previous_rule_set() if rule_set.status == RuleSet.Status.ACTIVE else None,
            }
        return super().render_change_form(request, context, *args, **options)

    def save_related(self, request: HttpRequest, form: "ModelForm[RuleSet]", formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for text in list_warnings(RuleSet.objects.with_rows().get(pk=form.instance.pk)):
            messages.warning(request, text)


@dataclass(frozen=True)
class _ListedRun:
    """A run on its set's page; `is_outdated` if the set was edited since."""

    run: Run
    is_outdated: bool


def _list_latest_runs(rule_set: RuleSet) -> list[_ListedRun]:
    """List runs that staff requested, without their results."""
    nightly = Q(kind=Run.Kind.AUDIT) | Q(kind=Run.Kind.RESCORE, by=None)
    runs = rule_set.runs.exclude(nightly).select_related("by").defer("result")
    found = list(runs.annotate(tried_fingerprint=KT("result__fingerprint"))[:_MAX_RUNS])
    now = RuleSet.objects.get(pk=rule_set.pk).fingerprint() if found else None
    return [_ListedRun(run, run.tried_fingerprint not in (None, now)) for run in found]


def _find_previous_rule_set() -> RuleSet | None:
    """Return the set that was active before the active one."""
    earlier = RuleSet.objects.filter(~Q(retired_at=None), status=RuleSet.Status.RETIRED)
    return earlier.order_by("-retired_at").first()
