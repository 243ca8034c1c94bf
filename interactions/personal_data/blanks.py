"""What is written in the place of what told who somebody was and what was said: in the rows and in their history."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, CharField, Func, Model, UUIDField, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from customers.models import CheckIn, Commitment, Customer, Goal, Merge
from customers.names import sort_key
from interactions.models import Conversation, Interaction, Settlement
from interactions.personal_data.counted_facts import find_counted_facts, keep_facts
from interactions.personal_data.rows import ROWS, Keys, Rows, events_of

NEW_REF = Cast(Func(function="gen_random_uuid", output_field=UUIDField()), CharField())


def blank_values() -> Mapping[type[Model], Mapping[str, Any]]:
    """Return the values by model and field, in the language in use. A row that its model wants named gets a word."""
    name, word = _("Erased customer"), _("Erased")
    return {
        Customer: {
            "name": name, "sort_key": sort_key(name), "preferred_name": "", "photo": "", "about": "",
            "organisation": None, "role": "", "language": "", "timezone": "", "preferred_channel": "", "pace": "",
            "attributes": {}, "renews_on": None, "renewal_amount": None,
        },
        Goal: {"title": word, "why": "", "measure": "", "unit": "", "baseline": None, "target": None, "current": None},
        CheckIn: {"note": "", "value": None},
        Commitment: {"what": word},
        Conversation: {"subject": "", "snooze_reason": ""},
        Settlement: {
            "reason": Case(
                When(answered=Settlement.Answered.WITHOUT, then=Value(word)), default=Value(""),
                output_field=CharField(),
            ),
        },
        Interaction: {"subject": "", "body": "", "html": "", "quoted": "", "language": "", "pinned": False},
        Merge: {"moved": {}},
    }  # fmt: skip


def blank_rows(model: type[Model], keys: Keys) -> int:
    """Blank the rows of a model and their history, within suspend_audit(). Return how many rows there are."""
    rows = ROWS[model](keys)
    values = blank_values()[model]
    blank_events(model, events_of(model, keys, rows), values)
    own = {"external_id": NEW_REF, "source_snapshot": None} if hasattr(model, "source_snapshot") else {}
    return rows.update(**values, **own)


def blank_events(model: type[Model], events: Rows, values: Mapping[str, Any]) -> None:
    kept = {field.name for field in model.pgh_event_model._meta.concrete_fields}  # type: ignore[attr-defined]
    ref = {"external_id": ""} if "external_id" in kept else {}
    events.update(**{name: value for name, value in values.items() if name in kept} | ref)


Payloads = list[tuple[int, dict[str, Any]]]


def blank_entries(payloads: Payloads) -> None:
    """Blank these entries, given as key and payload, but for what is counted of a payload."""
    rows = Interaction.objects.filter(pk__in=[pk for pk, _ in payloads])
    rows.update(**blank_values()[Interaction], payload={}, external_id=NEW_REF, source_snapshot=None)
    _write_facts(rows, payloads)


def blank_entry_events(payloads: Payloads) -> None:
    """The same for earlier states, given as the key of the event and its payload."""
    events: Any = Interaction.pgh_event_model  # type: ignore[attr-defined]
    chosen = events._default_manager.filter(pgh_id__in=[pk for pk, _ in payloads])
    blank_events(Interaction, chosen, {**blank_values()[Interaction], "payload": {}})
    _write_facts(chosen, payloads)


def _write_facts(rows: Rows, payloads: Payloads) -> None:
    counted = find_counted_facts()
    for pk, payload in payloads:
        if facts := keep_facts(payload or {}, counted):
            rows.filter(pk=pk).update(payload=facts)
