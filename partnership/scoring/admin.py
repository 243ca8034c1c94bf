from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from customers.signals import history_changed
from partnership.scoring.models import RuleSet, Score, ScoreSnapshot, Tier, TierPin, ValueRule


class OnlyInDrafts:
    """Rules and tiers change in drafts alone: active and retired sets are what past scores were made with."""

    def has_add_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return (obj is None or obj.editable) and super().has_add_permission(request, obj)  # type: ignore[misc]

    def has_change_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return (obj is None or obj.editable) and super().has_change_permission(request, obj)  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        return (obj is None or obj.editable) and super().has_delete_permission(request, obj)  # type: ignore[misc]


class RulesOfASet(BaseInlineFormSet):
    def clean(self) -> None:
        """Were missed promises to fade more slowly than kept ones, silence would punish (I4)."""
        super().clean()
        rules = [form.cleaned_data for form in self.forms if not form.cleaned_data.get("DELETE")]
        promises = [rule for rule in rules if rule.get("sum") in (ValueRule.Sum.KEPT, ValueRule.Sum.MISSED)]
        if len({rule.get("half_life") for rule in promises}) > 1:
            raise ValidationError(_("Promises kept and missed fade alike: give all their rules one half-life."))


class ValueRuleInline(OnlyInDrafts, admin.StackedInline):
    model = ValueRule
    formset = RulesOfASet
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
        history_changed.send(
            sender=TierPin, customer_ids={obj.customer_id, form.initial.get("customer", obj.customer_id)}
        )

    def delete_model(self, request: HttpRequest, obj: TierPin) -> None:
        super().delete_model(request, obj)
        history_changed.send(sender=TierPin, customer_ids=[obj.customer_id])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[TierPin]) -> None:
        customer_ids = list(queryset.values_list("customer_id", flat=True))
        super().delete_queryset(request, queryset)
        history_changed.send(sender=TierPin, customer_ids=customer_ids)
