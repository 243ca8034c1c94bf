"""The tag {% icon %}, a builtin of every template."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_SPRITE = "vendor/tabler-icons/icons.svg"


@register.simple_tag
def icon(name: str, *, label: str = "") -> SafeString:
    """Draw an icon by its id in static/vendor/VENDORED.json; `label` is for where no text says the same."""
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon" width="20" height="20" {}><use href="{}#{}"></use></svg>', role, static(_SPRITE), name
    )
