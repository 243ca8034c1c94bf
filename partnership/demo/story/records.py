"""The whole story: the staff, the customers, and everything that happened, as interchange records."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from partnership.demo.library import library
from partnership.demo.personas.characters import Character, drawn
from partnership.demo.story import arcs, mistakes, occasional_customers, open_matters, organisations
from partnership.demo.story.conversations import Talk
from partnership.demo.story.diary import Diary
from partnership.demo.story.incidents import deeds, favours, incidents
from partnership.demo.story.school_calendar import moment
from partnership.demo.story.students import Study

STUDIES = {
    "loud": (arcs.loud, "FY"),
    "champion": (arcs.champion, "FY"),
    "won_back": (mistakes.won_back, "MF"),
    "pushed": (arcs.pushed, "FY"),
    "stalled": (arcs.stalled, "MF"),
    "gone_quiet": (arcs.gone_quiet, "FY"),
    "newcomer": (arcs.newcomer, "CC"),
    "open_recovery": (mistakes.open_recovery, "CC"),
}
"""Arcs of students: how it goes, and the code of the programme."""

PASSING = {
    "free_work": mistakes.free_work,
    "corner_shop": occasional_customers.corner_shop,
    "shopper": occasional_customers.shopper,
    "prospect": occasional_customers.prospect,
    "alumnus": occasional_customers.alumnus,
}
"""Those who take no programme."""

WRITES_AS = {"student": "student", "firm": "firm", "prospect": "prospect", "shopper": "shopper"}
"""Whose letters somebody may have written just now."""


def story(*, customers: int = 200, seed: int = 1, today: date) -> Iterator[dict[str, Any]]:
    """Records of the interchange format, the same for the same arguments. Nothing in them happens after today's start.

    Raises ValueError for fewer than 20 or more than 5,000 customers.
    """
    characters = drawn(customers, seed, today)
    yield from staff()
    brought: dict[str, list[Character]] = {}
    for character in characters:
        if character.introduced_by:
            brought.setdefault(character.introduced_by.who.ref, []).append(character)
    for character in characters:
        yield from told(character, brought.get(character.who.ref, []), today)


def staff() -> Iterator[dict[str, Any]]:
    for each in library("school")["staff"]:
        yield {
            "type": "staff",
            "ref": f"demo:{each['key']}",
            "name": each["name"],
            "email": each["email"],
            "department": each["department"],
            "roles": each["roles"],
        }


def told(character: Character, brought: list[Character], today: date) -> Iterator[dict[str, Any]]:
    """One customer's records: who they are, then what happened."""
    diary = Diary(character.who, today=today, rng=character.rng)
    diary.owner = owner(character, diary)
    talk = Talk(diary, character.speaker)
    play(character, diary, talk)
    leave_open(character, diary, talk)
    refer(character, brought, diary)
    yield card(character, diary)
    yield from diary.records


def owner(character: Character, diary: Diary) -> dict:
    """A coach for those who study, the office for the rest, in their language where somebody speaks it."""
    departments = {"prospect": ("Admissions",), "shopper": ("Programme office",), "corner_shop": ("Programme office",)}
    wanted = departments.get(character.role, ("Coaching", "Programme office", "Career service"))
    able = [each for each in diary.staff.values() if character.who.language in each["languages"]]
    return character.rng.choice([each for each in able if each["department"] in wanted] or able)


def play(character: Character, diary: Diary, talk: Talk) -> None:
    """Let it happen."""
    role, start, diligence = character.role, character.start, character.nature.diligence
    if role in STUDIES:
        play_arc(character, diary, talk)
    elif role == "student":
        study(character, diary, talk)
        incidents(diary, talk, start=start, diligence=diligence)
    elif role == "firm":
        talks = [Talk(diary, each.who) for each in character.people] or [talk]
        organisations.firm(diary, talks, start, character.nature)
        favours(diary, talk, start=start, diligence=diligence)
    elif role == "member":
        organisations.member(diary, talk, start, character.nature)
    else:
        PASSING[role](diary, talk, start)


def play_arc(character: Character, diary: Diary, talk: Talk) -> None:
    arc, code = STUDIES[character.role]
    programme = next(each for each in library("school")["programme"] if each["code"] == code)
    character.programmes = [programme]
    arc(diary, talk, Study(diary, talk, programme, character.start, character.nature, diary.today))


def leave_open(character: Character, diary: Diary, talk: Talk) -> None:
    """Some of the ordinary ones wait for us today."""
    who = WRITES_AS.get(character.role)
    if who and character.lifecycle != "ended" and character.rng.random() < 0.15:
        open_matters.waiting(diary, talk, who)
    if character.role in ("student", "firm") and character.lifecycle == "active" and character.rng.random() < 0.05:
        open_matters.overdue(diary)


def study(character: Character, diary: Diary, talk: Talk) -> None:
    """One programme after the other, as long as they are in it with heart."""
    start, rng, heart = character.start, character.rng, character.nature.diligence
    while start <= diary.today and len(character.programmes) < 4 and character.lifecycle == "active":
        programme = rng.choice([each for each in library("school")["programme"] if each not in character.programmes])
        character.programmes.append(programme)
        taken = Study(diary, talk, programme, start, character.nature, diary.today)
        gives_up = start + timedelta(days=rng.randrange(40, 140))
        if rng.random() > heart + 0.6 and gives_up < diary.today:
            taken.until = gives_up
            cancel(diary, talk, taken)
        taken.live()
        start = taken.end + timedelta(days=rng.randrange(14, 40))
        if taken.until < diary.today or (start <= diary.today and rng.random() > heart * 1.1):
            character.lifecycle = "ended"


def cancel(diary: Diary, talk: Talk, taken: Study) -> None:
    """They stop, and some of the fee goes back."""
    at, name = moment(taken.until, diary.rng), taken.programme["name"]
    body = talk.mail(diary.rng.choice(talk.words["voice"]["stopping"]), diary.owner)
    diary.theirs("cancellation", at, channel="email", subject=name, body=body)
    if diary.rng.random() < 0.4:
        diary.money("refund", at + timedelta(days=6), taken.programme["price"] // 4, name)


def refer(character: Character, newcomers: list[Character], diary: Diary) -> None:
    """The row on the timeline of whoever brought somebody."""
    script = library("arcs")["champion"]["referral"] if character.role == "champion" else deeds("referral")
    for each in newcomers:
        at = moment(each.start - timedelta(days=character.rng.randrange(2, 9)), character.rng)
        line = character.rng.choice(script).format(other=each.who.name, first=character.who.first)
        diary.theirs("referral", at, channel="call", body=line)


def card(character: Character, diary: Diary) -> dict[str, Any]:
    """The customer record."""
    who, rng = character.who, character.rng
    since = character.start
    if character.role == "alumnus":
        since -= timedelta(days=rng.randrange(100, 1500))
    points = [{"kind": "email", "value": who.email}] + [{"kind": "phone", "value": who.phone}] * bool(who.phone)
    fields = {
        "kind": "organisation" if character.is_firm else "person",
        "name": who.name,
        "preferred_name": who.called,
        "about": library("arcs")["free_work"]["about"] if character.role == "free_work" else who.about,
        "organisation": character.firm and character.firm.who.ref,
        "role": rng.choice(library("names")["firms"]["roles"]) if character.firm else "",
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
        "attributes": {"programme": character.programmes[-1]["name"]} if character.programmes else {},
        "since": since.isoformat(),
        "contact_points": points,
    }
    kept = {name: value for name, value in fields.items() if value not in (None, "", [], {}, False)}
    return {"type": "customer", "ref": who.ref, **kept}
