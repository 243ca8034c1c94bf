"""What admin templates of the value rules say: what is wrong with stored scores, and what a run was asked."""

from typing import Any

from django import template
from django.utils import timezone

from partnership.scoring.admin.formatting import asked_in_words
from partnership.scoring.engine.freshness import given_up
from partnership.scoring.engine.score_audit import alarm

register = template.Library()


register.filter("asked", asked_in_words)


@register.inclusion_tag("admin/scoring/alarm.html")
def audit_alarm() -> dict[str, Any]:
    return {"alarm": alarm(), "given_up": given_up(at=timezone.now())}
