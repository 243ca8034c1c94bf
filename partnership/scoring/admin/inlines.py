"""Rules and tiers on the page of their set: edited in drafts alone, and sound together or not saved."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from partnership.scoring.admin.rule_forms import ValueRuleForm
from partnership.scoring.models import RuleSet, Tier, ValueRule
from partnership.scoring.rules.summaries import describe_rule
from partnership.scoring.rules.validation import Problem, check_half_lives, check_shared_caps, check_tiers
from partnership.staff.admin import ForAdmins, is_admin


class DraftsOnly(ForAdmins):
    """Rules and tiers change in drafts alone: active and retired sets are what past scores were made with."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_admin(request) and (obj is None or obj.editable)

    has_change_permission = has_delete_permission = has_add_permission


class _RowForm(forms.ModelForm):
    @property
    def is_kept(self) -> bool:
        """Whether it stays, or is new and filled in. Asked of a valid form."""
        return not self.cleaned_data.get("DELETE") and (bool(self.instance.pk) or self.has_changed())


class _RuleRowForm(_RowForm, ValueRuleForm):
    pass


class _RowFormSet(BaseInlineFormSet):
    """Rows of a set, told at their fields what they would break together."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = [form for form in self.forms if form.is_kept]
        for problem in self.problems([form.instance for form in kept]):
            row = problem.rule or problem.tier
            if row is None:
                raise ValidationError(problem.text)
            next(form for form in kept if form.instance is row).add_error(problem.place or None, problem.text)

    def problems(self, rows: list[Any]) -> Iterable[Problem]:
        raise NotImplementedError


class _RuleFormSet(_RowFormSet):
    def problems(self, rows: list[ValueRule]) -> Iterable[Problem]:
        return [*check_half_lives(rows), *check_shared_caps(rows)]


class _TierFormSet(_RowFormSet):
    def add_fields(self, form: Any, index: int | None) -> None:
        """In a table, whose heads name no field to whoever hears the page."""
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs["aria-label"] = str(field.label or "")

    def problems(self, rows: list[Tier]) -> Iterable[Problem]:
        second = [tier for tier in rows if tier.for_newcomers][1:]
        text = _("One tier is for newcomers: untick this, or the other.")
        return [*check_tiers(rows), *(Problem(str(text), "for_newcomers", tier=tier) for tier in second)]

    def save(self, commit: bool = True) -> Any:
        """The mark of newcomers moves to another tier: it is taken from the one before it is given to the next."""
        chosen = [form.instance.pk for form in self.forms if form.is_kept and form.cleaned_data["for_newcomers"]]
        self.instance.tiers.filter(for_newcomers=True).exclude(pk__in=chosen).update(for_newcomers=False)
        return super().save(commit)


class ValueRuleInline(DraftsOnly, admin.StackedInline):
    model = ValueRule
    form = _RuleRowForm
    formset = _RuleFormSet
    extra = 0
    readonly_fields = ("in_words",)
    classes = ("ordered-rows",)
    fieldsets = (
        (None, {"fields": ["in_words", ("name", "position")]}),
        (
            _("What counts"),
            {"classes": ["collapse"], "fields": [
                "kinds", ("direction", "channels"), ("payload", "payload_key", "payload_value"),
                ("amount_at_least", "tags"),
            ]},
        ),
        (
            _("How much"),
            {"classes": ["collapse"], "fields": [
                ("sum", "points", "per"), ("number_key", "currency"), ("half_life", "daily_cap", "shared_cap"),
            ]},
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[ValueRule]:
        return super().get_queryset(request).prefetch_related("rule_set__rules")  # for siblings

    def get_fieldsets(self, request: HttpRequest, obj: RuleSet | None = None) -> Any:
        """Of a set that is or was in force, the sentence says it all."""
        editable = obj is None or obj.editable
        return super().get_fieldsets(request, obj) if editable else [(None, {"fields": ["in_words"]})]

    @admin.display(description=_("in words"))
    def in_words(self, rule: ValueRule) -> str:
        return describe_rule(rule, _list_siblings(rule))


def _list_siblings(rule: ValueRule) -> Iterable[ValueRule]:
    return rule.rule_set.rules.all() if rule.rule_set_id and rule.shared_cap else ()


class TierInline(DraftsOnly, admin.TabularInline):
    model = Tier
    form = _RowForm
    formset = _TierFormSet
    extra = 0
    classes = ("ordered-rows",)
    fields = (
        "rank", "name", "partnership", "commitment", "confidence", "for_newcomers", "response_hours", "goodwill",
        "exceptions_offered",
    )  # fmt: skip
