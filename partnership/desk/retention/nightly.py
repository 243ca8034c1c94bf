"""Apply the rules of retention once a night."""

from datetime import datetime

from django.utils import timezone

from partnership.desk.models import RetentionRules, RetentionRun
from partnership.desk.retention.terms import TERMS, apply_term
from partnership.staff.audit_log import Kind, record
from partnership.staff.models import Firm

_HOUR = 2  # of the firm's night


def apply_retention(*, at: datetime) -> bool:
    """Apply the rules if they are on and were not applied on the firm's day. Return whether they were.

    Killed, it goes on the next time: what was deleted is counted as far as it got.
    """
    rules, firm = RetentionRules.current(), Firm.current()
    if not rules.active or timezone.localtime(at, firm.zone).hour < _HOUR:
        return False
    run, _made = RetentionRun.objects.get_or_create(day=firm.local_date(at), defaults={"begun_at": at})
    if run.finished_at:
        return False
    for name in TERMS:
        if name not in run.counts:
            run.counts[name] = apply_term(rules, name, at=at)
            run.save(update_fields=["counts"])
    run.finished_at = at
    run.save(update_fields=["finished_at"])
    if counts := {name: number for name, number in run.counts.items() if number}:
        record(Kind.RETENTION, by=None, facts=counts)
    return True
