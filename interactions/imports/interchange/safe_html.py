"""HTML of a record: another system's word is not enough to show it."""

from html import escape

from interactions.mail.html_body import ATTRIBUTES, MAX_DEPTH, cleaned, depth

KEPT = {**ATTRIBUTES, "img": {"alt", "width", "height", "title", "data-cid", "data-remote-src"}}


def safe_html(source: str) -> str:
    """Safe to show, loading nothing; what read_html made stays as it is."""
    return f"<pre>{escape(source)}</pre>" if depth(source) > MAX_DEPTH else cleaned(source, KEPT)
