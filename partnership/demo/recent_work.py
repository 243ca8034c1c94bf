"""What the staff did in the last days, by the product's own verbs, so that no page of the demo is empty."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pghistory

from customers.models import ContactPoint, Customer
from interactions.actions.attachments import attach_files
from interactions.actions.conversations import (
    assign_conversation,
    close_conversation,
    hand_over_conversation,
    snooze_conversation,
)
from interactions.actions.deletions import delete_entry
from interactions.actions.entries import edit_entry, pin_entry
from interactions.actions.record import record
from interactions.imports.interchange.safe_html import safe_html
from interactions.mailboxes.outbox import settle
from interactions.mailboxes.outgoing_mail import write_mail
from interactions.markdown import render_markdown
from interactions.models import Channel, Conversation, Direction, Interaction, Kind, Outgoing
from partnership.demo.library import Texts, load_texts
from partnership.demo.personas.roles import arc_refs
from partnership.demo.sample_files import draw_plan, draw_whiteboard
from partnership.desk.models import SavedReply, SavedView
from partnership.desk.wall.posts import share
from partnership.notifications.notify import notify_assignment, notify_handover, notify_mentions
from partnership.staff.external_ids import new_external_id
from partnership.staff.models import Firm, User

_TEXTS = "recent_work"

_UNTOUCHED_ARCS = ("loud", "champion")


@dataclass(frozen=True)
class _RecentWork:
    """The people of these days. `hannah` signs in as support; the page of `hero` shows the most."""

    at: datetime
    hannah: User
    jonas: User
    kasia: User
    hero: Customer

    @staticmethod
    def as_user(user: User) -> AbstractContextManager[object]:
        """Record changes in the history as that user's, as if they were signed in."""
        return pghistory.context(user=user.pk)

    def ago(self, **span: float) -> datetime:
        return self.at - timedelta(**span)

    @property
    def texts(self) -> Texts:
        return load_texts(_TEXTS)

    def entry(self, name: str, *, by: User | None, at: datetime, **fields: Any) -> Interaction:
        """Record an entry of the hero with the text of that name."""
        text = self.texts[name]
        said = {"subject": text.get("subject", ""), "body": text["body"], "html": render_markdown(text["body"])}
        return record(by=by, recorded_at=at, occurred_at=at, customer_id=self.hero.pk, **said | fields)


def add_recent_work(*, customers: int, seed: int, at: datetime) -> None:
    arcs = {arc: ref.partition(":")[2] for arc, ref in arc_refs(customers, seed).items()}
    users = {user.email.partition("@")[0]: user for user in User.objects.all()}
    hero = Customer.objects.get(source="demo", external_id=arcs["pushed"])
    work = _RecentWork(at, users["support"], users["jonas.feldkamp"], users["kasia.nowicka"], hero)
    _set_absence(users["camille.aubertin"], cover=work.jonas, at=at)
    _handle_conversations(work, untouched=[arcs[arc] for arc in _UNTOUCHED_ARCS])
    _write_notes(work)
    _write_mails(work)
    _share_on_wall(work)
    _save_views(work)
    _save_replies(work)


def _set_absence(user: User, *, cover: User, at: datetime) -> None:
    today = Firm.current().local_date(at)
    user.away_from, user.away_to, user.cover = today - timedelta(days=3), today + timedelta(days=9), cover
    user.save()


def _handle_conversations(work: _RecentWork, *, untouched: list[str]) -> None:
    """Hand one waiting conversation over to Hannah, let her snooze one and close two, and assign one to her."""
    waiting = Conversation.objects.filter(waiting_since__isnull=False, status=Conversation.Status.OPEN)
    waiting = waiting.exclude(customer__external_id__in=untouched).exclude(customer__restricted=True)
    threads = iter(waiting.order_by("waiting_since", "pk"))
    if thread := next(threads, None):
        at = work.ago(hours=5)
        with work.as_user(work.jonas):
            row = hand_over_conversation(
                thread, to=work.hannah, summary=work.texts["handover"]["body"], by=work.jonas, at=at
            )
        notify_handover(row, by=work.jonas, at=at)
    if thread := next(threads, None):
        until, why = work.at + timedelta(days=2), work.texts["snooze"]["body"]
        with work.as_user(work.hannah):
            assign_conversation(thread, to=work.hannah, by=work.hannah, at=work.ago(hours=4))
            snooze_conversation(thread, until=until, reason=why, by=work.hannah, at=work.ago(hours=4))
    if thread := next(threads, None):
        with work.as_user(work.kasia):
            assign_conversation(thread, to=work.hannah, by=work.kasia, at=work.ago(hours=3))
        notify_assignment(thread, by=work.kasia, at=work.ago(hours=3))
    for thread, (answered, reason) in zip(threads, work.texts["closed"].items(), strict=False):
        with work.as_user(work.hannah):
            close_conversation(thread, answered=answered, reason=reason, by=work.hannah, at=work.ago(hours=2))


def _write_notes(work: _RecentWork) -> None:
    """Write notes with files, pinned, edited, deleted, and one that mentions a colleague."""
    inside: dict[str, Any] = {"channel": Channel.INTERNAL, "direction": Direction.INTERNAL, "kind": Kind.NOTE}
    met: dict[str, Any] = {"channel": Channel.MEETING, "direction": Direction.OUTBOUND, "kind": Kind.MEETING}
    with work.as_user(work.jonas):
        agreed = work.entry("agreed", by=work.jonas, at=work.ago(days=2), **inside)
        pin_entry(agreed, pinned=True, by=work.jonas)
        meeting = work.entry("meeting", by=work.jonas, at=work.ago(days=2, hours=1), minutes=40, **met)
        attach_files(interaction=meeting, files=[draw_plan(), draw_whiteboard()])
    with work.as_user(work.kasia):
        asked = work.entry("mention", by=work.kasia, at=work.ago(hours=6), **inside)
        edit_entry(asked, by=work.kasia, body=work.texts["mention"]["better"])
        wrong = work.entry("wrong", by=work.kasia, at=work.ago(hours=7), **inside)
        delete_entry(wrong, reason=work.texts["wrong"]["reason"], by=work.kasia, at=work.ago(hours=6))
    notify_mentions(asked, by=work.kasia, at=work.ago(hours=6))


def _write_mails(work: _RecentWork) -> None:
    """Write a mail of theirs with pictures and links, our answer, and one that could not be sent."""
    text = work.texts["letter"]
    thread = Conversation.objects.create(
        customer=work.hero, channel=Channel.EMAIL, subject=text["subject"], assignee=work.hannah
    )
    work.entry(
        "letter", by=None, at=work.ago(days=1, hours=3), html=safe_html(text["html"]), quoted=text["quoted"],
        conversation_id=thread.pk, channel=Channel.EMAIL, direction=Direction.INBOUND, kind=Kind.MESSAGE,
        source="demo", external_id="letter",
    )  # fmt: skip
    address = work.hero.contact_points.filter(kind=ContactPoint.Kind.EMAIL).first()
    if address is None or work.hero.do_not_contact:
        return
    refused = SMTPRecipientsRefused({address.normalised: (550, work.texts["unsent"]["error"].encode())})
    for name, at, error in (("answer", work.ago(days=1), None), ("unsent", work.ago(hours=2), refused)):
        row = write_mail(
            customer=work.hero, to=address, body=work.texts[name]["body"], by=work.hannah, at=at,
            external_id=new_external_id(), conversation=thread,
        )  # fmt: skip
        Outgoing.objects.filter(interaction=row).update(status=Outgoing.Status.SENDING, attempts=1, claimed_at=at)
        settle(Outgoing.objects.get(interaction=row), error, at=at)


def _share_on_wall(work: _RecentWork) -> None:
    """Share the newest entry of each kind."""
    inbound = Interaction.objects.filter(customer__restricted=False, direction=Direction.INBOUND).exclude(body="")
    for number, (kind, words) in enumerate(work.texts["wall"].items()):
        if entry := inbound.filter(kind=kind).order_by("-occurred_at", "-pk").first():
            by = (work.hannah, work.jonas, work.kasia)[number % 3]
            share(entry, words=words, by=by, at=work.ago(hours=3 + 20 * number))


def _save_replies(work: _RecentWork) -> None:
    """Save Hannah's replies for everybody."""
    SavedReply.objects.bulk_create(
        SavedReply(title=reply["title"], language=reply["language"], text=reply["text"], owner=work.hannah, shared=True)
        for reply in work.texts["replies"].values()
    )


def _save_views(work: _RecentWork) -> None:
    owners = {"Who waits": work.hannah, "Partners gone quiet": work.jonas}
    queries = {"Who waits": "waiting=on", "Partners gone quiet": "quiet=on&sort=-score"}
    for name, owner in owners.items():
        SavedView.objects.create(name=name, owner=owner, shared=True, query=queries[name])
