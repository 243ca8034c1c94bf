"""{% icon %}, in every template: a drawing from the sprite. `name` is an id in static/vendor/VENDORED.json; `label` is
for where no text says the same."""

from django import template
from django.utils.safestring import SafeString

from partnership.core.drawn import Drawn

register = template.Library()

ICON = Drawn("components/icon.html", "name", "label")


@register.simple_tag
def icon(name: str, *, label: str = "") -> SafeString:
    return ICON(name=name, label=label, is_labelled=bool(label))
