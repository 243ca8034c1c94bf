from dataclasses import dataclass

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from partnership.core.requests import accepts_form, posted, render_page, report_done
from partnership.staff.access import staff_member
from partnership.staff.models import ROLE_NAMES, Firm, User
from partnership.staff.sign_in.firm_settings.forms import SignInForm
from partnership.staff.sign_in.second_factors.policy import HAS_FACTOR, must_have_factor
from partnership.staff.sign_in.second_factors.resetting import reset_second_factor


@dataclass
class _Colleague:
    user: User
    roles: list[str]
    has_factor: bool
    must_have_factor: bool


@dataclass
class _SettingsPage:
    form: SignInForm
    colleagues: list[_Colleague]


def _list_colleagues(firm: Firm) -> list[_Colleague]:
    with_factor = set(User.objects.filter(HAS_FACTOR).values_list("pk", flat=True))
    staff = User.objects.at_work().with_roles().order_by("name", "pk")
    found = []
    for user in staff:
        roles = [str(name) for role, name in ROLE_NAMES.items() if role in user.roles]
        found.append(_Colleague(user, roles, user.pk in with_factor, must_have_factor(user, firm)))
    return found


@accepts_form
def sign_in_settings(request: HttpRequest) -> HttpResponse:
    """Set which roles need a second factor and when idle sessions end, and show who has a factor."""
    raise_if_reauthentication_required(request, app="allauth.account")
    firm = Firm.current()
    form = SignInForm(posted(request), instance=firm, request=request)
    if form.is_valid():
        form.save()
        report_done(request, _("Saved."))
        return redirect("sign_in_settings")
    page = _SettingsPage(form, _list_colleagues(Firm.current()))
    return render_page(request, "staff/settings/sign_in.html", page, status=422 if form.is_bound else 200)


@accepts_form
def second_factor_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to forget a colleague's lost second factor, and do it."""
    user, by = get_object_or_404(User, pk=pk), staff_member(request)
    raise_if_reauthentication_required(request, app="allauth.account")
    if user == by:
        messages.error(request, _("Change your own second factor under Sign-in and security."))
        return redirect("security")
    if request.method == "POST":
        if reset_second_factor(user=user, by=by):
            report_done(request, _("%(name)s can set up a new second factor.") % {"name": user.name})
        return redirect("sign_in_settings")
    question = {
        "question": _("Reset the second factor of %(name)s?") % {"name": user.name},
        "text": _("Do it only when you know that %(name)s asked for it: call them.") % {"name": user.name},
        "effect": _(
            "They sign in with their password alone, until they set up a new second factor. Their sessions end, and"
            " they get an e-mail."
        ),
        "url": request.path,
        "action": _("Reset second factor"),
        "back": reverse("sign_in_settings"),
    }
    return render(request, "confirm.html", question)
