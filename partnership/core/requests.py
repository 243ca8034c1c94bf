"""What a view reads off its request."""

from typing import TypeVar

from django.db import models
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404

M = TypeVar("M", bound=models.Model)


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form is bound to, also when nothing was filled in; None when the form is only shown."""
    return request.POST if request.method == "POST" else None


def held(request: HttpRequest, record: M) -> M:
    """Lock what is about to be changed until the end of the transaction, and return it as it stands now."""
    if request.method != "POST" or record.pk is None:
        return record
    model = type(record)
    return get_object_or_404(model._default_manager.select_for_update(no_key=True, of=("self",)), pk=record.pk)
