"""What admin templates of the value rules say: what is wrong with stored scores, and what a run was asked."""

from typing import Any

from django import template
from django.utils import timezone

from partnership.scoring.admin.formatting import describe_request
from partnership.scoring.engine.freshness import find_failed_rescore
from partnership.scoring.engine.score_audit import find_failed_audit

register = template.Library()


register.filter("asked", describe_request)


@register.inclusion_tag("admin/scoring/alarm.html")
def audit_alarm() -> dict[str, Any]:
    return {"alarm": find_failed_audit(), "given_up": find_failed_rescore(at=timezone.now())}
