"""{% load health_figures %}: what a dashboard has by the hundred."""

from dataclasses import fields

from django import template
from django.utils.safestring import SafeString

from partnership.core.drawn import Drawn
from partnership.health.boards.quadrant import Dot
from partnership.health.drilldown.rows import Row
from partnership.health.frame.tables import Cell

register = template.Library()

CELL = Drawn("health/cell.html", "text", "url", "share")
DOT = Drawn("health/dot.html", "url", "text", "x", "y", "size", "points")
ROW = Drawn("health/row.html", *(one.name for one in fields(Row)))


@register.simple_tag
def health_cell(cell: Cell, *, is_head: bool) -> SafeString:
    return CELL(
        text=cell.text,
        url=cell.url,
        share=int(cell.share or 0),
        has_share=cell.share is not None,
        has_url=bool(cell.url),
        number=cell.number,
        note=cell.note,
        is_head=is_head,
    )


@register.simple_tag
def health_row(row: Row) -> SafeString:
    return ROW(**vars(row))


@register.simple_tag
def quadrant_dot(dot: Dot) -> SafeString:
    x, y, size = (f"{number:.1f}" for number in (dot.x, dot.y, dot.size))
    return DOT(url=dot.url, text=dot.text, x=x, y=y, size=size, points=dot.points, volume=dot.volume)
