"""Those with little to tell: who buys now and then, who is thinking about it, who was here once."""

from datetime import date, timedelta

from partnership.demo.library import library
from partnership.demo.story.conversations import Talk
from partnership.demo.story.diary import Diary
from partnership.demo.story.school_calendar import moment, working_day


def corner_shop(diary: Diary, talk: Talk, start: date) -> None:
    buys(diary, talk, start, every=26)


def shopper(diary: Diary, talk: Talk, start: date) -> None:
    buys(diary, talk, start, every=diary.rng.choice((45, 90, 150)))


def buys(diary: Diary, talk: Talk, start: date, *, every: int) -> None:
    """Something every so many days, and that is all, and it is fine."""
    day = start
    while day < diary.today:
        item, price = diary.rng.choice(library("school")["shop"]["items"])
        at = moment(day, diary.rng, (9, 21))
        diary.money("purchase", at, price, item)
        diary.money("payment", at + timedelta(minutes=2), price, item)
        if "workshop" in item.lower() and diary.rng.random() < 0.9:
            evening = working_day(day + timedelta(days=diary.rng.randrange(5, 20)))
            diary.theirs("attendance", moment(evening, diary.rng, (17, 18)), channel="meeting", subject=item)
        day += timedelta(days=diary.rng.randrange(every // 2, every * 3 // 2))
    if diary.rng.random() < 0.4 and (thread := talk.choose("shopper")):
        talk.thread(thread, moment(start + timedelta(days=diary.rng.randrange(1, 30)), diary.rng))


def prospect(diary: Diary, talk: Talk, start: date) -> None:
    """Asks, comes to look, takes time."""
    talk.blanks["programme"] = diary.rng.choice(library("school")["programme"])["name"]
    if thread := talk.choose("prospect"):
        talk.thread(thread, moment(start, diary.rng, (8, 22)))
    visited = working_day(start + timedelta(days=diary.rng.randrange(6, 25)))
    if diary.rng.random() < 0.6:
        diary.theirs("meeting", moment(visited, diary.rng, (17, 19)), channel="visit", subject="Open evening")
    if diary.rng.random() < 0.5:
        line = diary.rng.choice(("Thinking it over with the family.", "Will decide when the shift plan is out.",
                                 "Compares us with two others, and told me which. Fair."))  # fmt: skip
        diary.ours("call", moment(working_day(visited + timedelta(days=4)), diary.rng, (10, 16)), channel="call",
                   body=line, minutes=9)  # fmt: skip


def alumnus(diary: Diary, talk: Talk, start: date) -> None:
    """Finished before the story begins; comes by now and then."""
    if thread := talk.choose("alumni"):
        talk.thread(thread, moment(start + timedelta(days=diary.rng.randrange(20, 500)), diary.rng))
    for _ in range(diary.rng.randrange(6)):
        evening = start + timedelta(days=diary.rng.randrange(540))
        diary.theirs(
            "attendance",
            moment(evening, diary.rng, (19, 20)),
            channel="meeting",
            subject="Wednesday evening",
        )
    if diary.rng.random() < 0.25:
        talk.voice("testimonial", moment(start + timedelta(days=diary.rng.randrange(540)), diary.rng))
    if diary.rng.random() < 0.3:
        item, price = diary.rng.choice(library("school")["shop"]["items"])
        diary.money("purchase", moment(start + timedelta(days=diary.rng.randrange(540)), diary.rng), price, item)
