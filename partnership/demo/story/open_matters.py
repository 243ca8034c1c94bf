"""Open matters of today: letters without an answer, and overdue promises of ours."""

from datetime import timedelta

from partnership.demo.library import load_texts
from partnership.demo.story.conversations import Correspondence
from partnership.demo.story.diary import Diary
from partnership.demo.story.school_calendar import random_time, working_day


def leave_unanswered(diary: Diary, talk: Correspondence, who: str) -> None:
    """Write a letter of the last days, mostly of yesterday, that is not answered yet."""
    day = diary.today - timedelta(days=diary.rng.choice((1, 1, 1, 1, 2, 2, 3, 5)))
    if thread := talk.choose_thread(who):
        talk.thread(thread, random_time(day, diary.rng, (7, 22)), answer=False)


def leave_promise_overdue(diary: Diary) -> None:
    """Make a promise of ours that became due in the last days."""
    due = diary.today - timedelta(days=diary.rng.randrange(1, 7))
    made = random_time(working_day(due - timedelta(days=9)), diary.rng, (9, 16))
    diary.promise("us", diary.rng.choice(load_texts("school")["ours"]["what"]), made, due, "missed")
