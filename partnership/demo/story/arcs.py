"""The stories one can tell, part one: people at their own pace. Each is what happened, in order."""

from datetime import date, timedelta

from partnership.demo.library import library
from partnership.demo.story.conversations import Talk
from partnership.demo.story.diary import Diary
from partnership.demo.story.school_calendar import moment, weeks, working_day
from partnership.demo.story.students import Nature, Study


def loud(diary: Diary, talk: Talk, study: Study) -> None:
    """Paid, never opened a lesson, writes three times a week, and wants it all back after eleven months."""
    script = library("arcs")["loud"]
    study.enrol()
    for number, monday in weeks(study.start, diary.today):
        for day in diary.rng.sample(range(7), diary.rng.choice((2, 3, 3, 4))):
            if number > 1:
                grumble(diary, talk, script, monday + timedelta(days=day))
        if number % 7 == 3:
            made = moment(working_day(monday), diary.rng, (10, 16))
            body = talk.text("Agreed to open the first lesson. Long call, mostly about other things.", diary.owner)
            diary.ours("call", made, channel="call", body=body, minutes=40)
            diary.promise(
                "them", "Open the first lesson", made, made.date() + timedelta(days=7), "missed", goal=study.goal
            )
    refund(diary, talk, script["refund"], working_day(study.start + timedelta(days=335)))


def grumble(diary: Diary, talk: Talk, script: dict, day: date) -> None:
    """Always answered, politely and on time."""
    kind, what, answer = diary.rng.choice(script["grievance"])
    text = " ".join((diary.rng.choice(script["opener"]), what, diary.rng.choice(script["closer"])))
    staff, asked = diary.owner, moment(day, diary.rng, (6, 24))
    if asked >= diary.limit:
        return
    replied = moment(working_day(day + timedelta(days=1)), diary.rng, (9, 12))
    subject = diary.rng.choice(("Your course", "Complaint", "Still waiting", "URGENT", "Again", "Question"))
    ref = diary.conversation("email", subject, staff, last=replied, settled=replied < diary.limit)
    talk.say(kind, asked, text, staff, subject, ref)
    talk.reply(replied, answer, staff, subject, ref, minutes=diary.rng.choice((15, 20, 30)))


def refund(diary: Diary, talk: Talk, script: dict, day: date) -> None:
    staff, subject = diary.owner, script["subject"]
    asked = moment(day, diary.rng, (20, 23))
    ref = diary.conversation("email", subject, staff, last=asked, settled=True)
    talk.say("refund_request", asked, script["ask"], staff, subject, ref)
    declined = moment(working_day(day + timedelta(days=1)), diary.rng, (10, 15))
    talk.reply(declined, script["answer"], staff, subject, ref, kind="decline", minutes=50)
    talk.say("complaint", declined + timedelta(hours=5), script["after"], staff, subject, ref)
    at = moment(working_day(declined.date() + timedelta(days=1)), diary.rng, (9, 12))
    talk.reply(at, script["last_word"], diary.staff["manager"], subject, ref, minutes=40)


def champion(diary: Diary, talk: Talk, study: Study) -> None:
    """Does the work, keeps the word, brings others, hardly ever writes."""
    script = library("arcs")["champion"]
    study.nature = Nature(0.97, 0.0)
    pricing = next(each for each in library("school")["programme"] if each["code"] == "PN")
    Study(diary, talk, pricing, study.start - timedelta(days=100), study.nature, diary.today).live()
    study.live()
    days = (diary.today - study.start).days
    staff = diary.owner
    for part, (line, answer) in enumerate(zip(script["message"], script["answer"], strict=True)):
        at = moment(working_day(study.start + timedelta(days=days * (part + 1) // 6)), diary.rng, (18, 21))
        replied = moment(working_day(at.date() + timedelta(days=1)), diary.rng, (9, 11))
        ref = diary.conversation("email", "A short line", staff, last=replied, settled=True)
        talk.say("message", at, line, staff, "A short line", ref)
        talk.reply(replied, answer, staff, "A short line", ref)
    for part, line in enumerate(script["feedback"]):
        talk.voice("feedback", moment(diary.today - timedelta(days=40 + 95 * part), diary.rng), line)
    talk.voice("praise", moment(diary.today - timedelta(days=64), diary.rng), script["praise"])
    talk.voice("testimonial", moment(diary.today - timedelta(days=23), diary.rng), script["testimonial"])
    talk.survey(moment(diary.today - timedelta(days=12), diary.rng), 10, script["survey"])


def pushed(diary: Diary, talk: Talk, study: Study) -> None:
    """Pushed out of comfort, grumbled about it, did it, and was glad."""
    script = library("arcs")["pushed"]
    study.nature = Nature(0.8, 0.0, "growing")
    study.live()
    first = working_day(diary.today - timedelta(days=150))
    staff = diary.owner
    for part, line in enumerate(script["grumble"]):
        day = working_day(first + timedelta(days=21 * part))
        if part < len(script["nudge"]):
            talk.letter_from_us("nudge", day, script["nudge"][part], subject="A push, kindly meant")
        asked = moment(day + timedelta(days=1), diary.rng, (20, 23))
        replied = moment(working_day(asked.date() + timedelta(days=1)), diary.rng, (9, 11))
        ref = diary.conversation("email", "Your last mail", staff, last=replied, settled=True)
        talk.say("complaint" if part != 1 else "message", asked, line, staff, "Your last mail", ref)
        talk.reply(replied, script["answer"][part], staff, "Your last mail", ref)
    for part, line in enumerate(script["turn"]):
        at = moment(diary.today - timedelta(days=70 - 14 * part), diary.rng, (15, 20))
        diary.theirs("work_done", at, channel="sms", subject="Did it", body=line)
    done = moment(working_day(diary.today - timedelta(days=18)), diary.rng, (15, 18))
    diary.check_in(study.goal, done - timedelta(hours=1), study.goal["target"], "Done. I wouldn't have believed it.")
    diary.close_goal(study.goal, done)
    talk.voice("praise", done + timedelta(days=2), script["praise"], channel="email")


def stalled(diary: Diary, talk: Talk, study: Study) -> None:
    """Comes, does the exercises, and the goal does not move."""
    script = library("arcs")["stalled"]
    study.nature = Nature(0.55, 0.0, moves=False)
    study.live()
    for part, note in enumerate(script["check_in"]):
        at = moment(diary.today - timedelta(days=24 + 28 * part), diary.rng, (18, 21))
        diary.check_in(study.goal, at, study.goal["baseline"], note)
    exchange(diary, talk, diary.today - timedelta(days=9), "The number", "message", script["message"], script["answer"])


def gone_quiet(diary: Diary, talk: Talk, study: Study) -> None:
    """Was here every week until ten weeks ago."""
    script = library("arcs")["gone_quiet"]
    study.nature = Nature(0.93, 0.0)
    left = diary.today - timedelta(days=75)
    study.until = left
    study.live()
    talk.voice("feedback", moment(left - timedelta(days=30), diary.rng))
    exchange(diary, talk, left, "A step back", "message", script["message"], script["answer"])


def newcomer(diary: Diary, talk: Talk, study: Study) -> None:
    """Three weeks in, and eager."""
    study.nature = Nature(0.9, 0.0)
    study.live()
    if thread := talk.choose("student", "start"):
        talk.thread(thread, moment(study.start - timedelta(days=2), diary.rng))


def exchange(diary: Diary, talk: Talk, day: date, subject: str, kind: str, line: str, answer: str) -> None:
    """One letter from them, and our answer the next working day."""
    asked = moment(day, diary.rng, (18, 22))
    replied = moment(working_day(day + timedelta(days=1)), diary.rng, (9, 11))
    ref = diary.conversation("email", subject, diary.owner, last=replied, settled=replied < diary.limit)
    talk.say(kind, asked, line, diary.owner, subject, ref)
    talk.reply(replied, answer, diary.owner, subject, ref)
