from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView, RemoveWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect


class _ReauthenticateByPasskey(ReauthenticateWebAuthnView):  # type: ignore[misc]
    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """Ask again. allauth would lead to the sign-in, which is for who is signed out."""
        for error in form.errors.get("credential", []):
            get_account_adapter().add_message(self.request, messages.ERROR, message=error)
        return redirect(self.passthrough_next_url(self.request.path))


class _RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc]
    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Remove it, unless it is the last factor of somebody who must have one: as allauth does with an app."""
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.error(self.request, str(adapter.error_messages["cannot_delete_authenticator"]))
            return redirect("security")
        response: HttpResponse = super().form_valid(form)
        return response


_sign_in_by_passkey = LoginWebAuthnView.as_view()


@login_not_required
def sign_in_by_passkey(request: HttpRequest) -> HttpResponse:
    """Sign in by a passkey alone, unless only the firm's provider lets in."""
    if not settings.PASSWORDS_ALLOWED:
        raise Http404
    response: HttpResponse = _sign_in_by_passkey(request)
    return response


reauthenticate_by_passkey = _ReauthenticateByPasskey.as_view()
remove_passkey = _RemovePasskey.as_view()
