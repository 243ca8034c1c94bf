"""A student's history week by week: lessons, homework, promises, letters."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random

from partnership.demo.library import Texts, load_texts
from partnership.demo.personas.people import shuffle_endlessly
from partnership.demo.story.conversations import Correspondence
from partnership.demo.story.diary import Diary, Record
from partnership.demo.story.school_calendar import is_break, iterate_weeks, random_time, working_day

_COURSES = ("steady", "steady", "steady", "fading", "growing", "dip")


@dataclass
class Nature:
    """A student's habits. `diligence`: 0 to 1; `talk`: letters a week; `course`: how diligence develops; `moves`:
    whether the goal does."""

    diligence: float
    talk: float
    course: str = "steady"
    moves: bool = True

    def diligence_at(self, progress: float) -> float:
        """Return the diligence at that share of the programme, 0 to 1."""
        factor = {
            "steady": 1.0,
            "fading": 1.1 - 0.9 * progress,
            "growing": 0.4 + 0.8 * progress,
            "dip": 0.25 if 0.35 < progress < 0.6 else 1.0,
        }[self.course]
        return min(0.98, self.diligence * factor)


def draw_nature(rng: Random) -> Nature:
    """Draw diligence and talk independently of each other."""
    return Nature(rng.betavariate(1.4, 1.35), rng.gammavariate(0.9, 0.22), rng.choice(_COURSES))


@dataclass
class Study:
    """One programme of one student, until it ends, the student stops, or today."""

    diary: Diary
    talk: Correspondence
    programme: Texts
    start: date
    nature: Nature
    until: date
    goal: Record = field(init=False)
    evening: timedelta = field(init=False)
    notes: Iterator[str] = field(init=False)
    promises: Iterator[str] = field(init=False)

    def __post_init__(self) -> None:
        self.evening = timedelta(days=self.rng.randrange(5))
        self.notes = shuffle_endlessly(self.rng, load_texts("school")["notes"]["coaching"])
        self.promises = shuffle_endlessly(self.rng, self.programme["theirs"])

    def tell(self) -> None:
        """Write it week by week from the enrolment on."""
        self.enrol()
        for number, monday in iterate_weeks(self.start, min(self.until, self.end)):
            if not is_break(monday):
                self.week(number, monday)
        self.finish()

    @property
    def rng(self) -> Random:
        return self.diary.rng

    @property
    def end(self) -> date:
        return self.start + timedelta(weeks=self.programme["weeks"])

    def progress(self, number: int) -> float:
        return number / self.programme["weeks"]

    def enrol(self) -> None:
        price, kind = self.programme["price"], "renewal" if self.diary.numbers["g"] else "purchase"
        enrolled = random_time(self.start - timedelta(days=self.rng.randrange(5, 20)), self.rng)
        self.diary.add_payment(kind, enrolled, price, self.programme["name"])
        self.pay(price)
        outline = self.rng.choice(self.programme["goals"])
        self.goal = self.diary.goal(outline, random_time(self.start, self.rng), weeks=self.programme["weeks"])

    def pay(self, price: int) -> None:
        """Pay at once or monthly; some pay late, repeatedly."""
        parts = self.rng.choice((1, 1, self.programme["weeks"] // 4))
        tardy = self.rng.random() < 0.12
        for month in range(parts):
            due = working_day(self.start + timedelta(days=30 * month + 3))
            late = tardy and self.rng.random() < 0.4
            paid = random_time(due + timedelta(days=self.rng.randrange(5, 25) if late else 0), self.rng)
            subject = self.programme["name"] if parts == 1 else f"{self.programme['name']}, {month + 1} of {parts}"
            self.diary.add_payment("late_payment" if late else "payment", paid, price / parts, subject)

    def week(self, number: int, monday: date) -> None:
        lessons = self.programme["lessons"]
        spacing = self.programme["weeks"] / len(lessons)
        lesson = min(len(lessons) - 1, int(number / spacing))
        title, homework = lessons[lesson]
        self.talk.blanks |= {"lesson": title, "homework": homework}
        diligence = self.nature.diligence_at(self.progress(number))
        self.lesson(monday, title, lesson + 1, diligence)
        self.exercises(monday, lesson + 1, diligence)
        if int((number + 1) / spacing) > lesson:
            self.homework(monday, homework, diligence)
        if number % 3 == 1:
            self.coaching(monday, diligence)
        if number % 13 == 8:
            self.survey(monday, diligence)
        self.letters(number, monday, diligence)

    def lesson(self, monday: date, title: str, lesson: int, diligence: float) -> None:
        if self.rng.random() < 0.2 + 0.75 * diligence:
            channel = self.rng.choice(("meeting", "meeting", "web"))
            at = random_time(monday + self.evening, self.rng, (17, 18))
            self.diary.add_inbound("attendance", at, channel=channel, subject=f"Lesson {lesson}: {title}")
        elif self.rng.random() < diligence:
            at = random_time(monday + timedelta(days=self.rng.randrange(2, 7)), self.rng, (7, 22))
            self.diary.add_inbound("work_done", at, subject=f"Watched the recording: {title}")

    def exercises(self, monday: date, lesson: int, diligence: float) -> None:
        for day in range(7):
            if self.rng.random() < 0.42 * diligence * (0.6 if day > 4 else 1):
                at = random_time(monday + timedelta(days=day), self.rng, (6, 23))
                self.diary.add_inbound("work_done", at, subject=f"Exercise {lesson}.{self.rng.randrange(1, 9)}")

    def homework(self, monday: date, homework: str, diligence: float) -> None:
        if self.rng.random() < diligence:
            said = self.rng.choice(self.talk.words["voice"]["work"]) if self.rng.random() < 0.4 else ""
            self.diary.add_inbound(
                "work_done",
                random_time(monday + timedelta(days=self.rng.randrange(3, 7)), self.rng, (16, 23)),
                subject=f"Homework: {homework}",
                body=self.talk.text(said, self.diary.owner),
                goal=self.goal["ref"],
            )

    def coaching(self, monday: date, diligence: float) -> None:
        """Hold an hour of coaching with promises and a check-in on the goal."""
        if self.rng.random() > 0.3 + 0.7 * diligence:
            return
        at = random_time(working_day(monday + timedelta(days=self.rng.randrange(2, 5))), self.rng, (9, 17))
        note = self.talk.text(next(self.notes), self.diary.owner, ours=True) if self.rng.random() < 0.7 else ""
        if not self.diary.add_outbound(
            "meeting", at, channel="meeting", subject="Coaching", body=note, minutes=50, goal=self.goal["ref"]
        ):
            return
        for what in islice(self.promises, self.rng.choice((1, 2, 2))):
            due = working_day(at.date() + timedelta(days=self.rng.randrange(5, 16)))
            self.diary.promise("them", what, at, due, promise_outcome(self.rng, 0.3 + 0.68 * diligence), goal=self.goal)
        if self.rng.random() < 0.35:
            self.we_promise(at)
        self.check_in(at + timedelta(minutes=55), diligence)

    def we_promise(self, at: datetime) -> None:
        what = self.rng.choice(load_texts("school")["ours"]["what"])
        due = working_day(at.date() + timedelta(days=self.rng.randrange(2, 8)))
        self.diary.promise("us", what, at, due, promise_outcome(self.rng, 0.94), goal=self.goal)

    def check_in(self, at: datetime, diligence: float) -> None:
        """Move the goal by a part of the rest."""
        if self.nature.moves and self.rng.random() < diligence + 0.1:
            left = self.goal["target"] - self.goal["current"]
            step = left * self.rng.uniform(0, 0.35) * diligence
            self.diary.check_in(self.goal, at, round(self.goal["current"] + step))

    def survey(self, monday: date, diligence: float) -> None:
        if self.rng.random() < 0.6 * diligence**1.5:
            grade = min(10, max(0, round(self.rng.gauss(6.3 + 2.6 * diligence, 1.6))))
            self.talk.survey(random_time(monday + timedelta(days=4), self.rng), grade)

    def letters(self, number: int, monday: date, diligence: float) -> None:
        day = monday + timedelta(days=self.rng.randrange(0, 7))
        if self.rng.random() < self.nature.talk:
            mood = "start" if number < 2 else "end" if self.progress(number) > 0.85 else ""
            mood = mood or ("strong" if diligence > 0.65 else "behind" if diligence < 0.35 else "any")
            if thread := self.talk.choose_thread("student", mood):
                self.talk.thread(thread, random_time(day, self.rng, (7, 22)))
        if self.rng.random() < 0.01 + 0.04 * diligence**2:
            self.talk.give_feedback("feedback", random_time(day, self.rng, (8, 21)))
        if self.rng.random() < 0.012 * diligence:
            self.talk.give_feedback("praise", random_time(day, self.rng, (8, 21)))

    def finish(self) -> None:
        """Achieve the goal, drop it, or leave it open."""
        if self.end > self.until:
            return
        at = random_time(working_day(self.end - timedelta(days=2)), self.rng, (15, 17))
        diligence = self.nature.diligence_at(1)
        if self.rng.random() < diligence:
            self.diary.check_in(self.goal, at - timedelta(hours=1), self.goal["target"])
            self.diary.close_goal(self.goal, at)
        elif self.rng.random() < 0.4:
            self.diary.close_goal(self.goal, at, "dropped")


def promise_outcome(rng: Random, reliability: float) -> str:
    """Draw what becomes of a promise."""
    if rng.random() < reliability:
        return "kept"
    return rng.choices(("late", "missed", "released"), (30, 48, 22))[0]
