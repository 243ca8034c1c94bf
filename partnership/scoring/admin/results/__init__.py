"""Results of runs as pages show them."""

from django.db.models import QuerySet

from partnership.scoring.admin.results.audit import AuditResult
from partnership.scoring.admin.results.backtest import BacktestResult
from partnership.scoring.admin.results.base import Result, SideBySide
from partnership.scoring.admin.results.preview import PreviewResult
from partnership.scoring.models import Run

__all__ = ["Result", "SideBySide", "build_result", "list_comparable_runs"]

_MAX_COMPARABLE = 20


def build_result(run: Run) -> Result:
    """Build the result of a finished run."""
    classes = {Run.Kind.PREVIEW: PreviewResult, Run.Kind.BACKTEST: BacktestResult, Run.Kind.AUDIT: AuditResult}
    return classes.get(Run.Kind(run.kind), Result)(run)


def list_comparable_runs(run: Run) -> QuerySet[Run]:
    """List finished runs of the same kind and request, newest first."""
    alike = Run.objects.filter(kind=run.kind, settings=run.settings, status=Run.Status.DONE)
    return alike.exclude(pk=run.pk).select_related("rule_set", "by").defer("result").order_by("-id")[:_MAX_COMPARABLE]
