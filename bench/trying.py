"""Trying a draft on everybody, beside storing everybody's scores anew."""

from django.db import transaction
from django.utils import timezone

from bench.measure import Result, compare
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.models import RuleSet
from partnership.scoring.rules.activation import copy_of
from partnership.scoring.trials.preview import preview
from partnership.scoring.trials.progress import silent


def measure() -> list[Result]:
    now = timezone.now()
    RuleSet.objects.filter(name="Bench", status=RuleSet.Status.DRAFT).delete()  # of a run that was cut short
    with transaction.atomic():
        draft = copy_of(rule_set=RuleSet.objects.active(), name="Bench", by=None)
        draft.rules.filter(name="Doing their part").update(points=2, daily_cap=2)
    try:
        draft = RuleSet.objects.prefetch_related("rules", "tiers").get(pk=draft.pk)
        return [
            compare(
                "preview of a draft, beside a rescore of everybody",
                lambda: preview(draft, day=now.date(), progress=silent),
                lambda: rescore_all(at=now),
                target=1,
            )
        ]
    finally:
        draft.delete()
