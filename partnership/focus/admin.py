"""Items for admins to read; they are worked on Focus."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from customers.admin import ReadOnlyAdmin
from partnership.focus.models import FocusItem


@admin.register(FocusItem)
class FocusItemAdmin(ReadOnlyAdmin):
    list_display = ["customer", "reason", "state", "is_lead", "place", "since", "taken_by", "snoozed_until", "done_at"]
    list_filter = ["state", "reason", "is_lead"]
    list_select_related = ["customer", "taken_by"]
    search_fields = ["customer__sort_key"]
    search_help_text = gettext_lazy("The customer's name.")
    ordering = ["-id"]
