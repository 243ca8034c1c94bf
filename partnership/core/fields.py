"""Model fields that migrations write as Django's own, so that they import none of our code; names of fields."""

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise, StrPromise


class PlainInMigrations(models.Field):  # type: ignore[type-arg]
    """A field whose default and validators belong to its class: migrations see the Django field below it."""

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("default", None)
        plain = next(base for base in type(self).__mro__ if base.__module__.startswith("django."))
        home = "django.db.models" if hasattr(models, plain.__name__) else "django.contrib.postgres.fields"
        return name, f"{home}.{plain.__name__}", list(args), kwargs


def field_name(model: type[models.Model], field: str) -> "StrOrPromise":
    """Return a field's name for people, in the language of who reads it."""
    found = model._meta.get_field(field)
    assert isinstance(found, models.Field)
    return found.verbose_name


def name_fields(model: type[models.Model], **names: "StrPromise") -> None:
    """Name fields for people. Given here and not to the field itself, a name needs no migration."""
    for field, name in names.items():
        model._meta.get_field(field).verbose_name = name  # type: ignore[union-attr]
