"""The whole story as interchange records: the staff, the customers, and what happened."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from partnership.demo.library import Texts, load_texts
from partnership.demo.personas.characters import Character, draw_characters
from partnership.demo.story import arcs, mistakes, occasional_customers, open_matters, organisations
from partnership.demo.story.conversations import Correspondence
from partnership.demo.story.diary import Diary, Record
from partnership.demo.story.incidents import favours, incident_texts, incidents
from partnership.demo.story.school_calendar import random_time
from partnership.demo.story.students import Study

# Each arc, and the code of the programme.
_STUDENT_ARCS = {
    "loud": (arcs.loud, "FY"),
    "champion": (arcs.champion, "FY"),
    "won_back": (mistakes.won_back, "MF"),
    "pushed": (arcs.pushed, "FY"),
    "stalled": (arcs.stalled, "MF"),
    "gone_quiet": (arcs.gone_quiet, "FY"),
    "newcomer": (arcs.newcomer, "CC"),
    "open_recovery": (mistakes.open_recovery, "CC"),
}

# Roles without a programme.
_OTHER_ARCS = {
    "free_work": mistakes.free_work,
    "corner_shop": occasional_customers.corner_shop,
    "shopper": occasional_customers.shopper,
    "prospect": occasional_customers.prospect,
    "alumnus": occasional_customers.alumnus,
}

# The threads of those who may wait for an answer today, by role.
_OPEN_LETTERS = {"student": "student", "firm": "firm", "prospect": "prospect", "shopper": "shopper"}


def story_records(*, customers: int = 200, seed: int = 1, today: date) -> Iterator[Record]:
    """Yield records of the interchange format, the same for the same arguments, none after the start of today.

    Raises ValueError for fewer than 20 or more than 5,000 customers.
    """
    characters = draw_characters(customers, seed, today)
    yield from _staff_records()
    introduced: dict[str, list[Character]] = {}
    for character in characters:
        if character.introduced_by:
            introduced.setdefault(character.introduced_by.who.ref, []).append(character)
    for character in characters:
        yield from _customer_records(character, introduced.get(character.who.ref, []), today)


def _staff_records() -> Iterator[Record]:
    for each in load_texts("school")["staff"]:
        yield {
            "type": "staff",
            "ref": f"demo:{each['key']}",
            "name": each["name"],
            "email": each["email"],
            "department": each["department"],
            "roles": each["roles"],
        }


def _customer_records(character: Character, introduced: list[Character], today: date) -> Iterator[Record]:
    """Yield one customer's record, then what happened."""
    diary = Diary(character.who, today=today, rng=character.rng)
    diary.owner = _choose_owner(character, diary)
    talk = Correspondence(diary, character.speaker)
    _tell_history(character, diary, talk)
    _leave_open(character, diary, talk)
    _record_referrals(character, introduced, diary)
    yield _customer_record(character, diary)
    diary.settle_conversations()
    yield from diary.records


def _choose_owner(character: Character, diary: Diary) -> Texts:
    """Choose a coach for students, the office for others, who speaks their language if possible."""
    departments = {"prospect": ("Admissions",), "shopper": ("Programme office",), "corner_shop": ("Programme office",)}
    wanted = departments.get(character.role, ("Coaching", "Programme office", "Career service"))
    able = [each for each in diary.staff.values() if character.who.language in each["languages"]]
    return character.rng.choice([each for each in able if each["department"] in wanted] or able)


def _tell_history(character: Character, diary: Diary, talk: Correspondence) -> None:
    """Write the history of the character's role."""
    role, start, diligence = character.role, character.start, character.nature.diligence
    if role in _STUDENT_ARCS:
        _tell_arc(character, diary, talk)
    elif role == "student":
        _study_programmes(character, diary, talk)
        incidents(diary, talk, start=start, diligence=diligence)
    elif role == "firm":
        talks = [Correspondence(diary, each.who) for each in character.people] or [talk]
        organisations.tell_organisation(diary, talks, start, character.nature)
        favours(diary, talk, start=start, diligence=diligence)
    elif role == "member":
        organisations.tell_member(diary, talk, start, character.nature)
    else:
        _OTHER_ARCS[role](diary, talk, start)


def _tell_arc(character: Character, diary: Diary, talk: Correspondence) -> None:
    arc, code = _STUDENT_ARCS[character.role]
    programme = next(each for each in load_texts("school")["programme"] if each["code"] == code)
    character.programmes = [programme]
    arc(diary, talk, Study(diary, talk, programme, character.start, character.nature, diary.today))


def _leave_open(character: Character, diary: Diary, talk: Correspondence) -> None:
    """Leave some ordinary customers waiting for us today."""
    who = _OPEN_LETTERS.get(character.role)
    if who and character.lifecycle != "ended" and character.rng.random() < 0.15:
        open_matters.leave_unanswered(diary, talk, who)
    if character.role in ("student", "firm") and character.lifecycle == "active" and character.rng.random() < 0.05:
        open_matters.leave_promise_overdue(diary)


def _study_programmes(character: Character, diary: Diary, talk: Correspondence) -> None:
    """Take one programme after the other, as long as diligence lasts."""
    start, rng, heart = character.start, character.rng, character.nature.diligence
    while start <= diary.today and len(character.programmes) < 4 and character.lifecycle == "active":
        programme = rng.choice([each for each in load_texts("school")["programme"] if each not in character.programmes])
        character.programmes.append(programme)
        taken = Study(diary, talk, programme, start, character.nature, diary.today)
        gives_up = start + timedelta(days=rng.randrange(40, 140))
        if rng.random() > heart + 0.6 and gives_up < diary.today:
            taken.until = gives_up
            _cancel(diary, talk, taken)
        taken.tell()
        start = taken.end + timedelta(days=rng.randrange(14, 40))
        if taken.until < diary.today or (start <= diary.today and rng.random() > heart * 1.1):
            character.lifecycle = "ended"


def _cancel(diary: Diary, talk: Correspondence, taken: Study) -> None:
    """Cancel the programme, sometimes with a part of the fee refunded."""
    at, name = random_time(taken.until, diary.rng), taken.programme["name"]
    body = talk.mail(diary.rng.choice(talk.words["voice"]["stopping"]), diary.owner)
    diary.add_inbound("cancellation", at, channel="email", subject=name, body=body)
    if diary.rng.random() < 0.4:
        diary.add_payment("refund", at + timedelta(days=6), taken.programme["price"] // 4, name)


def _record_referrals(character: Character, newcomers: list[Character], diary: Diary) -> None:
    """Record each referral on the timeline of the customer who made it."""
    script = load_texts("arcs")["champion"]["referral"] if character.role == "champion" else incident_texts("referral")
    for each in newcomers:
        at = random_time(each.start - timedelta(days=character.rng.randrange(2, 9)), character.rng)
        line = character.rng.choice(script).format(other=each.who.name, first=character.who.first)
        diary.add_inbound("referral", at, channel="call", body=line)


def _renewal(character: Character, today: date) -> Record:
    """Return when most students and firms renew, some of them too late, and for how much, where that is known."""
    rng = Random(f"{character.who.ref}/renewal")  # by itself: the rest of the story stays as it is
    if character.lifecycle == "ended" or not (character.programmes or character.role == "firm") or rng.random() < 0.2:
        return {}
    is_late = rng.random() < 0.05
    day = today + timedelta(days=-rng.randrange(1, 30) if is_late else rng.randrange(2, 350))
    price = character.programmes[-1]["price"] if character.programmes else rng.randrange(28, 140) * 100
    return {"renews_on": day.isoformat(), "renewal_amount": price if rng.random() < 0.93 else None}


def _attributes(character: Character) -> Record:
    """Return the values of the school's custom fields; some are not filled in."""
    rng = Random(f"{character.who.ref}/attributes")  # by itself, as for renewals
    if character.is_firm:
        return {"employees": rng.choice([4, 9, 14, 22, 38, 60, 115, 240])} if rng.random() < 0.8 else {}
    if not character.programmes:
        return {}
    times = [time for time in ("Mornings", "Evenings", "Weekends") if rng.random() < 0.45]
    return {"programme": character.programmes[-1]["name"], **({"study_times": times} if times else {})}


def _customer_record(character: Character, diary: Diary) -> Record:
    """Return the customer's own record."""
    who, rng = character.who, character.rng
    since = character.start
    if character.role == "alumnus":
        since -= timedelta(days=rng.randrange(100, 1500))
    points = [{"kind": "email", "value": who.email}] + [{"kind": "phone", "value": who.phone}] * bool(who.phone)
    fields = {
        "kind": "organisation" if character.is_firm else "person",
        "name": who.name,
        "preferred_name": who.called,
        "about": load_texts("arcs")["free_work"]["about"] if character.role == "free_work" else who.about,
        "organisation": character.firm and character.firm.who.ref,
        "role": rng.choice(load_texts("names")["firms"]["roles"]) if character.firm else "",
        "owner": diary.owner["email"],
        "introduced_by": character.introduced_by and character.introduced_by.who.ref,
        "lifecycle": "" if character.lifecycle == "active" else character.lifecycle,
        "do_not_contact": character.lifecycle == "ended" and rng.random() < 0.06,
        "restricted": character.role == "student" and rng.random() < 0.015,
        "language": who.language,
        "timezone": "Europe/Lisbon" if who.language == "pt" else "Europe/Berlin",
        "preferred_channel": who.channel,
        "pace": who.pace,
        "tags": [f"{each['code']} {character.start:%Y}" for each in character.programmes[:1]],
        "attributes": _attributes(character),
        "since": since.isoformat(),
        "contact_points": points,
        **_renewal(character, diary.today),
    }
    kept = {name: value for name, value in fields.items() if value not in (None, "", [], {}) and value is not False}
    return {"type": "customer", "ref": who.ref, **kept}
