"""Lines of the firm's log as the page and the file show them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from partnership.core.pagination import Page, build_page, parse_key, parse_moment
from partnership.staff.audit_log.wording import Detail, describe_facts
from partnership.staff.models import AuditRecord

_PAGE_LINES = 50


@dataclass(frozen=True)
class Line:
    """`who`: who did it, in words; `is_known`: whether that is a colleague."""

    at: datetime
    kind: str
    label: str
    who: str
    is_known: bool
    about: str
    details: list[Detail]
    address: str


def page_of_lines(found: QuerySet[AuditRecord], *, before: str) -> Page[Line]:
    """Return the newest lines, or those before a key. BadRequest where `before` is no key."""
    if before:
        at, pk = parse_key(before, parse_moment)
        found = found.extra(where=["(at, id) < (%s, %s)"], params=[at, pk])
    page = build_page(found[: _PAGE_LINES + 1], size=_PAGE_LINES, key=lambda row: (row.at, row.pk))
    return Page([build_line(row) for row in page.rows], page.after)


def build_line(row: AuditRecord) -> Line:
    # by their address the customer page would say "themselves": a colleague signs in by themselves
    about = "" if row.about == row.by_name and row.by_id else row.about
    return Line(
        at=row.at,
        kind=row.kind,
        label=str(row.get_kind_display()),
        who=row.by_name or str(_unknown(row)),
        is_known=bool(row.by_name),
        about=about,
        details=describe_facts(row.facts),
        address=row.address,
    )


def _unknown(row: AuditRecord) -> str:
    return _("a visitor") if row.kind == AuditRecord.Kind.FAILED_SIGN_IN else _("the server")


def file_heads() -> list[str]:
    return [_("Time"), _("Kind"), _("By"), _("About"), _("Details"), _("Address")]


def file_rows(found: QuerySet[AuditRecord]) -> Iterator[list[object]]:
    for row in found.iterator(chunk_size=1000):
        line = build_line(row)
        details = "; ".join(f"{detail.label}: {detail.text}" for detail in line.details)
        yield [row.at, line.label, line.who, row.about, details, row.address]
