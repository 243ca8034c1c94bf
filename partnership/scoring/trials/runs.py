"""Runs: long work on scores, done by one worker at a time and continued by another when it dies."""

import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import NotRequired, TypedDict

from django.db import connection
from django.db.models import Case, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from customers.models import Customer
from interactions.errors import ActionRefused
from partnership.core.locks import LockKey, try_lock_session
from partnership.core.task_requests import request_on_commit
from partnership.core.translatable_text import TranslatableText
from partnership.scoring.engine.freshness import are_scores_of_other_rules
from partnership.scoring.engine.rescoring import customer_chunks, rescore
from partnership.scoring.engine.score_audit import Audit, audit_scores
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.signals import everybody_rescored
from partnership.scoring.trials.backtest import run_backtest
from partnership.scoring.trials.outcomes import Question
from partnership.scoring.trials.preview import preview_rule_set
from partnership.staff.models import Firm, User

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]

CONTINUE_TASK = "scoring.carry_on_runs"

_MAX_ATTEMPTS = 3  # workers that may die on one run before it fails, so that later runs are not blocked


class _Ending(TypedDict):
    """Fields of a run that ends."""

    status: Run.Status
    error: NotRequired[str]
    result: NotRequired[Mapping[str, object]]


class _StoppedError(Exception):
    """The run must end without a result; an argument, if given, is the TranslatableText that says why."""


def request_run(
    kind: str, *, rule_set: RuleSet, by: User | None, at: datetime, settings: Mapping[str, object] | None = None
) -> Run:
    """Create a run, which a worker starts once this transaction has committed."""
    run = Run.objects.create(kind=kind, rule_set=rule_set, settings=dict(settings or {}), by=by, asked_at=at)
    request_on_commit(CONTINUE_TASK)
    return run


def cancel_run(run: Run, *, at: datetime) -> None:
    """Stop a run between two chunks, or at once when none has started it. ActionRefused for a rescore."""
    if not run.is_cancellable:
        raise ActionRefused(
            _("A rescore cannot be cancelled: scores follow the active rules. To undo it, activate another set.")
        )
    waiting = Run.objects.filter(pk=run.pk, status=Run.Status.WAITING)
    if not waiting.update(status=Run.Status.CANCELLED, cancelling=True, finished_at=at):
        Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING).update(cancelling=True)


def continue_runs(*, clock: Clock = timezone.now) -> int:
    """Finish unfinished runs, rescores first, then in the order requested; return how many were finished.

    Stop where another worker is on a run.
    """
    ended = 0
    while (pk := find_next_run()) and continue_run(pk, clock=clock):
        ended += 1
    return ended


def find_next_run() -> int | None:
    rescores_first = Case(When(kind=Run.Kind.RESCORE, then=Value(0)), default=Value(1))
    found = Run.objects.filter(status__in=Run.UNFINISHED).order_by(rescores_first, "pk")
    return found.values_list("pk", flat=True).first()


def continue_run(run_pk: int, *, clock: Clock = timezone.now) -> bool:
    """Finish a run; return False when another worker is on a run.

    A run found running here has lost its worker; after MAX_ATTEMPTS it fails.
    """
    with try_lock_session(LockKey.SCORING_RUN) as is_locked:
        if not is_locked:
            return False
        waiting = Run.objects.filter(pk=run_pk, status=Run.Status.WAITING)
        waiting.update(status=Run.Status.RUNNING, started_at=clock())
        run = Run.objects.select_related("rule_set").filter(pk=run_pk, status=Run.Status.RUNNING).first()
        if run is not None:
            ending = _count_attempt(run) or _work_to_the_end(run, clock)
            Run.objects.filter(pk=run_pk).update(**ending, finished_at=clock())
        return True


def _count_attempt(run: Run) -> _Ending | None:
    """Count this attempt before it is made; return how the run ends instead when there were too many."""
    if run.attempts >= _MAX_ATTEMPTS:
        text = gettext_noop(
            "Started %(times)d times, and each time the worker or the database stopped before the end. The logs of the "
            "worker and the machine may say why, such as too little memory. Then start it again."
        )
        return {"status": Run.Status.FAILED, "error": TranslatableText(text, {"times": run.attempts}).stored}
    run.attempts += 1
    Run.objects.filter(pk=run.pk).update(attempts=run.attempts)
    return None


def _work_to_the_end(run: Run, clock: Clock) -> _Ending:
    """Do a run's work, and return how it ends."""
    try:
        store_progress(run, run.done, Customer.objects.unmerged().count())
        result = _WORK[Run.Kind(run.kind)](run, clock)
    except _StoppedError as stopped:
        return {"status": Run.Status.CANCELLED, "error": _store_error(stopped)}
    except ActionRefused as refused:
        return {"status": Run.Status.FAILED, "error": _store_error(refused)}
    except Exception as error:
        if connection.connection is None or not connection.is_usable():
            raise  # the run stays running, and a worker continues it when the database is back
        logger.exception("Run %s failed", run.pk)
        text = gettext_noop("Unexpected error: %(error)s. The worker's log has the details.")
        message = TranslatableText(text, {"error": f"{type(error).__name__}: {error}"})
        return {"status": Run.Status.FAILED, "error": message.stored}
    return {"status": Run.Status.DONE, "result": result}


def _store_error(error: Exception) -> str:
    """Return the stored form of an error's TranslatableText, else its message."""
    text = next(iter(error.args), "")
    return text.stored if isinstance(text, TranslatableText) else str(error)


def store_progress(run: Run, done: int, total: int) -> None:
    """Store the progress, for readers and for the next worker. _StoppedError when cancelled or deleted."""
    run.done, run.total = done, total
    Run.objects.filter(pk=run.pk).update(done=done, total=total, result=run.result, attempts=run.attempts)
    if not Run.objects.filter(pk=run.pk, cancelling=False).exists():
        raise _StoppedError


class RescoreResult(TypedDict):
    customers: int
    ruleset: str


def _continue_rescore(run: Run, clock: Clock) -> RescoreResult:
    """Rescore all customers under the active set, continuing after the key that the run's `result` holds meanwhile."""
    left = run.result or {"after": 0, "rules_are_new": _follows_activation(run)}
    done = run.done
    for chunk in customer_chunks(left["after"]):
        if RuleSet.objects.active().pk != run.rule_set_id:
            text = gettext_noop("Another rule set was activated, with a rescore of its own.")
            raise _StoppedError(TranslatableText(text))
        rescore(chunk, at=clock())
        done += len(chunk)
        run.result, run.attempts = {**left, "after": chunk[-1]}, 1  # a chunk that is done counts as progress
        store_progress(run, done, max(run.total, done))
    if left.get("rules_are_new", True):
        everybody_rescored.send(sender=Run, rule_set=run.rule_set, at=clock())
    return {"customers": done, "ruleset": run.rule_set.name}


def _follows_activation(run: Run) -> bool:
    """Say whether a run follows an activation, or replaces a lost rescore that did."""
    return run.asked_at == run.rule_set.activated_at or are_scores_of_other_rules()


def _run_preview(run: Run, clock: Clock) -> dict[str, object]:
    rule_set = _load_rule_set(run)
    found = preview_rule_set(rule_set, day=_today(clock), progress=partial(store_progress, run))
    return {**found, "fingerprint": rule_set.fingerprint()}


def _run_backtest(run: Run, clock: Clock) -> dict[str, object]:
    question, rule_set = Question.parse(run.settings), _load_rule_set(run)
    found = run_backtest(question, rule_set=rule_set, today=_today(clock), progress=partial(store_progress, run))
    return {**found, "fingerprint": rule_set.fingerprint()}


def _run_audit(run: Run, clock: Clock) -> Audit:
    return audit_scores(everybody=bool(run.settings.get("all")), progress=partial(store_progress, run))


def _load_rule_set(run: Run) -> RuleSet:
    return RuleSet.objects.with_rows().get(pk=run.rule_set_id)


def _today(clock: Clock) -> date:
    return Firm.current().local_date(clock())


_WORK: dict[Run.Kind, Callable[[Run, Clock], Mapping[str, object]]] = {
    Run.Kind.RESCORE: _continue_rescore,
    Run.Kind.PREVIEW: _run_preview,
    Run.Kind.BACKTEST: _run_backtest,
    Run.Kind.AUDIT: _run_audit,
}
