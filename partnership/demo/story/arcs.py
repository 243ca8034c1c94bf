"""Arcs of students: each function writes what happened, in order."""

from datetime import date, timedelta

from partnership.demo.library import Texts, load_texts
from partnership.demo.story.conversations import Correspondence
from partnership.demo.story.diary import Diary
from partnership.demo.story.school_calendar import iterate_weeks, random_time, working_day
from partnership.demo.story.students import Nature, Study


def loud(diary: Diary, talk: Correspondence, study: Study) -> None:
    """Pay, never open a lesson, write three times a week, and ask for a full refund after eleven months."""
    script = load_texts("arcs")["loud"]
    study.enrol()
    for number, monday in iterate_weeks(study.start, diary.today):
        for day in diary.rng.sample(range(7), diary.rng.choice((2, 3, 3, 4))):
            if number > 1:
                _complain(diary, talk, script, monday + timedelta(days=day))
        if number % 7 == 3:
            made = random_time(working_day(monday), diary.rng, (10, 16))
            body = talk.text("Agreed to open the first lesson. Long call, mostly about other things.", diary.owner)
            diary.add_outbound("call", made, channel="call", body=body, minutes=40)
            diary.promise(
                "them", "Open the first lesson", made, made.date() + timedelta(days=7), "missed", goal=study.goal
            )
    _ask_for_refund(diary, talk, script["refund"], working_day(study.start + timedelta(days=335)))


def _complain(diary: Diary, talk: Correspondence, script: Texts, day: date) -> None:
    """Write a complaint, answered politely and on time."""
    kind, what, answer = diary.rng.choice(script["grievance"])
    text = " ".join((diary.rng.choice(script["opener"]), what, diary.rng.choice(script["closer"])))
    staff, asked = diary.owner, random_time(day, diary.rng, (6, 24))
    if asked >= diary.limit:
        return
    replied = random_time(working_day(day + timedelta(days=1)), diary.rng, (9, 12))
    subject = diary.rng.choice(("Your course", "Complaint", "Still waiting", "URGENT", "Again", "Question"))
    ref = diary.conversation("email", subject, staff, last=replied, settled=replied < diary.limit)
    talk.write_inbound(kind, asked, text, staff, subject, ref)
    talk.write_reply(replied, answer, staff, subject, ref, minutes=diary.rng.choice((15, 20, 30)))


def _ask_for_refund(diary: Diary, talk: Correspondence, script: Texts, day: date) -> None:
    staff, subject = diary.owner, script["subject"]
    asked = random_time(day, diary.rng, (20, 23))
    ref = diary.conversation("email", subject, staff, last=asked, settled=True)
    talk.write_inbound("refund_request", asked, script["ask"], staff, subject, ref)
    declined = random_time(working_day(day + timedelta(days=1)), diary.rng, (10, 15))
    talk.write_reply(declined, script["answer"], staff, subject, ref, kind="decline", minutes=50)
    talk.write_inbound("complaint", declined + timedelta(hours=5), script["after"], staff, subject, ref)
    at = random_time(working_day(declined.date() + timedelta(days=1)), diary.rng, (9, 12))
    talk.write_reply(at, script["last_word"], diary.staff["manager"], subject, ref, minutes=40)


def champion(diary: Diary, talk: Correspondence, study: Study) -> None:
    """Do the work, keep promises, refer others, hardly ever write."""
    script = load_texts("arcs")["champion"]
    study.nature = Nature(0.97, 0.0)
    pricing = next(each for each in load_texts("school")["programme"] if each["code"] == "PN")
    Study(diary, talk, pricing, study.start - timedelta(days=100), study.nature, diary.today).tell()
    study.tell()
    days = (diary.today - study.start).days
    staff = diary.owner
    for part, (line, answer) in enumerate(zip(script["message"], script["answer"], strict=True)):
        at = random_time(working_day(study.start + timedelta(days=days * (part + 1) // 6)), diary.rng, (18, 21))
        replied = random_time(working_day(at.date() + timedelta(days=1)), diary.rng, (9, 11))
        ref = diary.conversation("email", "A short line", staff, last=replied, settled=True)
        talk.write_inbound("message", at, line, staff, "A short line", ref)
        talk.write_reply(replied, answer, staff, "A short line", ref)
    for part, line in enumerate(script["feedback"]):
        talk.give_feedback("feedback", random_time(diary.today - timedelta(days=40 + 95 * part), diary.rng), line)
    talk.give_feedback("praise", random_time(diary.today - timedelta(days=64), diary.rng), script["praise"])
    talk.give_feedback("testimonial", random_time(diary.today - timedelta(days=23), diary.rng), script["testimonial"])
    talk.survey(random_time(diary.today - timedelta(days=12), diary.rng), 10, script["survey"])


def pushed(diary: Diary, talk: Correspondence, study: Study) -> None:
    """Complain about our nudges, then do the work and praise it."""
    script = load_texts("arcs")["pushed"]
    study.nature = Nature(0.8, 0.0, "growing")
    study.tell()
    first = working_day(diary.today - timedelta(days=150))
    staff = diary.owner
    for part, line in enumerate(script["grumble"]):
        day = working_day(first + timedelta(days=21 * part))
        if part < len(script["nudge"]):
            talk.write_first("nudge", day, script["nudge"][part], subject="A push, kindly meant")
        asked = random_time(day + timedelta(days=1), diary.rng, (20, 23))
        replied = random_time(working_day(asked.date() + timedelta(days=1)), diary.rng, (9, 11))
        ref = diary.conversation("email", "Your last mail", staff, last=replied, settled=True)
        talk.write_inbound("complaint" if part != 1 else "message", asked, line, staff, "Your last mail", ref)
        talk.write_reply(replied, script["answer"][part], staff, "Your last mail", ref)
    for part, line in enumerate(script["turn"]):
        at = random_time(diary.today - timedelta(days=70 - 14 * part), diary.rng, (15, 20))
        diary.add_inbound("work_done", at, channel="sms", subject="Did it", body=line)
    done = random_time(working_day(diary.today - timedelta(days=18)), diary.rng, (15, 18))
    diary.check_in(study.goal, done - timedelta(hours=1), study.goal["target"], "Done. I wouldn't have believed it.")
    diary.close_goal(study.goal, done)
    talk.give_feedback("praise", done + timedelta(days=2), script["praise"], channel="email")


def stalled(diary: Diary, talk: Correspondence, study: Study) -> None:
    """Attend and exercise while the goal does not move."""
    script = load_texts("arcs")["stalled"]
    study.nature = Nature(0.55, 0.0, moves=False)
    study.tell()
    for part, note in enumerate(script["check_in"]):
        at = random_time(diary.today - timedelta(days=24 + 28 * part), diary.rng, (18, 21))
        diary.check_in(study.goal, at, study.goal["baseline"], note)
    _exchange(
        diary, talk, diary.today - timedelta(days=9), "The number", "message", script["message"], script["answer"]
    )


def gone_quiet(diary: Diary, talk: Correspondence, study: Study) -> None:
    """Attend every week until ten weeks ago."""
    script = load_texts("arcs")["gone_quiet"]
    study.nature = Nature(0.93, 0.0)
    left = diary.today - timedelta(days=75)
    study.until = left
    study.tell()
    talk.give_feedback("feedback", random_time(left - timedelta(days=30), diary.rng))
    _exchange(diary, talk, left, "A step back", "message", script["message"], script["answer"])


def newcomer(diary: Diary, talk: Correspondence, study: Study) -> None:
    """Start eagerly three weeks ago."""
    study.nature = Nature(0.9, 0.0)
    study.tell()
    if thread := talk.choose_thread("student", "start"):
        talk.thread(thread, random_time(study.start - timedelta(days=2), diary.rng))


def _exchange(diary: Diary, talk: Correspondence, day: date, subject: str, kind: str, line: str, answer: str) -> None:
    """Write a letter of theirs, and our answer the next working day."""
    asked = random_time(day, diary.rng, (18, 22))
    replied = random_time(working_day(day + timedelta(days=1)), diary.rng, (9, 11))
    ref = diary.conversation("email", subject, diary.owner, last=replied, settled=replied < diary.limit)
    talk.write_inbound(kind, asked, line, diary.owner, subject, ref)
    talk.write_reply(replied, answer, diary.owner, subject, ref)
