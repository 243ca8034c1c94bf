"""One customer with a row of everything, and every URL of ours with the keys of these rows in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from PIL import Image

from customers.models import Commitment, ContactPoint, Customer, CustomField, Goal
from interactions.actions.conversations import hand_over_conversation
from interactions.actions.deletions import delete_entry
from interactions.actions.entries import edit_entry
from interactions.actions.goals import check_in
from interactions.merging.merging import merge_customers
from interactions.models import Attachment, Conversation, Erasure, Interaction, Outgoing
from partnership.desk.models import BackupRun, Draft, SavedReply, SavedView, ScheduledMail
from partnership.desk.scheduling.actions import schedule_mail
from partnership.desk.wall.posts import share
from partnership.focus.models import FocusItem
from partnership.health.models import Alert
from partnership.notifications.models import Notification
from partnership.notifications.notify import notify
from partnership.staff.access import LEAST_ROLE
from partnership.staff.models import Firm, Invitation, User
from tests.factories import ContactPointFactory, ConversationFactory, goal, happens, promise

OF_NO_ROW = {"act": "state", "change": UUID("a" * 32)}
"""Arguments of what takes an act back: of which, and of which request. Letters alone, as they name no customer."""


@dataclass
class Everything:
    customer: Customer
    thread: Conversation
    keys: dict[str, dict[str, Any]]
    """By the beginning of a route: what its arguments are."""


def sign_in_elsewhere(user: User) -> UserSession:
    return UserSession.objects.create(user=user, ip="203.0.113.9", session_key=uuid4().hex, user_agent="Firefox Linux")


def picture() -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (4, 4), "red").save(drawn, "PNG")
    return drawn.getvalue()


def tell_everything(customer: Customer, *, by: User, colleague: User, viewer: User | None = None) -> Everything:
    """A row of each kind, told of `customer` by `by`; drafts are the colleague's, the inbox and the view `viewer`'s."""
    now, viewer = timezone.now(), viewer or by
    aim, ours = tell_of_aims(customer, by=by, at=now)
    address = ContactPointFactory(customer=customer)
    thread, rows = tell_of_talk(customer, by=by, colleague=colleague, to=address, at=now)
    file = attach_picture(rows["mail"])
    news, view = tell_of_desk(customer, rows["note"], colleague=colleague, viewer=viewer, at=now)
    customer.photo.save("face.png", ContentFile(picture()))
    done = merge_customers(
        survivor=customer, absorbed=Customer.objects.create(name="The same", kind=customer.kind), by=by, at=now
    )
    twin = Customer.objects.create(name="A twin")
    rows["asked"] = happens(customer, "refund_request", at=now - timedelta(days=3), body="My money back",
                            amount="90.00", currency="EUR")  # fmt: skip
    reply = SavedReply.objects.create(title="Thanks", text="Thank you", owner=viewer, shared=True)
    item = tell_of_focus(customer, ours, by=by, at=now)
    alert = Alert.objects.create(owner=by, condition="below", number=60, made_at=now)
    raised = alert.raised.create(customer=customer, value=50, raised_at=now, due_on=Firm.current().local_date(now))
    keys: dict[str, dict[str, Any]] = {
        "recoveries/": {"pk": customer.recoveries.get().pk},
        "focus/conversations/": {"pk": thread.pk},
        "focus/items/": {"pk": item.pk},
        "merges/": {"pk": done.pk},
        "customers/views/": {"pk": view.pk},
        "saved-replies/": {"pk": reply.pk},
        "scheduled/": {"pk": schedule(customer, address, thread, by=by, at=now).pk},
        "customers/": {
            "pk": customer.pk,
            "entry_pk": rows["mail"].pk,
            "tab": "notes",
            "other_pk": twin.pk,
            "reply_pk": reply.pk,
        },
        "contact-points/": {"pk": address.pk},
        "goals/": {"pk": aim.pk},
        "check-ins/": {"pk": aim.check_ins.get().pk},
        "promises/": {"pk": ours.pk, "new_pk": ours.pk},
        "attachments/": {"pk": file.pk},
        "conversations/": {"pk": thread.pk},
        "notifications/": {"pk": news.pk if news else 0},
        "media/": {"name": customer.photo.name},
        "health/rows/": {"of": "ours_missed"},
        "health/alerts/": {"pk": raised.alert_id},
        "health/raised-alerts/": {"pk": raised.pk},
        "health/colleagues/": {"whose": "nobody", "of": "waiting"},
        "bulk_undo": {"act": "tag"},
        **tell_of_settings(customer, by=by, colleague=colleague, viewer=viewer, at=now),
    }
    entries = {
        **dict.fromkeys(["decision", "decision_stake"], rows["asked"].pk),
        **dict.fromkeys(["outgoing", "outgoing_retry", "reminder"], rows["sent"].pk),
        "entry_restoration": customer.deletions.get().interaction_id,
        "entry_edit": rows["note"].pk,
    }
    keys |= {name: {**keys["customers/"], "entry_pk": pk} for name, pk in entries.items()}
    return Everything(customer, thread, keys)


def tell_of_settings(
    customer: Customer, *, by: User, colleague: User, viewer: User, at: datetime
) -> dict[str, dict[str, Any]]:
    """What admins keep and do, by the beginning of its route."""
    return {
        "profile/security/sessions/": {"pk": sign_in_elsewhere(viewer).pk},
        "settings/sign-in/": {"pk": colleague.pk},
        "settings/fields/": {"pk": tell_of_fields(customer).pk},
        "settings/backups/": {"pk": BackupRun.objects.create(kind="backup", asked_at=at, file="a.tar").pk},
        "outbox/": {"mail": "none"},
        "settings/erasures/": {"pk": erased_before(by=by, at=at).pk},
        "settings/people/": {"pk": colleague.pk},
        "settings/people/invitations/": {"pk": invite(by=by, at=at).pk},
    }


def tell_of_fields(customer: Customer) -> CustomField:
    """A choice that the customer has, beside a number."""
    field = CustomField.objects.create(
        key=f"size_{customer.pk}", label="Size", type="choice", options=[{"value": "s", "label": "Small"}], position=1
    )
    CustomField.objects.create(key=f"seats_{customer.pk}", label="Seats", type="number", unit="seats")
    customer.attributes = {**customer.attributes, field.key: "s", f"seats_{customer.pk}": 12}
    customer.save()
    return field


def tell_of_aims(customer: Customer, *, by: User, at: datetime) -> tuple[Goal, Commitment]:
    aim = goal(customer, "Ten paying clients", at=at - timedelta(days=9), by=by, target=10, unit="clients", why="Rent")
    check_in(goal=aim, at=at - timedelta(days=2), by=by, value=None, note="Two more said yes")
    due_on = Firm.current().local_date(at)
    return aim, promise(customer, "Send the offer", at=at - timedelta(days=5), due_on=due_on, by=by, goal=aim)


def tell_of_talk(
    customer: Customer, *, by: User, colleague: User, to: ContactPoint, at: datetime
) -> tuple[Conversation, dict[str, Interaction]]:
    """A thread with a mail of theirs and one of ours that was refused, handed over; a note of a thread that sleeps."""
    thread, other = ConversationFactory(customer=customer), ConversationFactory(customer=customer)
    talk = {"conversation_id": thread.pk, "subject": "About the invoice", "body": "Where is it?"}
    happens(customer, "message", at=at - timedelta(days=3), **talk)
    mail = happens(
        customer, "message", at=at - timedelta(hours=3), html="<p>Where <b>is</b> it?</p>", quoted="> earlier",
        source="mail", payload={"list": "news"}, **talk,
    )  # fmt: skip
    note = happens(customer, "note", at=at - timedelta(hours=2), by=by, direction="internal", channel="internal",
                   subject="Aside", body="A word to colleagues", conversation_id=other.pk)  # fmt: skip
    edit_entry(note, by=by, body="Another word to colleagues")
    Interaction.objects.filter(pk=mail.pk).update(pinned=True)
    gone = happens(customer, "note", at=at - timedelta(hours=4), by=by, direction="internal", body="Gone")
    delete_entry(gone, reason="Said twice", by=by, at=at)
    sent = happens(customer, "message", at=at - timedelta(hours=1), by=by, direction="outbound", **talk)
    Outgoing.objects.create(interaction=sent, to=[to.value], message_id=f"<{sent.pk}@o.example>", queued_at=at,
                            status="failed", error="Refused")  # fmt: skip
    hand_over_conversation(thread, to=colleague, summary="They wait for the invoice", by=by, at=at)
    Conversation.objects.filter(pk=other.pk).update(
        status="snoozed", snoozed_until=at + timedelta(days=1), snooze_reason="On holiday"
    )
    share(mail, words="A story", by=by, at=at)
    return thread, {"mail": mail, "note": note, "sent": sent}


def erased_before(*, by: User, at: datetime) -> Erasure:
    """That somebody was erased, of whom nothing is left."""
    return Erasure.objects.create(asked_at=at, by=by, reason="Asked for it", salt="00", finished_at=at)


def invite(*, by: User, at: datetime) -> Invitation:
    return Invitation.objects.create(
        email=f"{uuid4()}@ourfirm.example", role="support", token_hash=uuid4().hex, invited_by=by, invited_at=at,
        expires_at=Invitation.expiry(at),
    )  # fmt: skip


def attach_picture(mail: Interaction) -> Attachment:
    file = Attachment(interaction=mail, name="plan.png", content_type="image/png", size=4, sha256="0" * 64)
    file.file.save("plan.png", ContentFile(picture()))
    file.file.close()
    return file


def tell_of_desk(
    customer: Customer, note: Interaction, *, colleague: User, viewer: User, at: datetime
) -> tuple[Notification | None, SavedView]:
    """A draft, a list that was kept, and a mention; None where the viewer may not be told."""
    Draft.objects.create(user=colleague, customer=customer, tab="notes", fields={"body": "Half a word"}, saved_at=at)
    notify(kind=Notification.Kind.MENTION, users=[viewer], customer=customer, at=at, key=f"at/{note.pk}", by=colleague,
           text="Look at this", interaction=note)  # fmt: skip
    news = Notification.objects.filter(user=viewer, customer=customer).first()
    return news, SavedView.objects.create(name=f"Kept {customer.pk}", owner=viewer, query="tag=cohort-3")


def schedule(customer: Customer, to: ContactPoint, thread: Conversation, *, by: User, at: datetime) -> ScheduledMail:
    return schedule_mail(
        customer=customer, to=to, body="Tomorrow", by=by, at=at, leaves_at=at + timedelta(days=1), ref=str(uuid4()),
        tab="replies", fields={"body": "Tomorrow"}, kind="message", conversation=thread,
    )  # fmt: skip


def tell_of_focus(customer: Customer, ours: Commitment, *, by: User, at: datetime) -> FocusItem:
    """A mistake, which opens a recovery; the one reason that leads is our promise."""
    happens(customer, "mistake", at=at - timedelta(days=4), by=by, direction="outbound", body="The wrong bill")
    FocusItem.objects.filter(customer=customer).delete()
    return FocusItem.objects.create(
        customer=customer, reason="our_promise", cause=f"promise/{ours.pk}", since=Firm.current().local_date(at),
        strength=1, is_lead=True, facts={"what": ours.what},
    )  # fmt: skip


def patterns(resolver: Any = None) -> Iterator[URLPattern]:
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLPattern):
            yield one
        elif not one.namespace:
            yield from patterns(one)


def pattern_of(asked: str) -> URLPattern:
    """`asked` as in LEAST_ROLE: a URL's name, and its action where it has several."""
    [pattern] = {one for one in patterns() if one.name == asked.partition(" ")[0]}
    return pattern


def url_of(asked: str, told: Everything) -> str:
    name, _, action = asked.partition(" ")
    pattern = pattern_of(asked)
    route = str(pattern.pattern)
    begins = max((key for key in told.keys if route.startswith(key)), key=len, default="")
    given = {**OF_NO_ROW, **told.keys.get(name, told.keys.get(begins, {})), "action": action}
    return reverse(name, kwargs={key: given[key] for key in pattern.pattern.converters})


def every_url(told: Everything) -> dict[str, str]:
    """By what is asked, as in LEAST_ROLE."""
    return {asked: url_of(asked, told) for asked in LEAST_ROLE}


def of_customer(told: Everything) -> dict[str, str]:
    """Those of every_url() that say whose they are: nobody else's rows stand behind them."""
    without = {
        asked: url
        for asked, url in every_url(told).items()
        if "/views/" not in url and not url.startswith(("/saved-replies/", "/settings/", "/profile/", "/health/"))
    }
    return {asked: url for asked, url in without.items() if any(sign.isdecimal() for sign in url) or "/media/" in url}
