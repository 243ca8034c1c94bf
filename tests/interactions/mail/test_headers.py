"""Senders, recipients, subjects, dates and threads, as awkward mail programs write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from interactions.mail import Message, parse_message


def mail(*headers: str | bytes, body: bytes = b"hello") -> Message:
    lines = [header if isinstance(header, bytes) else header.encode() for header in headers]
    if not any(line.lower().startswith(b"from:") for line in lines):
        lines.append(b"From: ada@example.org")
    return parse_message(b"\r\n".join(lines) + b"\r\n\r\n" + body)


@pytest.mark.parametrize(
    ("header", "name", "email"),
    [
        ("ada@example.org", "", "ada@example.org"),
        ("<Ada@Example.ORG>", "", "ada@example.org"),
        ("Ada Okafor <ada@example.org>", "Ada Okafor", "ada@example.org"),
        ('"Okafor, Ada" <ada@example.org>', "Okafor, Ada", "ada@example.org"),
        ("Okafor, Ada <ada@example.org>", "Okafor, Ada", "ada@example.org"),
        ("ada@example.org (Ada Okafor)", "Ada Okafor", "ada@example.org"),
        ("Ada ada@example.org", "Ada", "ada@example.org"),
        ('"ada@example.org"', "", "ada@example.org"),
        ('"ada@example.org" <ada@example.org>', "", "ada@example.org"),
        ("'ada@example.org' <ada@example.org>", "'ada@example.org'", "ada@example.org"),
        ("Ada [Sales] | Us <ada@example.org>", "Ada [Sales] | Us", "ada@example.org"),
        ('"Ada \\"the boss\\" Okafor" <ada@example.org>', "Ada the boss Okafor", "ada@example.org"),
        ("< ada @ example.org >", "", "ada@example.org"),
        ("Ada <mailto:ada@example.org>", "Ada", "ada@example.org"),
        ("Ada <ada@example.org", "Ada", "ada@example.org"),
        ('"Lamps Ltd " <>, "Li" <li@example.org>', "Li", "li@example.org"),
        ("ada@example.org, bob@example.org", "", "ada@example.org"),
        ("=?utf-8?q?Ad=C3=A1_=C3=96?= <ada@example.org>", "Adá Ö", "ada@example.org"),
        ('"=?utf-8?q?=C3=96,_Ada?=" <ada@example.org>', "Ö, Ada", "ada@example.org"),
        ("Ada <ada@xn--mller-kva.example>", "Ada", "ada@xn--mller-kva.example"),
        ("Ada <ädä@example.org>", "Ada", "ädä@example.org"),
        ("=?utf-8?Q?boss=40firm.example=2C?= <ada@example.org>", "boss@firm.example,", "ada@example.org"),
        ("=?utf-8?Q?Boss_<boss@firm.example>?= <ada@example.org>", "Boss <boss@firm.example>", "ada@example.org"),
        ("=?utf-8?Q?=C3=96_<ada@example.org>?=", "Ö", "ada@example.org"),
        ('"Okafor, Ada <ada@example.org>', "Okafor, Ada", "ada@example.org"),
        ("Ada <ada@intranet>", "Ada", "ada@intranet"),
    ],
)
def test_sender(header, name, email):
    sender = mail(f"From: {header}").sender
    assert (sender.name, sender.email, sender.valid) == (name, email, True)


def test_the_address_as_written_is_kept_beside_the_one_for_comparing():
    sender = mail("From: Ada.Okafor@Example.ORG").sender
    assert (sender.given, sender.email) == ("Ada.Okafor@Example.ORG", "ada.okafor@example.org")


@pytest.mark.parametrize("header", ['"Grand Lottery"@example.com>', "ada@@example.org", "ada@example..org"])
def test_a_malformed_sender_is_kept_but_not_valid(header):
    message = mail(f"From: {header}")
    assert message.sender is not None
    assert not message.sender.valid
    assert message.problems


def test_a_sender_without_any_address_is_its_own_name():
    message = mail("From: MAILER-DAEMON (Mail Delivery System)")
    assert (message.sender.name, message.sender.email) == ("Mail Delivery System", "mailer-daemon")
    assert not message.sender.valid
    assert message.auto_reply


@pytest.mark.parametrize("header", ['From: "Ada" <>', "From:"])
def test_an_empty_sender_is_whom_to_answer(header):
    message = mail(header, "Reply-To: <ada@example.org>")
    assert message.sender.email == "ada@example.org"
    assert "no sender in From, taken from Reply-To" in message.problems


def test_the_first_sender_that_is_an_address_counts():
    assert mail("From: [??????]", "From: Ada <ada@example.org>").sender.email == "ada@example.org"


def test_header_names_in_any_case_with_a_space_before_the_colon():
    message = parse_message(b"FROM : ada@example.org\nsubject: hi\n\ntext")
    assert (message.sender.email, message.subject, message.text) == ("ada@example.org", "hi", "text")


def test_no_sender_at_all():
    message = parse_message(b"Subject: hello\n\ntext")
    assert message.sender is None
    assert "the sender has no address" in message.problems


@pytest.mark.parametrize(
    ("header", "emails"),
    [
        ("a@x.example, B <b@x.example>;c@x.example", ["a@x.example", "b@x.example", "c@x.example"]),
        ("undisclosed-recipients:;", []),
        ("Recipients", []),
        ("Friends: a@x.example, B <b@x.example>;", ["a@x.example", "b@x.example"]),
        ("Okafor, Ada <a@x.example>, Berg, Bo <b@x.example>", ["a@x.example", "b@x.example"]),
        ("a@x.example,\r\n\tb@x.example", ["a@x.example", "b@x.example"]),
        ("a@x.example, A@X.example", ["a@x.example"]),
        ('"=?iso-8859-1?Q?G=FCnther_=7C_Us?=" <k.g\udcfcn@x.example>', ["k.gün@x.example"]),
        (",,;", []),
    ],
)
def test_recipients(header, emails):
    message = mail(f"To: {header}".encode("utf-8", "surrogateescape"))
    assert [address.email for address in message.to] == emails


def test_recipients_of_all_kinds_and_repeated_headers():
    message = mail(
        "To: a@x.example", "To: b@x.example", "Cc: C <c@x.example>", "Bcc: d@x.example", "Reply-To: e@x.example"
    )
    assert [a.email for a in (*message.to, *message.cc, *message.bcc)] == [f"{name}@x.example" for name in "abcd"]
    assert message.reply_to.email == "e@x.example"
    assert (message.to_text, message.cc_text) == ("a@x.example, b@x.example", "C <c@x.example>")


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        (b"plain", "plain"),
        (b"", ""),
        (b"=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"),
        (b"=?iso-8859-1?Q?Gr=FC=DFe?= aus Bonn", "Grüße aus Bonn"),
        (b"=?UTF-8?Q?a_?=\r\n =?UTF-8?Q?b?=", "a b"),
        (b"=?utf-8?B?ww==?=\r\n =?utf-8?B?vA==?=", "ü"),
        (b"=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=", "ü"),
        (b"=?utf-8?Q?with spaces?= in it", "with spaces in it"),
        (b"=?utf-8*de?Q?=C3=BC?=", "ü"),
        (b"=?GB2312?B?xOO6ww==?=", "你好"),
        (b"=?gb2312?B?gYGBgQ==?=", "亖亖"),
        (b"=?iso-2022-jp?Q?" + "伝真".encode("iso-2022-jp") + b"?=", "伝真"),
        (b"=?iso-2022-jp?B?GyRCLSEbKEI=?=", "①"),
        (b"=?ISO-2022-JP?B?g2WDWINn?=", "テスト"),
        (b"=?koi8-r?B?8NLJ18XU?=", "Привет"),
        (b"=?ks_c_5601-1987?B?vsiz5w==?=", "안녕"),
        (b"=?x-nonsense?Q?caf=E9?=", "café"),
        (b"=?unicode_escape?Q?=5Cud800?=", "\\ud800"),
        (b"Gr\xfc\xdfe", "Grüße"),
        ("Grüße".encode(), "Grüße"),
        (b"=?utf-8?B?AAAAYQ==?=", "a"),
        (b"=?utf-7?Q?Gr+APwA3w-e?=", "Grüße"),
        (b"=?utf-8?Q?half", "=?utf-8?Q?half"),
        (b"folded\r\n here", "folded here"),
        (b"=?utf-8?B?DQrDvA==?=", "ü"),
    ],
)
def test_subject(header, subject):
    assert mail(b"Subject: " + header).subject == subject


def test_bare_8_bit_headers_are_read_in_the_charset_of_the_body():
    message = mail(b"Subject: " + "你好".encode("gb2312"), "Content-Type: text/plain; charset=gb2312")
    assert message.subject == "你好"


def test_a_very_long_subject_is_cut_and_says_so():
    message = mail("Subject: " + "long " * 5000)
    assert len(message.subject) == 10_000
    assert any("subject longer" in problem for problem in message.problems)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Thu, 3 May 2012 11:36:43 +0200", datetime(2012, 5, 3, 9, 36, 43, tzinfo=UTC)),
        ("3 May 12 11:36 EST", datetime(2012, 5, 3, 16, 36, tzinfo=UTC)),
        ("Thu, 01 Jan 70 00:00:00 GMT", datetime(1970, 1, 1, tzinfo=UTC)),
        ("Fri,  6 Jan 2017 19:23:41 +0100 (CET)", datetime(2017, 1, 6, 18, 23, 41, tzinfo=UTC)),
        ("Fri, 07 Apr 2023 17:30:44 +0200Received: from m1", datetime(2023, 4, 7, 15, 30, 44, tzinfo=UTC)),
        ("Mon, 1 Jan 2024 10:00:00 -0000", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        ("Tue, 14 Jan 2020 02:15:30 PM +0000", datetime(2020, 1, 14, 14, 15, 30, tzinfo=UTC)),
        ("2024-01-01T10:00:00Z", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        ("2024-01-01 10:00:00 +0100", datetime(2024, 1, 1, 9, tzinfo=UTC)),
    ],
)
def test_date(text, when):
    message = mail(f"Date: {text}")
    assert message.date == when
    assert message.problems == ()


def test_a_date_keeps_its_offset():
    offset = timezone(timedelta(hours=5, minutes=30))
    assert mail("Date: Mon, 1 Jan 2024 10:00:00 +0530").date.utcoffset() == offset.utcoffset(None)


@pytest.mark.parametrize("text", ["Mon, 1 Jan 2024 10:00:00", "Mon, 1 Jan 2024 10:00:00 -9900"])
def test_a_date_without_a_possible_offset_is_utc_and_says_so(text):
    message = mail(f"Date: {text}")
    assert message.date == datetime(2024, 1, 1, 10, tzinfo=UTC)
    assert "read as UTC" in message.problems[0]


@pytest.mark.parametrize("text", ["", "yesterday", "Wed, 05 Sep 2018 29:24:05 +0700", "31 Feb 2020 10:00:00 +0000"])
def test_an_unreadable_date_is_none(text):
    assert mail(f"Date: {text}").date is None


def test_the_newest_received_header_stands_in_for_the_date():
    received = "Received: from a by b; Tue, {} Mar 2023 17:30:35 +0000 (UTC)"
    message = mail("Date: soon", received.format(21), received.format(20))
    assert message.date == datetime(2023, 3, 21, 17, 30, 35, tzinfo=UTC)


def test_threads():
    message = mail(
        "Message-ID:\r\n <me@x.example>", "References: <a@x> <b@x>\r\n\t<a@x>", "In-Reply-To: <c@x> from Monday"
    )
    assert message.message_id == "me@x.example"
    assert message.references == ("a@x", "b@x", "c@x")


@pytest.mark.parametrize(
    ("header", "found"), [("Message-Id: bare@x", "bare@x"), ("Message-Id:", None), (f"Message-Id: <{'x' * 999}>", None)]
)
def test_message_ids_out_of_form(header, found):
    assert mail(header).message_id == found


@pytest.mark.parametrize(
    ("header", "auto_reply", "bulk"),
    [
        ("Auto-Submitted: no", False, False),
        ("Auto-Submitted: auto-replied (vacation)", True, False),
        ("Auto-Submitted: auto-generated; x=y", True, False),
        ("X-Autoreply: yes", True, False),
        ("Precedence: auto_reply", True, False),
        ("Precedence: bulk", False, True),
        ("List-Unsubscribe: <mailto:x@y.example>", False, True),
        ("List-Id: <x.y.example>", False, True),
        ("X-Auto-Response-Suppress: All", False, False),
        ("Return-Path: <>", True, False),
        ("Return-Path: <ada@example.org>", False, False),
        ("Return-Path: <MAILER-DAEMON>", True, False),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b", True, False),
        ("X-Mailer: Mail", False, False),
    ],
)
def test_answers_of_machines_and_mail_to_many(header, auto_reply, bulk):
    message = mail(header)
    assert (message.auto_reply, message.bulk) == (auto_reply, bulk)
