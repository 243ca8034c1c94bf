"""What admin templates of the value rules say: the alarm of the audit, and what a run was asked."""

from typing import Any

from django import template

from partnership.scoring.admin.telling import asked_in_words
from partnership.scoring.auditing import alarm

register = template.Library()


register.filter("asked", asked_in_words)


@register.inclusion_tag("admin/scoring/alarm.html")
def audit_alarm() -> dict[str, Any]:
    return {"alarm": alarm()}
