"""Scores, which the admin only shows, and pinned tiers."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from customers.admin import ReadOnlyAdmin
from customers.signals import history_changed
from partnership.core.fields import field_name
from partnership.scoring.admin.generics import ModelAdmin, ModelForm
from partnership.scoring.admin.pages import get_admin
from partnership.scoring.models import Score, ScoreSnapshot, Tier, TierPin
from partnership.staff.admin import AdminsOnly


def _rounded_column(name: str, places: int) -> Callable[[Score | ScoreSnapshot], str]:
    """Make a column of a list that shows a field with so many decimal places."""

    @admin.display(description=field_name(Score, name), ordering=name)
    def shown(score: Score | ScoreSnapshot) -> str:
        return str(number_format(getattr(score, name), places))

    return shown


PARTNERSHIP, COMMITMENT, RECIPROCITY = (
    _rounded_column(name, 1) for name in ("partnership", "commitment", "reciprocity")
)


@admin.register(Score)
class ScoreAdmin(ReadOnlyAdmin):
    list_display = ["customer", PARTNERSHIP, COMMITMENT, RECIPROCITY, _rounded_column("confidence", 2), "tier", "day"]
    list_select_related = ["customer", "tier"]
    search_fields = ["customer__sort_key"]
    change_list_template = "admin/scoring/scores.html"

    def get_form(self, request: HttpRequest, obj: Score | None = None, change: bool = False, **options: Any) -> Any:
        texts = {"trend": _("Points of partnership gained in 4 weeks.")}
        return super().get_form(request, obj, change, **{"help_texts": texts, **options})


@admin.register(ScoreSnapshot)
class ScoreSnapshotAdmin(ReadOnlyAdmin):
    list_display = ["customer", "day", PARTNERSHIP, COMMITMENT, RECIPROCITY, "tier", "rule_set"]
    list_select_related = ["customer", "tier", "rule_set"]
    search_fields = ["customer__sort_key"]


@admin.register(TierPin)
class TierPinAdmin(AdminsOnly, ModelAdmin[TierPin]):
    list_display = ["customer", "tier", "until", "by"]
    list_select_related = ["customer", "tier", "by"]
    raw_id_fields = ["customer"]
    exclude = ["by"]

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **options: Any
    ) -> "ModelChoiceField[Any] | None":
        if db_field.name == "tier":
            options["queryset"] = Tier.objects.filter(rule_set__status="active")
        return super().formfield_for_foreignkey(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: TierPin, form: ModelForm[TierPin], change: bool) -> None:
        obj.by = get_admin(request)
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
