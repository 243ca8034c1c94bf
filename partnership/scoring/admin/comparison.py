"""Two sets beside each other, or two runs of the same kind."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from partnership.scoring.admin.pages import render_page
from partnership.scoring.admin.results import SideBySide, build_result
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.rules.comparison import compare_rule_sets


class _ComparisonForm(forms.Form):
    first = forms.ModelChoiceField(label=gettext_lazy("Compare"), queryset=RuleSet.objects.all())
    second = forms.ModelChoiceField(label=gettext_lazy("with"), queryset=RuleSet.objects.all())


@require_safe
def comparison_page(request: HttpRequest) -> HttpResponse:
    """?first=…&second=…; with one of them, the other is the set in force."""
    active = str(RuleSet.objects.active().pk)
    asked = {name: request.GET.get(name) or active for name in ("first", "second")}
    form = _ComparisonForm(asked)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        first, second = (_load_rule_set(form.cleaned_data[name]) for name in ("first", "second"))
        context |= {"comparison": compare_rule_sets(first, second), "tried": _find_latest_trials(first, second)}
    status = 200 if form.is_valid() else 404
    return render_page(request, "comparison.html", title=_("Compare two rule sets"), status=status, **context)


def _load_rule_set(rule_set: RuleSet) -> RuleSet:
    return RuleSet.objects.prefetch_related("rules", "tiers").get(pk=rule_set.pk)


def _find_latest_trials(first: RuleSet, second: RuleSet) -> list[tuple[str, SideBySide]]:
    """By kind, the newest finished preview and backtest of each; backtests of one question where there are any."""
    found = []
    for kind in (Run.Kind.PREVIEW, Run.Kind.BACKTEST):
        pair = _find_newest_pair(_list_finished_runs(first, kind), _list_finished_runs(second, kind))
        if any(pair):
            found.append((str(kind.label), SideBySide([build_result(run) if run else None for run in pair])))
    return found


def _list_finished_runs(rule_set: RuleSet, kind: str) -> list[Run]:
    """Without their results, of which two are shown."""
    runs = rule_set.runs.filter(kind=kind, status=Run.Status.DONE).select_related("rule_set").defer("result")
    return list(runs.order_by("-id")[:50])


def _find_newest_pair(first: list[Run], second: list[Run]) -> tuple[Run | None, Run | None]:
    """Two runs that were asked the same, else the newest of each."""
    alike = ((one, other) for one in first for other in second if one.settings == other.settings)
    return next(alike, (next(iter(first), None), next(iter(second), None)))
