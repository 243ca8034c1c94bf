"""Unplanned events: a mistake and its recovery, a nudge, a refusal, free work, a gesture."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from partnership.demo.library import load_texts
from partnership.demo.story.conversations import Correspondence
from partnership.demo.story.diary import Diary
from partnership.demo.story.school_calendar import random_time, working_day

_Incident = Callable[[Diary, Correspondence, date], None]


def incidents(diary: Diary, talk: Correspondence, *, start: date, diligence: float) -> None:
    """Spread incidents over a student's time with us."""
    favours(diary, talk, start=start, diligence=diligence)
    chances: list[tuple[float, _Incident]] = [
        (0.3 * (1 - diligence), _nudge),
        (0.06, _decline),
        (0.5, _call),
        (0.3, _note),
        (0.12, _handover),
        (0.25 * max(0.0, diligence - 0.5), _testimonial),
    ]
    _scatter(diary, talk, start, chances)


def favours(diary: Diary, talk: Correspondence, *, start: date, diligence: float) -> None:
    """Spread those that a client organisation may have as well."""
    chances: list[tuple[float, _Incident]] = [
        (0.05, _mistake),
        (0.07 if diligence > 0.3 else 0.02, _free_work),
        (0.2 * diligence, _gesture),
        (0.08 * diligence, _introduction),
    ]
    _scatter(diary, talk, start, chances)


def _scatter(diary: Diary, talk: Correspondence, start: date, chances: list[tuple[float, _Incident]]) -> None:
    """Draw each incident by its probability for half a year."""
    days = (diary.today - start).days
    for chance, incident in chances:
        for _ in range(max(1, round(days / 180))):
            if days > 20 and diary.rng.random() < chance:
                incident(diary, talk, working_day(start + timedelta(days=diary.rng.randrange(10, days))))


def incident_texts(name: str) -> list[Any]:
    return load_texts("school")["deeds"][name]


def _mistake(diary: Diary, talk: Correspondence, day: date) -> None:
    """Make a mistake of ours that recovers within two days and is mostly forgiven."""
    subject, what, recovery, forgiven = diary.rng.choice(incident_texts("mistake"))
    if not talk.is_new(subject):
        return
    staff = diary.owner
    diary.add_outbound(
        "mistake", random_time(day, diary.rng), channel="internal", subject=subject, body=talk.text(what, staff)
    )
    after = working_day(day + timedelta(days=diary.rng.choice((1, 1, 2))))
    diary.add_outbound(
        "recovery",
        random_time(after, diary.rng, (9, 17)),
        channel="call",
        subject=subject,
        body=talk.text(recovery, staff),
        minutes=25,
    )
    if diary.rng.random() < 0.85:
        words = forgiven if talk.speaker.language == "en" else talk.words["voice"]["forgive"][0]
        at = random_time(after + timedelta(days=diary.rng.randrange(1, 6)), diary.rng)
        diary.add_inbound("forgiveness", at, channel="email", subject=subject, body=words)


def _free_work(diary: Diary, talk: Correspondence, day: date) -> None:
    purpose, minutes = diary.rng.choice(incident_texts("free_work"))
    if talk.is_new(purpose):
        diary.add_outbound(
            "free_work", random_time(day, diary.rng, (9, 17)), channel="meeting", subject=purpose, minutes=minutes
        )


def _gesture(diary: Diary, talk: Correspondence, day: date) -> None:
    what, worth = diary.rng.choice(incident_texts("gesture"))
    if talk.is_new(what):
        money: dict[str, Any] = {"amount": f"{worth:.2f}", "currency": "EUR"} if worth else {}
        diary.add_outbound(
            "gesture", random_time(day, diary.rng, (9, 17)), channel="post", subject=what, minutes=10, **money
        )


def _nudge(diary: Diary, talk: Correspondence, day: date) -> None:
    line = talk.choose_line(talk.words["voice"]["nudge"])
    if talk.is_new(line):
        talk.write_first("nudge", day, line, subject="A push, kindly meant")


def _decline(diary: Diary, talk: Correspondence, day: date) -> None:
    subject, line = diary.rng.choice(talk.words["voice"]["decline"])
    if talk.is_new(subject):
        asked = random_time(working_day(day), diary.rng, (8, 11))
        diary.add_inbound("request", asked, channel="call", subject=subject)
        talk.write_first("decline", asked.date(), line, subject=subject)


def _call(diary: Diary, talk: Correspondence, day: date) -> None:
    line = talk.choose_line(load_texts("school")["notes"]["call"])
    if talk.is_new(line):
        body = talk.text(line, diary.owner, ours=True)
        diary.add_outbound(
            "call", random_time(day, diary.rng, (9, 17)), channel="call", body=body, minutes=diary.rng.randrange(3, 25)
        )


def _note(diary: Diary, talk: Correspondence, day: date) -> None:
    line = diary.rng.choice(load_texts("school")["notes"]["note"])
    if talk.is_new(line):
        diary.add_internal(
            "note",
            random_time(day, diary.rng, (9, 17)),
            talk.text(line, diary.owner, ours=True),
            pinned=diary.rng.random() < 0.2 or None,
        )


def _handover(diary: Diary, talk: Correspondence, day: date) -> None:
    line = diary.rng.choice(load_texts("school")["notes"]["handover"])
    if talk.is_new(line):
        diary.add_internal("handover", random_time(day, diary.rng, (9, 17)), talk.text(line, diary.owner, ours=True))


def _introduction(diary: Diary, talk: Correspondence, day: date) -> None:
    line = diary.rng.choice(incident_texts("introduction"))
    if talk.is_new(line):
        diary.add_inbound("introduction", random_time(day, diary.rng), channel="call", body=line)


def _testimonial(diary: Diary, talk: Correspondence, day: date) -> None:
    talk.give_feedback("testimonial", random_time(day, diary.rng))
