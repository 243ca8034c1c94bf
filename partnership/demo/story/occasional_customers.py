"""Customers with a short history: occasional buyers, prospects, alumni."""

from datetime import date, timedelta

from partnership.demo.library import load_texts
from partnership.demo.story.conversations import Correspondence
from partnership.demo.story.diary import Diary
from partnership.demo.story.school_calendar import random_time, working_day


def corner_shop(diary: Diary, talk: Correspondence, start: date) -> None:
    _buy_every(diary, talk, start, every=26)


def shopper(diary: Diary, talk: Correspondence, start: date) -> None:
    _buy_every(diary, talk, start, every=diary.rng.choice((45, 90, 150)))


def _buy_every(diary: Diary, talk: Correspondence, start: date, *, every: int) -> None:
    """Buy something every so many days."""
    day = start
    while day < diary.today:
        item, price = diary.rng.choice(load_texts("school")["shop"]["items"])
        at = random_time(day, diary.rng, (9, 21))
        diary.add_payment("purchase", at, price, item)
        diary.add_payment("payment", at + timedelta(minutes=2), price, item)
        if "workshop" in item.lower() and diary.rng.random() < 0.9:
            evening = working_day(day + timedelta(days=diary.rng.randrange(5, 20)))
            diary.add_inbound("attendance", random_time(evening, diary.rng, (17, 18)), channel="meeting", subject=item)
        day += timedelta(days=diary.rng.randrange(every // 2, every * 3 // 2))
    if diary.rng.random() < 0.4 and (thread := talk.choose_thread("shopper")):
        talk.thread(thread, random_time(start + timedelta(days=diary.rng.randrange(1, 30)), diary.rng))


def prospect(diary: Diary, talk: Correspondence, start: date) -> None:
    """Ask, visit, and take time to decide."""
    talk.blanks["programme"] = diary.rng.choice(load_texts("school")["programme"])["name"]
    if thread := talk.choose_thread("prospect"):
        talk.thread(thread, random_time(start, diary.rng, (8, 22)))
    visited = working_day(start + timedelta(days=diary.rng.randrange(6, 25)))
    if diary.rng.random() < 0.6:
        diary.add_inbound("meeting", random_time(visited, diary.rng, (17, 19)), channel="visit", subject="Open evening")
    if diary.rng.random() < 0.5:
        line = diary.rng.choice(("Thinking it over with the family.", "Will decide when the shift plan is out.",
                                 "Compares us with two others, and told me which. Fair."))  # fmt: skip
        diary.add_outbound(
            "call",
            random_time(working_day(visited + timedelta(days=4)), diary.rng, (10, 16)),
            channel="call",
            body=line,
            minutes=9,
        )


def alumnus(diary: Diary, talk: Correspondence, start: date) -> None:
    """Come by now and then, having finished before the story begins."""
    if thread := talk.choose_thread("alumni"):
        talk.thread(thread, random_time(start + timedelta(days=diary.rng.randrange(20, 500)), diary.rng))
    for _ in range(diary.rng.randrange(6)):
        evening = start + timedelta(days=diary.rng.randrange(540))
        diary.add_inbound(
            "attendance",
            random_time(evening, diary.rng, (19, 20)),
            channel="meeting",
            subject="Wednesday evening",
        )
    if diary.rng.random() < 0.25:
        talk.give_feedback("testimonial", random_time(start + timedelta(days=diary.rng.randrange(540)), diary.rng))
    if diary.rng.random() < 0.3:
        item, price = diary.rng.choice(load_texts("school")["shop"]["items"])
        diary.add_payment(
            "purchase", random_time(start + timedelta(days=diary.rng.randrange(540)), diary.rng), price, item
        )
