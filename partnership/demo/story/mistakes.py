"""Arcs of our mistakes and their recovery, and of free work."""

from datetime import date, timedelta

from partnership.demo.library import Texts, load_texts
from partnership.demo.story.conversations import Correspondence
from partnership.demo.story.diary import Diary
from partnership.demo.story.school_calendar import random_time, working_day
from partnership.demo.story.students import Nature, Study


def _make_mistake(diary: Diary, talk: Correspondence, script: Texts, day: date) -> None:
    """Record a mistake, the complaint, and our admission."""
    subject, what = script["mistake"]
    staff = diary.owner
    happened = random_time(day, diary.rng, (9, 11))
    diary.add_outbound("mistake", happened, channel="internal", subject=subject, body=talk.text(what, staff))
    told = random_time(day, diary.rng, (17, 20))
    ref = diary.conversation("email", subject, staff, last=told, settled=True)
    talk.write_inbound("complaint", told, script["complaint"], staff, subject, ref)
    answered = random_time(working_day(day + timedelta(days=1)), diary.rng, (8, 9))
    talk.write_reply(answered, script["owned"], staff, subject, ref, minutes=25)


def won_back(diary: Diary, talk: Correspondence, study: Study) -> None:
    """We failed, owned it, made it good, and were forgiven; then the renewal."""
    script = load_texts("arcs")["won_back"]
    study.nature = Nature(0.85, 0.0)
    study.tell()
    staff, start = diary.owner, working_day(diary.today - timedelta(days=135))
    _make_mistake(diary, talk, script, start)
    for wait, line, promised in zip((3, 12, 62), script["recovery"], script["promised"], strict=True):
        at = random_time(working_day(start + timedelta(days=wait)), diary.rng, (10, 17))
        body = talk.text(line, staff, ours=True)
        diary.add_outbound(
            "recovery",
            at,
            channel="call" if wait > 50 else "visit",
            subject=script["mistake"][0],
            body=body,
            minutes=180 if wait == 3 else 20,
        )
        made = random_time(start + timedelta(days=2), diary.rng, (9, 10))
        diary.promise("us", promised, made, at.date(), "kept")
    talk.give_feedback(
        "feedback", random_time(start + timedelta(days=20), diary.rng, (18, 21)), script["mood"], channel="email"
    )
    forgiven = random_time(start + timedelta(days=78), diary.rng, (18, 21))
    diary.add_inbound("forgiveness", forgiven, channel="email", subject="Passed", body=script["forgiveness"])
    pricing = next(each for each in load_texts("school")["programme"] if each["code"] == "PN")
    Study(diary, talk, pricing, diary.today - timedelta(days=33), study.nature, diary.today).tell()
    renewed = random_time(diary.today - timedelta(days=40), diary.rng, (18, 20))
    diary.add_inbound("praise", renewed, channel="email", subject="The next one", body=script["renewal"])


def open_recovery(diary: Diary, talk: Correspondence, study: Study) -> None:
    """We failed three weeks ago; an offer is on the table and not yet taken."""
    script = load_texts("arcs")["open_recovery"]
    study.nature = Nature(0.75, 0.0)
    study.tell()
    start = working_day(diary.today - timedelta(days=19))
    _make_mistake(diary, talk, script, start)
    at = random_time(working_day(start + timedelta(days=3)), diary.rng, (10, 16))
    body = talk.text(script["recovery"], diary.owner, ours=True)
    diary.add_outbound("recovery", at, channel="call", subject=script["mistake"][0], body=body, minutes=30)
    due = working_day(diary.today + timedelta(days=3))
    diary.promise("us", "Two extra hours, at a time that suits", at, due, "kept")


def free_work(diary: Diary, talk: Correspondence, start: date) -> None:
    """One more unpaid piece of work after the other, and never an order."""
    script = load_texts("arcs")["free_work"]
    staff = diary.owner
    day = working_day(start)
    for purpose, minutes, ask, answer in zip(
        script["purpose"], script["minutes"], script["ask"], [*script["answer"], ""], strict=True
    ):
        diary.add_outbound(
            "free_work", random_time(day, diary.rng, (9, 15)), channel="visit", subject=purpose, minutes=minutes
        )
        asked = random_time(working_day(day + timedelta(days=6)), diary.rng, (10, 17))
        replied = random_time(working_day(day + timedelta(days=8)), diary.rng, (9, 12))
        ref = diary.conversation("email", purpose, staff, last=asked, settled=True)
        talk.write_inbound("request", asked, ask, staff, purpose, ref, english=True)
        if answer:
            talk.write_reply(replied, answer, staff, purpose, ref, english=True)
        else:
            _decline(diary, talk, script, working_day(day + timedelta(days=9)), ref)
        day = working_day(day + timedelta(days=27))


def _decline(diary: Diary, talk: Correspondence, script: Texts, day: date, ref: str) -> None:
    subject, line = script["decline"]
    diary.add_internal("note", random_time(day, diary.rng, (9, 10)), script["note"])
    body = talk.text(line, diary.owner, ours=True)
    diary.add_outbound(
        "decline", random_time(day, diary.rng, (11, 12)), subject=subject, body=body, conversation=ref, minutes=30
    )
