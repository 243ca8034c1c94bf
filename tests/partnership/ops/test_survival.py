"""I9, nothing recorded is lost: kill real processes while events arrive, and start them again."""

import json

import psycopg
import pytest

from partnership.scoring.engine.formulas import SUMS, UNITS_PER_POINT
from tests.processes import Stack, wait_until
from tests.senders import Sender, prepare, sending

pytestmark = pytest.mark.processes


def test_i9_nothing_recorded_is_lost(stack: Stack) -> None:
    customers = prepare(stack)
    senders = [Sender(stack.url, name) for name in ("first", "second")]
    for sender in senders:
        sender.sign_in()

    def more_arrive(what: str) -> None:
        wanted = [len(sender.acknowledged) + 8 for sender in senders]
        wait_until(
            lambda: all(len(sender.acknowledged) >= number for sender, number in zip(senders, wanted, strict=True)),
            what=f"events {what}",
        )

    with sending(senders, customers):
        more_arrive("with everything up")
        stack.kill("worker")
        more_arrive("without a worker")
        assert stack.sql("SELECT count(*) > 0 FROM scoring_stalescore") == [(True,)]
        stack.kill("redis")
        more_arrive("without Redis")
        stack.kill("web")
        failed = [sender.failures for sender in senders]
        wait_until(lambda: all(sender.failures > before for sender, before in zip(senders, failed, strict=True)))
        for name in ("redis", "web", "worker"):
            stack.start(name)
        more_arrive("with everything back")

    assert stack.processes["beat"].poll() is None, "beat did not survive the loss of Redis"
    wait_until(lambda: stack.sql("SELECT count(*) FROM scoring_stalescore") == [(0,)], what="the scores to follow")
    texts = [text for (text,) in stack.sql("SELECT body FROM interactions_interaction")]
    acknowledged = [text for sender in senders for text in sender.acknowledged]
    assert set(acknowledged) <= set(texts)
    assert len(set(texts)) == len(texts)
    assert_scores_equal_a_full_rescore(stack)


RETRY_TIMEOUT = 60  # seconds for beat to start the run again and for a worker to finish it

ACTIVATE = """
from django.utils import timezone
from partnership.scoring.rules.activation import activate_rule_set, copy_rule_set
from partnership.scoring.models import RuleSet
draft = copy_rule_set(rule_set=RuleSet.objects.active(), name="Other", by=None)
activate_rule_set(rule_set=draft, why="To try", by=None, at=timezone.now())
"""


def test_a_rescore_survives_its_worker(stack: Stack) -> None:
    """Kill the worker while it waits for a locked score; the next worker continues the run."""
    prepare(stack)
    stack.manage("rescore", "--all")
    with psycopg.connect(stack.database_url) as holder:
        holder.execute("SELECT * FROM scoring_score FOR UPDATE")
        stack.manage("shell", "--verbosity=0", "-c", ACTIVATE)
        wait_until(lambda: stack.sql("SELECT status FROM scoring_run") == [("running",)], what="a worker to begin")
        stack.kill("worker")
    assert stack.sql("SELECT status, done FROM scoring_run") == [("running", 0)]
    stack.start("worker")
    done = [("done", 3, 3)]
    wait_until(
        lambda: stack.sql("SELECT status, done, total FROM scoring_run") == done, seconds=RETRY_TIMEOUT, what="its end"
    )
    assert stack.sql("SELECT DISTINCT name FROM scoring_score JOIN scoring_ruleset ON id = rule_set_id") == [("Other",)]


def assert_scores_equal_a_full_rescore(stack: Stack) -> None:
    ((day,),) = stack.sql("SELECT DISTINCT day FROM scoring_score")
    fresh = json.loads(stack.manage("rescore", "--all", "--as-of", str(day), "--json"))["scores"]
    assert len(fresh) == 3
    assert all(score["sums"]["demand"] > 0 for score in fresh)
    stored = stack.sql(
        f"SELECT source || ':' || external_id, {', '.join(SUMS)}, partnership, loudness "
        "FROM scoring_score JOIN customers_customer ON id = customer_id"
    )
    by_ref = {ref: values for ref, *values in stored}
    for score in fresh:
        *sums, partnership, loudness = by_ref[score["customer"]]
        assert {name: value / UNITS_PER_POINT for name, value in zip(SUMS, sums, strict=True)} == score["sums"]
        assert (partnership, loudness) == (score["partnership"], score["loudness"])
