"""Render the Markdown that staff write to HTML, for entries and for outgoing mail.

HTML of a row written here (is_written_here) comes from this module only, so templates may mark it safe.
"""

import nh3
from django.utils.html import linebreaks
from markdown_it import MarkdownIt

from interactions.models import Interaction
from partnership.staff.external_ids import OWN_SOURCE

TAGS = {"a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s"}
TAGS |= {"strong", "table", "tbody", "td", "th", "thead", "tr", "ul"}

_markdown = MarkdownIt("js-default", {"html": False, "linkify": True, "breaks": True}).disable("image")
assert _markdown.linkify is not None
_markdown.linkify.set({"fuzzy_link": False})  # else plan.md would be a link to a site of Moldova


# The parser's time grows with the square of unclosed brackets: a few thousand of them would hold a web worker for long.
_MOST_CHARACTERS, _MOST_BRACKETS = 100_000, 500


def render_markdown(text: str) -> str:
    """Return safe HTML: no HTML of the writer's own, no images, links to web, mail and phone only.

    A text of very many characters or brackets is shown as it was typed, in paragraphs.
    """
    is_plain = len(text) > _MOST_CHARACTERS or max(map(text.count, "[<")) > _MOST_BRACKETS
    return nh3.clean(
        (linebreaks(text, autoescape=True) if is_plain else _markdown.render(text)).strip(),
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )


def is_written_here(row: Interaction) -> bool:
    """Check that the entry was not imported."""
    return row.source == OWN_SOURCE
