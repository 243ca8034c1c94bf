from html.parser import HTMLParser

import pytest

from interactions.markdown import TAGS, is_written_here, render_markdown
from interactions.models import Interaction


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Dear **Ada**,\nhello", "<p>Dear <strong>Ada</strong>,<br>\nhello</p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("See plan.md", "<p>See plan.md</p>"),
        (
            "https://a.example/?b=1&c=2",
            '<p><a href="https://a.example/?b=1&amp;c=2" rel="noopener noreferrer nofollow">https://a.example/?b=1&amp;c=2</a></p>',
        ),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
    ],
)
def test_markdown_becomes_html(written, shown):
    assert render_markdown(written) == shown


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "[click](data:text/html,<script>alert(1)</script>)",
        "![x](https://track.example/pixel.png)",
        '<https://a.example/" onmouseover=alert(1)>',
        "```html\n<script>alert(1)</script>\n```",
        '[a](https://a.example "title\\" onclick=alert(1)")',
    ],
)
def test_nothing_written_can_act(hostile):
    seen = Tags()
    seen.feed(render_markdown(hostile))
    assert seen.tags <= TAGS
    assert {name for name, _ in seen.attributes} <= {"href", "title", "rel", "start"}
    assert all(value.startswith("http") for name, value in seen.attributes if name == "href")


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs


def test_deep_nesting_is_quick():
    assert render_markdown(">" * 5000 + "x")
    assert render_markdown("[" * 20_000)
    assert render_markdown("**a" * 10_000)


def test_ours_is_what_was_written_here():
    assert is_written_here(Interaction(source="partnership"))
    assert not is_written_here(Interaction(source="mail"))


@pytest.mark.parametrize("sign", ["[", "<", "[a](", "<http://", "!["])
def test_a_text_of_very_many_brackets_is_shown_as_it_was_typed(sign):
    """The parser's time grows with the square of these: 80,000 characters took 15 seconds."""
    shown = render_markdown("**b**\n" + sign * 501)
    assert shown.startswith("<p>**b**<br>")
    assert "<a" not in shown
    assert "<strong>" in render_markdown("**b**\n" + sign * 50)


def test_a_very_long_text_is_shown_in_paragraphs():
    assert render_markdown("**b** <i>\n\n" + "x " * 60_000).startswith("<p>**b** &lt;i&gt;</p>\n\n<p>x x")
