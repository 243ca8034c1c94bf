"""Values by a name that the page knows only when it is drawn."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def entry(values: Mapping[str, str], name: str) -> str:
    return values.get(name, "")
