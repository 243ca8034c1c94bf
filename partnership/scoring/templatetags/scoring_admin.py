"""Template tags of the value rules' admin: alarms about stored scores, and the description of a run."""

from django import template
from django.utils import timezone

from partnership.scoring.admin.formatting import describe_request
from partnership.scoring.engine.freshness import find_failed_rescore
from partnership.scoring.engine.score_audit import find_failed_audit
from partnership.scoring.models import Run

register = template.Library()


register.filter("request_details", describe_request)


@register.inclusion_tag("admin/scoring/alarm.html")
def score_alarms() -> dict[str, Run | None]:
    return {"failed_audit": find_failed_audit(), "failed_rescore": find_failed_rescore(at=timezone.now())}
