"""Client organisations: orders, meetings and sessions, through their people."""

from datetime import date, timedelta

from partnership.demo.library import load_texts
from partnership.demo.story.conversations import Correspondence
from partnership.demo.story.diary import Diary, Record
from partnership.demo.story.school_calendar import is_break, iterate_weeks, random_time, working_day
from partnership.demo.story.students import Nature, promise_outcome


def tell_organisation(diary: Diary, talks: list[Correspondence], start: date, nature: Nature) -> None:
    """Write a year or so with a client: orders, meetings, sessions, exercises, letters."""
    goal = diary.goal(
        diary.rng.choice(load_texts("school")["services"]["goals"]), random_time(start, diary.rng), weeks=60
    )
    for number, monday in iterate_weeks(start, diary.today):
        if is_break(monday):
            continue
        talk = diary.rng.choice(talks)
        if number % 26 == 0:
            _order(diary, monday, "renewal" if number else "purchase")
        if number % 5 == 1:
            _hold_meeting(diary, talk, monday, goal, nature)
        if number % 3 == 2:
            _hold_session(diary, talk, monday, nature)
        _write_letters(diary, talk, monday, nature)
        if number % 13 == 8 and diary.rng.random() < nature.diligence:
            at = random_time(monday + timedelta(days=3), diary.rng, (8, 18))
            talk.survey(at, min(10, max(1, round(diary.rng.gauss(5.8 + 3 * nature.diligence, 1.5)))))


def _order(diary: Diary, monday: date, kind: str) -> None:
    services = load_texts("school")["services"]
    what = diary.rng.choice(services["training"] + services["consulting"])
    price = diary.rng.randrange(28, 140) * 100
    at = random_time(monday, diary.rng, (9, 16))
    diary.add_payment(kind, at, price, what)
    diary.add_payment("payment", at + timedelta(days=diary.rng.randrange(12, 32)), price, what)


def _hold_meeting(diary: Diary, talk: Correspondence, monday: date, goal: Record, nature: Nature) -> None:
    """Hold a review with promises on both sides and a check-in on the goal."""
    at = random_time(monday + timedelta(days=diary.rng.randrange(5)), diary.rng, (9, 16))
    body = talk.text(diary.rng.choice(load_texts("school")["notes"]["org_meeting"]), diary.owner, ours=True)
    if not diary.add_outbound(
        "meeting", at, channel="visit", subject="Review", body=body, minutes=75, person=talk.person
    ):
        return
    services = load_texts("school")["services"]
    for what in diary.rng.sample(services["theirs"], 2):
        due = working_day(at.date() + timedelta(days=diary.rng.randrange(7, 21)))
        diary.promise("them", what, at, due, promise_outcome(diary.rng, 0.3 + 0.68 * nature.diligence), goal=goal)
    due = working_day(at.date() + timedelta(days=diary.rng.randrange(4, 12)))
    diary.promise("us", diary.rng.choice(services["ours"]), at, due, promise_outcome(diary.rng, 0.93), goal=goal)
    if diary.rng.random() < nature.diligence:
        left = goal["target"] - goal["current"]
        diary.check_in(goal, at + timedelta(hours=1), round(goal["current"] + left * diary.rng.uniform(0, 0.4), 1))


def _hold_session(diary: Diary, talk: Correspondence, monday: date, nature: Nature) -> None:
    day = monday + timedelta(days=diary.rng.randrange(1, 4))
    if diary.rng.random() < 0.3 + 0.7 * nature.diligence:
        diary.add_inbound(
            "attendance",
            random_time(day, diary.rng, (9, 14)),
            channel="visit",
            subject="Training session",
            person=talk.person,
        )
    for week in (1, 2):
        if diary.rng.random() < nature.diligence:
            later = working_day(day + timedelta(days=week * 6))
            diary.add_inbound(
                "work_done", random_time(later, diary.rng), subject="Exercise round in the team", person=talk.person
            )


def _write_letters(diary: Diary, talk: Correspondence, monday: date, nature: Nature) -> None:
    at = random_time(monday + timedelta(days=diary.rng.randrange(5)), diary.rng, (8, 18))
    if diary.rng.random() < 2 * nature.talk and (thread := talk.choose_thread("firm")):
        talk.thread(thread, at)


def tell_member(diary: Diary, talk: Correspondence, start: date, nature: Nature) -> None:
    """Write the history of an employee: sessions, and an exercise in between."""
    for number, monday in iterate_weeks(start, diary.today):
        if is_break(monday) or number % 2:
            continue
        day = monday + timedelta(days=2)
        if diary.rng.random() < 0.3 + 0.6 * nature.diligence:
            diary.add_inbound(
                "attendance", random_time(day, diary.rng, (9, 15)), channel="meeting", subject="Training session"
            )
        if diary.rng.random() < nature.diligence:
            at = random_time(day + timedelta(days=3), diary.rng, (8, 20))
            diary.add_inbound("work_done", at, subject="Exercise between the sessions")
        if number % 8 == 4 and diary.rng.random() < 0.7:
            made = random_time(day, diary.rng, (15, 17))
            what = diary.rng.choice(load_texts("school")["programme"][3]["theirs"])
            due = working_day(day + timedelta(days=diary.rng.randrange(7, 15)))
            diary.promise("them", what, made, due, promise_outcome(diary.rng, 0.3 + 0.68 * nature.diligence))
        if number % 13 == 8 and diary.rng.random() < nature.diligence:
            talk.survey(random_time(day + timedelta(days=1), diary.rng), min(10, round(6 + 4 * nature.diligence)))
