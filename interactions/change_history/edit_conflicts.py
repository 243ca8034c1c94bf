"""Detect edits by colleagues while a form was open.

A form carries the values it was shown with. Fields that the user left alone keep their current value; a field that both
changed is not saved until the user has seen the other's value.
"""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from interactions.change_history import LastChange, last_changes


class EditConflictForm(forms.BaseForm):
    """A form on `record`, which is best locked until the transaction ends.

    `model_fields`: form field → model field, where the names differ.
    """

    record: models.Model
    model_fields: dict[str, str] = {}
    _visible: CustomerQuerySet

    def detect_conflicts(
        self, record: models.Model, *, visible: CustomerQuerySet | None = None, only: Collection[str] = ()
    ) -> None:
        """Add the shown values to the form. Call it at the end of __init__.

        `visible`: customers whose names may be shown. `only`: the fields that belong to the record; by default all.
        """
        self.record, self._visible = record, Customer.objects.none() if visible is None else visible
        for name in (only or self.fields) if record.pk else ():
            self.fields[name].show_hidden_initial = True

    def full_clean(self) -> None:
        both = self._merge_changes() if self.is_bound and self.record.pk else []
        super().full_clean()
        if both:
            self.add_error(
                None, _("Not saved yet: a colleague changed the same fields. Check the marked fields below.")
            )
            columns = {name: self._column(name) for name in both}
            changes = last_changes(self.record, set(columns.values()), visible=self._visible)
            for name, column in columns.items():
                self.add_error(name, _conflict_message(changes.get(column), with_value=self._has_one_value(name)))

    def _merge_changes(self) -> list[str]:
        """Replace unchanged posted values by current ones. Return the fields that both users changed."""
        data: Any = self.data
        self.data = data = data.copy()
        both = []
        for name in self.fields:
            is_compared = self.fields[name].show_hidden_initial and self._initial_name(name) in data
            if is_compared and self._changed_by_others(name):
                now = self._current_value(name)
                if not self._changed_by_writer(name):
                    data[self.add_prefix(name)] = now
                elif self._differs(name, self._posted_value(name), now):
                    both.append(name)
                data[self._initial_name(name)] = now
        return both

    def _initial_name(self, name: str) -> str:
        return self.add_initial_prefix(name)

    def _current_value(self, name: str) -> object:
        """Return the field's current value as a hidden input holds it."""
        field = self.fields[name]
        value = field.prepare_value(self.get_initial_for_field(field, name))
        return field.hidden_widget().format_value(value) or ""

    def _posted_value(self, name: str) -> object:
        return self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))

    def _changed_by_others(self, name: str) -> bool:
        return self._differs(name, self.data[self._initial_name(name)], self._current_value(name))

    def _changed_by_writer(self, name: str) -> bool:
        if _is_file(self.fields[name]):
            return self._posted_value(name) is not None
        return self._differs(name, self.data[self._initial_name(name)], self._posted_value(name))

    def _differs(self, name: str, one: object, other: object) -> bool:
        field = self.fields[name]
        return _comparable(field, one) != _comparable(field, other)

    def _has_one_value(self, name: str) -> bool:
        """Say whether the value that was changed can be told in a message."""
        column = self.record._meta.get_field(self.model_fields.get(name, name))
        return not (_is_file(self.fields[name]) or isinstance(column, models.JSONField))

    def _column(self, name: str) -> str:
        field: Any = self.record._meta.get_field(self.model_fields.get(name, name))
        return str(field.column)


def _is_file(field: forms.Field) -> bool:
    return isinstance(field, forms.FileField)


def _comparable(field: forms.Field, value: object) -> object:
    """Convert a value so that equal values compare equal, whatever their line ends or spelling."""
    text = str(value or "").replace("\r\n", "\n").strip()
    if isinstance(field, forms.ChoiceField | forms.FileField):
        return text
    try:
        return field.to_python(value if isinstance(field, forms.BooleanField) else text)
    except ValidationError:
        return text


def _conflict_message(change: LastChange | None, *, with_value: bool) -> str:
    if change is None:
        return _("A colleague changed this. Save again to replace it with yours.")
    moment = date_format(timezone.localtime(change.at), "SHORT_DATETIME_FORMAT")
    parts = {"name": change.who, "when": moment, "value": change.after}
    if not with_value:
        return _("%(name)s changed this on %(when)s. Save again to replace it with yours.") % parts
    if not change.after:
        return _("%(name)s emptied this on %(when)s. Save again to replace it with yours.") % parts
    return _("%(name)s changed this on %(when)s to “%(value)s”. Save again to replace it with yours.") % parts
