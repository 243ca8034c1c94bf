"""What the staff did in the last days, by the product's own verbs: so that no page of the demo stands empty."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pghistory

from customers.models import ContactPoint, Customer
from interactions.actions.attachments import attach_files
from interactions.actions.conversations import assign_conversation, hand_over_conversation, snooze_conversation
from interactions.actions.deletions import delete_entry
from interactions.actions.entries import edit_entry, pin_entry
from interactions.actions.record import record
from interactions.imports.interchange.safe_html import safe_html
from interactions.mailboxes.outgoing_mail import write_mail
from interactions.markdown import render_markdown
from interactions.models import Channel, Conversation, Direction, Interaction, Kind, Outgoing
from partnership.demo.library import library
from partnership.demo.papers import plan, whiteboard
from partnership.demo.personas.roles import cast
from partnership.desk.models import SavedView
from partnership.desk.wall.posts import share
from partnership.notifications.notify import notify_assignment, notify_handover, notify_mentions
from partnership.staff.external_ids import new_external_id
from partnership.staff.models import Firm, User

WORDS = "last_days"
"""The file of its texts."""

LEFT_ALONE = ("loud", "champion")
"""Arcs that these days do not touch."""


@dataclass(frozen=True)
class LastDays:
    """`hannah` signs in as support; `hero` is whose page shows the most."""

    at: datetime
    hannah: User
    jonas: User
    kasia: User
    hero: Customer

    @staticmethod
    def done_by(user: User) -> Any:
        """What changes meanwhile is theirs in the history, as if they were signed in."""
        return pghistory.context(user=user.pk)

    def ago(self, **span: float) -> datetime:
        return self.at - timedelta(**span)

    @property
    def words(self) -> dict[str, Any]:
        return library(WORDS)

    def entry(self, name: str, *, by: User | None, at: datetime, **fields: Any) -> Interaction:
        """An entry of the hero's with a text of that name."""
        text = self.words[name]
        said = {"subject": text.get("subject", ""), "body": text["body"], "html": render_markdown(text["body"])}
        return record(by=by, recorded_at=at, occurred_at=at, customer_id=self.hero.pk, **said | fields)


def live_last_days(*, customers: int, seed: int, at: datetime) -> None:
    played = {arc: ref.partition(":")[2] for arc, ref in cast(customers, seed).items()}
    named = {user.email.partition("@")[0]: user for user in User.objects.all()}
    hero = Customer.objects.get(source="demo", external_id=played["pushed"])
    days = LastDays(at, named["support"], named["jonas.feldkamp"], named["kasia.nowicka"], hero)
    go_away(named["camille.aubertin"], cover=days.jonas, at=at)
    work_on_threads(days, untouched=[played[arc] for arc in LEFT_ALONE])
    write_notes(days)
    write_mails(days)
    hang_on_the_wall(days)
    keep_views(days)


def go_away(user: User, *, cover: User, at: datetime) -> None:
    today = Firm.current().local_date(at)
    user.away_from, user.away_to, user.cover = today - timedelta(days=3), today + timedelta(days=9), cover
    user.save()


def work_on_threads(days: LastDays, *, untouched: list[str]) -> None:
    """One handed over to Hannah, one put off by her, one given to her: as far as somebody waits."""
    waiting = Conversation.objects.filter(waiting_since__isnull=False, status=Conversation.Status.OPEN)
    waiting = waiting.exclude(customer__external_id__in=untouched).exclude(customer__restricted=True)
    threads = iter(waiting.order_by("waiting_since", "pk"))
    if thread := next(threads, None):
        at = days.ago(hours=5)
        with days.done_by(days.jonas):
            row = hand_over_conversation(
                thread, to=days.hannah, summary=days.words["handover"]["body"], by=days.jonas, at=at
            )
        notify_handover(row, by=days.jonas, at=at)
    if thread := next(threads, None):
        until, why = days.at + timedelta(days=2), days.words["snooze"]["body"]
        with days.done_by(days.hannah):
            assign_conversation(thread, to=days.hannah, by=days.hannah, at=days.ago(hours=4))
            snooze_conversation(thread, until=until, reason=why, by=days.hannah, at=days.ago(hours=4))
    if thread := next(threads, None):
        with days.done_by(days.kasia):
            assign_conversation(thread, to=days.hannah, by=days.kasia, at=days.ago(hours=3))
        notify_assignment(thread, by=days.kasia, at=days.ago(hours=3))


def write_notes(days: LastDays) -> None:
    """With files, formatted, pinned, changed, deleted, and one that calls a colleague."""
    inside: dict[str, Any] = {"channel": Channel.INTERNAL, "direction": Direction.INTERNAL, "kind": Kind.NOTE}
    met: dict[str, Any] = {"channel": Channel.MEETING, "direction": Direction.OUTBOUND, "kind": Kind.MEETING}
    with days.done_by(days.jonas):
        agreed = days.entry("agreed", by=days.jonas, at=days.ago(days=2), **inside)
        pin_entry(agreed, pinned=True, by=days.jonas)
        meeting = days.entry("meeting", by=days.jonas, at=days.ago(days=2, hours=1), minutes=40, **met)
        attach_files(interaction=meeting, files=[plan(), whiteboard()])
    with days.done_by(days.kasia):
        asked = days.entry("mention", by=days.kasia, at=days.ago(hours=6), **inside)
        edit_entry(asked, by=days.kasia, body=days.words["mention"]["better"])
        wrong = days.entry("wrong", by=days.kasia, at=days.ago(hours=7), **inside)
        delete_entry(wrong, reason=days.words["wrong"]["reason"], by=days.kasia, at=days.ago(hours=6))
    notify_mentions(asked, by=days.kasia, at=days.ago(hours=6))


def write_mails(days: LastDays) -> None:
    """One of theirs with pictures and links, our answer, and one that did not go out."""
    text = days.words["letter"]
    thread = Conversation.objects.create(
        customer=days.hero, channel=Channel.EMAIL, subject=text["subject"], assignee=days.hannah
    )
    days.entry(
        "letter", by=None, at=days.ago(days=1, hours=3), html=safe_html(text["html"]), quoted=text["quoted"],
        conversation_id=thread.pk, channel=Channel.EMAIL, direction=Direction.INBOUND, kind=Kind.MESSAGE,
        source="demo", external_id="letter",
    )  # fmt: skip
    address = days.hero.contact_points.filter(kind=ContactPoint.Kind.EMAIL).first()
    if address is None or days.hero.do_not_contact:
        return
    for name, at, state in (
        ("answer", days.ago(days=1), {"status": Outgoing.Status.SENT, "sent_at": days.ago(hours=23.9)}),
        ("unsent", days.ago(hours=2), {"status": Outgoing.Status.FAILED, "error": days.words["unsent"]["error"]}),
    ):
        row = write_mail(
            customer=days.hero, to=address, body=days.words[name]["body"], by=days.hannah, at=at,
            external_id=new_external_id(), conversation=thread,
        )  # fmt: skip
        Outgoing.objects.filter(interaction=row).update(attempts=1, **state)


def hang_on_the_wall(days: LastDays) -> None:
    """The newest of each kind of story."""
    told = Interaction.objects.filter(customer__restricted=False, direction=Direction.INBOUND).exclude(body="")
    for number, (kind, words) in enumerate(days.words["wall"].items()):
        if story := told.filter(kind=kind).order_by("-occurred_at", "-pk").first():
            by = (days.hannah, days.jonas, days.kasia)[number % 3]
            share(story, words=words, by=by, at=days.ago(hours=3 + 20 * number))


def keep_views(days: LastDays) -> None:
    owners = {"Who waits": days.hannah, "Partners gone quiet": days.jonas}
    queries = {"Who waits": "waiting=on", "Partners gone quiet": "quiet=on&sort=-score"}
    for name, owner in owners.items():
        SavedView.objects.create(name=name, owner=owner, shared=True, query=queries[name])
