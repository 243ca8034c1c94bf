"""The stories one can tell, part two: what we got wrong and mended, and what we gave for nothing."""

from datetime import date, timedelta

from partnership.demo.library import library
from partnership.demo.story.conversations import Talk
from partnership.demo.story.diary import Diary
from partnership.demo.story.school_calendar import moment, working_day
from partnership.demo.story.students import Nature, Study


def failed(diary: Diary, talk: Talk, script: dict, day: date) -> None:
    """The mistake, their complaint, and that we owned it."""
    subject, what = script["mistake"]
    staff = diary.owner
    happened = moment(day, diary.rng, (9, 11))
    diary.ours("mistake", happened, channel="internal", subject=subject, body=talk.text(what, staff))
    told = moment(day, diary.rng, (17, 20))
    ref = diary.conversation("email", subject, staff, last=told, settled=True)
    talk.say("complaint", told, script["complaint"], staff, subject, ref)
    owned = moment(working_day(day + timedelta(days=1)), diary.rng, (8, 9))
    talk.reply(owned, script["owned"], staff, subject, ref, minutes=25)


def won_back(diary: Diary, talk: Talk, study: Study) -> None:
    """We failed, owned it, made it good, and were forgiven; then the renewal."""
    script = library("arcs")["won_back"]
    study.nature = Nature(0.85, 0.0)
    study.live()
    staff, start = diary.owner, working_day(diary.today - timedelta(days=135))
    failed(diary, talk, script, start)
    for wait, line, promised in zip((3, 12, 62), script["recovery"], script["promised"], strict=True):
        at = moment(working_day(start + timedelta(days=wait)), diary.rng, (10, 17))
        body = talk.text(line, staff, ours=True)
        diary.ours("recovery", at, channel="call" if wait > 50 else "visit", subject=script["mistake"][0], body=body,
                   minutes=180 if wait == 3 else 20)  # fmt: skip
        made = moment(start + timedelta(days=2), diary.rng, (9, 10))
        diary.promise("us", promised, made, at.date(), "kept")
    talk.voice("feedback", moment(start + timedelta(days=20), diary.rng, (18, 21)), script["mood"], channel="email")
    forgiven = moment(start + timedelta(days=78), diary.rng, (18, 21))
    diary.theirs("forgiveness", forgiven, channel="email", subject="Passed", body=script["forgiveness"])
    pricing = next(each for each in library("school")["programme"] if each["code"] == "PN")
    Study(diary, talk, pricing, diary.today - timedelta(days=33), study.nature, diary.today).live()
    renewed = moment(diary.today - timedelta(days=40), diary.rng, (18, 20))
    diary.theirs("praise", renewed, channel="email", subject="The next one", body=script["renewal"])


def open_recovery(diary: Diary, talk: Talk, study: Study) -> None:
    """We failed three weeks ago; an offer is on the table and not yet taken."""
    script = library("arcs")["open_recovery"]
    study.nature = Nature(0.75, 0.0)
    study.live()
    start = working_day(diary.today - timedelta(days=19))
    failed(diary, talk, script, start)
    at = moment(working_day(start + timedelta(days=3)), diary.rng, (10, 16))
    body = talk.text(script["recovery"], diary.owner, ours=True)
    diary.ours("recovery", at, channel="call", subject=script["mistake"][0], body=body, minutes=30)
    due = working_day(diary.today + timedelta(days=3))
    diary.promise("us", "Two extra hours, at a time that suits", at, due, "kept")


def free_work(diary: Diary, talk: Talk, start: date) -> None:
    """One more unpaid piece of work after the other, and never an order."""
    script = library("arcs")["free_work"]
    staff = diary.owner
    day = working_day(start)
    for purpose, minutes, ask, answer in zip(
        script["purpose"], script["minutes"], script["ask"], [*script["answer"], ""], strict=True
    ):
        diary.ours("free_work", moment(day, diary.rng, (9, 15)), channel="visit", subject=purpose, minutes=minutes)
        asked = moment(working_day(day + timedelta(days=6)), diary.rng, (10, 17))
        replied = moment(working_day(day + timedelta(days=8)), diary.rng, (9, 12))
        ref = diary.conversation("email", purpose, staff, last=asked, settled=True)
        talk.say("request", asked, ask, staff, purpose, ref, english=True)
        if answer:
            talk.reply(replied, answer, staff, purpose, ref, english=True)
        else:
            no(diary, talk, script, working_day(day + timedelta(days=9)), ref)
        day = working_day(day + timedelta(days=27))


def no(diary: Diary, talk: Talk, script: dict, day: date, ref: str) -> None:
    subject, line = script["decline"]
    diary.internal("note", moment(day, diary.rng, (9, 10)), script["note"])
    body = talk.text(line, diary.owner, ours=True)
    diary.ours("decline", moment(day, diary.rng, (11, 12)), subject=subject, body=body, conversation=ref, minutes=30)
