"""A mail as it was sent: its HTML as a document of its own, for an <iframe sandbox>.

The stored HTML has no scripts, no styles and no addresses of pictures (interactions.mail.html_body). Attached pictures
are written into the document, since a sandbox has no session to fetch them with; remote ones, which tell the sender
that the mail is read, are shown on request only; links show their host.
"""

import base64
import inspect
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from html.parser import HTMLParser
from importlib.metadata import version
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.translation import gettext as _

from interactions.imports.interchange.safe_html import safe_html
from interactions.mail import html_body
from interactions.models import Interaction
from partnership.core.caching import read_cached

_PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_DAY = 86_400  # seconds
_RULES = (
    f"{version('nh3')} {inspect.getsource(html_body)}"  # by which HTML is cleaned: with others, what is kept is old
)
_MOST_PICTURE_BYTES = 8_000_000  # of one mail, together

STYLE = (
    "html{color-scheme:light}body{margin:0;padding:1rem;background:#fff;color:#1f1b16;"
    "font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}img{max-width:100%;height:auto}"
    "table{max-width:100%}pre{white-space:pre-wrap}a{color:#0f6b63}blockquote{margin:0 0 0 .5rem;padding-left:.75rem;"
    "border-left:3px solid #ddd5c8;color:#5d554b}"
    ".offer{margin:0 0 1rem;padding:.5rem .75rem;border-radius:.4rem;background:#f4efe7;font-size:.9em}"
    ".to{color:#6a6157;font-size:.85em}.no-picture{padding:.1rem .4rem;border:1px dashed #a39a8f;color:#6a6157}"
)
_STYLE_HASH = base64.b64encode(sha256(STYLE.encode()).digest()).decode()


def mail_policy(*, pictures: bool) -> str:
    """Return the Content-Security-Policy: no scripts, no forms; links open a new window."""
    sources = "data: https:" if pictures else "data:"
    return (
        f"default-src 'none'; img-src {sources}; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
    )


def mail_page(entry: Interaction, *, pictures: bool) -> str:
    """Return the document. `pictures`: with remote ones."""
    writer = _MailWriter(_attached_pictures(entry), pictures=pictures)
    writer.feed(_clean_html(entry.html))
    writer.close()
    offer = "" if pictures or "data-remote-src=" not in entry.html else _pictures_offer(entry)
    language, title = escape(entry.language or "en"), escape(entry.subject or _("Message"))
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body>{offer}{''.join(writer.out)}</body></html>"
    )


def _clean_html(stored: str) -> str:
    """Clean it once more, as another version of this software may have stored it, and keep that for a day."""
    key = sha256(f"{_RULES} {stored}".encode()).hexdigest()
    return read_cached(f"desk.clean_html.{key}", _DAY, lambda: safe_html(stored))


def _pictures_offer(entry: Interaction) -> str:
    url = reverse("entry", args=[entry.customer_id, entry.pk])
    why = _("Remote pictures are not shown: fetching them would tell the sender that this mail was read.")
    link = f'<a href="{url}?show=pictures#as-sent" target="_top">{escape(_("Show pictures"))}</a>'
    return f'<p class="offer">{escape(why)} {link}</p>'


def _attached_pictures(entry: Interaction) -> dict[str, str]:
    """Return data: URLs by content id."""
    found: dict[str, str] = {}
    left = _MOST_PICTURE_BYTES
    for file in entry.attachments.exclude(content_id="").filter(content_type__in=_PICTURE_TYPES).order_by("pk"):
        if file.size > left:
            continue
        try:
            with file.file.open("rb") as source:
                content = source.read()
        except FileNotFoundError:
            continue
        left -= len(content)
        encoded = base64.b64encode(content).decode()
        found[file.content_id.strip("<> ")] = f"data:{file.content_type};base64,{encoded}"
    return found


class _MailWriter(HTMLParser):
    """Copies clean HTML, with pictures where they may be shown and the host after each link."""

    def __init__(self, attached: Mapping[str, str], *, pictures: bool) -> None:
        super().__init__(convert_charrefs=False)
        self.attached, self.pictures = attached, pictures
        self.out: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "img":
            self.out.append(self._picture(given))
        elif tag == "a":
            self.links.append(link_host(given.get("href", "")))
            self.out.append(_link_tag(given.get("href", "")))
        else:
            self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self.out.append(f"</{tag}>")
        if tag == "a" and self.links and (host := self.links.pop()):
            self.out.append(f' <span class="to">[{escape(host)}]</span>')

    def handle_data(self, data: str) -> None:
        self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.out.append(f"&#{name};")

    def _picture(self, given: Mapping[str, str]) -> str:
        alt = escape(given.get("alt", ""))
        source = self.attached.get(given.get("data-cid", ""), "")
        remote = given.get("data-remote-src", "")
        if not source and self.pictures and remote.lower().startswith("https:"):
            source = remote
        if not source:
            return f'<span class="no-picture">{alt or escape(_("picture"))}</span>'
        size = "".join(f' {name}="{given[name]}"' for name in ("width", "height") if given.get(name, "").isdecimal())
        return f'<img src="{escape(source)}" alt="{alt}"{size} referrerpolicy="no-referrer">'


def _link_tag(href: str) -> str:
    if not link_host(href):
        return "<a>"
    return f'<a href="{escape(href)}" target="_blank" rel="noopener noreferrer nofollow">'


def link_host(href: str) -> str:
    """Return a link's host in ASCII, so that no letter passes for another; empty when it may not be opened."""
    try:
        parts = urlsplit(href.strip())
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme in ("http", "https"):
        return _in_ascii(host)
    return parts.path if parts.scheme in ("mailto", "tel") else ""


def _in_ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host.encode("ascii", "backslashreplace").decode()
