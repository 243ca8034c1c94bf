from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.models import CheckIn, Commitment, ContactPoint, Customer, Goal, Merge
from partnership.staff.admin import AdminsOnly


class ContactPointInline(AdminsOnly, admin.TabularInline):
    model = ContactPoint
    extra = 0


class _CustomerForm(forms.ModelForm):
    def clean_attributes(self) -> dict[str, object]:
        given = self.cleaned_data["attributes"]
        if given is not None and not isinstance(given, dict):
            raise ValidationError(_('Write names and values in braces, such as {"plan": "gold"}.'))
        return given or {}


@admin.register(Customer)
class CustomerAdmin(AdminsOnly, admin.ModelAdmin):
    form = _CustomerForm
    list_display = ["name", "kind", "organisation", "owner", "lifecycle", "since"]
    list_filter = ["kind", "lifecycle", "do_not_contact", "restricted"]
    list_select_related = ["organisation", "owner"]
    search_fields = ["sort_key", "contact_points__normalised"]
    autocomplete_fields = ["organisation", "introduced_by", "owner"]
    inlines = [ContactPointInline]
    readonly_fields = ["ref", "merged_into", "created_at"]
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Forbid deleting a customer with its whole history: end the relationship instead."""
        return False


@admin.register(ContactPoint)
class ContactPointAdmin(AdminsOnly, admin.ModelAdmin):
    list_display = ["value", "kind", "customer", "verified", "source"]
    list_filter = ["kind", "verified"]
    list_select_related = ["customer"]
    search_fields = ["normalised", "customer__sort_key"]
    autocomplete_fields = ["customer"]
    readonly_fields = ["normalised", "source"]
    show_full_result_count = False


class ReadOnlyAdmin(AdminsOnly, admin.ModelAdmin):
    """Shows rows that only actions may write, because these keep the timeline consistent."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Goal)
class GoalAdmin(ReadOnlyAdmin):
    list_display = ["title", "customer", "status", "due_on"]
    list_filter = ["status"]
    list_select_related = ["customer"]
    search_fields = ["title", "customer__sort_key"]


@admin.register(CheckIn)
class CheckInAdmin(ReadOnlyAdmin):
    list_display = ["goal", "value", "by", "at"]
    list_select_related = ["goal", "by"]
    search_fields = ["goal__title", "note"]


@admin.register(Commitment)
class CommitmentAdmin(ReadOnlyAdmin):
    list_display = ["what", "customer", "party", "status", "due_on", "owner"]
    list_filter = ["party", "status"]
    list_select_related = ["customer", "owner"]
    search_fields = ["what", "customer__sort_key"]


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    list_display = ["survivor", "absorbed", "merged_at", "undone_at", "by"]
    list_select_related = ["survivor", "absorbed", "by"]
    search_fields = ["survivor__sort_key", "absorbed__sort_key"]
