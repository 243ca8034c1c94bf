"""HTML of a record: another system's word is not enough to show it."""

from html import escape

from interactions.mail.html_body import ATTRIBUTES, MAX_DEPTH, clean_html, nesting_depth

_ATTRIBUTES = {**ATTRIBUTES, "img": {"alt", "width", "height", "title", "data-cid", "data-remote-src"}}


def safe_html(source: str) -> str:
    """Safe to show, loading nothing; what read_html made stays as it is."""
    return f"<pre>{escape(source)}</pre>" if nesting_depth(source) > MAX_DEPTH else clean_html(source, _ATTRIBUTES)
