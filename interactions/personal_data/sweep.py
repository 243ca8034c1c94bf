"""Replace the words that name an erased customer wherever any table has them, in bounded steps."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, models, transaction

from interactions.models import Erasure
from interactions.personal_data.erasing import words_of
from interactions.personal_data.words import ERASED_ADDRESS, ERASED_WORD, Words
from partnership.staff.audit import suspend_audit

Model = type[models.Model]

ROWS_A_STEP = 20_000

# Who else bears the name keeps it; sessions are packed, and have a way of their own.
_SKIPPED_APPS = frozenset({"auth", "contenttypes", "sessions", "account"})
_SKIPPED_MODELS = frozenset(
    {"staff.User", "staff.UserEvent", "staff.Department", "staff.Firm", "staff.FirmEvent", "interactions.Erasure",
     "interactions.ErasedRef", "customers.ContactPoint", "customers.ContactPointEvent"}
)  # fmt: skip
_SKIPPED_FIELDS = frozenset({"sort_key", "preferred_name", "pgh_label", "salt"})
_NAMES = frozenset({("customers.Customer", "name"), ("customers.CustomerEvent", "name")})


def sweep_next(erasure: Erasure) -> bool:
    """Look through the next rows of the next table. Return whether there is more."""
    with transaction.atomic():
        row = Erasure.objects.select_for_update().get(pk=erasure.pk)
        if row.pending is None or row.pending.get("swept"):
            return False
        words = words_of(row)
        label, after = row.pending.get("table", ""), row.pending.get("row", 0)
        model = next((one for one in _swept_models() if one._meta.label > label), None)
        if model is None or not words.all:
            row.pending |= {"swept": True}
        else:
            changed, last = _sweep(model, words, after=after, with_names=row.everywhere or not _is_of_a_customer(model))
            row.counts["mentions"] = row.counts.get("mentions", 0) + changed
            place: dict[str, object] = {"row": last} if last else {"table": model._meta.label, "row": 0}
            row.pending |= place
        row.save(update_fields=["pending", "counts"])
    return True


def _swept_models() -> list[Model]:
    found = (model for model in apps.get_models() if _columns(model) and model._meta.managed)
    return sorted(found, key=lambda model: model._meta.label)


def _columns(model: Model) -> "list[models.Field[Any, Any]]":
    """Return the columns that hold words."""
    label = model._meta.label
    if label in _SKIPPED_MODELS or model._meta.app_label in _SKIPPED_APPS or model._meta.proxy:
        return []
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField | ArrayField)
        and not (field.choices or field.generated or field.primary_key or field.remote_field)
        and field.name not in _SKIPPED_FIELDS
        and (label, field.name) not in _NAMES
        and not (isinstance(field, ArrayField) and not isinstance(field.base_field, models.CharField))
    ]


def _is_of_a_customer(model: Model) -> bool:
    """Say whether a row may be another customer's, or a colleague's, in whose text who bears the same name is meant."""
    if model._meta.label == "staff.AuditRecord":
        return True
    names = {field.name for field in model._meta.get_fields()}
    return bool(names & {"customer", "interaction", "conversation", "goal"})


def _sweep(model: Model, words: Words, *, after: int, with_names: bool) -> tuple[int, int]:
    """Return how many rows were changed, and the last key looked at; 0 where the table is done."""
    pk = model._meta.pk
    in_steps = isinstance(pk, models.AutoField | models.BigAutoField)
    last = 0
    if in_steps:
        keys = model._base_manager.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
        last = keys[ROWS_A_STEP - 1 : ROWS_A_STEP].first() or 0
    changed = 0
    for pattern, instead in _patterns(words, with_names=with_names):
        condition = f'"{pk.column}" > %(after)s' if in_steps else "true"
        if last:
            condition += f' AND "{pk.column}" <= %(last)s'
        changed += _replace(model, condition, {"after": after, "last": last, "found": pattern, "instead": instead})
    return changed, last


def _patterns(words: Words, *, with_names: bool) -> Iterator[tuple[str, str]]:
    mails = tuple(word for word in words.addresses if "@" in word)
    others = tuple(word for word in words.addresses if "@" not in word)
    if mails:
        yield Words(mails).sql_pattern, ERASED_ADDRESS
    if plain := others + (words.names if with_names else ()):
        yield Words(plain).sql_pattern, ERASED_WORD


def _replace(model: Model, condition: str, given: dict[str, int | str]) -> int:
    fields = _columns(model)
    values = ", ".join(f'"{field.column}" = {_replaced(field)}' for field in fields)
    found = " OR ".join(f'"{field.column}"::text ~* %(found)s' for field in fields)
    statement = f'UPDATE "{model._meta.db_table}" SET {values} WHERE {condition} AND ({found})'
    try:
        with transaction.atomic(), suspend_audit(), connection.cursor() as cursor:
            cursor.execute(statement, given)
            return int(cursor.rowcount)
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") in ("23505", "P0001"):  # a unique ref, or rules that were active
            return 0
        raise


def _replaced(field: "models.Field[Any, Any]") -> str:
    text = f"regexp_replace(\"{field.column}\"::text, %(found)s, %(instead)s, 'gi')"
    if isinstance(field, models.JSONField | ArrayField):
        return f"({text})::{field.db_type(connection)}"
    return f"left({text}, {field.max_length})" if isinstance(field, models.CharField) else text
