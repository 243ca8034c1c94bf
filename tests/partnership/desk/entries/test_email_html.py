"""A mail as it was sent: sealed, and nothing in it can act."""

import re
from html.parser import HTMLParser

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from interactions.models import Attachment, Interaction
from partnership.desk.entries.email_html import STYLE, link_host, mail_page, mail_policy
from tests.examples import examples
from tests.factories import CustomerFactory, happens

pytestmark = pytest.mark.django_db

REMOTE = '<p>Hi</p><img data-remote-src="https://track.example/1.gif" alt="Logo" width="20">'


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ada(sam):
    return CustomerFactory()


def mail(customer, html, **more):
    return happens(customer, "message", at=timezone.now(), html=html, **more)


def at(row, more="mail/"):
    return f"/customers/{row.customer_id}/entries/{row.pk}/{more}"


def test_it_is_sealed(desk, ada):
    response = desk.get(at(mail(ada, "<p>Hello <b>you</b></p>")))
    said = response["Content-Security-Policy"]
    assert said.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation" in said
    assert "allow-scripts" not in said
    assert "allow-same-origin" not in said
    assert "unsafe" not in said
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "<p>Hello <b>you</b></p>" in response.content.decode()


def test_remote_pictures_come_when_they_are_asked_for(desk, ada):
    row = mail(ada, REMOTE + '<img data-remote-src="http://plain.example/2.gif" alt="Plain">')
    page = desk.get(at(row)).content.decode()
    assert f'<a href="{at(row, "")}?show=pictures#as-sent" target="_top">Show pictures</a>' in page
    assert "track.example" not in page
    assert '<span class="no-picture">Logo</span>' in page
    response = desk.get(at(row, "mail/?pictures=1"))
    page = response.content.decode()
    assert '<img src="https://track.example/1.gif" alt="Logo" width="20" referrerpolicy="no-referrer">' in page
    assert "plain.example" not in page
    assert "Show pictures" not in page
    assert "img-src data: https:;" in response["Content-Security-Policy"]


def test_attached_pictures_are_within(desk, ada):
    row = mail(ada, '<img data-cid="logo@x" alt="Logo"><img data-cid="page@x"><img data-cid="gone@x" alt="Gone">')
    for name, content_type, content_id in (
        ("logo.png", "image/png", "<logo@x>"),
        ("page.html", "text/html", "page@x"),
        ("gone.png", "image/png", "gone@x"),
    ):
        file = Attachment(interaction=row, name=name, content_type=content_type, size=4, sha256="0" * 64)
        file.content_id = content_id
        file.file.save(name, ContentFile(b"logo"))
        file.file.close()
    file.file.storage.delete(file.file.name)
    page = desk.get(at(row)).content.decode()
    assert '<img src="data:image/png;base64,bG9nbw==" alt="Logo" referrerpolicy="no-referrer">' in page
    assert page.count("<img") == 1
    assert '<span class="no-picture">Gone</span>' in page


def test_links_say_where_they_go(desk, ada):
    page = desk.get(
        at(
            mail(
                ada,
                '<a href="https://evil.example/x?a=1&amp;b=2">www.bank.example</a> <a href="mailto:a@x.example">A</a>',
            )
        )
    ).content.decode()
    assert '<a href="https://evil.example/x?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">' in page
    assert 'www.bank.example</a> <span class="to">[evil.example]</span>' in page
    assert '<span class="to">[a@x.example]</span>' in page


@pytest.mark.parametrize(
    ("href", "said"),
    [
        ("https://bank.example@evil.example/", "evil.example"),
        ("https://аpple.example/", "xn--pple-43d.example"),
        ("HTTPS://UP.example", "up.example"),
        ("tel:+49301", "+49301"),
        ("javascript:alert(1)", ""),
        ("//evil.example/", ""),
        ("https://[broken/", ""),
        ("/customers/1/", ""),
        ("data:text/html,<script>", ""),
    ],
)
def test_where_a_link_goes(href, said):
    assert link_host(href) == said


def test_the_entry_shows_it_in_a_frame_when_asked(desk, ada):
    row = mail(ada, REMOTE, source="mail")
    page = desk.get(at(row, "")).content.decode()
    assert "<iframe" not in page
    page = desk.get(at(row, "?show=sent")).content.decode()
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"' in page
    assert f'src="{at(row)}"' in page
    assert f'src="{at(row)}?pictures=1"' in desk.get(at(row, "?show=pictures")).content.decode()


def test_without_html_there_is_none(desk, ada):
    row = mail(ada, "")
    assert desk.get(at(row)).status_code == 404
    assert "<iframe" not in desk.get(at(row, "?show=sent")).content.decode()


PARTS = st.sampled_from(
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<iframe srcdoc='<p>'>",
        "<a href='javascript:alert(1)'>x", "<a href=\" java\tscript:alert(1)\">x</a>", "<base href='https://evil.example'>",
        "<form action='https://evil.example'><input>", "<meta http-equiv=refresh content='0;url=https://evil.example'>",
        "<style>*{background:url(https://evil.example)}</style>", "<p style='background:url(https://evil.example)'>",
        "<link rel=stylesheet href=https://evil.example>", "<object data=x>", "<math><mi xlink:href=data:x>",
        "</body></html>", "<!--", "-->", "]]>", "<![CDATA[", '"', "'", "&lt;script&gt;", "&#x3c;script&#x3e;",
        "<td", "\0",
        "<img data-cid='a\"onerror=alert(1)'>", "<img data-remote-src='https://e.example/\"onload=alert(1)'>",
        "<img data-remote-src='javascript:alert(1)' width='1\" onload=1'>", "<a href='https://x.example/\"onclick=1'>",
        "<noscript>", "<template>", "<title>", "<textarea>", "<plaintext>", "<xmp>",
    ]
)  # fmt: skip


class Elements(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


FORBIDDEN = {"script", "iframe", "object", "embed", "form", "input", "link", "base", "svg", "math", "template"}
FORBIDDEN |= {"noscript", "textarea", "plaintext", "xmp", "frame", "frameset", "video", "audio"}


@examples(200)
@given(parts=st.lists(PARTS | st.text(max_size=12), max_size=12), pictures=st.booleans())
def test_hostile_html_does_nothing(parts, pictures):
    html = "".join(parts).replace("\0", "")
    page = mail_page(
        Interaction(pk=3, customer_id=7, html=html, subject=html[:200], language=html[:16]), pictures=pictures
    )
    elements = Elements(page).found
    assert not {tag for tag, _ in elements} & FORBIDDEN
    assert [tag for tag, _ in elements if tag in ("html", "head", "body", "style", "title", "meta")] == [
        "html", "head", "meta", "title", "style", "body",
    ]  # fmt: skip
    for tag, attributes in elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "srcdoc", "xlink:href")]
        if tag == "img":
            assert pictures
            assert re.match("https:", attributes["src"], re.IGNORECASE)
        if (href := attributes.get("href")) and attributes["target"] != "_top":
            assert re.match("https?:|mailto:|tel:", href.strip(), re.IGNORECASE)
        elif href:
            assert href == "/customers/7/entries/3/?show=pictures#as-sent"


def test_the_style_is_the_one_that_the_policy_names(desk, ada):
    page = desk.get(at(mail(ada, "<p>x</p>"))).content.decode()
    assert page.count("<style>") == 1
    assert f"<style>{STYLE}</style>" in page
    assert mail_policy(pictures=True).count("sha256-") == 1


def test_clean_html_is_kept_from_view_to_view(ada, monkeypatch):
    hostile = "<p>Once <script>alert(1)</script>cleaned</p>"
    entry = happens(ada, "message", at=timezone.now(), body="Once", html=hostile)
    first = mail_page(entry, pictures=False)
    assert "<script" not in first
    monkeypatch.setattr("nh3.clean", None)
    assert mail_page(entry, pictures=False) == first
