"""Conversations: who writes what to whom, in which language, and who answers when."""

from datetime import datetime, timedelta
from typing import Any

from partnership.demo.library import fill, letter, library
from partnership.demo.personas.people import Who
from partnership.demo.story.diary import Diary
from partnership.demo.story.school_calendar import answered, moment

REMEMBERED = timedelta(days=15)
"""A thank-you younger than this is always answered, or else it would seem to wait."""


class Talk:
    """What one person and the school's staff say to each other. Of an organisation several people talk."""

    def __init__(self, diary: Diary, speaker: Who, **blanks: str) -> None:
        self.diary, self.speaker, self.rng = diary, speaker, diary.rng
        self.blanks = {"lesson": "", "homework": "", "programme": "", **blanks}
        self.words = library(speaker.language)
        self.hello, self.bye = self.rng.choice(self.words["hello"]), self.rng.choice(self.words["bye"])

    @property
    def person(self) -> str | None:
        return self.speaker.ref if self.speaker.ref != self.diary.me.ref else None

    def text(self, line: str, staff: dict, *, ours: bool = False, **more: str) -> str:
        return fill(
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

    def mail(self, line: str, staff: dict, *, ours: bool = False, english: bool = False) -> str:
        """A line as an e-mail, with greeting and name below."""
        language = "en" if english else self.speaker.language
        words = library(language)
        if ours:
            hello, bye = self.rng.choice(words["hello_back"]), self.rng.choice(words["bye_back"])
        else:
            hello, bye = (words["hello"][0], words["bye"][0]) if english else (self.hello, self.bye)
            if self.rng.random() < 0.05 and self.once(aside := self.rng.choice(words["aside"])):
                bye = f"{bye}\n\n{aside}"
        return letter(
            self.text(hello, staff, ours=ours),
            self.text(line, staff, ours=ours),
            self.text(bye, staff, ours=ours),
            language=language,
        )

    def pick(self, lines: list[str]) -> str:
        """One of the lines whose blanks can be filled by now."""
        return self.rng.choice([line for line in lines if self.knows(line)])

    def knows(self, line: str) -> bool:
        """Whether its blanks can be filled: before the first lesson there is none to speak of."""
        return all(value or f"{{{name}}}" not in line for name, value in self.blanks.items())

    def once(self, line: str) -> bool:
        """Whether this line is new to the diary; from now on it is not."""
        new = line not in self.diary.told
        self.diary.told.add(line)
        return new

    def answering(self, department: str) -> dict:
        """A colleague of the department who speaks the language, else anybody who does."""
        staff = list(self.diary.staff.values())
        able = [each for each in staff if self.speaker.language in each["languages"]]
        if self.diary.owner in able and self.diary.owner["department"] == department:
            return self.diary.owner
        return self.rng.choice([each for each in able if each["department"] == department] or able)

    def choose(self, who: str, when: str = "any") -> dict[str, Any] | None:
        """A thread that fits and that this diary has not told yet."""
        fits = [
            thread
            for thread in self.words.get("thread", [])
            if thread.get("who", "student") == who
            and thread.get("when", "any") in ("any", when)
            and thread["subject"] not in self.diary.told
            and all(self.knows(line) for line in (thread["subject"], *thread["ask"], *thread["reply"]))
        ]
        exact = [thread for thread in fits if thread.get("when") == when]
        return self.rng.choice(exact if exact and self.rng.random() < 0.7 else fits) if fits else None

    def thread(self, outline: dict[str, Any], at: datetime, *, answer: bool = True) -> None:
        """They write, we answer as a rule, and sometimes they say thank you."""
        if at >= self.diary.limit:
            return
        self.diary.told.add(outline["subject"])
        channel, staff = outline.get("channel", "email"), self.answering(outline["to"])
        part = self.rng.randrange(len(outline["ask"]))
        chat = channel == "chat"
        replied = at + timedelta(minutes=self.rng.randrange(2, 50)) if chat else answered(at, self.rng)
        thanked = replied + timedelta(minutes=self.rng.randrange(3, 60 if chat else 900))
        thanks = outline.get("thanks", [])[part : part + 1] if answer and self.rng.random() < 0.75 else []
        subject = self.text(outline["subject"], staff)
        last = thanked if thanks else replied
        ref = self.diary.conversation(channel, subject, staff, last=last, settled=answer and last < self.diary.limit)
        self.say(outline["kind"], at, outline["ask"][part], staff, subject, ref, channel)
        if not answer:
            return
        reply = outline["reply"][min(part, len(outline["reply"]) - 1)]
        self.reply(replied, reply, staff, subject, ref, channel)
        for line in thanks:
            self.say("message", thanked, line, staff, subject, ref, channel, short=True)
            if self.diary.limit - REMEMBERED < thanked < self.diary.limit or self.rng.random() < 0.25:
                self.reply(answered(thanked, self.rng), self.closing(), staff, subject, ref, channel, short=True)

    def closing(self) -> str:
        return self.rng.choice(self.words["closing"])

    def say(
        self, kind: str, at: datetime, line: str, staff: dict, subject: str, ref: str, channel: str = "email",
        *, short: bool = False, english: bool = False,
    ) -> bool:  # fmt: skip
        plain = channel == "chat" or short
        body = self.text(line, staff) if plain else self.mail(line, staff, english=english)
        return self.diary.theirs(
            kind, at, channel=channel, subject=subject, body=body, conversation=ref, person=self.person
        )

    def reply(
        self, at: datetime, line: str, staff: dict, subject: str, ref: str, channel: str = "email",
        *, short: bool = False, english: bool = False, kind: str = "message", minutes: int = 0,
    ) -> bool:  # fmt: skip
        plain = channel == "chat" or short
        body = self.text(line, staff, ours=True) if plain else self.mail(line, staff, ours=True, english=english)
        return self.diary.ours(
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

    def voice(self, kind: str, at: datetime, line: str | None = None, *, channel: str = "web") -> bool:
        """Praise, feedback and the like, in their own words; False when there is nothing new to say."""
        line = line or self.pick(self.words["voice"][kind])
        return self.once(line) and self.diary.theirs(
            kind, at, channel=channel, body=self.text(line, self.diary.owner), person=self.person
        )

    def survey(self, at: datetime, recommendation: int, comment: str | None = None) -> bool:
        mood = "good" if recommendation > 8 else "fair" if recommendation > 6 else "poor"
        said = self.rng.choice(self.words["voice"][f"survey_{mood}"]) if comment is None else comment
        return self.diary.theirs(
            "survey_response",
            at,
            channel="web",
            subject="How are we doing?",
            body=said,
            payload={"recommendation": recommendation, "satisfaction": max(1, recommendation // 2)},
        )

    def letter_from_us(self, kind: str, day, line: str, *, subject: str, author: dict | None = None) -> datetime:
        """Something we write first, such as a nudge or an honest no. When it went out."""
        at = moment(day, self.rng, (9, 17))
        self.diary.ours(
            kind, at, author=author, subject=subject, body=self.text(line, author or self.diary.owner, ours=True),
            person=self.person, minutes=self.rng.choice((5, 10, 15)),
        )  # fmt: skip
        return at
