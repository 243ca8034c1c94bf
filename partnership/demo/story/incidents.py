"""What happens beside the plan: a mistake and how it was mended, a push, an honest no, a favour, a gift."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from partnership.demo.library import library
from partnership.demo.story.conversations import Talk
from partnership.demo.story.diary import Diary
from partnership.demo.story.school_calendar import moment, working_day

Happens = Callable[[Diary, Talk, date], None]


def incidents(diary: Diary, talk: Talk, *, start: date, diligence: float) -> None:
    """What a student meets with, spread over the time with us."""
    favours(diary, talk, start=start, diligence=diligence)
    chances: list[tuple[float, Happens]] = [
        (0.3 * (1 - diligence), nudge),
        (0.06, decline),
        (0.5, call),
        (0.3, note),
        (0.12, handover),
        (0.25 * max(0.0, diligence - 0.5), testimonial),
    ]
    scatter(diary, talk, start, chances)


def favours(diary: Diary, talk: Talk, *, start: date, diligence: float) -> None:
    """What may happen with a client organisation as well."""
    chances: list[tuple[float, Happens]] = [
        (0.05, mistake),
        (0.07 if diligence > 0.3 else 0.02, free_work),
        (0.2 * diligence, gesture),
        (0.08 * diligence, introduction),
    ]
    scatter(diary, talk, start, chances)


def scatter(diary: Diary, talk: Talk, start: date, chances: list[tuple[float, Happens]]) -> None:
    """Each chance is that of half a year."""
    days = (diary.today - start).days
    for chance, happens in chances:
        for _ in range(max(1, round(days / 180))):
            if days > 20 and diary.rng.random() < chance:
                happens(diary, talk, working_day(start + timedelta(days=diary.rng.randrange(10, days))))


def deeds(name: str) -> list:
    return library("school")["deeds"][name]


def mistake(diary: Diary, talk: Talk, day: date) -> None:
    """Ours, owned within two days, and forgiven as a rule."""
    subject, what, mended, forgiven = diary.rng.choice(deeds("mistake"))
    if not talk.once(subject):
        return
    staff = diary.owner
    diary.ours("mistake", moment(day, diary.rng), channel="internal", subject=subject, body=talk.text(what, staff))
    after = working_day(day + timedelta(days=diary.rng.choice((1, 1, 2))))
    diary.ours(
        "recovery", moment(after, diary.rng, (9, 17)), channel="call", subject=subject, body=talk.text(mended, staff),
        minutes=25,
    )  # fmt: skip
    if diary.rng.random() < 0.85:
        words = forgiven if talk.speaker.language == "en" else talk.words["voice"]["forgive"][0]
        at = moment(after + timedelta(days=diary.rng.randrange(1, 6)), diary.rng)
        diary.theirs("forgiveness", at, channel="email", subject=subject, body=words)


def free_work(diary: Diary, talk: Talk, day: date) -> None:
    purpose, minutes = diary.rng.choice(deeds("free_work"))
    if talk.once(purpose):
        diary.ours("free_work", moment(day, diary.rng, (9, 17)), channel="meeting", subject=purpose, minutes=minutes)


def gesture(diary: Diary, talk: Talk, day: date) -> None:
    what, worth = diary.rng.choice(deeds("gesture"))
    if talk.once(what):
        money: dict[str, Any] = {"amount": f"{worth:.2f}", "currency": "EUR"} if worth else {}
        diary.ours("gesture", moment(day, diary.rng, (9, 17)), channel="post", subject=what, minutes=10, **money)


def nudge(diary: Diary, talk: Talk, day: date) -> None:
    line = talk.pick(talk.words["voice"]["nudge"])
    if talk.once(line):
        talk.letter_from_us("nudge", day, line, subject="A push, kindly meant")


def decline(diary: Diary, talk: Talk, day: date) -> None:
    subject, line = diary.rng.choice(talk.words["voice"]["decline"])
    if talk.once(subject):
        asked = moment(working_day(day), diary.rng, (8, 11))
        diary.theirs("request", asked, channel="call", subject=subject)
        talk.letter_from_us("decline", asked.date(), line, subject=subject)


def call(diary: Diary, talk: Talk, day: date) -> None:
    line = talk.pick(library("school")["notes"]["call"])
    if talk.once(line):
        body = talk.text(line, diary.owner, ours=True)
        diary.ours(
            "call", moment(day, diary.rng, (9, 17)), channel="call", body=body, minutes=diary.rng.randrange(3, 25)
        )


def note(diary: Diary, talk: Talk, day: date) -> None:
    line = diary.rng.choice(library("school")["notes"]["note"])
    if talk.once(line):
        diary.internal(
            "note",
            moment(day, diary.rng, (9, 17)),
            talk.text(line, diary.owner, ours=True),
            pinned=diary.rng.random() < 0.2 or None,
        )


def handover(diary: Diary, talk: Talk, day: date) -> None:
    line = diary.rng.choice(library("school")["notes"]["handover"])
    if talk.once(line):
        diary.internal("handover", moment(day, diary.rng, (9, 17)), talk.text(line, diary.owner, ours=True))


def introduction(diary: Diary, talk: Talk, day: date) -> None:
    line = diary.rng.choice(deeds("introduction"))
    if talk.once(line):
        diary.theirs("introduction", moment(day, diary.rng), channel="call", body=line)


def testimonial(diary: Diary, talk: Talk, day: date) -> None:
    talk.voice("testimonial", moment(day, diary.rng))
