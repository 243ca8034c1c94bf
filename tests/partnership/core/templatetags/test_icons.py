"""An icon is decoration, unless it has a label."""

from django.template import Context, Template


def draw(source: str) -> str:
    return Template(source).render(Context({"name": 'Ada "<b>"'}))


def test_without_a_label_screen_readers_skip_it():
    drawn = draw('{% icon "pin" %}')
    assert 'aria-hidden="true"' in drawn
    assert 'vendor/tabler-icons/icons.svg#pin"' in drawn
    assert "role=" not in drawn


def test_a_label_is_escaped():
    drawn = draw('{% icon "pin" label=name %}')
    assert 'role="img" aria-label="Ada &quot;&lt;b&gt;&quot;"' in drawn
    assert "aria-hidden" not in drawn
