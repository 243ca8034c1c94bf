from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from partnership.staff.access import PUBLIC_PAGES
from partnership.staff.middleware import typed_fields
from partnership.staff.sign_in.second_factors.policy import owes_factor

# What can be opened without the second factor that one's role requires.
OPEN_PAGES = PUBLIC_PAGES | {
    "security", "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate", "account_logout",
    "account_login", "account_admin_login", "account_provider_reauthentication", "account_provider_confirmed",
    "openid_connect_login", "openid_connect_callback",
}  # fmt: skip


class SecondFactorMiddleware:
    """Lead who must have a second factor and has none to set one up; nothing else opens, the admin site included.

    What was typed is kept: a form is shown to be sent again, and htmx is told and leaves the page as it is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: dict[str, object]
    ) -> HttpResponse | None:
        firm, match = getattr(request, "firm", None), request.resolver_match
        if firm is None or match is None or not owes_factor(request, firm):
            return None
        request.owes_factor = True  # type: ignore[attr-defined]
        if not match.namespace and match.url_name in OPEN_PAGES:
            return None
        if "HX-Request" in request.headers:
            return HttpResponse(status=403, headers={"Second-Factor": "required"})
        if request.method == "POST":
            return render(request, "staff/security/required.html", {"fields": typed_fields(request)}, status=403)
        return redirect("security")
