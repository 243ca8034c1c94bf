"""Pages that make a draft from another set or a preset, and the summary of a rule while it is edited."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from partnership.scoring.admin.pages import FormPage, get_admin, render_page, rule_set_url
from partnership.scoring.admin.rule_forms import build_partial_rule
from partnership.scoring.models import RuleSet
from partnership.scoring.rules.activation import copy_rule_set
from partnership.scoring.rules.presets import PRESETS, Preset, create_from_preset, find_free_name
from partnership.scoring.rules.summaries import describe_rule

_MAX_NAME_LENGTH = RuleSet._meta.get_field("name").max_length or 0


class _NameForm(forms.Form):
    """A name that must be free."""

    name = forms.CharField(label=gettext_lazy("Its name"), max_length=_MAX_NAME_LENGTH)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if RuleSet.objects.filter(name=name).exists():
            raise forms.ValidationError(_("Another rule set has this name: choose a different one."))
        return name


@require_http_methods(["GET", "POST"])
def copy_page(request: HttpRequest, rule_set: RuleSet) -> HttpResponse:
    stem = rule_set.name.rstrip("0123456789").rstrip() or rule_set.name
    form = _NameForm(request.POST or None, initial={"name": find_free_name(stem[: _MAX_NAME_LENGTH - 5], first=2)})
    if form.is_valid():
        draft = copy_rule_set(rule_set=rule_set, name=form.cleaned_data["name"], by=get_admin(request))
        messages.success(request, _("“%(name)s” is a draft: edit it, try it, then activate it.") % {"name": draft})
        return redirect(rule_set_url(draft))
    title, status = _("Copy “%(name)s”") % {"name": rule_set}, 422 if form.is_bound else 200
    return render_page(request, "copy.html", FormPage(rule_set, form), title=title, status=status)


@dataclass(frozen=True)
class _PresetsPage:
    presets: dict[str, Preset]


@require_POST
def rule_summary(request: HttpRequest) -> HttpResponse:
    return HttpResponse(describe_rule(build_partial_rule(request.POST)), content_type="text/plain; charset=utf-8")


@require_http_methods(["GET", "POST"])
def presets_page(request: HttpRequest) -> HttpResponse:
    """Choose one of the presets; BadRequest for another `preset`."""
    if request.method == "POST":
        if request.POST.get("preset") not in PRESETS:
            raise BadRequest("there is no such preset")
        draft = create_from_preset(request.POST["preset"], by=get_admin(request))
        messages.success(request, _("“%(name)s” is a draft: review it, try it, then activate it.") % {"name": draft})
        return redirect(rule_set_url(draft))
    return render_page(request, "presets.html", _PresetsPage(PRESETS), title=_("New from preset"))
