"""The pages where admins define custom fields."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.custom_fields.definitions import count_keys, forget_definitions
from customers.models import CustomField
from partnership.core.forms import save_unique
from partnership.core.requests import accepts_form, held, posted, render_page
from partnership.desk.custom_fields.forms import FieldForm, NewFieldForm
from partnership.desk.custom_fields.undefined_keys import UndefinedKey, describe_key, list_undefined_keys


@dataclass(frozen=True)
class _ListedField:
    """`count`: customers who have a value."""

    field: CustomField
    count: int


@dataclass(frozen=True)
class _FieldsPage:
    fields: list[_ListedField]
    archived: list[_ListedField]
    undefined: list[UndefinedKey]


@require_safe
def custom_fields(request: HttpRequest) -> HttpResponse:
    counts = count_keys()
    listed = [_ListedField(field, counts.pop(field.key, 0)) for field in CustomField.objects.all()]
    page = _FieldsPage(
        fields=[one for one in listed if one.field.archived_at is None],
        archived=[one for one in listed if one.field.archived_at is not None],
        undefined=list_undefined_keys(counts),
    )
    return render_page(request, "desk/custom_fields/custom_fields.html", page)


@dataclass(frozen=True)
class _FieldPage:
    """`options`: label and retirement of each choice that there is."""

    title: str
    form: FieldForm
    options: Sequence[object]
    back: str


@accepts_form
def new_custom_field(request: HttpRequest) -> HttpResponse:
    """Define a field; `key` in the query string: one that customers have already."""
    initial = describe_key(request.GET.get("key", "")) if request.method == "GET" else {}
    form = NewFieldForm(posted(request), instance=CustomField(), initial=initial)
    if form.is_valid() and save_unique(form):
        return _leave(
            request,
            _("“%(field)s” is there now: on customers' pages, and as a column and filter of the list."),
            form.instance,
        )
    return _show(request, _("New field"), form)


@accepts_form
@transaction.atomic
def custom_field(request: HttpRequest, pk: int) -> HttpResponse:
    field = held(request, get_object_or_404(CustomField, pk=pk))
    form = FieldForm(posted(request), instance=field)
    if form.is_valid():
        form.save()
        return _leave(request, _("“%(field)s” is saved."), field)
    return _show(request, field.label, form)


def _show(request: HttpRequest, title: str, form: FieldForm) -> HttpResponse:
    page = _FieldPage(title, form, form.option_rows, reverse("custom_fields"))
    return render_page(request, "desk/custom_fields/custom_field.html", page, status=422 if form.is_bound else 200)


@require_POST
def custom_field_archiving(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a field out of use; its values stay."""
    field = get_object_or_404(CustomField, pk=pk)
    CustomField.objects.filter(pk=pk, archived_at=None).update(archived_at=timezone.now())
    return _leave(request, _("“%(field)s” is archived. Its values are kept."), field)


@require_POST
def custom_field_restoration(request: HttpRequest, pk: int) -> HttpResponse:
    field = get_object_or_404(CustomField, pk=pk)
    CustomField.objects.filter(pk=pk).update(archived_at=None)
    return _leave(request, _("“%(field)s” is in use again."), field)


def _leave(request: HttpRequest, text: str, field: CustomField) -> HttpResponse:
    forget_definitions()
    transaction.on_commit(forget_definitions)  # what another request read meanwhile
    messages.success(request, text % {"field": field.label})
    return redirect("custom_fields")
