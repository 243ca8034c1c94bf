"""A customer erased: nothing of them is found anywhere, and what was counted stays."""

import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer
from interactions.actions.deletions import delete_entry
from interactions.actions.entries import edit_entry
from interactions.imports.export import export_history
from interactions.imports.history import import_files, import_records
from interactions.mailboxes.outbox import send_queued
from interactions.merging.merging import merge_customers
from interactions.merging.unmerging import unmerge_customers
from interactions.models import Attachment, ErasedRef, Erasure, Interaction, Outgoing, Settlement
from interactions.personal_data import erasing
from interactions.personal_data.erasing import begin_erasure, continue_erasing
from interactions.personal_data.ledger import erase_again, ledger_path
from interactions.personal_data.worker import continue_erasures
from partnership.desk.models import Draft, SavedView, ScheduledMail, WallPost
from partnership.focus.models import FocusItem
from partnership.health.rollup.refreshing import refresh_stale
from partnership.notifications.models import Notification
from partnership.recoveries.models import Recovery
from partnership.scoring.engine.rescoring import rescore_all, rescore_stale
from partnership.scoring.models import RuleSet, Run, TierPin
from partnership.staff.audit_log import Kind, record
from tests.everything import tell_everything
from tests.factories import (
    ContactPointFactory,
    ConversationFactory,
    CustomerFactory,
    OrganisationFactory,
    UserFactory,
    firm_today,
    happens,
    promise,
)
from tests.partnership.conftest import signed_in

pytestmark = pytest.mark.django_db

MARK = "xyzzymark"
NAME_OF_THEIRS = "Quillon Xyzzymark"
ADDRESS = "quillon.xyzzymark@example.org"


@pytest.fixture(autouse=True)
def _folders(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    settings.MEDIA_ROOT = settings.VAR_DIR / "media"
    settings.MEDIA_ROOT.mkdir(parents=True)


def everything_stored() -> dict[str, str]:
    """The whole database as text, by table, and every file with its name."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT string_agg(row::text, chr(10)) FROM "{table}" row')
            found[table] = cursor.fetchone()[0] or ""
    found["sessions"] = json.dumps([row.get_decoded() for row in Session.objects.all()], default=str)
    return found


def files_stored(folder: Path) -> dict[str, str]:
    return {str(path): f"{path} {path.read_bytes().decode('latin-1')}" for path in folder.rglob("*") if path.is_file()}


def where_found(folder: Path, word: str = MARK) -> list[str]:
    return sorted(
        name for name, text in {**everything_stored(), **files_stored(folder)}.items() if word in text.lower()
    )


def plant(settings, manager, sam) -> Customer:
    """A history of somebody whose name, address and words stand wherever a real one puts them."""
    now = timezone.now()
    them = CustomerFactory(
        name=NAME_OF_THEIRS, owner=sam, about=f"Says {MARK}", attributes={MARK: {MARK: [MARK]}}, role=MARK,
        preferred_name=f"Quill {MARK}", tags=[f"tag-{MARK}"], source="crm", external_id=f"id-{MARK}",
        source_snapshot={"name": NAME_OF_THEIRS}, renews_on=firm_today(), renewal_amount=3,
    )  # fmt: skip
    tell_everything(them, by=manager, colleague=sam)
    Erasure.objects.all().delete()  # of somebody else
    Draft.objects.update(fields={"body": MARK})
    Notification.objects.update(text=f"About {NAME_OF_THEIRS}")
    ScheduledMail.objects.update(body=MARK, fields={"body": MARK})
    WallPost.objects.update(words=MARK)
    Recovery.objects.update(what_happened=MARK, what_we_did=MARK)
    FocusItem.objects.update(facts={"what": MARK}, outcome=MARK)
    Settlement.objects.create(conversation=them.conversations.first(), at=now, by=sam, answered="without", reason=MARK)
    ContactPointFactory(customer=them, value=ADDRESS)
    ContactPointFactory(customer=them, value=f"@{MARK}", kind="handle")
    Customer.objects.filter(pk=them.pk).update(name=f"Quillon Old {MARK}")
    Customer.objects.filter(pk=them.pk).update(name=NAME_OF_THEIRS)
    goal = them.goals.get()
    goal.title, goal.why, goal.unit = MARK, MARK, MARK
    goal.save()
    goal.check_ins.update(note=MARK)
    ours = promise(them, f"Send {MARK}", at=now, due_on=firm_today() + timedelta(days=9), by=sam)
    thread = ConversationFactory(customer=them, subject=MARK, external_id=f"thread-{MARK}")
    note = happens(them, "note", at=now, by=sam, direction="internal", body=f"{NAME_OF_THEIRS} told {MARK}",
                   subject=MARK, quoted=MARK, html=f"<p>{MARK}</p>", conversation_id=thread.pk,
                   payload={MARK: MARK, "days_late": 3, "auto_reply": MARK, "to": [ADDRESS], "deep": {"x": [MARK]}},
                   external_id=f"note-{MARK}")  # fmt: skip
    edit_entry(note, by=sam, body=f"Other words of {MARK}")
    gone = happens(them, "note", at=now, by=sam, direction="internal", body=f"Gone {MARK}")
    delete_entry(gone, reason=f"Since {MARK}", by=sam, at=now)
    file = Attachment(interaction=note, name=f"{MARK}.txt", content_type="text/plain", size=4, sha256="1" * 64)
    file.file.save(f"{MARK}.txt", ContentFile(MARK.encode()))
    (settings.MEDIA_ROOT / "previews/11").mkdir(parents=True)
    (settings.MEDIA_ROOT / f"previews/11/{'1' * 64}.webp").write_bytes(MARK.encode())
    queued = happens(them, "message", at=now, by=sam, direction="outbound", body=MARK, conversation_id=thread.pk)
    Outgoing.objects.create(interaction=queued, to=[ADDRESS], message_id=f"<{MARK}@o.example>", queued_at=now)
    other = CustomerFactory(name=f"Quinn {MARK}")
    happens(other, "message", at=now, body=MARK)
    merge_customers(survivor=them, absorbed=other, by=manager, at=now)
    TierPin.objects.create(customer=them, tier=RuleSet.objects.active().tiers.first(), reason=MARK, until=firm_today())
    TierPin.objects.filter(customer=them).update(reason=f"Because of {MARK}")
    plant_elsewhere(settings, them, manager=manager, sam=sam)
    assert ours.pk
    return them


def plant_elsewhere(settings, them: Customer, *, manager, sam) -> None:
    """What others' records and the house keep of them."""
    now = timezone.now()
    ben = CustomerFactory(name="Ben Bold", introduced_by=them, source_snapshot={"introduced_by": them.ref})
    copied = happens(ben, "message", at=now, by=sam, direction="outbound", body=f"Dear Ben, {NAME_OF_THEIRS} sent me",
                     html=f"<p>{ADDRESS}</p>",
                     payload={"cc": [{"name": NAME_OF_THEIRS, "address": ADDRESS}]})  # fmt: skip
    Outgoing.objects.create(interaction=copied, to=["ben@example.org"], cc=[ADDRESS], message_id="<1@o.example>",
                            queued_at=now, status="sent", sent_at=now)  # fmt: skip
    original = Attachment(interaction=copied, name="original.eml", content_type="message/rfc822", size=9,
                          sha256="2" * 64)  # fmt: skip
    original.file.save("original.eml", ContentFile(f"Cc: {ADDRESS}\n\nDear Ben".encode()))
    firm = OrganisationFactory(name="Acme")
    happens(firm, "message", at=now, person_id=them.pk, body=f"On behalf of Acme, {MARK}")
    SavedView.objects.create(name="Mine", owner=sam, query="q=Quillon Xyzzymark&tag=vip")
    LogEntry.objects.create(user=manager, content_type=ContentType.objects.get_for_model(Customer), object_id=them.pk,
                            object_repr=f"Somebody {MARK}", action_flag=CHANGE, change_message=MARK)  # fmt: skip
    Run.objects.create(kind="preview", rule_set=RuleSet.objects.active(), asked_at=now, status="done",
                       result={"movers": [{"id": them.pk, "customer": them.ref, "before": 1.5}]})  # fmt: skip
    refusals = settings.VAR_DIR / "refusals"
    refusals.mkdir()
    lines = [{"input": "a", "line": 1, "reason": "bad", "text": json.dumps({"name": NAME_OF_THEIRS})},
             {"input": "a", "line": 2, "reason": "bad", "text": "somebody else"}]  # fmt: skip
    (refusals / "one.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (settings.VAR_DIR / "outbox").mkdir()
    for name, to in (("1.eml", ADDRESS), ("2.eml", "ben@example.org")):
        (settings.VAR_DIR / "outbox" / name).write_text(f"To: {to}\nSubject: Hello\n\nGood day")
    record(Kind.EXPORT, by=manager, about=them)
    desk = signed_in(sam)
    session = desk.session
    session["timeline"], session["discarded"] = f"q={NAME_OF_THEIRS}", {"customer": them.pk, "fields": {"body": MARK}}
    session["kept"] = "q=other"
    session.save()


def erase(customer: Customer, by, *, everywhere: bool = True) -> Erasure:
    erasure = begin_erasure(customer, reason="Asked for it", by=by, at=timezone.now(), everywhere=everywhere)
    assert continue_erasures(clock=timezone.now) == 1
    erasure.refresh_from_db()
    return erasure


def test_nothing_of_them_is_found_anywhere(settings, manager, sam):
    them = plant(settings, manager, sam)
    rescore_all(at=timezone.now())
    planted = where_found(settings.VAR_DIR)
    assert len(planted) > 30, planted
    erasure = erase(them, manager)
    assert where_found(settings.VAR_DIR) == []
    assert where_found(settings.VAR_DIR, "quillon") == []
    assert where_found(settings.VAR_DIR, "another word to colleagues") == []
    assert erasure.pending is None
    assert erasure.finished_at is not None
    them.refresh_from_db()
    assert (them.name, them.do_not_contact, them.tags, them.attributes) == ("Erased customer", True, [], {})
    assert {"entries", "files", "contact_points", "goals", "promises", "drafts"} <= erasure.counts.keys()


def test_what_is_others_stays_but_for_their_name(settings, manager, sam):
    erase(plant(settings, manager, sam), manager)
    row = Interaction.objects.get(customer__name="Ben Bold")
    assert row.body == "Dear Ben, [erased] sent me"
    assert row.payload == {"cc": [{"name": "[erased]", "address": "erased@erased.invalid"}]}
    assert Outgoing.objects.get().to == ["ben@example.org"]
    assert (settings.VAR_DIR / "refusals/one.jsonl").read_text().count("\n") == 1
    assert SavedView.objects.get(name="Mine").query == "q=[erased]&tag=vip"
    ben = Customer.objects.get(name="Ben Bold")
    assert ben.introduced_by is not None
    assert Session.objects.get().get_decoded()["kept"] == "q=other"
    assert [path.name for path in (settings.VAR_DIR / "outbox").iterdir()] == ["2.eml"]


def test_who_bears_the_same_name_keeps_it(settings, manager, sam):
    them = CustomerFactory(name="Ada Okafor")
    twin = CustomerFactory(name="Ada Okafor")
    happens(twin, "message", at=timezone.now(), body="Ada Okafor here")
    colleague = UserFactory(name="Ada Okafor")
    erase(them, manager, everywhere=False)
    twin.refresh_from_db()
    colleague.refresh_from_db()
    assert (twin.name, colleague.name) == ("Ada Okafor", "Ada Okafor")
    assert twin.interactions.get().body == "Ada Okafor here"


def test_the_facts_that_are_counted_stay(manager, sam):
    now = timezone.now()
    them = CustomerFactory(since=firm_today())
    happens(them, "purchase", at=now, amount="12.50", currency="EUR", channel="billing", subject="Shoes")
    happens(them, "call", at=now, by=sam, direction="outbound", minutes=30, body="Long talk")
    happens(them, "survey_response", at=now, payload={"recommendation": 9, "why": "Kind"}, body="Kind")
    happens(them, "commitment_kept", at=now, payload={"days_late": 2, "what": "secret"})
    facts = ["kind", "direction", "channel", "minutes", "amount", "currency", "occurred_at", "author_id", "source"]
    before = list(them.interactions.order_by("pk").values_list(*facts))
    erase(them, manager)
    assert list(them.interactions.order_by("pk").values_list(*facts)) == before
    payloads = list(them.interactions.order_by("pk").values_list("payload", flat=True))
    assert payloads == [{}, {}, {"recommendation": 9}, {"days_late": 2}]


def test_mails_not_yet_sent_are_cancelled(manager, sam):
    now = timezone.now()
    them = CustomerFactory()
    row = happens(them, "message", at=now, by=sam, direction="outbound", body="Hello")
    Outgoing.objects.create(interaction=row, to=["a@example.org"], message_id="<a@o>", queued_at=now)
    erasure = erase(them, manager)
    assert send_queued(clock=timezone.now) == 0
    assert mail.outbox == []
    assert erasure.counts["cancelled_mails"] == 1
    row.refresh_from_db()
    assert row.payload == {"not_sent": True}


def test_no_import_brings_them_back(settings, manager, sam, tmp_path):
    now = timezone.now()
    records = [
        {"type": "customer", "ref": "crm:1", "name": NAME_OF_THEIRS, "contact_points": [
            {"kind": "email", "value": ADDRESS}]},
        {"type": "customer", "ref": "crm:2", "name": "Ben", "introduced_by": "crm:1"},
        {"type": "goal", "ref": "crm:g", "customer": "crm:1", "title": f"Goal {MARK}"},
        {"type": "check_in", "ref": "crm:c", "goal": "crm:g", "at": "2024-03-08T18:20:00Z", "note": MARK},
        {"type": "interaction", "ref": "crm:i", "customer": "crm:1", "occurred_at": "2024-03-08T18:20:00Z",
         "channel": "call", "direction": "inbound", "kind": "call", "body": MARK},
        {"type": "attachment", "ref": "crm:a", "interaction": "crm:i", "name": "a.txt", "content": "eA=="},
    ]  # fmt: skip
    assert import_records(records, at=now).refused == 0
    twin = Customer.objects.create(name="Twin", source="shop", external_id="7")
    them = Customer.objects.get(external_id="1")
    merge_customers(survivor=them, absorbed=twin, by=manager, at=now)
    erase(them, manager)
    more = [
        {"type": "customer", "ref": "shop:7", "name": NAME_OF_THEIRS},
        {"type": "customer", "ref": "new:9", "name": NAME_OF_THEIRS, "contact_points": [
            {"kind": "email", "value": ADDRESS.upper()}]},
        {"type": "interaction", "ref": "new:j", "via": {"kind": "email", "value": ADDRESS, "name": NAME_OF_THEIRS},
         "occurred_at": "2024-03-08T18:20:00Z", "channel": "email", "direction": "inbound", "kind": "message",
         "body": MARK},
    ]  # fmt: skip
    summary = import_records([*records, *more], at=now)
    assert summary.refused == len(records) + len(more) - 1
    assert where_found(settings.VAR_DIR) == []
    reasons = [json.loads(line)["reason"] for line in Path(summary.refusals_file).read_text().splitlines()]
    assert all("erased" in reason for reason in reasons)
    ben = Customer.objects.get(name="Ben")
    assert ben.introduced_by_id == them.pk


def test_who_comes_back_is_added_by_hand_and_taken_in(manager):
    them = CustomerFactory()
    ContactPointFactory(customer=them, value=ADDRESS)
    erase(them, manager)
    back = CustomerFactory(name="Back")
    ContactPointFactory(customer=back, value=ADDRESS)
    record = {"type": "interaction", "ref": "mail:1", "via": {"kind": "email", "value": ADDRESS}, "kind": "message",
              "occurred_at": "2024-03-08T18:20:00Z", "channel": "email", "direction": "inbound"}  # fmt: skip
    assert import_records([record], at=timezone.now()).refused == 0
    assert back.interactions.count() == 1


def test_an_erasure_that_was_killed_is_carried_on(settings, manager, sam, monkeypatch):
    monkeypatch.setattr(erasing, "ENTRIES_A_STEP", 3)
    them = plant(settings, manager, sam)
    erasure = begin_erasure(them, reason="Asked", by=manager, at=timezone.now(), everywhere=True)
    for _ in range(3):
        with suppress(KeyboardInterrupt), transaction.atomic():
            continue_erasing(erasure)
            raise KeyboardInterrupt  # what was not committed is done again
        assert continue_erasing(erasure)
    assert continue_erasures(clock=timezone.now) == 1
    assert where_found(settings.VAR_DIR) == []
    assert continue_erasures(clock=timezone.now) == 0
    counts = Erasure.objects.get().counts
    assert counts["entries"] == Interaction.objects.filter(customer=them).count() + 1


def test_a_restored_database_is_erased_again(settings, manager, sam):
    them = plant(settings, manager, sam)
    erasure = erase(them, manager)
    kept = ledger_path().read_text()
    assert MARK not in kept
    # As an older backup would be: the customer is there, and nothing is known of the erasure.
    ErasedRef.objects.all().delete()
    Erasure.objects.all().delete()
    Customer.objects.filter(pk=them.pk).update(name=NAME_OF_THEIRS, source="crm", external_id=f"id-{MARK}")
    ContactPointFactory(customer=them, value=ADDRESS)
    happens(them, "message", at=timezone.now(), body=MARK)
    assert erase_again(at=timezone.now()) == 1
    assert continue_erasures(clock=timezone.now) == 1
    assert where_found(settings.VAR_DIR) == []
    again = Erasure.objects.get()
    assert (again.uid, again.reason, again.customer_id) == (erasure.uid, "Asked for it", them.pk)
    assert erase_again(at=timezone.now()) == 0


def test_an_erasure_of_whom_a_restored_database_never_had_still_refuses_them(settings, manager):
    them = CustomerFactory(source="crm", external_id="5")
    erase(them, manager)
    ErasedRef.objects.all().delete()
    Erasure.objects.all().delete()
    Customer.objects.all().delete()
    assert erase_again(at=timezone.now()) == 1
    assert import_records([{"type": "customer", "ref": "crm:5", "name": "X"}], at=timezone.now()).refused == 1
    assert Erasure.objects.get().customer is None


def test_a_merge_with_an_erased_one_is_neither_made_nor_undone(manager, sam):
    now = timezone.now()
    them, other, third = CustomerFactory(), CustomerFactory(), CustomerFactory()
    done = merge_customers(survivor=them, absorbed=other, by=manager, at=now)
    erase(them, manager)
    for act in (
        lambda: unmerge_customers(done, by=manager, at=now),
        lambda: merge_customers(survivor=third, absorbed=them, by=manager, at=now),
        lambda: erase(other, manager),
        lambda: erase(them, manager),
    ):
        with pytest.raises(Exception, match=r"erased|merged"):
            act()


def test_search_exports_and_pages_name_nobody(settings, manager, sam, tmp_path, managers_desk):
    them = plant(settings, manager, sam)
    erase(them, manager)
    while rescore_stale(at=timezone.now()):
        pass
    while refresh_stale(at=timezone.now()):
        pass
    for url in (reverse("customers") + f"?q={MARK}", reverse("search") + f"?q={MARK}", reverse("names") + f"?q={MARK}",
                reverse("customer", args=[them.pk]), reverse("timeline", args=[them.pk]), reverse("health"),
                reverse("customer_history", args=[them.pk]), reverse("why", args=[them.pk]),
                reverse("health_movers"), reverse("health_network")):  # fmt: skip
        answer = managers_desk.get(url)
        assert answer.status_code == 200
        assert "quillon" not in answer.content.decode().lower(), url
    out = tmp_path / "all.jsonl"
    export_history(out)
    assert MARK not in out.read_text().lower()
    assert import_files([out], at=timezone.now()).created == {}
