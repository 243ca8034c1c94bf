from typing import Any, Protocol

from django.db import IntegrityError, transaction


class Saved(Protocol):
    def save(self) -> Any: ...
    def add_error(self, field: str | None, error: Any) -> None: ...
    def taken(self) -> str: ...


def is_saved(form: Saved) -> bool:
    """False when somebody else was faster, which only the database knows; the form says then what is taken."""
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:
        form.add_error(None, form.taken())
        return False
    return True
