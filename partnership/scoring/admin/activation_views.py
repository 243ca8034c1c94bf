"""The page before a set goes live: what changes, what the preview said, and why."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from interactions.errors import ActionRefused
from partnership.scoring.admin.pages import get_admin, render_page, rule_set_url, run_url
from partnership.scoring.admin.results import build_result
from partnership.scoring.models import RuleSet, Run
from partnership.scoring.rules.activation import activate_rule_set
from partnership.scoring.rules.comparison import compare_rule_sets, fingerprint
from partnership.scoring.rules.validation import find_problems


class WhyForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("What it changes and why"),
        help_text=gettext_lazy("Kept with the set, for whoever asks later why the scores moved that day."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "POST"])
def activation_page(request: HttpRequest, rule_set: RuleSet) -> HttpResponse:
    """Of a draft, or of one that was in force before."""
    if rule_set.status == RuleSet.Status.ACTIVE:
        messages.info(request, _("“%(name)s” is in force already.") % {"name": rule_set})
        return redirect(rule_set_url(rule_set))
    form = WhyForm(request.POST or None, initial={"why": rule_set.why if rule_set.editable else ""})
    refused = ""
    if form.is_valid():
        try:
            run = activate_rule_set(
                rule_set=rule_set, why=form.cleaned_data["why"], by=get_admin(request), at=timezone.now()
            )
        except ActionRefused as error:
            refused = str(error)
        else:
            messages.success(request, _("“%(name)s” is in force. Every score is being made anew.") % {"name": rule_set})
            return redirect(run_url(run))
    return render_page(
        request, "activation.html", title=_page_title(rule_set), rule_set=rule_set, form=form, refused=refused,
        status=422 if form.is_bound else 200, **what_to_know(rule_set),
    )  # fmt: skip


def _page_title(rule_set: RuleSet) -> str:
    asked = _("Activate “%(name)s”?") if rule_set.editable else _("Go back to “%(name)s”?")
    return asked % {"name": rule_set}


def what_to_know(rule_set: RuleSet) -> dict[str, Any]:
    """`preview`: the newest of the rules as they are, beside the set in force; another would tell of other movers."""
    active = RuleSet.objects.active()
    previews = rule_set.runs.filter(kind=Run.Kind.PREVIEW, status=Run.Status.DONE)
    alike = previews.filter(result__fingerprint=fingerprint(rule_set), result__compared_with=active.name)
    preview = alike.order_by("-id").first()
    return {
        "comparison": compare_rule_sets(active, rule_set).changes,
        "problems": find_problems(rule_set, list(rule_set.rules.all()), list(rule_set.tiers.all())),
        "preview": build_result(preview) if preview else None,
        "was_previewed": previews.exists(),
    }
