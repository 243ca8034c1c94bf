from celery import shared_task
from django.utils import timezone

from partnership.core.refresh import drain
from partnership.health.alerts.checking import check_alerts
from partnership.health.rollup.refreshing import refresh_new_day, refresh_stale
from partnership.health.weekly_summary import send_weekly_summaries


@shared_task(name="health.refresh_stale")
def refresh_stale_task() -> int:
    return drain(lambda: refresh_stale(at=timezone.now()))


@shared_task(name="health.refresh_new_day")
def refresh_new_day_task() -> int:
    return refresh_new_day(at=timezone.now())


@shared_task(name="health.check_alerts")
def check_alerts_task() -> int:
    return check_alerts(at=timezone.now())


@shared_task(name="health.send_weekly_summaries")
def send_weekly_summaries_task() -> int:
    return send_weekly_summaries(at=timezone.now())
