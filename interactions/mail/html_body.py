"""Make HTML bodies safe to show, and extract their text."""

import re
from html import escape
from html.parser import HTMLParser

import nh3

MAX_HTML = 1_000_000
MAX_DEPTH = 1_000

_TAGS = nh3.ALLOWED_TAGS | {"center", "font", "section", "article"}
ATTRIBUTES = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()} | {"font": {"color"}}
_BLOCKS = {"address", "article", "aside", "center", "dd", "div", "dl", "dt", "figure", "footer", "h1", "h2", "h3", "h4"}
_BLOCKS |= {"h5", "h6", "header", "hr", "li", "nav", "ol", "pre", "section", "table", "tr", "ul", "blockquote"}
_PARAGRAPHS = {"p", "blockquote", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre"}


# Elements that need no end tag: they do not nest however often they are opened.
_SELF_ENDING = {"area", "base", "br", "col", "dd", "dt", "hr", "img", "input", "li", "link", "meta", "option", "p"}
_SELF_ENDING |= {"param", "tbody", "td", "th", "thead", "tr", "wbr"}
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")


def clean_html(source: str, attributes: dict[str, set[str]]) -> str:
    """Keep only safe tags and schemes, and these attributes."""
    return nh3.clean(
        source,
        tags=_TAGS,
        attributes=attributes,
        clean_content_tags={"script", "style", "title"},
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
    )


def read_html(source: str, problems: list[str]) -> tuple[str, str]:
    """Return `(safe HTML, text)` of an HTML body.

    Images are not loaded: attached ones become `<img data-cid="…">`, remote ones `<img data-remote-src="…">`. Quoted
    blocks become text lines that begin with ">".
    """
    if len(source) > MAX_HTML:
        problems.append(f"HTML longer than {MAX_HTML:,} characters, the rest was left out")
        source = source[:MAX_HTML]
    if nesting_depth(source) > MAX_DEPTH:
        problems.append("HTML nested too deeply, shown as its source")
        return f"<pre>{escape(source)}</pre>", source
    walk = _Walk()
    walk.feed(clean_html(source, ATTRIBUTES))
    walk.close()
    return "".join(walk.html), walk.text()


def nesting_depth(source: str) -> int:
    """Return an upper bound of the nesting depth; a parser's time grows with its square."""
    depth = deepest = 0
    for closing, name in _TAG.findall(source):
        if name.lower() not in _SELF_ENDING:
            depth = max(depth - 1, 0) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest


class _Walk(HTMLParser):
    """Walks through HTML cleaned by nh3: defers images and collects text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.html: list[str] = []
        self._lines: list[str] = []
        self._line: list[str] = []
        self.depth = 0
        self._preformatted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.html.append(_deferred_image(attrs) if tag == "img" else self.get_starttag_text() or "")
        if tag == "br":
            self._end_line()
        elif tag in _BLOCKS or tag == "p":
            self._end_block(tag)
            self.depth += tag == "blockquote"
            self._preformatted += tag == "pre"
            if tag == "li":
                self._line.append("- ")
        elif tag in ("td", "th") and self._line:
            self._line.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.html.append(f"</{tag}>")
        if tag in _BLOCKS or tag == "p":
            self._end_block(tag)
            if tag == "blockquote":
                self._end_quote()
            self._preformatted -= tag == "pre"

    def handle_data(self, data: str) -> None:
        self.html.append(data)
        if self._preformatted:
            first, *others = data.split("\n")
            self._line.append(first)
            for other in others:
                self._end_line()
                self._line.append(other)
        else:
            self._line.append(data)

    def handle_entityref(self, name: str) -> None:
        self.html.append(f"&{name};")
        self._line.append({"amp": "&", "lt": "<", "gt": ">", "quot": '"', "nbsp": "\u00a0"}.get(name, f"&{name};"))

    def handle_charref(self, name: str) -> None:
        self.html.append(f"&#{name};")
        self._line.append(f"&#{name};")

    def _end_line(self) -> None:
        text = "".join(self._line)
        text = text.rstrip() if self._preformatted else " ".join(text.split())
        prefix = "> " * min(self.depth, 20)
        self._lines.append((prefix + text).rstrip())
        self._line = []

    def _end_block(self, tag: str) -> None:
        if "".join(self._line).strip():
            self._end_line()
        else:
            self._line = []
        if tag in _PARAGRAPHS and self._lines and self._lines[-1].strip("> "):
            self._lines.append(("> " * min(self.depth, 20)).rstrip())

    def _end_quote(self) -> None:
        while self._lines and self._lines[-1] and not self._lines[-1].strip("> "):
            self._lines.pop()
        self.depth -= 1
        self._lines.append(("> " * min(self.depth, 20)).rstrip())

    def text(self) -> str:
        self._end_block("div")
        lines: list[str] = []
        for line in self._lines:
            if line or (lines and lines[-1]):
                lines.append(line)
        return "\n".join(lines).strip("\n")


def _deferred_image(attrs: list[tuple[str, str | None]]) -> str:
    kept = {name: value or "" for name, value in attrs if name in ("alt", "width", "height", "title")}
    source = dict(attrs).get("src") or ""
    if source.lower().startswith("cid:"):
        kept["data-cid"] = source[4:].strip("<> ")
    elif source.lower().startswith(("http:", "https:")):
        kept["data-remote-src"] = source
    return "<img" + "".join(f' {name}="{escape(value)}"' for name, value in kept.items()) + ">"
