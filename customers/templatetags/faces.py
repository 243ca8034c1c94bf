"""Template filters for customers without a photograph: `initials` and `tint`."""

from django import template

from customers import faces

register = template.Library()
register.filter("initials", faces.initials)
register.filter("tint", faces.tint)
