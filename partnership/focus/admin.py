"""Items and recoveries, for admins to read: they are worked on Focus and on the recovery's page, and nowhere else."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from customers.admin import Written
from partnership.focus.models import FocusItem, Recovery


@admin.register(FocusItem)
class FocusItemAdmin(Written):
    list_display = ["customer", "reason", "state", "leads", "place", "since", "taken_by", "snoozed_until", "done_at"]
    list_filter = ["state", "reason", "leads"]
    list_select_related = ["customer", "taken_by"]
    search_fields = ["customer__sort_key"]
    search_help_text = _("The customer's name.")
    ordering = ["-id"]


@admin.register(Recovery)
class RecoveryAdmin(Written):
    list_display = ["customer", "what_happened", "owner", "opened_at", "closed_at", "outcome"]
    list_filter = [("closed_at", admin.EmptyFieldListFilter), "owner"]
    list_select_related = ["customer", "owner"]
    search_fields = ["customer__sort_key", "what_happened"]
    search_help_text = _("The customer's name, or a word of what happened.")
    date_hierarchy = "opened_at"
