from allauth.account.views import LoginView, PasswordResetView
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from partnership.core.requests import next_page
from partnership.staff.first_run import is_setup_pending
from partnership.staff.sign_in.mails import sends_mail

_allauth_sign_in = LoginView.as_view()
_allauth_password_reset = PasswordResetView.as_view()


@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method == "GET" and is_setup_pending():
        return redirect("welcome")
    response: HttpResponse = _allauth_sign_in(request)
    return response


@login_not_required
def ask_for_password_link(request: HttpRequest) -> HttpResponse:
    """Show the form and send the link; without a mail server, say so whatever the address is."""
    response: HttpResponse = _allauth_password_reset(request)
    if hasattr(response, "context_data"):
        response.context_data["sends_mail"] = sends_mail()
    return response


@login_not_required
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Redirect to our own sign-in. PermissionDenied for a signed-in user who may not open the admin."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(next_page(request) or reverse("admin:index"))


@login_not_required
def no_sign_up(request: HttpRequest) -> HttpResponse:
    raise Http404
