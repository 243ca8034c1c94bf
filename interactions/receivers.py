"""Receivers of changes to the firm's settings."""

from django.db.models.signals import pre_save
from django.dispatch import receiver

from interactions.time_zone_change import recompute_local_days
from partnership.staff.models import Firm


@receiver(pre_save, sender=Firm)
def recompute_days_on_zone_change(*, instance: Firm, **_: object) -> None:
    if instance.timezone != Firm.current().timezone:
        recompute_local_days(instance)
