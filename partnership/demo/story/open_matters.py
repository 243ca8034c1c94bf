"""What stands open on the day the story is told: letters without an answer yet, and promises of ours gone past."""

from datetime import timedelta

from partnership.demo.library import library
from partnership.demo.story.conversations import Talk
from partnership.demo.story.diary import Diary
from partnership.demo.story.school_calendar import moment, working_day


def waiting(diary: Diary, talk: Talk, who: str) -> None:
    """A letter of the last days, most of them from yesterday or the day before."""
    day = diary.today - timedelta(days=diary.rng.choice((1, 1, 1, 1, 2, 2, 3, 5)))
    if thread := talk.choose(who):
        talk.thread(thread, moment(day, diary.rng, (7, 22)), answer=False)


def overdue(diary: Diary) -> None:
    """We promised something for the last days and have not done it."""
    due = diary.today - timedelta(days=diary.rng.randrange(1, 7))
    made = moment(working_day(due - timedelta(days=9)), diary.rng, (9, 16))
    diary.promise("us", diary.rng.choice(library("school")["ours"]["what"]), made, due, "missed")
