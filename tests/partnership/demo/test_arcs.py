"""The stories one can tell: what happened to those who play them."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

from partnership.demo.personas.roles import arc_refs
from tests.stories import at, kinds, life_of, of, promises_of


def test_the_loud_one_never_opened_the_course_and_wants_a_refund_after_eleven_months():
    life = life_of("loud")
    happened = kinds(life)
    assert not {"work_done", "attendance"} & set(happened)
    inbound = [row for row in life if row["direction"] == "inbound" and row["channel"] == "email"]
    span = at(inbound[-1]["occurred_at"]) - at(inbound[0]["occurred_at"])
    assert 2.5 < len(inbound) / (span / timedelta(weeks=1)) < 3.8
    (asked,) = (row for row in life if row["kind"] == "refund_request")
    assert 320 < (at(asked["occurred_at"]) - at(life[0]["occurred_at"])).days < 370
    (answered,) = (row for row in life if row["kind"] == "decline")
    assert timedelta() < at(answered["occurred_at"]) - at(asked["occurred_at"]) < timedelta(days=4)
    assert {promise["status"] for promise in promises_of("loud")} <= {"missed", "open"}


def test_the_quiet_champion_works_keeps_promises_and_hardly_writes():
    happened = kinds(life_of("champion"))
    assert happened["work_done"] + happened["attendance"] > 150
    assert happened["testimonial"] == 1
    assert happened["referral"] >= 2
    assert sum(happened[kind] for kind in ("question", "request", "complaint")) == 0
    assert sum(row["kind"] == "message" and row["direction"] == "inbound" for row in life_of("champion")) < 6
    outcomes = Counter(promise["status"] for promise in promises_of("champion") if promise["party"] == "them")
    assert outcomes["kept"] > 5 * outcomes["missed"]


def test_we_failed_one_and_won_them_back():
    order = [row["kind"] for row in life_of("won_back")]
    steps = ["mistake", "complaint", "recovery", "forgiveness", "renewal"]
    places = [order.index(step) for step in steps]
    assert all(before < after for before, after in pairwise(places))


def test_one_was_pushed_grumbled_and_got_there():
    life = life_of("pushed")
    order = [row["kind"] for row in life]
    nudges = [place for place, kind in enumerate(order) if kind == "nudge"]
    assert len(nudges) == 3
    complaints = [place for place, kind in enumerate(order) if kind == "complaint"]
    praises = [place for place, kind in enumerate(order) if kind == "praise"]
    assert nudges[0] < complaints[0] < praises[-1]
    goals = [record for record in of("goal") if record["customer"] == arc_refs(200, 1)["pushed"]]
    assert any(goal["status"] == "achieved" and goal["current"] == goal["target"] for goal in goals)


def test_free_work_led_nowhere():
    life = life_of("free_work")
    assert sum(row.get("minutes", 0) for row in life if row["kind"] == "free_work") > 30 * 60
    assert not {"purchase", "renewal", "payment", "referral", "introduction"} & set(kinds(life))


def test_the_corner_shop_customer_buys_and_that_is_all():
    assert set(kinds(life_of("corner_shop"))) <= {"purchase", "payment", "attendance", "question", "message"}
    assert kinds(life_of("corner_shop"))["purchase"] > 10
