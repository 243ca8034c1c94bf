"""Template filters for addresses."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def breakable(address: str) -> SafeString:
    """Allow line breaks after "@" and before dots."""
    return SafeString(escape(address).replace("@", "@<wbr>").replace(".", "<wbr>."))
