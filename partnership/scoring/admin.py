from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from partnership.scoring.models import RuleSet, Score, ScoreSnapshot, Tier, TierPin, ValueRule


class OnlyInDrafts:
    """Rules and tiers change in drafts alone: active and retired sets are what past scores were made with."""

    def has_add_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return (obj is None or obj.editable) and super().has_add_permission(request, obj)  # type: ignore[misc]

    def has_change_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return (obj is None or obj.editable) and super().has_change_permission(request, obj)  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return (obj is None or obj.editable) and super().has_delete_permission(request, obj)  # type: ignore[misc]


class ValueRuleInline(OnlyInDrafts, admin.StackedInline):
    model = ValueRule
    extra = 0
    fieldsets = [
        (None, {"fields": [("position", "name", "sum"), ("points", "per", "currency"), ("daily_cap", "half_life")]}),
        ("What counts", {"fields": ["kinds", ("direction", "payload", "payload_key"), "channels"]}),
    ]


class TierInline(OnlyInDrafts, admin.TabularInline):
    model = Tier
    extra = 0


@admin.register(RuleSet)
class RuleSetAdmin(admin.ModelAdmin):
    list_display = ["name", "status", "activated_at"]
    list_filter = ["status"]
    inlines = [ValueRuleInline, TierInline]

    def has_change_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return (obj is None or obj.editable) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return (obj is None or obj.editable) and super().has_delete_permission(request, obj)


class ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Score)
class ScoreAdmin(ReadOnly):
    list_display = ["customer", "partnership", "commitment", "reciprocity", "confidence", "tier", "day"]
    list_select_related = ["customer", "tier"]
    search_fields = ["customer__sort_key"]
    show_full_result_count = False


@admin.register(ScoreSnapshot)
class ScoreSnapshotAdmin(ReadOnly):
    list_display = ["customer", "day", "partnership", "commitment", "reciprocity", "tier", "rule_set"]
    list_select_related = ["customer", "tier", "rule_set"]
    search_fields = ["customer__sort_key"]
    show_full_result_count = False


@admin.register(TierPin)
class TierPinAdmin(admin.ModelAdmin):
    list_display = ["customer", "tier", "until", "by"]
    list_select_related = ["customer", "tier", "by"]
    raw_id_fields = ["customer"]
    exclude = ["by"]

    def save_model(self, request: HttpRequest, obj: TierPin, form: Any, change: bool) -> None:
        obj.by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
