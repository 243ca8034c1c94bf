"""What each rule of retention finds and deletes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.models import Customer
from interactions.personal_data.expired_texts import begin_expiry, customers_with_expired_texts, expire_texts
from partnership.desk.models import RetentionRules
from partnership.staff.audit import suspend_audit
from partnership.staff.models import AuditRecord, Firm

MOST_LISTED = 20

_YEAR = timedelta(days=365.25)
_CHUNK = 2_000

_SIGN_INS = (AuditRecord.Kind.SIGN_IN, AuditRecord.Kind.FAILED_SIGN_IN, AuditRecord.Kind.SIGN_OUT)


@dataclass(frozen=True)
class Found:
    """What a rule would delete now: how many, in words, and the first of them; `customers` lead to their pages."""

    text: str
    number: int
    customers: Iterable[Customer] = ()
    names: Iterable[str] = ()


@dataclass(frozen=True)
class Term:
    """A rule. `find` and `apply` take the number it was set to and the moment; `apply` returns how many it deleted."""

    unit: timedelta
    find: Callable[[datetime, datetime], Found]
    apply: Callable[[datetime, datetime], int]

    def before(self, number: int, at: datetime) -> datetime:
        return at - self.unit * number


def preview(rules: RetentionRules, *, at: datetime) -> list[Found]:
    """Return what would be deleted now by each rule that is set."""
    return [term.find(term.before(number, at), at) for name, term in TERMS.items() if (number := getattr(rules, name))]


def apply_term(rules: RetentionRules, name: str, *, at: datetime) -> int:
    number = getattr(rules, name)
    term = TERMS[name]
    return term.apply(term.before(number, at), at) if number else 0


def _find_texts(before: datetime, at: datetime) -> Found:
    customers = customers_with_expired_texts(before=before)
    number = customers.count()
    text = ngettext("Texts and files of %(number)s customer", "Texts and files of %(number)s customers", number)
    return Found(text % {"number": number}, number, customers=list(customers[:MOST_LISTED]))


def _expire_texts(before: datetime, at: datetime) -> int:
    """Do one customer after another, each in a transaction."""
    customers = customers_with_expired_texts(before=before)
    if not customers.exists():
        return 0
    with Firm.current().localized():
        erasure = begin_expiry(reason=_("Kept long enough: texts of ended customers."), at=at)
    done = 0
    while customer := customers.first():
        expire_texts(customer, erasure=erasure)
        done += 1
    return done


def _files(folder: str, before: datetime) -> list[Path]:
    paths = sorted((Path(settings.VAR_DIR) / folder).glob("*"))
    return [path for path in paths if path.is_file() and path.stat().st_mtime < before.timestamp()]


def _find_files(folder: str) -> Callable[[datetime, datetime], Found]:
    def find(before: datetime, at: datetime) -> Found:
        found = _files(folder, before)
        text = _FILES[folder](len(found)) % {"number": len(found)}
        return Found(text, len(found), names=[path.name for path in found[:MOST_LISTED]])

    return find


_FILES: dict[str, Callable[[int], str]] = {
    "refusals": lambda n: ngettext(
        "%(number)s file of lines that an import refused", "%(number)s files of lines that imports refused", n
    ),
    "exports": lambda n: ngettext("%(number)s file of an export", "%(number)s files of exports", n),
}


def _delete_files(folder: str) -> Callable[[datetime, datetime], int]:
    def delete(before: datetime, at: datetime) -> int:
        found = _files(folder, before)
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)

    return delete


def _find_log(before: datetime, at: datetime) -> Found:
    number = AuditRecord.objects.filter(at__lt=before).exclude(kind__in=_SIGN_INS).count()
    text = ngettext("%(number)s line of the firm's log", "%(number)s lines of the firm's log", number)
    return Found(text % {"number": number}, number)


def _delete_log(before: datetime, at: datetime) -> int:
    return _delete_records(AuditRecord.objects.filter(at__lt=before).exclude(kind__in=_SIGN_INS))


def _find_sign_ins(before: datetime, at: datetime) -> Found:
    number = AuditRecord.objects.filter(at__lt=before, kind__in=_SIGN_INS).count()
    text = ngettext("%(number)s record of a sign-in", "%(number)s records of sign-ins", number)
    return Found(text % {"number": number}, number)


def _delete_sign_ins(before: datetime, at: datetime) -> int:
    """Delete the records, and sessions that have ended by themselves."""
    Session.objects.filter(expire_date__lt=min(before, at)).delete()
    return _delete_records(AuditRecord.objects.filter(at__lt=before, kind__in=_SIGN_INS))


def _delete_records(rows: Any) -> int:
    """Delete lines of the log, which nothing else may change, some thousands in a transaction."""
    done = 0
    while pks := list(rows.order_by("pk").values_list("pk", flat=True)[:_CHUNK]):
        with transaction.atomic(), suspend_audit():
            done += AuditRecord.objects.filter(pk__in=pks).delete()[0]
    return done


_DAY = timedelta(days=1)

# By the field of RetentionRules.
TERMS = {
    "texts_years": Term(_YEAR, _find_texts, _expire_texts),
    "refusals_days": Term(_DAY, _find_files("refusals"), _delete_files("refusals")),
    "exports_days": Term(_DAY, _find_files("exports"), _delete_files("exports")),
    "log_years": Term(_YEAR, _find_log, _delete_log),
    "sign_ins_days": Term(_DAY, _find_sign_ins, _delete_sign_ins),
}

# As the firm's log and the list of runs name them.
LABELS = {
    "texts_years": gettext_lazy("customers whose texts were deleted"),
    "refusals_days": gettext_lazy("files of refused lines"),
    "exports_days": gettext_lazy("files of exports"),
    "log_years": gettext_lazy("lines of the log"),
    "sign_ins_days": gettext_lazy("records of sign-ins"),
}
