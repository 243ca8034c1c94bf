"""The firm's log: who signed in, took data out, or changed what colleagues may do and how the firm works.

Roles, rights, addresses and settings are logged by triggers of the database; everything else calls `record`.
"""

from collections.abc import Mapping

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from partnership.staff.audit_log.visits import current_address
from partnership.staff.external_ids import ExternallyIdentified
from partnership.staff.models import AuditRecord, User

Kind = AuditRecord.Kind


def record(
    kind: Kind,
    *,
    by: User | AnonymousUser | None,
    about: ExternallyIdentified | str = "",
    facts: Mapping[str, object] | None = None,
) -> AuditRecord:
    """Write a line into the firm's log, with the address of the visitor whose request is under way.

    `by`: None for what the server does by itself. `facts`: what JSON can hold, by short names; a change is
    {"from": …, "to": …}. No secrets, and of a customer no more than the name.
    """
    actor = by if isinstance(by, User) else None
    return AuditRecord.objects.create(
        kind=kind,
        at=timezone.now(),
        by=actor,
        by_name=str(actor or "")[:200],
        about=str(about)[:300],
        about_ref=reference(about) if isinstance(about, ExternallyIdentified) else "",
        facts=dict(facts or {}),
        address=current_address(),
    )


def reference(about: ExternallyIdentified) -> str:
    """Return the external reference by which the log names a row: user/partnership:<uuid>."""
    return f"{about._meta.model_name}/{about.ref}"
