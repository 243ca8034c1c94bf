"""The page that compares two rule sets and their latest trials."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from partnership.scoring.admin.pages import render_page
from partnership.scoring.admin.results import SideBySide, build_result
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.rules.comparison import Comparison, compare_rule_sets


class _ComparisonForm(forms.Form):
    first = forms.ModelChoiceField(label=gettext_lazy("Compare"), queryset=RuleSet.objects.all())
    second = forms.ModelChoiceField(label=gettext_lazy("with"), queryset=RuleSet.objects.all())


@dataclass(frozen=True)
class _ComparisonPage:
    """The context; `trials` holds the latest results of both sets by kind."""

    form: _ComparisonForm
    comparison: Comparison | None = None
    trials: Sequence[tuple[str, SideBySide]] = ()


@require_safe
def comparison_page(request: HttpRequest) -> HttpResponse:
    """Compare the sets in ?first=…&second=…; each defaults to the active set."""
    active = str(RuleSet.objects.active().pk)
    form = _ComparisonForm({name: request.GET.get(name) or active for name in ("first", "second")})
    page, status = _ComparisonPage(form), 404
    if form.is_valid():
        first, second = (_load_rule_set(form.cleaned_data[name]) for name in ("first", "second"))
        page = _ComparisonPage(form, compare_rule_sets(first, second), _find_latest_trials(first, second))
        status = 200
    return render_page(request, "comparison.html", page, title=_("Compare two rule sets"), status=status)


def _load_rule_set(rule_set: RuleSet) -> RuleSet:
    return RuleSet.objects.with_rows().get(pk=rule_set.pk)


def _find_latest_trials(first: RuleSet, second: RuleSet) -> list[tuple[str, SideBySide]]:
    """Find the newest finished previews and backtests of both sets by kind, of the same request where possible."""
    found = []
    for kind in (Run.Kind.PREVIEW, Run.Kind.BACKTEST):
        pair = _find_newest_pair(_list_finished_runs(first, kind), _list_finished_runs(second, kind))
        if any(pair):
            found.append((str(kind.label), SideBySide([build_result(run) if run else None for run in pair])))
    return found


def _list_finished_runs(rule_set: RuleSet, kind: str) -> list[Run]:
    """List runs without their results, of which only two are shown."""
    runs = rule_set.runs.filter(kind=kind, status=Run.Status.DONE).select_related("rule_set").defer("result")
    return list(runs.order_by("-id")[:50])


def _find_newest_pair(first: list[Run], second: list[Run]) -> tuple[Run | None, Run | None]:
    """Return two runs of the same request, else the newest of each."""
    alike = ((one, other) for one in first for other in second if one.settings == other.settings)
    return next(alike, (next(iter(first), None), next(iter(second), None)))
