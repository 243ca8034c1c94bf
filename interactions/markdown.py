"""What staff write is Markdown; here it becomes the HTML of their entries and of the mail that leaves.

The HTML of a row of ours (`is_ours`) is made here and nowhere else: it may stand in a page as it is, marked safe.
"""

import nh3
from markdown_it import MarkdownIt

from interactions.models import Interaction
from partnership.staff.external_ids import OWN_SOURCE

TAGS = {"a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s"}
TAGS |= {"strong", "table", "tbody", "td", "th", "thead", "tr", "ul"}

_markdown = MarkdownIt("js-default", {"html": False, "linkify": True, "breaks": True}).disable("image")
assert _markdown.linkify is not None
_markdown.linkify.set({"fuzzy_link": False})  # else plan.md would be a link to a site of Moldova


def render_markdown(text: str) -> str:
    """Safe HTML of what somebody wrote: no tags of theirs, no pictures, links to the web, to mail and to phones."""
    return nh3.clean(
        _markdown.render(text).strip(),
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )


def is_written_here(row: Interaction) -> bool:
    """Written here by one of us, not taken in from elsewhere."""
    return row.source == OWN_SOURCE
