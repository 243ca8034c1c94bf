"""A template drawn from its pieces is what the template gives."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import override

from partnership.core.drawn import Drawn, rendered

HOSTILE = '<b>& "Ada"</b> {{ name }} 7000000000000001 %s'


@pytest.mark.parametrize("rank", [0, 2, 4])
def test_it_is_what_the_template_gives(rank):
    chip = "components/tier_chip.html"
    draw = Drawn(chip, "name")
    for name in ("Ada", HOSTILE):
        for pinned in (False, True):
            given = {"name": name, "rank": rank, "pinned": pinned}
            assert draw(**given) == render_to_string(chip, given)


ROW = """{% load i18n %}
<a href="{% url 'customer' pk %}" aria-label="{% blocktranslate %}Choose {{ name }}{% endblocktranslate %}">
  {{ face }}{{ name }}</a>"""


def test_values_in_addresses_and_translations(settings, tmp_path):
    (tmp_path / "row.html").write_text(ROW)
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], tmp_path]}]
    drawn = Drawn("row.html", "pk", "name", "face")(pk=12, name=HOSTILE, face=SafeString("<i></i>"))
    assert f'href="{reverse("customer", args=[12])}"' in drawn
    assert f'aria-label="Choose {escape(HOSTILE)}"' in drawn
    assert "<i></i>" in drawn
    assert "<b>" not in drawn
    assert HOSTILE not in drawn


def test_each_language_and_case_is_rendered_once_however_many_rows():
    rendered.cache_clear()
    chip = Drawn("components/tier_chip.html", "name")
    for language in ("en", "de"):
        with override(language):
            drawn = {chip(name=f"Tier {number}", rank=number % 3, pinned=False) for number in range(50)}
            assert len(drawn) == 50
    assert rendered.cache_info().misses == 2 * 3
