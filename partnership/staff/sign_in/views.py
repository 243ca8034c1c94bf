from dataclasses import dataclass

from allauth.account.views import LoginView, PasswordResetView
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from partnership.core.requests import next_page, query_to, render_page
from partnership.staff.access import staff_member
from partnership.staff.first_run import is_setup_pending
from partnership.staff.models import Firm
from partnership.staff.sign_in.mails import sends_mail
from partnership.staff.sign_in.provider import is_set_up, sign_in_url
from partnership.staff.sign_in.second_factors.policy import must_have_factor
from partnership.staff.sign_in.sessions.listing import Place, list_sessions

_allauth_sign_in = LoginView.as_view()
_allauth_password_reset = PasswordResetView.as_view()


@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method == "GET" and is_setup_pending():
        return redirect("welcome")
    response: HttpResponse = _allauth_sign_in(request)
    if hasattr(response, "context_data"):
        response.context_data |= {
            "passwords_allowed": settings.PASSWORDS_ALLOWED,
            "provider_url": f"{sign_in_url()}{query_to(next_page(request))}" if is_set_up() else "",
            "provider": settings.OIDC_NAME,
        }
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


@dataclass
class _SecurityPage:
    app: Authenticator | None
    passkeys: list[Authenticator]
    has_codes: bool
    codes_left: int
    is_required: bool
    places: list[Place]
    passwords_allowed: bool

    @classmethod
    def of(cls, request: HttpRequest) -> "_SecurityPage":
        user = staff_member(request)
        by_type: dict[str, list[Authenticator]] = {}
        for one in Authenticator.objects.filter(user=user).order_by("created_at"):
            by_type.setdefault(one.type, []).append(one)
        [app, codes] = [by_type.get(kind, [None])[0] for kind in ("totp", "recovery_codes")]
        return cls(
            app=app,
            passkeys=by_type.get("webauthn", []),
            has_codes=codes is not None,
            codes_left=len(codes.wrap().get_unused_codes()) if codes else 0,
            is_required=must_have_factor(user, Firm.current()),
            places=list_sessions(user, current_key=request.session.session_key),
            passwords_allowed=settings.PASSWORDS_ALLOWED,
        )


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Show how the user signs in: their password, second factors and sessions."""
    return render_page(request, "staff/security/security.html", _SecurityPage.of(request))
