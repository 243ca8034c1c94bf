"""Clean the HTML of imported records."""

from html import escape

from interactions.mail.html_body import ATTRIBUTES, MAX_DEPTH, clean_html, nesting_depth

_ATTRIBUTES = {**ATTRIBUTES, "img": {"alt", "width", "height", "title", "data-cid", "data-remote-src"}}


def safe_html(source: str) -> str:
    """Return HTML that is safe to show and loads nothing; output of read_html is unchanged."""
    return f"<pre>{escape(source)}</pre>" if nesting_depth(source) > MAX_DEPTH else clean_html(source, _ATTRIBUTES)
