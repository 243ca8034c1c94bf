"""HTML of a record: another system's word is not enough to show it."""

from html import escape

import nh3

from interactions.sources.email.html import _ATTRIBUTES, _TAGS, MAX_DEPTH, _depth

_KEPT = {**_ATTRIBUTES, "img": {"alt", "width", "height", "title", "data-cid", "data-remote-src"}}


def safe_html(source: str) -> str:
    """Safe to show, loading nothing; what read_html made stays as it is."""
    if _depth(source) > MAX_DEPTH:
        return f"<pre>{escape(source)}</pre>"
    return nh3.clean(
        source,
        tags=_TAGS,
        attributes=_KEPT,
        clean_content_tags={"script", "style", "title"},
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
    )
