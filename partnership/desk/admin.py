"""The change history that the database's triggers keep, in the admin."""

from datetime import datetime
from typing import cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from customers.admin import ReadOnlyAdmin
from customers.models import Customer
from interactions.change_history import AuditedModel, Event, describe_events
from interactions.change_history.statement import audited_models, fetch_rows


class EventAdmin(ReadOnlyAdmin):
    """Changes of one model, newest first."""

    tracked: AuditedModel
    list_display = ["at", "who", "what", "changes"]
    list_display_links = ["at"]
    list_per_page = 50
    ordering = ["-pgh_id"]
    fields = ("at", "who", "what", "changes")
    readonly_fields = ("at", "who", "what", "changes")
    search_fields = ["id__exact"]
    search_help_text = _("The number of the object, as in its address.")

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist = super().get_changelist_instance(request)
        self._describe(changelist.result_list)
        return changelist

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Model | None:
        found: Model | None = super().get_object(request, object_id, from_field)
        if found is not None:
            self._describe([found])
        return found

    def _describe(self, found: "QuerySet[Model] | list[Model]") -> None:
        """Keep each row's description on the row: one statement for all of them."""
        parameters = {"ids": [row.pk for row in found], "limit": len(found)}
        events = describe_events(
            fetch_rows(self.tracked.select("event.pgh_id = ANY(%(ids)s)"), parameters), [self.tracked],
            visible=Customer.objects.all(), include_empty=True,
        )  # fmt: skip
        by_pk = {event.key // 16: event for event in events}
        for row in found:
            row.description = by_pk[row.pk]  # type: ignore[attr-defined]

    @admin.display(description=_("when"), ordering="pgh_id")
    def at(self, row: Model) -> datetime:
        return _description(row).at

    @admin.display(description=_("who"))
    def who(self, row: Model) -> str:
        return _description(row).who

    @admin.display(description=_("what"))
    def what(self, row: Model) -> str:
        return f"{_description(row).title} ({_description(row).pk})"

    @admin.display(description=_("from → to"))
    def changes(self, row: Model) -> str:
        event = _description(row)
        if event.is_addition or event.is_deletion:
            return str(_("added") if event.is_addition else _("deleted"))
        lines = ((change.name, change.before or "–", change.after or "–") for change in event.changes)
        return format_html_join("\n", "<div>{}: {} → {}</div>", lines)


def _description(row: Model) -> Event:
    return cast("Event", row.description)  # type: ignore[attr-defined]


def _name_event(row: object) -> str:
    assert isinstance(row, Model)
    return f"{row._meta.verbose_name}, {row.pk}"


for tracked in audited_models():
    # Set here and not in the model's Meta, which pghistory writes and migrations keep.
    options, names = tracked.events._meta, tracked.model._meta.verbose_name_plural
    tracked.events.__str__ = _name_event  # type: ignore[method-assign]
    options.verbose_name = options.verbose_name_plural = format_lazy(_("changes: {what}"), what=names)
    name = f"{tracked.model.__name__}EventAdmin"
    admin.site.register(tracked.events, type(name, (EventAdmin,), {"tracked": tracked}))
