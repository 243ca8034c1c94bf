"""Client organisations: what they buy, agree and try, through the people who speak for them."""

from datetime import date, timedelta

from partnership.demo.library import library
from partnership.demo.story.conversations import Talk
from partnership.demo.story.diary import Diary
from partnership.demo.story.school_calendar import is_break, moment, weeks, working_day
from partnership.demo.story.students import Nature, outcome


def firm(diary: Diary, talks: list[Talk], start: date, nature: Nature) -> None:
    """A year or so with a client: orders, meetings, sessions, exercises, and what its people have to say."""
    goal = diary.goal(diary.rng.choice(library("school")["services"]["goals"]), moment(start, diary.rng), weeks=60)
    for number, monday in weeks(start, diary.today):
        if is_break(monday):
            continue
        talk = diary.rng.choice(talks)
        if number % 26 == 0:
            order(diary, monday, "renewal" if number else "purchase")
        if number % 5 == 1:
            meeting(diary, talk, monday, goal, nature)
        if number % 3 == 2:
            session(diary, talk, monday, nature)
        letters(diary, talk, monday, nature)
        if number % 13 == 8 and diary.rng.random() < nature.diligence:
            at = moment(monday + timedelta(days=3), diary.rng, (8, 18))
            talk.survey(at, min(10, max(1, round(diary.rng.gauss(5.8 + 3 * nature.diligence, 1.5)))))


def order(diary: Diary, monday: date, kind: str) -> None:
    services = library("school")["services"]
    what = diary.rng.choice(services["training"] + services["consulting"])
    price = diary.rng.randrange(28, 140) * 100
    at = moment(monday, diary.rng, (9, 16))
    diary.money(kind, at, price, what)
    diary.money("payment", at + timedelta(days=diary.rng.randrange(12, 32)), price, what)


def meeting(diary: Diary, talk: Talk, monday: date, goal: dict, nature: Nature) -> None:
    """A review with promises on both sides and a reading of the goal."""
    at = moment(monday + timedelta(days=diary.rng.randrange(5)), diary.rng, (9, 16))
    body = talk.text(diary.rng.choice(library("school")["notes"]["org_meeting"]), diary.owner, ours=True)
    if not diary.ours("meeting", at, channel="visit", subject="Review", body=body, minutes=75, person=talk.person):
        return
    services = library("school")["services"]
    for what in diary.rng.sample(services["theirs"], 2):
        due = working_day(at.date() + timedelta(days=diary.rng.randrange(7, 21)))
        diary.promise("them", what, at, due, outcome(diary.rng, 0.3 + 0.68 * nature.diligence), goal=goal)
    due = working_day(at.date() + timedelta(days=diary.rng.randrange(4, 12)))
    diary.promise("us", diary.rng.choice(services["ours"]), at, due, outcome(diary.rng, 0.93), goal=goal)
    if diary.rng.random() < nature.diligence:
        left = goal["target"] - goal["current"]
        diary.check_in(goal, at + timedelta(hours=1), round(goal["current"] + left * diary.rng.uniform(0, 0.4), 1))


def session(diary: Diary, talk: Talk, monday: date, nature: Nature) -> None:
    day = monday + timedelta(days=diary.rng.randrange(1, 4))
    if diary.rng.random() < 0.3 + 0.7 * nature.diligence:
        diary.theirs("attendance", moment(day, diary.rng, (9, 14)), channel="visit", subject="Training session",
                     person=talk.person)  # fmt: skip
    for week in (1, 2):
        if diary.rng.random() < nature.diligence:
            later = working_day(day + timedelta(days=week * 6))
            diary.theirs(
                "work_done", moment(later, diary.rng), subject="Exercise round in the team", person=talk.person
            )


def letters(diary: Diary, talk: Talk, monday: date, nature: Nature) -> None:
    at = moment(monday + timedelta(days=diary.rng.randrange(5)), diary.rng, (8, 18))
    if diary.rng.random() < 2 * nature.talk and (thread := talk.choose("firm")):
        talk.thread(thread, at)


def member(diary: Diary, talk: Talk, start: date, nature: Nature) -> None:
    """Somebody whom the employer sends: sessions, and an exercise in between."""
    for number, monday in weeks(start, diary.today):
        if is_break(monday) or number % 2:
            continue
        day = monday + timedelta(days=2)
        if diary.rng.random() < 0.3 + 0.6 * nature.diligence:
            diary.theirs("attendance", moment(day, diary.rng, (9, 15)), channel="meeting", subject="Training session")
        if diary.rng.random() < nature.diligence:
            at = moment(day + timedelta(days=3), diary.rng, (8, 20))
            diary.theirs("work_done", at, subject="Exercise between the sessions")
        if number % 8 == 4 and diary.rng.random() < 0.7:
            made = moment(day, diary.rng, (15, 17))
            what = diary.rng.choice(library("school")["programme"][3]["theirs"])
            due = working_day(day + timedelta(days=diary.rng.randrange(7, 15)))
            diary.promise("them", what, made, due, outcome(diary.rng, 0.3 + 0.68 * nature.diligence))
        if number % 13 == 8 and diary.rng.random() < nature.diligence:
            talk.survey(moment(day + timedelta(days=1), diary.rng), min(10, round(6 + 4 * nature.diligence)))
