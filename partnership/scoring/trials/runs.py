"""Long work on scores: asked for by somebody, done by one worker at a time, carried on by another when it dies."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from celery import current_app
from django.db import connection, transaction
from django.db.models import Case, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from kombu.exceptions import OperationalError as BrokerError

from customers.models import Customer
from interactions.errors import ActionRefused
from partnership.core.stored_text import Text
from partnership.scoring.engine.freshness import are_scores_of_other_rules
from partnership.scoring.engine.rescoring import next_chunk, rescore
from partnership.scoring.engine.score_audit import audit_scores
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.rules.comparison import fingerprint
from partnership.scoring.signals import everybody_rescored
from partnership.scoring.trials.backtest import run_backtest
from partnership.scoring.trials.outcomes import Question
from partnership.scoring.trials.preview import preview_rule_set
from partnership.staff.models import Firm, User

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]

RUN_LOCK_KEY = 0x52554E
"""Key of the advisory lock of whoever carries a run on. One for all runs: of few workers, others stay free for what
changed just now."""


MAX_ATTEMPTS = 3
"""Workers that may die over one run before it is given up, for those who wait behind it."""


class _StoppedError(Exception):
    """The run is to end without a result; its Text says why, if anything is to be said."""


def request_run(
    kind: str, *, rule_set: RuleSet, by: User | None, at: datetime, settings: dict[str, Any] | None = None
) -> Run:
    """A run that a worker begins once this transaction has committed."""
    run = Run.objects.create(kind=kind, rule_set=rule_set, settings=settings or {}, by=by, asked_at=at)
    transaction.on_commit(_nudge_worker, robust=True)
    return run


def _nudge_worker() -> None:
    """Ask a worker to look now. Lost, it costs half a minute: beat looks anyway."""
    try:
        current_app.send_task("scoring.carry_on_runs", retry=False, ignore_result=True)
    except BrokerError as lost:
        logger.info("The nudge to carry on runs was lost: %s", lost)


def cancel_run(run: Run, *, at: datetime) -> None:
    """It ends between two chunks; at once when nobody has begun it. ActionRefused for a rescore."""
    if not run.is_stoppable:
        raise ActionRefused(_("Scores follow the rules in force: activate another set, or go back to an earlier one."))
    waiting = Run.objects.filter(pk=run.pk, status=Run.Status.WAITING)
    if not waiting.update(status=Run.Status.CANCELLED, cancelling=True, finished_at=at):
        Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING).update(cancelling=True)


def continue_runs(*, clock: Clock = timezone.now) -> int:
    """Unfinished runs, rescores first, then in the order asked for, unless somebody is at it; how many were ended."""
    ended = 0
    while (pk := find_next_run()) and continue_run(pk, clock=clock):
        ended += 1
    return ended


def find_next_run() -> int | None:
    rescores_first = Case(When(kind=Run.Kind.RESCORE, then=Value(0)), default=Value(1))
    found = Run.objects.filter(status__in=Run.UNFINISHED).order_by(rescores_first, "pk")
    return found.values_list("pk", flat=True).first()


def continue_run(run_pk: int, *, clock: Clock = timezone.now) -> bool:
    """Do what is left of a run, to its end; False when somebody is at a run already.

    One found under way here lost its worker: after MOST_ATTEMPTS of them it has failed.
    """
    with _try_run_lock() as alone_at_it:
        if not alone_at_it:
            return False
        began = Run.objects.filter(pk=run_pk, status=Run.Status.WAITING)
        began.update(status=Run.Status.RUNNING, started_at=clock())
        run = Run.objects.select_related("rule_set").filter(pk=run_pk, status=Run.Status.RUNNING).first()
        if run is not None:
            ending = _count_attempt(run) or _work_to_the_end(run, clock)
            Run.objects.filter(pk=run_pk).update(**ending, finished_at=clock())
        return True


@contextmanager
def _try_run_lock() -> Iterator[bool]:
    """Whether nobody else is at a run; nobody else begins one inside. The server lets go of it for a dead worker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [RUN_LOCK_KEY])
        (taken,) = cursor.fetchone()
    try:
        yield taken
    finally:
        # Where the connection is lost, so is the lock; it is not asked to open again for that.
        if taken and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [RUN_LOCK_KEY])


def _count_attempt(run: Run) -> dict[str, Any]:
    """Count this attempt before it is made; how the run ends instead when there were too many."""
    if run.attempts >= MAX_ATTEMPTS:
        said = gettext_noop(
            "It was begun %(times)d times, and each time the worker or the database went away before it was done. "
            "The worker's log and the machine's may say why: want of memory, for one. Then ask for it again."
        )
        return {"status": Run.Status.FAILED, "error": Text(said, {"times": run.attempts}).kept}
    run.attempts += 1
    Run.objects.filter(pk=run.pk).update(attempts=run.attempts)
    return {}


def _work_to_the_end(run: Run, clock: Clock) -> dict[str, Any]:
    """What becomes of the run's fields."""
    try:
        store_progress(run, run.done, Customer.objects.standing().count())
        result = WORK[Run.Kind(run.kind)](run, clock)
    except _StoppedError as stopped:
        return {"status": Run.Status.CANCELLED, "error": _store_error(stopped)}
    except ActionRefused as refused:
        return {"status": Run.Status.FAILED, "error": _store_error(refused)}
    except Exception as error:
        if connection.connection is None or not connection.is_usable():
            raise  # the run stays under way, for whoever carries on when the database is back
        logger.exception("Run %s failed", run.pk)
        said = gettext_noop("This should not have happened: %(error)s. The worker's log says more.")
        return {"status": Run.Status.FAILED, "error": Text(said, {"error": f"{type(error).__name__}: {error}"}).kept}
    return {"status": Run.Status.DONE, "result": result}


def _store_error(error: Exception) -> str:
    """Its Text, as a run keeps it; whatever else it was raised with, in words."""
    said = next(iter(error.args), "")
    return said.kept if isinstance(said, Text) else str(error)


def store_progress(run: Run, done: int, total: int) -> None:
    """Store how far it is, for whoever watches or carries on. StoppedError when it is to stop, or was deleted."""
    run.done, run.total = done, total
    Run.objects.filter(pk=run.pk).update(done=done, total=total, result=run.result, attempts=run.attempts)
    if not Run.objects.filter(pk=run.pk, cancelling=False).exists():
        raise _StoppedError


def _continue_rescore(run: Run, clock: Clock) -> dict[str, Any]:
    """Everybody under the active set, from where the run was left: its `result` says after which key, until the end."""
    left = run.result or {"after": 0, "rules_are_new": _follows_activation(run)}
    last, done = left["after"], run.done
    while chunk := next_chunk(last):
        if RuleSet.objects.active().pk != run.rule_set_id:
            raise _StoppedError(Text(gettext_noop("Another rule set went live, with a rescore of its own.")))
        rescore(chunk, at=clock())
        done, last = done + len(chunk), chunk[-1]
        run.result, run.attempts = {**left, "after": last}, 1  # what is done stays done, whoever goes on
        store_progress(run, done, max(run.total, done))
    if left.get("rules_are_new", True):
        everybody_rescored.send(sender=Run, rule_set=run.rule_set, at=clock())
    return {"customers": done, "ruleset": run.rule_set.name}


def _follows_activation(run: Run) -> bool:
    """Whether it follows an activation, or comes in the place of the rescore that did and was lost."""
    return run.asked_at == run.rule_set.activated_at or are_scores_of_other_rules()


def _run_preview(run: Run, clock: Clock) -> Any:
    rule_set = _load_rule_set(run)
    found = preview_rule_set(rule_set, day=_today(clock), progress=partial(store_progress, run))
    return {**found, "fingerprint": fingerprint(rule_set)}


def _run_backtest(run: Run, clock: Clock) -> Any:
    question, rule_set = Question.of(run.settings), _load_rule_set(run)
    found = run_backtest(question, rule_set=rule_set, today=_today(clock), progress=partial(store_progress, run))
    return {**found, "fingerprint": fingerprint(rule_set)}


def _run_audit(run: Run, clock: Clock) -> Any:
    return audit_scores(everybody=bool(run.settings.get("all")), progress=partial(store_progress, run))


def _load_rule_set(run: Run) -> RuleSet:
    return RuleSet.objects.prefetch_related("rules", "tiers").get(pk=run.rule_set_id)


def _today(clock: Clock) -> Any:
    return Firm.current().local_date(clock())


WORK: dict[Run.Kind, Callable[[Run, Clock], Any]] = {
    Run.Kind.RESCORE: _continue_rescore,
    Run.Kind.PREVIEW: _run_preview,
    Run.Kind.BACKTEST: _run_backtest,
    Run.Kind.AUDIT: _run_audit,
}
