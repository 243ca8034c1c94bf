"""Long work on scores: asked for by somebody, done by one worker at a time, carried on by another when it dies."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

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
from partnership.scoring.engine.freshness import are_of_another_set
from partnership.scoring.engine.rescoring import customer_chunks, rescore
from partnership.scoring.engine.score_audit import audit
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.rules.comparison import fingerprint
from partnership.scoring.signals import everybody_rescored
from partnership.scoring.trials.backtest import backtest
from partnership.scoring.trials.outcomes import Question
from partnership.scoring.trials.preview import preview
from partnership.staff.models import Firm, User

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]

CARRY_ON_TASK = "scoring.carry_on_runs"

MOST_ATTEMPTS = 3
"""Workers that may die over one run before it is given up, for those who wait behind it."""


class StoppedError(Exception):
    """The run is to end without a result; its text says why, if anything is to be said."""


def ask_for(
    kind: str, *, rule_set: RuleSet, by: User | None, at: datetime, settings: dict[str, Any] | None = None
) -> Run:
    """A run that a worker begins once this transaction has committed."""
    run = Run.objects.create(kind=kind, rule_set=rule_set, settings=settings or {}, by=by, asked_at=at)
    request_on_commit(CARRY_ON_TASK)
    return run


def cancel(run: Run, *, at: datetime) -> None:
    """It ends between two chunks; at once when nobody has begun it. ActionRefused for a rescore."""
    if not run.is_stoppable:
        raise ActionRefused(_("Scores follow the rules in force: activate another set, or go back to an earlier one."))
    waiting = Run.objects.filter(pk=run.pk, status=Run.Status.WAITING)
    if not waiting.update(status=Run.Status.CANCELLED, cancelling=True, finished_at=at):
        Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING).update(cancelling=True)


def carry_on_all(*, clock: Clock = timezone.now) -> int:
    """Unfinished runs, rescores first, then in the order asked for, unless somebody is at it; how many were ended."""
    ended = 0
    while (pk := next_unfinished()) and carry_on(pk, clock=clock):
        ended += 1
    return ended


def next_unfinished() -> int | None:
    rescores_first = Case(When(kind=Run.Kind.RESCORE, then=Value(0)), default=Value(1))
    found = Run.objects.filter(status__in=Run.UNFINISHED).order_by(rescores_first, "pk")
    return found.values_list("pk", flat=True).first()


def carry_on(run_pk: int, *, clock: Clock = timezone.now) -> bool:
    """Do what is left of a run, to its end; False when somebody is at a run already.

    One found under way here lost its worker: after MOST_ATTEMPTS of them it has failed.
    """
    with try_lock_session(LockKey.SCORING_RUN) as is_locked:
        if not is_locked:
            return False
        began = Run.objects.filter(pk=run_pk, status=Run.Status.WAITING)
        began.update(status=Run.Status.RUNNING, started_at=clock())
        run = Run.objects.select_related("rule_set").filter(pk=run_pk, status=Run.Status.RUNNING).first()
        if run is not None:
            ending = begin_again(run) or end_of(run, clock)
            Run.objects.filter(pk=run_pk).update(**ending, finished_at=clock())
        return True


def begin_again(run: Run) -> dict[str, Any]:
    """Count this attempt before it is made; how the run ends instead when there were too many."""
    if run.attempts >= MOST_ATTEMPTS:
        said = gettext_noop(
            "It was begun %(times)d times, and each time the worker or the database went away before it was done. "
            "The worker's log and the machine's may say why: want of memory, for one. Then ask for it again."
        )
        return {"status": Run.Status.FAILED, "error": TranslatableText(said, {"times": run.attempts}).stored}
    run.attempts += 1
    Run.objects.filter(pk=run.pk).update(attempts=run.attempts)
    return {}


def end_of(run: Run, clock: Clock) -> dict[str, Any]:
    """What becomes of the run's fields."""
    try:
        note(run, run.done, Customer.objects.unmerged().count())
        result = WORK[Run.Kind(run.kind)](run, clock)
    except StoppedError as stopped:
        return {"status": Run.Status.CANCELLED, "error": kept(stopped)}
    except ActionRefused as refused:
        return {"status": Run.Status.FAILED, "error": kept(refused)}
    except Exception as error:
        if connection.connection is None or not connection.is_usable():
            raise  # the run stays under way, for whoever carries on when the database is back
        logger.exception("Run %s failed", run.pk)
        msgid = gettext_noop("This should not have happened: %(error)s. The worker's log says more.")
        text = TranslatableText(msgid, {"error": f"{type(error).__name__}: {error}"})
        return {"status": Run.Status.FAILED, "error": text.stored}
    return {"status": Run.Status.DONE, "result": result}


def kept(error: Exception) -> str:
    """Its text, as a run stores it; whatever else it was raised with, in words."""
    said = next(iter(error.args), "")
    return said.stored if isinstance(said, TranslatableText) else str(error)


def note(run: Run, done: int, total: int) -> None:
    """Store how far it is, for whoever watches or carries on. StoppedError when it is to stop, or was deleted."""
    run.done, run.total = done, total
    Run.objects.filter(pk=run.pk).update(done=done, total=total, result=run.result, attempts=run.attempts)
    if not Run.objects.filter(pk=run.pk, cancelling=False).exists():
        raise StoppedError


def rescore_on(run: Run, clock: Clock) -> dict[str, Any]:
    """Everybody under the active set, from where the run was left: its `result` says after which key, until the end."""
    left = run.result or {"after": 0, "rules_are_new": are_new(run)}
    done = run.done
    for chunk in customer_chunks(left["after"]):
        if RuleSet.objects.active().pk != run.rule_set_id:
            raise StoppedError(TranslatableText(gettext_noop("Another rule set went live, with a rescore of its own.")))
        rescore(chunk, at=clock())
        done += len(chunk)
        run.result, run.attempts = {**left, "after": chunk[-1]}, 1  # what is done stays done, whoever goes on
        note(run, done, max(run.total, done))
    if left.get("rules_are_new", True):
        everybody_rescored.send(sender=Run, rule_set=run.rule_set, at=clock())
    return {"customers": done, "ruleset": run.rule_set.name}


def are_new(run: Run) -> bool:
    """Whether it follows an activation, or comes in the place of the rescore that did and was lost."""
    return run.asked_at == run.rule_set.activated_at or are_of_another_set()


def preview_anew(run: Run, clock: Clock) -> Any:
    rule_set = full(run)
    found = preview(rule_set, day=today(clock), progress=partial(note, run))
    return {**found, "fingerprint": fingerprint(rule_set)}


def backtest_anew(run: Run, clock: Clock) -> Any:
    question, rule_set = Question.of(run.settings), full(run)
    found = backtest(question, rule_set=rule_set, today=today(clock), progress=partial(note, run))
    return {**found, "fingerprint": fingerprint(rule_set)}


def audit_anew(run: Run, clock: Clock) -> Any:
    return audit(everybody=bool(run.settings.get("all")), progress=partial(note, run))


def full(run: Run) -> RuleSet:
    return RuleSet.objects.prefetch_related("rules", "tiers").get(pk=run.rule_set_id)


def today(clock: Clock) -> Any:
    return Firm.current().local_date(clock())


WORK: dict[Run.Kind, Callable[[Run, Clock], Any]] = {
    Run.Kind.RESCORE: rescore_on,
    Run.Kind.PREVIEW: preview_anew,
    Run.Kind.BACKTEST: backtest_anew,
    Run.Kind.AUDIT: audit_anew,
}
