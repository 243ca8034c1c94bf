import re
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.template.loader import render_to_string

NOW = datetime(2024, 3, 8, 18, 20, tzinfo=UTC)


class PromiseForm(forms.Form):
    what = forms.CharField(help_text="One sentence.")
    channel = forms.ChoiceField(choices=[("email", "e-mail")])
    body = forms.CharField(widget=forms.Textarea, required=False)
    shared = forms.BooleanField(label="Show it", required=False)


def promise(**given):
    row = SimpleNamespace(**{"what": "Call", "status": "open", "due_on": date(2024, 3, 1), **given})
    return render_to_string("components/commitment_row.html", {"commitment": row, "today": date(2024, 3, 8)})


def test_a_field_is_tied_to_its_hint_and_its_error():
    html = str(PromiseForm({"channel": "email"}))
    assert '<label class="form-label" for="id_what">' in html
    assert 'aria-describedby="id_what_helptext id_what_error"' in html
    assert 'id="id_what_helptext"' in html
    assert 'id="id_what_error"' in html


def test_fields_wear_the_look_and_say_which_are_optional():
    html = str(PromiseForm())
    assert html.count("form-control") == 2
    assert html.count("form-select") == 1
    assert html.count("form-check-input") == 1
    assert html.count("optional") == 1


def test_a_widget_with_a_class_of_its_own_keeps_it_alone():
    assert str(forms.TextInput(attrs={"class": "vTextField"}).render("name", "")).count("class=") == 1


def test_a_bar_without_a_score_shows_none():
    html = render_to_string("components/bar.html", {"label": "Commitment", "value": None})
    assert "<strong>–</strong>" in html
    assert 'max="100" value="0.0"' in " ".join(html.split())


def test_a_tier_is_words_and_steps():
    html = render_to_string("components/tier_chip.html", {"name": "Partner", "colour": 3, "pinned": True})
    assert "Partner" in html
    assert 'class="tier tier-3"' in html
    assert html.count("<rect") == 4
    assert "pinned by a manager" in html


def test_a_promise_says_when_it_is_overdue():
    assert "overdue since 1 Mar 2024" in promise()
    assert "due 8 Mar 2024" in promise(due_on=date(2024, 3, 8))
    assert "overdue" not in promise(status="kept", get_status_display="kept", closed_at=NOW)
    assert "overdue" not in promise(due_on=None)


@pytest.mark.parametrize("page", ["404.html", "403.html", "403_csrf.html", "500.html"])
def test_error_pages_need_no_request(page):
    assert "<h1" in render_to_string(page)


SAVED_AS_FILES = {"certificate_file.html", "story.html"}
"""Sent to be saved, with their style in them; a policy of their own, or none of the site's, applies."""


@pytest.mark.parametrize("forbidden", [" style=", "<style", " onclick=", " onload=", "hx-on", "<script>"])
def test_templates_keep_to_the_content_security_policy(forbidden):
    assert not [
        path.name
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        if forbidden in path.read_text() and not (forbidden == "<style" and path.name in SAVED_AS_FILES)
    ]


def test_the_frame_of_a_page_does_not_wait_for_its_content():
    """A page is painted while it arrives: a rule that asks what <main> holds moves everything once that has come."""
    waits = re.compile(r"(?:^|[\s,])(?::root|html|body|main|#main):has\(", re.MULTILINE)
    sheets = (settings.BASE_DIR / "static" / "partnership").rglob("*.css")
    assert not [f"{sheet.name}: {found}" for sheet in sheets for found in waits.findall(sheet.read_text())]


def test_what_asks_by_itself_does_not_change_the_address():
    """A part that polls inherits hx-push-url from what it stands in: its own address would take the page's place."""
    asks = re.compile(r'hx-trigger="(?:load|every|recorded)[^>]*')
    found = [
        f"{path.name}: {tag}"
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        for tag in asks.findall(path.read_text())
        if 'hx-push-url="false"' not in tag
    ]
    assert not found
