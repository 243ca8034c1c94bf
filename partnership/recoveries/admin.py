"""Recoveries for admins to read, and to close many at once, such as those that an import opened.

One recovery is worked on its own page.
"""

from django import forms
from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.admin import ReadOnlyAdmin
from interactions.errors import ActionRefused
from partnership.recoveries.lifecycle import LATEST_IMPORT, close_recovery
from partnership.recoveries.models import Recovery
from partnership.staff.admin import is_admin_request
from partnership.staff.external_ids import OWN_SOURCE
from partnership.staff.models import User

MOST_CLOSED_AT_ONCE = 500  # a few seconds' work


class _ImportedLate(admin.SimpleListFilter):
    """Recoveries of mistakes that would open none today."""

    title = gettext_lazy("recorded")
    parameter_name = "told"

    def lookups(self, request: HttpRequest, model_admin: "admin.ModelAdmin[Recovery]") -> list[tuple[str, str]]:
        return [("late", _("by an import, more than %d days late") % LATEST_IMPORT.days)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Recovery]) -> QuerySet[Recovery]:
        if self.value() != "late":
            return queryset
        late = queryset.filter(mistake__recorded_at__gt=F("mistake__occurred_at") + LATEST_IMPORT)
        return late.exclude(mistake__source=OWN_SOURCE)


class _OutcomeForm(forms.Form):
    outcome = forms.CharField(
        label=gettext_lazy("How they ended"),
        help_text=gettext_lazy("Use your own words. The text appears on each customer's timeline."),
        max_length=Recovery._meta.get_field("outcome").max_length,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def clean_outcome(self) -> str:
        outcome: str = self.cleaned_data["outcome"]
        if outcome == Recovery.FORGIVEN:
            raise forms.ValidationError(
                _("Only the customer can forgive a mistake. Describe in your own words how it ended.")
            )
        return outcome


@admin.register(Recovery)
class RecoveryAdmin(ReadOnlyAdmin):
    list_display = ["customer", "what_happened", "owner", "opened_at", "closed_at", "outcome"]
    list_filter = [("closed_at", admin.EmptyFieldListFilter), _ImportedLate, "owner"]
    list_select_related = ["customer", "owner"]
    search_fields = ["customer__sort_key", "what_happened"]
    search_help_text = gettext_lazy("The customer's name, or a word of what happened.")
    date_hierarchy = "opened_at"
    actions = ["close"]

    def has_close_permission(self, request: HttpRequest) -> bool:
        return is_admin_request(request)

    @admin.action(description=gettext_lazy("Close the selected, with an outcome"), permissions=["close"])
    def close(self, request: HttpRequest, chosen: QuerySet[Recovery]) -> HttpResponse | None:
        """Ask for the outcome first; then close those that were shown and are still open."""
        still = chosen.filter(closed_at=None)
        recoveries = list(still.select_related("customer").order_by("opened_at", "pk")[:MOST_CLOSED_AT_ONCE])
        if not recoveries:
            messages.info(request, _("They are closed already."))
            return None
        form = _OutcomeForm(request.POST if "closing" in request.POST else None)
        if form.is_valid():
            assert isinstance(request.user, User)
            count = _close_all(recoveries, outcome=form.cleaned_data["outcome"], by=request.user)
            text = ngettext("%d recovery is closed.", "%d recoveries are closed.", count) % count
            messages.success(request, text)
            return None
        title = ngettext("Close %d recovery?", "Close %d recoveries?", len(recoveries)) % len(recoveries)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "form": form}
        context |= {"recoveries": recoveries, "left": still.count() - len(recoveries)}
        return render(request, "admin/recoveries/closing.html", context, status=422 if form.is_bound else 200)


def _close_all(recoveries: list[Recovery], *, outcome: str, by: User) -> int:
    """Close each in a transaction of its own; return how many were closed."""
    count, now = 0, timezone.now()
    for recovery in recoveries:
        try:
            close_recovery(recovery, outcome=outcome, by=by, at=now)
        except ActionRefused:  # closed just now by another
            continue
        count += 1
    return count
