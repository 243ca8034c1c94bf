"""Views that request a preview or a backtest of a rule set; a worker does it while the page shows progress."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from interactions.errors import ActionRefused
from interactions.models import Kind
from partnership.core.forms import WholeNumberField
from partnership.scoring.admin.pages import FormPage, get_admin, render_page, run_url
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.trials.outcomes import DEFAULT_HORIZON, OUTCOME_KINDS, Question, Request, list_attributes
from partnership.scoring.trials.runs import request_run
from partnership.staff.models import Firm

_DAYS_BACK = 2 * DEFAULT_HORIZON  # age of the day that the form proposes


@require_POST
def preview_view(request: HttpRequest, rule_set: RuleSet) -> HttpResponse:
    run = request_run(Run.Kind.PREVIEW, rule_set=rule_set, by=get_admin(request), at=timezone.now())
    return redirect(run_url(run))


@require_http_methods(["GET", "POST"])
def backtest_page(request: HttpRequest, rule_set: RuleSet) -> HttpResponse:
    now = timezone.now()
    form = _BacktestForm(request.POST or None, today=Firm.current().local_date(now))
    if form.is_valid():
        run = request_run(Run.Kind.BACKTEST, rule_set=rule_set, by=get_admin(request), at=now, settings=form.request)
        return redirect(run_url(run))
    title, status = _("Backtest “%(name)s”") % {"name": rule_set}, 422 if form.is_bound else 200
    return render_page(request, "backtest.html", FormPage(rule_set, form), title=title, status=status)


class _BacktestForm(forms.Form):
    as_of = forms.DateField(
        label=gettext_lazy("As of"),
        help_text=gettext_lazy("All customers are scored with what had happened by the end of this day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"), help_text=gettext_lazy("What the scores of that day should have predicted.")
    )
    horizon = WholeNumberField(
        label=gettext_lazy("Within days"),
        help_text=gettext_lazy("Within how many days after that day it must have happened. An attribute has no date."),
        min_value=1,
        max_value=3650,
        initial=DEFAULT_HORIZON,
        required=False,
    )
    present = forms.ChoiceField(
        label=gettext_lazy("Only customers still present"),
        help_text=gettext_lazy("The attribute with the day on which a customer left; empty while they are present."),
        required=False,
    )

    def __init__(self, posted: QueryDict | None, *, today: date) -> None:
        super().__init__(posted, initial={"as_of": today - timedelta(days=_DAYS_BACK)})
        self.today = today
        attributes = [(f"attribute:{name}", name) for name in list_attributes()]
        happened = [(kind, Kind(kind).label) for kind in OUTCOME_KINDS]
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            (_("Event within days"), happened),
            *([(_("Attribute"), attributes)] if attributes else []),
        ]
        self.fields["present"].choices = [("", _("all customers")), *attributes]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                Question.parse(self.request).check(today=self.today)
            except ActionRefused as refusal:
                self.add_error("as_of", str(refusal))
        return cleaned

    @property
    def request(self) -> Request:
        """Return the request as a run stores it."""
        return {
            "as_of": self.cleaned_data["as_of"].isoformat(),
            "outcome": self.cleaned_data["outcome"],
            "horizon": self.cleaned_data["horizon"],
            "present": self.cleaned_data["present"],
        }
