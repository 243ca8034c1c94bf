"""Rules and tiers on the page of their set, which can be edited in drafts only and are validated together."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from partnership.scoring.admin.generics import BaseInlineFormSet, ModelForm, StackedInline, TabularInline
from partnership.scoring.admin.rule_forms import ValueRuleForm
from partnership.scoring.models import RuleSet, Tier, ValueRule
from partnership.scoring.rules.summaries import describe_rule
from partnership.scoring.rules.validation import Problem, check_half_lives, check_shared_caps, check_tiers
from partnership.staff.admin import AdminsOnly, is_admin_request

if TYPE_CHECKING:
    from django.contrib.admin.options import _FieldsetSpec

R = TypeVar("R", ValueRule, Tier)


class DraftsOnly(AdminsOnly):
    """Allow changes in drafts only: active and retired sets are what past scores were computed with."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_admin_request(request) and (not isinstance(obj, RuleSet) or obj.editable)

    has_change_permission = has_delete_permission = has_add_permission


class _RowForm(ModelForm[R]):
    @property
    def is_kept(self) -> bool:
        """Say whether a valid form's row stays, or is new and filled in."""
        return not self.cleaned_data.get("DELETE") and (bool(self.instance.pk) or self.has_changed())


class _RuleRowForm(_RowForm[ValueRule], ValueRuleForm):
    pass


class _RowFormSet(BaseInlineFormSet[R, RuleSet, ModelForm[R]]):
    """The rows of a set, with problems that they have together shown at their fields."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = self.kept_forms
        for problem in self.find_problems([form.instance for form in kept]):
            row = problem.rule or problem.tier
            if row is None:
                raise ValidationError(problem.text)
            next(form for form in kept if form.instance is row).add_error(problem.field or None, problem.text)

    @property
    def kept_forms(self) -> list[_RowForm[R]]:
        return [form for form in self.forms if isinstance(form, _RowForm) and form.is_kept]

    def find_problems(self, rows: list[R]) -> Iterable[Problem]:
        raise NotImplementedError


class _RuleFormSet(_RowFormSet[ValueRule]):
    def find_problems(self, rows: list[ValueRule]) -> Iterable[Problem]:
        return [*check_half_lives(rows), *check_shared_caps(rows)]


class _TierFormSet(_RowFormSet[Tier]):
    def add_fields(self, form: ModelForm[Tier], index: int | None) -> None:
        """Label each field for screen readers, since the table's heads are no labels."""
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs["aria-label"] = str(field.label or "")

    def find_problems(self, rows: list[Tier]) -> Iterable[Problem]:
        second = [tier for tier in rows if tier.for_newcomers][1:]
        text = _("Only one tier can be for newcomers: clear this one or the other.")
        return [*check_tiers(rows), *(Problem(str(text), "for_newcomers", tier=tier) for tier in second)]

    def save(self, commit: bool = True) -> list[Tier]:
        """Clear the newcomers' mark first where it moves to another tier, since only one row may have it."""
        chosen = [form.instance.pk for form in self.kept_forms if form.cleaned_data["for_newcomers"]]
        self.instance.tiers.filter(for_newcomers=True).exclude(pk__in=chosen).update(for_newcomers=False)
        return super().save(commit)


class ValueRuleInline(DraftsOnly, StackedInline[ValueRule, RuleSet]):
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
        return super().get_queryset(request).prefetch_related("rule_set__rules")  # for the summary's siblings

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> "_FieldsetSpec":
        """Show only the summary of a rule that can no longer be edited."""
        editable = not isinstance(obj, RuleSet) or obj.editable
        return super().get_fieldsets(request, obj) if editable else [(None, {"fields": ["in_words"]})]

    @admin.display(description=_("summary"))
    def in_words(self, rule: ValueRule) -> str:
        return describe_rule(rule, _list_siblings(rule))


def _list_siblings(rule: ValueRule) -> Iterable[ValueRule]:
    return rule.rule_set.rules.all() if rule.rule_set_id and rule.shared_cap else ()


class TierInline(DraftsOnly, TabularInline[Tier, RuleSet]):
    model = Tier
    form = _RowForm[Tier]
    formset = _TierFormSet
    extra = 0
    classes = ("ordered-rows",)
    fields = (
        "rank", "name", "colour", "partnership", "commitment", "confidence", "for_newcomers", "response_hours",
        "goodwill", "exceptions_offered",
    )  # fmt: skip
