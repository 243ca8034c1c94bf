"""Mail in: whose each message is, in which thread, and what is kept of it."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from customers.models import Customer
from interactions.imports import history
from interactions.imports.history import Summary
from interactions.models import Conversation, Interaction
from partnership.staff.models import Firm, User
from tests.data import MAILS

pytestmark = pytest.mark.django_db

AT = datetime(2024, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"
    settings.MEDIA_ROOT = tmp_path / "media"


def mail(body: str = "Hello.", **headers: str) -> bytes:
    given = {"From": "Ada Okafor <ada@example.org>", "To": "office@ours.example", "Subject": "Hello", **headers}
    given.setdefault("Date", "Fri, 8 Mar 2024 18:20:00 +0000")
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in given.items() if value]
    return ("\r\n".join(lines) + f"\r\n\r\n{body}\r\n").encode()


def imported(path: Path, *mails: bytes, **options: Any) -> Summary:
    files = []
    for number, raw in enumerate(mails):
        files.append(path / f"{number}.eml")
        files[-1].write_bytes(raw)
    options.setdefault("own", ["ours.example"])
    return history.import_files(files, at=AT, **options)


def test_a_mail_of_theirs_is_the_senders(tmp_path: Path) -> None:
    summary = imported(tmp_path, mail(Message_ID="<1@example.org>", Cc="Ben <ben@example.org>"))
    assert summary.created == {"interaction": 1, "attachment": 1}
    row = Interaction.objects.get()
    assert (row.ref, row.direction, row.kind, row.channel) == ("mail:<1@example.org>", "inbound", "message", "email")
    assert (row.customer.name, row.customer.ref) == ("Ada Okafor", "mail:email:ada@example.org")
    assert (row.subject, row.body, row.occurred_at) == ("Hello", "Hello.", datetime(2024, 3, 8, 18, 20, tzinfo=UTC))
    assert row.payload == {
        "message_id": "1@example.org",
        "from": "Ada Okafor <ada@example.org>",
        "from_email": "ada@example.org",
        "from_display_name": "Ada Okafor",
        "to": "office@ours.example",
        "cc": "Ben <ben@example.org>",
    }


def test_a_mail_of_ours_has_a_row_for_each_recipient(tmp_path: Path) -> None:
    User.objects.create_user("sam@elsewhere.example", name="Sam")
    raw = mail(
        From="sam@elsewhere.example",
        To="ada@example.org, Ben <ben@example.org>",
        Cc="x@ours.example",
        Message_ID="<1@x>",
    )
    imported(tmp_path, raw)
    rows = Interaction.objects.order_by("pk")
    assert [(row.direction, row.customer.name) for row in rows] == [
        ("outbound", "ada@example.org"),
        ("outbound", "Ben"),
    ]
    assert [row.attachments.count() for row in rows] == [1, 0]
    assert [row.conversation.customer_id for row in rows] == [row.customer_id for row in rows]


@pytest.mark.parametrize("own", [{"own_addresses": ["office@ours.example"]}, {"own_domains": ["ours.example"]}])
def test_the_firms_own_addresses_are_known(tmp_path: Path, own: dict[str, list[str]]) -> None:
    Firm.objects.create(name="Ours", **own)
    imported(tmp_path, mail(From="office@ours.example", To="ada@example.org"), own=[])
    assert Interaction.objects.get().direction == "outbound"


def test_where_no_address_is_ours_the_sender_is_the_customer(tmp_path: Path) -> None:
    imported(tmp_path, mail(), own=[])
    assert Interaction.objects.get().customer.name == "Ada Okafor"


def test_a_mail_among_ourselves_is_refused(tmp_path: Path) -> None:
    summary = imported(tmp_path, mail(From="a@ours.example"))
    assert summary.refused == 1
    assert "no customer takes part" in Path(summary.refusals_file or "").read_text()


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
@pytest.mark.parametrize("together", [True, False])
def test_a_thread_is_one_conversation(tmp_path: Path, order: list[int], together: bool) -> None:
    mails = [
        mail(Message_ID="<1@x>"),
        mail(Message_ID="<2@x>", From="a@ours.example", To="ada@example.org", In_Reply_To="<1@x>", Subject="Re: Hello",
             Date="Sat, 9 Mar 2024 18:20:00 +0000"),
        mail(Message_ID="<3@x>", References="<1@x> <2@x>", Subject="Re: Hello", Date="Sun, 10 Mar 2024 18:20:00 +0000"),
    ]  # fmt: skip
    for batch in [order] if together else [[number] for number in order]:
        imported(tmp_path, *(mails[number] for number in batch))
    thread = Conversation.objects.get()
    assert (thread.ref, thread.interactions.count(), thread.status) == ("mail:<1@x>", 3, "closed")
    assert not together or thread.subject == "Hello"


def test_a_reply_to_what_came_before_joins_its_thread(tmp_path: Path) -> None:
    """Some mail programs name only the message that they answer."""
    imported(tmp_path, mail(Message_ID="<2@x>", References="<1@x>"))
    imported(tmp_path, mail(Message_ID="<3@x>", In_Reply_To="<2@x>"))
    assert Conversation.objects.get().interactions.count() == 2


def test_i8_the_same_again_changes_nothing(tmp_path: Path) -> None:
    mails = [mail(Message_ID="<1@x>"), mail(Date="", Message_ID=""), mail(body="Another", Message_ID="")]
    assert imported(tmp_path, *mails).created["interaction"] == 3
    assert imported(tmp_path, *reversed(mails)).unchanged["interaction"] == 3
    other_way = mail(Message_ID="<1@x>", X_Spam="no", Subject="[list] Hello")
    assert imported(tmp_path, other_way).unchanged["interaction"] == 1
    assert Interaction.objects.filter(subject="Hello").count() == 3


@pytest.mark.parametrize("date", ["", "Mon, 1 Jan 9999 00:00:00 +0000", "tomorrow"])
def test_a_mail_without_a_usable_date_is_taken_now(tmp_path: Path, date: str) -> None:
    imported(tmp_path, mail(Date=date))
    row = Interaction.objects.get()
    assert row.occurred_at == AT
    assert any("date" in problem for problem in row.payload["problems"])


def test_a_machines_answer_is_marked(tmp_path: Path) -> None:
    imported(tmp_path, mail(Auto_Submitted="auto-replied"))
    assert Interaction.objects.get().payload["auto_reply"] is True
    assert Conversation.objects.get().waiting_since is None


def test_a_sender_without_an_address_is_known_by_what_they_call_themselves(tmp_path: Path) -> None:
    imported(tmp_path, mail(From="MAILER-DAEMON (Mail Delivery System)"))
    assert Customer.objects.get().contact_points.get().kind == "handle"


def test_quoted_text_and_unsafe_html(tmp_path: Path) -> None:
    body = "Yes.\r\n\r\nOn Thu, 7 Mar 2024 at 10:00, Sam <sam@ours.example> wrote:\r\n> Shall we?"
    html = mail('<p onclick="x()">Hi<script>alert(1)</script></p>', Content_Type="text/html", Message_ID="<h@x>")
    imported(tmp_path, mail(body, Message_ID="<q@x>"), html)
    row = Interaction.objects.get(external_id="<q@x>")
    assert row.body == "Yes."
    assert "> Shall we?" in row.quoted
    shown = Interaction.objects.get(external_id="<h@x>").html
    assert "<p>Hi</p>" in shown
    assert "script" not in shown


def test_files_are_kept_beside_the_mail_as_it_came(tmp_path: Path) -> None:
    raw = mail(
        '--b\r\nContent-Type: text/plain\r\n\r\nSee file.\r\n--b\r\nContent-Type: text/csv; name="a.csv"\r\n'
        "Content-Disposition: attachment\r\n\r\n1;2\r\n--b--",
        Content_Type="multipart/mixed; boundary=b",
        MIME_Version="1.0",
        Message_ID="<1@x>",
    )
    imported(tmp_path, raw)
    kept = {each.name: each for each in Interaction.objects.get().attachments.all()}
    assert {name: each.ref for name, each in kept.items()} == {
        "a.csv": "mail:<1@x>/attachment/1",
        "original.eml": "mail:<1@x>/attachment/original",
    }
    with kept["original.eml"].file as original:
        assert original.read() == raw


def test_an_mbox_is_read_message_by_message(tmp_path: Path) -> None:
    file = tmp_path / "all.mbox"
    parts = [mail(Message_ID=f"<{number}@x>") for number in range(3)]
    file.write_bytes(b"".join(b"From ada@example.org Fri Mar  8 18:20:00 2024\n" + part + b"\n" for part in parts))
    summary = history.import_files([file], at=AT, own=["ours.example"])
    assert (summary.read, summary.created["interaction"], summary.refused) == (3, 3, 0)


def test_mail_that_is_none_is_refused_and_harms_no_other(tmp_path: Path) -> None:
    summary = imported(tmp_path, bytes(range(256)) * 20, mail(), format="eml")
    assert (summary.refused, summary.created["interaction"]) == (1, 1)


def test_awkward_mails_come_in_with_sender_recipients_and_subject(tmp_path: Path) -> None:
    for mail_file in MAILS:
        summary = history.import_files([mail_file], at=AT)
        assert (summary.refused, summary.created["interaction"]) == (0, 1), mail_file.name
        row = Interaction.objects.get()
        expected = tomllib.loads(mail_file.with_suffix(".toml").read_text(encoding="utf-8"))
        assert row.payload["from"].replace('"', "") == expected["sender"].replace('"', ""), mail_file.name
        assert row.payload.get("to", "").replace('"', "") == ", ".join(expected.get("to", [])), mail_file.name
        assert (row.subject, row.body) == (expected.get("subject", ""), expected.get("text", "")), mail_file.name
        assert row.occurred_at == (datetime.fromisoformat(expected["date"]) if "date" in expected else AT)
        Interaction.objects.all().delete()
