"""Trying a draft on everybody, beside storing everybody's scores anew."""

from django.db import transaction
from django.utils import timezone

from bench.measure import Result, compare
from partnership.scoring.engine.rescoring import rescore_all
from partnership.scoring.models import RuleSet
from partnership.scoring.rules.activation import copy_rule_set
from partnership.scoring.trials.preview import preview_rule_set
from partnership.scoring.trials.progress import ignore_progress


def measure() -> list[Result]:
    now = timezone.now()
    RuleSet.objects.filter(name="Bench", status=RuleSet.Status.DRAFT).delete()  # of a run that was cut short
    with transaction.atomic():
        draft = copy_rule_set(rule_set=RuleSet.objects.active(), name="Bench", by=None)
        draft.rules.filter(name="Doing their part").update(points=2, daily_cap=2)
    try:
        draft = RuleSet.objects.prefetch_related("rules", "tiers").get(pk=draft.pk)
        return [
            compare(
                "preview of a draft, beside a rescore of everybody",
                lambda: preview_rule_set(draft, day=now.date(), progress=ignore_progress),
                lambda: rescore_all(at=now),
                target=1,
            )
        ]
    finally:
        draft.delete()
