"""What customers and staff write to each other, in which language, and when."""

from datetime import date, datetime, timedelta

from partnership.demo.library import Texts, compose_letter, fill_blanks, load_texts
from partnership.demo.personas.people import Person
from partnership.demo.story.diary import Diary
from partnership.demo.story.school_calendar import answer_time, random_time

# A thank-you of these days is always answered: it would seem to wait otherwise.
_ALWAYS_ANSWERED = timedelta(days=15)


class Correspondence:
    """The writing between one person and the school's staff; an organisation has one for each of its people."""

    def __init__(self, diary: Diary, speaker: Person, **blanks: str) -> None:
        self.diary, self.speaker, self.rng = diary, speaker, diary.rng
        self.blanks = {"lesson": "", "homework": "", "programme": "", **blanks}
        self.words = load_texts(speaker.language)
        self.hello, self.bye = self.rng.choice(self.words["hello"]), self.rng.choice(self.words["bye"])

    @property
    def person(self) -> str | None:
        return self.speaker.ref if self.speaker.ref != self.diary.me.ref else None

    def text(self, line: str, staff: Texts, *, ours: bool = False, **more: str) -> str:
        return fill_blanks(
            line,
            sex=staff["sex"] if ours else self.speaker.sex,
            first=self.speaker.first,
            name=self.speaker.name,
            staff=staff["name"].split()[0],
            staff_name=staff["name"],
            department=staff["department"],
            on_day=self.rng.choice(self.words["on_day"]),
            **(self.blanks | more),
        )

    def mail(self, line: str, staff: Texts, *, ours: bool = False, english: bool = False) -> str:
        """Write a line as an e-mail, with greeting and signature."""
        language = "en" if english else self.speaker.language
        words = load_texts(language)
        if ours:
            hello, bye = self.rng.choice(words["hello_back"]), self.rng.choice(words["bye_back"])
        else:
            hello, bye = (words["hello"][0], words["bye"][0]) if english else (self.hello, self.bye)
            if self.rng.random() < 0.05 and self.is_new(aside := self.rng.choice(words["aside"])):
                bye = f"{bye}\n\n{aside}"
        return compose_letter(
            self.text(hello, staff, ours=ours),
            self.text(line, staff, ours=ours),
            self.text(bye, staff, ours=ours),
            language=language,
        )

    def choose_line(self, lines: list[str]) -> str:
        """Choose one of the lines whose blanks can be filled."""
        return self.rng.choice([line for line in lines if self.can_fill(line)])

    def can_fill(self, line: str) -> bool:
        """Tell whether the line's blanks have values; before the first lesson some have none."""
        return all(value or f"{{{name}}}" not in line for name, value in self.blanks.items())

    def is_new(self, line: str) -> bool:
        """Tell whether the line is new to the diary, and mark it as used."""
        new = line not in self.diary.used_lines
        self.diary.used_lines.add(line)
        return new

    def choose_colleague(self, department: str) -> Texts:
        """Choose a colleague who speaks the language, of the department if there is one."""
        staff = list(self.diary.staff.values())
        able = [each for each in staff if self.speaker.language in each["languages"]]
        if self.diary.owner in able and self.diary.owner["department"] == department:
            return self.diary.owner
        return self.rng.choice([each for each in able if each["department"] == department] or able)

    def choose_thread(self, who: str, when: str = "any") -> Texts | None:
        """Choose a matching thread that this diary does not have yet."""
        fits = [
            thread
            for thread in self.words.get("thread", [])
            if thread.get("who", "student") == who
            and thread.get("when", "any") in ("any", when)
            and thread["subject"] not in self.diary.used_lines
            and all(self.can_fill(line) for line in (thread["subject"], *thread["ask"], *thread["reply"]))
        ]
        exact = [thread for thread in fits if thread.get("when") == when]
        return self.rng.choice(exact if exact and self.rng.random() < 0.7 else fits) if fits else None

    def thread(self, outline: Texts, at: datetime, *, answer: bool = True) -> None:
        """Write their question, mostly our answer, and sometimes their thanks."""
        if at >= self.diary.limit:
            return
        self.diary.used_lines.add(outline["subject"])
        channel, staff = outline.get("channel", "email"), self.choose_colleague(outline["to"])
        part = self.rng.randrange(len(outline["ask"]))
        chat = channel == "chat"
        replied = at + timedelta(minutes=self.rng.randrange(2, 50)) if chat else answer_time(at, self.rng)
        thanked = replied + timedelta(minutes=self.rng.randrange(3, 60 if chat else 900))
        thanks = outline.get("thanks", [])[part : part + 1] if answer and self.rng.random() < 0.75 else []
        subject = self.text(outline["subject"], staff)
        last = thanked if thanks else replied
        ref = self.diary.conversation(channel, subject, staff, last=last, settled=answer and last < self.diary.limit)
        self.write_inbound(outline["kind"], at, outline["ask"][part], staff, subject, ref, channel)
        if not answer:
            return
        reply = outline["reply"][min(part, len(outline["reply"]) - 1)]
        self.write_reply(replied, reply, staff, subject, ref, channel)
        for line in thanks:
            self.write_inbound("message", thanked, line, staff, subject, ref, channel, short=True)
            if self.diary.limit - _ALWAYS_ANSWERED < thanked < self.diary.limit or self.rng.random() < 0.25:
                self.write_reply(
                    answer_time(thanked, self.rng), self._closing_line(), staff, subject, ref, channel, short=True
                )

    def _closing_line(self) -> str:
        return self.rng.choice(self.words["closing"])

    def write_inbound(
        self, kind: str, at: datetime, line: str, staff: Texts, subject: str, ref: str, channel: str = "email",
        *, short: bool = False, english: bool = False,
    ) -> bool:  # fmt: skip
        plain = channel == "chat" or short
        body = self.text(line, staff) if plain else self.mail(line, staff, english=english)
        return self.diary.add_inbound(
            kind, at, channel=channel, subject=subject, body=body, conversation=ref, person=self.person
        )

    def write_reply(
        self, at: datetime, line: str, staff: Texts, subject: str, ref: str, channel: str = "email",
        *, short: bool = False, english: bool = False, kind: str = "message", minutes: int = 0,
    ) -> bool:  # fmt: skip
        plain = channel == "chat" or short
        body = self.text(line, staff, ours=True) if plain else self.mail(line, staff, ours=True, english=english)
        return self.diary.add_outbound(
            kind,
            at,
            channel=channel,
            author=staff,
            subject=subject,
            body=body,
            conversation=ref,
            person=self.person,
            minutes=minutes or self.rng.choice((3, 5, 8) if plain else (8, 10, 15, 20)),
        )

    def give_feedback(self, kind: str, at: datetime, line: str | None = None, *, channel: str = "web") -> bool:
        """Write praise or feedback; return False if all lines are used."""
        line = line or self.choose_line(self.words["voice"][kind])
        return self.is_new(line) and self.diary.add_inbound(
            kind, at, channel=channel, body=self.text(line, self.diary.owner), person=self.person
        )

    def survey(self, at: datetime, recommendation: int, comment: str | None = None) -> bool:
        mood = "good" if recommendation > 8 else "fair" if recommendation > 6 else "poor"
        said = self.rng.choice(self.words["voice"][f"survey_{mood}"]) if comment is None else comment
        return self.diary.add_inbound(
            "survey_response",
            at,
            channel="web",
            subject="How are we doing?",
            body=said,
            payload={"recommendation": recommendation, "satisfaction": max(1, recommendation // 2)},
        )

    def write_first(self, kind: str, day: date, line: str, *, subject: str, author: Texts | None = None) -> datetime:
        """Write a mail of ours such as a nudge or a refusal; return when it was sent."""
        at = random_time(day, self.rng, (9, 17))
        self.diary.add_outbound(
            kind, at, author=author, subject=subject, body=self.text(line, author or self.diary.owner, ours=True),
            person=self.person, minutes=self.rng.choice((5, 10, 15)),
        )  # fmt: skip
        return at
