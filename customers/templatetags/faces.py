"""{% load faces %}: initials and their colour, for components/face.html."""

from django import template

from customers import faces

register = template.Library()
register.filter("initials", faces.initials)
register.filter("tint", faces.tint)
