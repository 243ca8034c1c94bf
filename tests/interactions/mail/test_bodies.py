"""Bodies and attachments: broken encodings, untrue charsets, nested parts, HTML that is not safe to show."""

import base64

import pytest

from interactions.mail import Message, UnreadableMessage, parse_message

HEAD = b"From: ada@example.org\nDate: Mon, 1 Jan 2024 10:00:00 +0000\n"


def single(content_type: str, body: bytes, *headers: str) -> Message:
    lines = [f"Content-Type: {content_type}", *headers] if content_type else list(headers)
    return parse_message(HEAD + "\n".join(lines).encode() + b"\n\n" + body)


def multipart(kind: str, *parts: bytes, boundary: str = "b") -> bytes:
    mark = boundary.encode()
    opening = b'Content-Type: multipart/%s; boundary="%s"\n\n' % (kind.encode(), mark)
    return opening + b"".join(b"--%s\n%s\n" % (mark, part) for part in parts) + b"--%s--\n" % mark


PLAIN = b"Content-Type: text/plain\n\nplain words"
PAGE = b"Content-Type: text/html\n\n<p>page <b>words</b></p>"


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/plain", b"plain", "plain"),
        ("", b"no type", "no type"),
        ("text/plain; charset=utf-8", "Grüße".encode(), "Grüße"),
        ("text/plain; charset=iso-8859-1", b"\x80 5 \x96 caf\xe9", "€ 5 – café"),
        ("text/plain; charset=us-ascii", "Grüße".encode(), "Grüße"),
        ("text/plain; charset=utf-8", b"caf\xe9", "café"),
        ("text/plain; charset=utf-8", "Grüße Ää Öö".encode()[:-1], "Grüße Ää Ö\ufffd"),
        ("text/plain; charset=utf-8m", "Grüße".encode(), "Grüße"),
        ("text/plain; charset=cp-850", b"caf\x82", "café"),
        ("text/plain; charset=ansi_x3.110-1983", b"caf\xe9", "café"),
        ("text/plain; charset=koi8-r", b"\xf0\xd2\xc9\xd7\xc5\xd4", "Привет"),
        ("text/plain; charset=gb2312", "內應力".encode("gb18030"), "內應力"),
        ("text/plain; charset=iso-2022-jp", b"\x1b$B-!#1ET#38)\x1b(B", "①１都３県"),
        ("text/plain; charset=iso-2022-jp", "ツール".encode("cp932"), "ツール"),
        ("text/plain; charset=iso-2022-jp", b"\x1b(I65\x1b(B", "ｶｵ"),
        ("text/plain; charset=windows-1258", b"R\xe9clamation", "Réclamation"),
        ("text/plain; charset=base64", b"abc", "abc"),
        ("text/plain; charset=idna", b"abc", "abc"),
        ('text/plain; charset="', b"abc", "abc"),
        ("text/plain; charset*=us-ascii'en'utf-8", "ü".encode(), "ü"),
        ("text/plain; charset=utf-8", b"a\x00b\x07c\r\nd", "abc\nd"),
        ("text", b"half a type", "half a type"),
        ("text/plain;;; format", b"strays", "strays"),
    ],
)
def test_text_in_its_charset(content_type, body, text):
    assert single(content_type, body).text == text


def test_an_unknown_charset_is_guessed_and_named():
    message = single("text/plain; charset=x-foo", b"caf\xe9")
    assert message.text == "café"
    assert message.problems == ("unknown charset x-foo, guessed", "not x-foo as stated, read as cp1252")


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("base64", base64.b64encode(b"hello"), "hello"),
        ("base64", b"aGVs\n bG8", "hello"),
        ("base64", b"aGVsbG8", "hello"),
        ("BASE64 ", b"aGVsbG8=", "hello"),
        ("quoted-printable", b"caf=E9 =\nau lait", "café au lait"),
        ("quoted-printable", b"50=% =ZZ =", "50=% =ZZ "),
        ("x-uuencode", b"begin 644 x\n%:&5L;&\\\n`\nend\n", "hello"),
        ("x-uuencode", b"not at all", "not at all"),
        ("8bit", b"hello", "hello"),
        ("nonsense", b"hello", "hello"),
    ],
)
def test_transfer_encodings(encoding, body, text):
    found = single("text/plain; charset=cp1252", body, f"Content-Transfer-Encoding: {encoding}").text
    assert found.rstrip() == text.rstrip()


def test_the_plain_and_the_html_version_of_one_body():
    message = parse_message(HEAD + multipart("alternative", PLAIN, PAGE))
    assert (message.text, message.html) == ("plain words", "<p>page <b>words</b></p>")
    assert message.attachments == ()


def test_html_alone_is_read_as_text():
    source = (
        b"<style>p {}</style><title>t</title><p>Dear&nbsp;Bo,</p>one<br>two &lt;3<ul><li>a<li>b</ul><pre>x\n  y</pre>"
    )
    message = single("text/html", source)
    assert message.text == "Dear Bo,\n\none\ntwo <3\n\n- a\n- b\n\nx\n  y"


def test_a_blank_plain_version_gives_way_to_the_html():
    message = parse_message(HEAD + multipart("alternative", b"Content-Type: text/plain\n\n \n", PAGE))
    assert message.text == "page words"


def test_a_reply_in_html_is_cut_at_its_quote():
    intro = "On Mon, 1 Jan 2024 at 10:00, Bo wrote:"
    source = f"<p>Done!</p><div>{intro}<blockquote><p>Is it <b>done</b>?</p></blockquote></div>"
    message = single("text/html", source.encode())
    assert message.text == "Done!"
    assert message.quoted == f"{intro}\n\n> Is it done?"


def test_unsafe_html_is_gone_and_no_image_is_loaded():
    source = (
        b'<p onclick="x()" style="background:url(http://spy.example/s.gif)">a</p><script>x()</script>'
        b'<a href="javascript:x()">b</a><iframe src="http://spy.example"></iframe><form><input></form>'
        b'<img src="http://spy.example/p.gif?a=1&amp;b=2" onerror="x()"><img src="data:image/png;base64,AA" alt="d">'
        b'<svg onload="x()"></svg><base href="http://spy.example"><link rel="stylesheet" href="http://spy.example/x.css">'
    )
    html = single("text/html", source).html
    assert html == (
        '<p>a</p><a rel="noopener noreferrer nofollow">b</a>'
        '<img data-remote-src="http://spy.example/p.gif?a=1&amp;b=2"><img alt="d">'
    )


def test_an_attached_image_is_named_where_it_is_shown():
    page = b'Content-Type: text/html\n\n<p>look: <img src="cid:one@x" alt="chart"></p>'
    shown = b"Content-Type: image/png; name=chart.png\nContent-ID: <one@x>\nContent-Transfer-Encoding: base64\n\nAAEC"
    other = b"Content-Type: image/png\nContent-ID: <two@x>\nContent-Transfer-Encoding: base64\n\nAAEC"
    message = parse_message(HEAD + multipart("related", page, shown, other))
    assert message.html == '<p>look: <img alt="chart" data-cid="one@x"></p>'
    first, second = message.attachments
    assert (first.filename, first.content, first.content_id, first.inline) == (
        "chart.png",
        b"\x00\x01\x02",
        "one@x",
        True,
    )
    assert (second.filename, second.inline) == ("attachment-2.png", False)


def test_text_around_an_attachment_is_one_text():
    file = b"Content-Type: text/plain; name=notes.txt\nContent-Disposition: attachment\n\nnotes"
    message = parse_message(HEAD + multipart("mixed", PLAIN, file, b"Content-Type: text/plain\n\nbelow"))
    assert message.text == "plain words\n\nbelow"
    assert [(a.filename, a.content_type, a.content) for a in message.attachments] == [
        ("notes.txt", "text/plain", b"notes")
    ]


def test_plain_text_beside_html_is_in_both_versions():
    message = parse_message(HEAD + multipart("mixed", b"Content-Type: text/plain\n\n1 < 2", PAGE))
    assert message.text == "1 < 2\n\npage words"
    assert message.html == "<pre>1 &lt; 2</pre>\n<p>page <b>words</b></p>"


@pytest.mark.parametrize(
    ("headers", "filename"),
    [
        ('Content-Type: a/b; name="Gr=?utf-8?Q?=C3=BC?=n.txt"', "Grün.txt"),
        ("Content-Disposition: attachment; filename*=utf-8''Gr%C3%BCn.txt", "Grün.txt"),
        ("Content-Disposition: attachment; filename*0=Gr; filename*1=oss.txt", "Gross.txt"),
        ("Content-Disposition: attachment; filename*=nonsense'x'a%FFb", "aÿb"),
        ('Content-Disposition: attachment; filename="../../etc/passwd"', "passwd"),
        ('Content-Disposition: attachment; filename="C:\\\\temp\\\\a.doc"', "a.doc"),
        ('Content-Type: application/ms-tnef; name="winmail.dat"', "winmail.dat"),
        ("Content-Type: application/pdf", "attachment-1.pdf"),
        ('Content-Type: a/b; name=".."', "attachment-1"),
        (f"Content-Type: a/b; name={'x' * 500}.txt", "x" * 180 + ".txt"),
        ("Content-Type: text/calendar; method=REQUEST", "attachment-1.ics"),
        ("Content-Type: application/pgp-signature; name=signature.asc", "signature.asc"),
        ("Content-Type: message/delivery-status\nContent-Description: Delivery report", "Delivery report.txt"),
        ("Content-Type: message/rfc822", "About it.eml"),
    ],
)
def test_filenames(headers, filename):
    part = headers.encode() + b"\n\nSubject: About it\n\nfile"
    [attachment] = parse_message(HEAD + multipart("mixed", PLAIN, part)).attachments
    assert attachment.filename == filename
    assert attachment.content


def test_a_bare_8_bit_filename_is_read_in_the_charset_of_the_body():
    part = b'Content-Type: a/b; name="' + "绩效.xls".encode("gb2312") + b'"\n\nx'
    text = b"Content-Type: text/plain; charset=gb2312\n\n" + "你好".encode("gb2312")
    [attachment] = parse_message(HEAD + multipart("mixed", text, part)).attachments
    assert attachment.filename == "绩效.xls"


def test_an_enclosed_mail_is_an_attachment_not_a_body():
    enclosed = b"Content-Type: message/rfc822\n\nFrom: bo@example.org\nSubject: Caf\xe9\n\ninner \xe9 words\n"
    message = parse_message(HEAD + multipart("mixed", PLAIN, enclosed))
    assert message.text == "plain words"
    assert b"inner \xe9 words" in message.attachments[0].content


def test_a_mail_that_is_one_file():
    message = single("application/pkcs7-mime; name=smime.p7m", b"AAEC", "Content-Transfer-Encoding: base64")
    assert (message.text, message.html) == ("", "")
    assert [(a.filename, a.content) for a in message.attachments] == [("smime.p7m", b"\x00\x01\x02")]


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Type: multipart/mixed; boundary=b\n\nwords without any boundary",
        b"Content-Type: multipart/mixed\n\nwords without any boundary",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nwords without any boundary",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\n"
        b"words without any boundary",
        b"words without any boundary",
    ],
)
def test_missing_boundaries_and_blank_lines(body):
    assert parse_message(HEAD + body).text == "words without any boundary"


def test_a_stray_line_among_the_headers_ends_nothing():
    message = parse_message(
        b"---- Original message ----\nFrom: ada@example.org\nX-Spam: no\ntests=A,B\nSubject: hi\n\ntext"
    )
    assert (message.sender.email, message.subject, message.text) == ("ada@example.org", "hi", "text")
    assert message.problems[0] == "a line among the headers is no header"


def test_an_mbox_line_above_the_headers_is_dropped():
    assert parse_message(b"From ada@example.org Thu May  3 12:04:29 2012\n" + HEAD + b"\ntext").text == "text"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (b"hello there", "no mail header"),
        (b"hello: there\n\nworld", "no mail header"),
        (b"%PDF-1.7\n\x00\xff\xfe" * 20, "binary"),
        (bytes(range(128, 256)) * 20, "binary"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"),
    ],
)
def test_what_is_no_mail_is_refused_with_the_reason(raw, reason):
    with pytest.raises(UnreadableMessage, match=reason):
        parse_message(raw)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n' * 10_000, "nested parts"),
        (HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 10_000, "nested parts"),
        (HEAD + b"Content-Type: message/rfc822\n\n" * 2_000, "nested parts"),
        (HEAD + b"X-Bomb: 1\n" * 500_000 + b"\nx", "header longer"),
        (HEAD + b"\n" + b"a\n" * 800_000, "lines"),
        (HEAD + b"\n" + b"a" * 41_000_000, "larger than 40 MB"),
        (HEAD + b"Content-Type: text/html\n\n" + b"<div>" * 100_000, "nested too deeply"),
        (HEAD + b"Content-Type: text/html\n\n" + b"<p>" + b"x" * 1_100_000, "HTML longer"),
    ],
)
def test_bombs_are_bounded_and_named(raw, problem):
    message = parse_message(raw)
    assert any(problem in named for named in message.problems)
    assert len(message.text) <= 200_000


@pytest.mark.parametrize(
    "address", [b"a" * 90_000, b'"<(' * 30_000, b"a@b.example," * 30_000, b"(" * 90_000, b"=?utf-8?q?" * 9_000]
)
def test_long_headers_cost_no_more_than_their_length(address):
    assert len(parse_message(HEAD + b"To: " + address + b"\n\nx").to) <= 1_000
