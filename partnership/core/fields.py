"""Model fields that migrations write as Django's own, so that they import none of our code."""

from typing import Any

from django.db import models


class PlainInMigrations(models.Field):  # type: ignore[type-arg]
    """A field whose default and validators belong to its class: migrations see the Django field below it."""

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("default", None)
        plain = next(base for base in type(self).__mro__ if base.__module__.startswith("django."))
        return name, f"django.db.models.{plain.__name__}", list(args), kwargs
