from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from partnership.core.requests import accepts_form, posted, report_done
from partnership.staff.access import staff_member
from partnership.staff.first_run import STEPS, AlreadySetUpError, Step, is_setup_pending, set_up
from partnership.staff.forms import AdministratorForm, FirmForm, ProfileForm
from partnership.staff.middleware import typed_fields
from partnership.staff.models import Firm, User


def refuse_unguarded(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form without the token that guards it (settings.CSRF_FAILURE_VIEW).

    What was typed on a page of ours, as the browser's Origin says, can be sent again.
    """
    own = f"{request.scheme}://{request.get_host()}"
    fields = typed_fields(request) if request.headers.get("Origin") == own else []
    return render(request, "403_csrf.html", {"fields": fields}, status=403)


@login_not_required
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Create the firm and its administrator. Redirect to sign-in once someone can sign in."""
    if not is_setup_pending():
        return redirect("account_login")
    firm = Firm.objects.filter(pk=1).first()
    posted = request.POST if request.method == "POST" else None
    firm_form = FirmForm(posted, prefix="firm", instance=firm, initial=None if firm else {"language": get_language()})
    person_form = AdministratorForm(posted, prefix="you")
    steps = [step(posted, prefix=prefix) for prefix, step in STEPS.items()]
    asked: list[BaseForm | Step] = [firm_form, person_form, *steps]
    wrong = [form for form in asked if not form.is_valid()]  # a list, so that every form shows its errors
    if not wrong:
        try:
            set_up(firm=firm_form.save(commit=False), at=timezone.now(), steps=steps, **person_form.cleaned_data)
        except AlreadySetUpError:
            messages.error(request, _("An administrator exists already. Sign in, or ask them for an account."))
        else:
            messages.success(request, _("All set. Sign in with your new password."))
        return redirect("account_login")
    status = 422 if request.method == "POST" else 200
    forms = {"firm_form": firm_form, "person_form": person_form, "steps": steps}
    return render(request, "staff/welcome.html", forms, status=status)


@accepts_form
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change the user's own photo, signature and absence."""
    user = User.objects.get(pk=staff_member(request).pk)
    form = ProfileForm(posted(request), request.FILES or None, instance=user)
    if form.is_valid():
        form.save()
        report_done(request, _("Your profile is saved."))
        return redirect("profile")
    return render(request, "staff/profile.html", {"form": form}, status=422 if form.is_bound else 200)
