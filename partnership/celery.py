"""The Celery application and the whole schedule, on one page."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, celeryd_init, worker_init
from django.core.exceptions import ImproperlyConfigured

from partnership.ops import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings")

app = Celery("partnership")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    # A nudge through Redis may be lost; looking anyway makes the score follow all the same.
    "rescore-stale": {"task": "scoring.rescore_stale", "schedule": 5.0},
    # What a customer's history says of the next hour, once the score follows.
    "refresh-focus": {"task": "focus.refresh_stale", "schedule": 5.0},
    # The dashboards' figures, likewise.
    "refresh-health": {"task": "health.refresh_stale", "schedule": 10.0},
    "check-alerts": {"task": "health.check_alerts", "schedule": 20.0},
    # Nudged as well; what a worker left when it died is found here.
    "carry-on-runs": {"task": "scoring.carry_on_runs", "schedule": 30.0},
    # What an import that was killed owes: its conversations, and the trends of its customers.
    "finish-imports": {"task": "interactions.finish_imports", "schedule": 60.0},
    "fill-in-trends": {"task": "scoring.fill_in_trends", "schedule": 60.0},
    "send-outgoing": {"task": "interactions.send_outgoing", "schedule": 10.0},
    "continue-erasures": {"task": "interactions.continue_erasures", "schedule": 30.0},
    "send-owed-mails": {"task": "staff.send_owed_mails", "schedule": 30.0},
    "send-scheduled": {"task": "desk.send_scheduled", "schedule": 10.0},
    "ring-reminders": {"task": "desk.ring_reminders", "schedule": 60.0},
    "wake-snoozed": {"task": "desk.wake_snoozed", "schedule": 60.0},
    "wake-focus": {"task": "focus.wake", "schedule": 60.0},
    "send-digests": {"task": "notifications.send_digests", "schedule": crontab(minute=5)},
    # Firms live in one time zone each, so the hour of their midnight differs: every task below does
    # nothing on the rounds on which the firm's local day has not changed.
    "mark-overdue-promises": {"task": "interactions.miss_overdue", "schedule": crontab(minute="*/5")},
    "remind-of-promises": {"task": "notifications.remind_of_promises", "schedule": crontab(minute="*/15")},
    "rescore-new-day": {"task": "scoring.rescore_new_day", "schedule": crontab(minute="*/5")},
    "audit-scores": {"task": "scoring.audit_scores", "schedule": crontab(minute=20)},
    "refresh-focus-new-day": {"task": "focus.refresh_new_day", "schedule": crontab(minute="*/5")},
    "refresh-health-new-day": {"task": "health.refresh_new_day", "schedule": crontab(minute="*/5")},
    "apply-retention": {"task": "desk.apply_retention", "schedule": crontab(minute=40)},
    # At the hour of the schedule, and whatever was asked for by hand.
    "run-backups": {"task": "desk.run_backups", "schedule": crontab(minute="*/10")},
    "notify-of-backups": {"task": "desk.notify_of_backups", "schedule": crontab(minute=50)},
    # On Monday mornings of the firm's time, once.
    "send-weekly-summaries": {"task": "health.send_weekly_summaries", "schedule": crontab(minute=15)},
}


@celeryd_init.connect
@beat_init.connect
def find_or_start_servers(**_: object) -> None:
    embedded.ensure()


@worker_init.connect
def refuse_newer_database(**_: object) -> None:
    from partnership.ops.schema import require_known  # needs Django to be set up

    try:
        require_known()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
