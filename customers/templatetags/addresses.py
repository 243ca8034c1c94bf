"""{% load addresses %}: where a long address may go on in the next line."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def breakable(address: str) -> SafeString:
    """After @ and before dots, never within a word where that can be helped."""
    return SafeString(escape(address).replace("@", "@<wbr>").replace(".", "<wbr>."))
