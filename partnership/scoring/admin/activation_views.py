"""The page that activates a rule set: what changes, the effect on customers, and why."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from interactions.errors import ActionRefused
from partnership.scoring.admin.activation_warnings import list_warnings
from partnership.scoring.admin.pages import get_admin, render_page, rule_set_url, run_url
from partnership.scoring.admin.results import Result, build_result
from partnership.scoring.models import RuleSet, Run, Tier
from partnership.scoring.rules.activation import activate_rule_set
from partnership.scoring.rules.comparison import Comparison, compare_rule_sets
from partnership.scoring.rules.tier_lineage import TierMatch, match_tiers
from partnership.scoring.rules.validation import Problem, find_problems

_GONE = "gone"


class _ActivationForm(forms.Form):
    """Why the set is activated, what each tier is now that has no namesake in it, and a yes to cautions."""

    why = forms.CharField(
        label=gettext_lazy("What it changes and why"),
        help_text=gettext_lazy("Kept with the set, so that colleagues can look up why scores moved that day."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, posted: QueryDict | None, rule_set: RuleSet, *, has_cautions: bool) -> None:
        super().__init__(posted, initial={"why": rule_set.why if rule_set.editable else ""})
        self.tiers = {tier.pk: tier for tier in rule_set.tiers.all()}
        offered = [(str(tier.pk), tier.name) for tier in reversed(self.tiers.values())]
        self.unsure = [match for match in match_tiers(RuleSet.objects.active(), rule_set) if not match.is_certain]
        for match in self.unsure:
            self.fields[self._name(match)] = forms.ChoiceField(
                label=_("“%(tier)s” is now") % {"tier": match.former},
                help_text=_("Pins, filters, saved views and the tier flow follow. The past keeps the name."),
                choices=[("", _("choose …")), *offered, (_GONE, _("no tier: it is gone, and pins to it end"))],
                initial=str(match.latter.pk) if match.latter else "",
            )

        if has_cautions:
            self.fields["despite"] = forms.BooleanField(
                label=_("Activate despite the cautions above"),
                error_messages={"required": _("Read the cautions above, then tick this or edit the draft.")},
            )

    def _name(self, match: TierMatch) -> str:
        return f"tier-{match.former.pk}"

    @property
    def matches(self) -> dict[int, Tier | None]:
        """Return the admin's word, by key of the active set's tiers."""
        chosen = {match.former.pk: self.cleaned_data[self._name(match)] for match in self.unsure}
        return {pk: None if answer == _GONE else self.tiers[int(answer)] for pk, answer in chosen.items()}


@dataclass(frozen=True)
class _ActivationPage:
    """The context; `comparison` and `preview` are against the active set, `preview` is of the current rules, if any."""

    rule_set: RuleSet
    form: _ActivationForm
    refusal: str
    comparison: Comparison
    problems: list[Problem]
    cautions: list[str]
    preview: Result | None
    was_previewed: bool


@require_http_methods(["GET", "POST"])
def activation_page(request: HttpRequest, rule_set: RuleSet) -> HttpResponse:
    """Activate a draft or a retired set."""
    if rule_set.status == RuleSet.Status.ACTIVE:
        messages.info(request, _("“%(name)s” is active already.") % {"name": rule_set})
        return redirect(rule_set_url(rule_set))
    cautions = list(list_warnings(rule_set))
    form = _ActivationForm(request.POST or None, rule_set, has_cautions=bool(cautions))
    refusal = ""
    if form.is_valid():
        try:
            run = activate_rule_set(
                rule_set=rule_set,
                why=form.cleaned_data["why"],
                by=get_admin(request),
                at=timezone.now(),
                tiers=form.matches,
            )
        except ActionRefused as error:
            refusal = str(error)
        else:
            messages.success(
                request, _("“%(name)s” is active. All scores are being computed again.") % {"name": rule_set}
            )
            return redirect(run_url(run))
    page = _build_page(rule_set, form, refusal, cautions)
    status = 422 if form.is_bound else 200
    return render_page(request, "activation.html", page, title=_page_title(rule_set), status=status)


def _page_title(rule_set: RuleSet) -> str:
    question = _("Activate “%(name)s”?") if rule_set.editable else _("Reactivate “%(name)s”?")
    return question % {"name": rule_set}


def _build_page(rule_set: RuleSet, form: _ActivationForm, refusal: str, cautions: list[str]) -> _ActivationPage:
    active = RuleSet.objects.active()
    previews = rule_set.runs.filter(kind=Run.Kind.PREVIEW, status=Run.Status.DONE)
    current = previews.filter(result__fingerprint=rule_set.fingerprint(), result__compared_with=active.name)
    preview = current.order_by("-id").first()
    return _ActivationPage(
        rule_set=rule_set,
        form=form,
        refusal=refusal,
        comparison=compare_rule_sets(active, rule_set).changes,
        problems=find_problems(rule_set, list(rule_set.rules.all()), list(rule_set.tiers.all())),
        cautions=cautions,
        preview=build_result(preview) if preview else None,
        was_previewed=previews.exists(),
    )
