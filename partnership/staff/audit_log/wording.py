"""The facts of a line of the log, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership.core.formats import format_number
from partnership.staff.models import ROLE_NAMES, Firm

_LABELS: dict[str, str | Promise] = {
    "email": gettext_lazy("E-mail address"),
    "is_superuser": gettext_lazy("All rights"),
    "role": gettext_lazy("Role"),
    "role_given": gettext_lazy("Role given"),
    "role_taken": gettext_lazy("Role taken away"),
    "department": gettext_lazy("Department"),
    "source": gettext_lazy("Source"),
    "reason": gettext_lazy("Reason"),
    "rows": gettext_lazy("Rows"),
    "filter": gettext_lazy("Filter"),
    "what": gettext_lazy("What"),
    "to": gettext_lazy("Handed over to"),
    "customers": gettext_lazy("Customers"),
    "conversations": gettext_lazy("Conversations"),
    "promises": gettext_lazy("Promises"),
    "mail_server": gettext_lazy("Mail server"),
    "encryption": gettext_lazy("Encryption"),
    "user_name": gettext_lazy("User name"),
    "change": gettext_lazy("Change"),
    "sessions": gettext_lazy("Sessions"),
    "provider": gettext_lazy("Provider"),
    "factor": gettext_lazy("Second factor"),
}
_VALUES: dict[str, dict[str, str | Promise]] = {
    "change": {
        "second_factor_added": gettext_lazy("added"),
        "second_factor_removed": gettext_lazy("removed"),
        "second_factor_reset": gettext_lazy("all reset"),
        "recovery_codes_renewed": gettext_lazy("made anew"),
        "recovery_code_used": gettext_lazy("used"),
    },
    "factor": {
        "totp": gettext_lazy("authenticator app"),
        "webauthn": gettext_lazy("passkey"),
        "recovery_codes": gettext_lazy("recovery codes"),
    },
    "what": {
        "invited": gettext_lazy("invited"),
        "sent again": gettext_lazy("sent again"),
        "withdrawn": gettext_lazy("withdrawn"),
        "accepted": gettext_lazy("accepted"),
        "backup": gettext_lazy("backup"),
        "data": gettext_lazy("all data of a customer"),
    },
}
"""By name of a fact: words that stand for its values."""
_MOST_CHARACTERS = 300


@dataclass(frozen=True)
class Detail:
    """A fact; of a change, `before` and `after`, of which either may be empty."""

    label: str
    text: str
    is_change: bool = False
    before: str = ""
    after: str = ""


def describe_facts(facts: object) -> list[Detail]:
    """Say what is known of the facts; whatever else stands there is shown as it is."""
    if not isinstance(facts, Mapping):
        return []
    return [_describe(str(name), facts[name]) for name in sorted(facts, key=lambda name: name != "what")]


def _describe(name: str, value: object) -> Detail:
    label = capfirst(str(_LABELS.get(name) or _field_label(name)))
    if isinstance(value, Mapping) and value.keys() == {"from", "to"}:
        before, after = _write(name, value["from"]), _write(name, value["to"])
        return Detail(label, f"{before or _('nothing')} → {after or _('nothing')}", True, before, after)
    return Detail(label, _write(name, value))


def _field_label(name: str) -> str:
    """Return how the firm's settings name a field."""
    try:
        return str(Firm._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return name.replace("_", " ")


def _write(name: str, value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return format_number(value, 0 if value == int(value) else 2)
    if isinstance(value, Mapping):
        text = "; ".join(f"{key}: {_write('', one)}" for key, one in value.items())
    elif isinstance(value, list | tuple):
        text = ", ".join(_write(name, one) for one in value)
    elif isinstance(value, str):
        is_role = name.startswith("role") or name.endswith("_roles")
        words: Mapping[str, str | Promise] = ROLE_NAMES if is_role else _VALUES.get(name, {})
        text = str(words.get(value, value))
    else:
        text = str(value)
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"
