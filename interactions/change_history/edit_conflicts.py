"""What colleagues changed while a form stood open.

A form carries the values that it was shown with. What its writer left alone is as it stands now; what both changed is
not saved before its writer has seen what stands there.
"""

from collections.abc import Collection
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.querysets import CustomerQuerySet
from interactions.change_history import LastChange, last_changes


class Meanwhile(forms.BaseForm):
    """Of a form on a `record` as it stands now, best held until the end of the transaction.

    `stands_in`: the model's field, where the form's has another name.
    """

    record: models.Model
    stands_in: ClassVar[dict[str, str]] = {}
    nameable: CustomerQuerySet

    def carry(
        self, record: models.Model, *, visible: CustomerQuerySet | None = None, only: Collection[str] = ()
    ) -> None:
        """At the end of __init__, when fields and initial values are what they will be.

        `visible`: customers whose names may be told. `only`: the fields that are the record's, where not all are.
        """
        self.record, self.nameable = record, Customer.objects.none() if visible is None else visible
        for name in (only or self.fields) if record.pk else ():
            self.fields[name].show_hidden_initial = True

    def full_clean(self) -> None:
        both = self.catch_up() if self.is_bound and self.record.pk else []
        super().full_clean()
        if both:
            self.add_error(
                None, _("Not saved yet: somebody else changed what you changed. Look at the fields marked below.")
            )
            columns = {name: self.column(name) for name in both}
            changes = last_changes(self.record, set(columns.values()), visible=self.nameable)
            for name, column in columns.items():
                self.add_error(name, in_words(changes.get(column), with_value=not is_file(self.fields[name])))

    def catch_up(self) -> list[str]:
        """Make what was posted a change of what stands now; the fields that both changed."""
        data: Any = self.data
        self.data = data = data.copy()
        both = []
        for name in self.fields:
            if self.was_shown(name) in data and self.changed_meanwhile(name):
                now = self.now(name)
                if not self.changed_here(name):
                    data[self.add_prefix(name)] = now
                elif self.differs(name, self.given(name), now):
                    both.append(name)
                data[self.was_shown(name)] = now
        return both

    def was_shown(self, name: str) -> str:
        return self.add_initial_prefix(name)

    def now(self, name: str) -> Any:
        """As the form shows it in a hidden input."""
        field = self.fields[name]
        value = field.prepare_value(self.get_initial_for_field(field, name))
        return field.hidden_widget().format_value(value) or ""

    def given(self, name: str) -> Any:
        return self.fields[name].widget.value_from_datadict(self.data, self.files, self.add_prefix(name))

    def changed_meanwhile(self, name: str) -> bool:
        return self.differs(name, self.data[self.was_shown(name)], self.now(name))

    def changed_here(self, name: str) -> bool:
        if is_file(self.fields[name]):
            return self.given(name) is not None
        return self.differs(name, self.data[self.was_shown(name)], self.given(name))

    def differs(self, name: str, one: Any, other: Any) -> bool:
        field = self.fields[name]
        return comparable(field, one) != comparable(field, other)

    def column(self, name: str) -> str:
        field: Any = self.record._meta.get_field(self.stands_in.get(name, name))
        return str(field.column)


def is_file(field: forms.Field) -> bool:
    return isinstance(field, forms.FileField)


def comparable(field: forms.Field, value: Any) -> Any:
    """Equal for what means the same: a browser ends lines in its own way, and a day has several spellings."""
    text = str(value or "").replace("\r\n", "\n").strip()
    if isinstance(field, forms.ChoiceField | forms.FileField):
        return text
    try:
        return field.to_python(value if isinstance(field, forms.BooleanField) else text)
    except ValidationError:
        return text


def in_words(change: LastChange | None, *, with_value: bool) -> str:
    if change is None:
        return _("Somebody else changed this in the meantime. Save again to put yours in its place.")
    moment = date_format(timezone.localtime(change.at), "j M Y, H:i")
    told = {"name": change.who, "when": moment, "value": change.after}
    if not with_value:
        return _("%(name)s changed this on %(when)s. Save again to put yours in its place.") % told
    if not change.after:
        return _("%(name)s emptied this on %(when)s. Save again to put yours in its place.") % told
    return _("%(name)s changed this on %(when)s to “%(value)s”. Save again to put yours in its place.") % told
