import logging
from typing import Any, NoReturn

from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from partnership.staff.models import User
from partnership.staff.sign_in import find_user

logger = logging.getLogger(__name__)


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Let in whom the provider names: by their subject, the first time by an address that it has verified.

    It makes no users, and nobody ties another identity to their own sign-in.
    """

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        process = sociallogin.state.get("process")
        if process == AuthProcess.REDIRECT:
            _confirm_identity(request, sociallogin)
        elif process != AuthProcess.LOGIN:
            _refuse(request, _("Signing in with %(provider)s did not work. Try again."))
        elif not sociallogin.is_existing:
            sociallogin.connect(request, _find_colleague(request, sociallogin))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        if error == AuthError.CANCELLED or request.GET.get("error") == "access_denied":
            _refuse(request, _("%(provider)s did not let you in, or you cancelled. Try again."))
        logger.warning("Signing in at the provider failed: %s", exception or request.GET.get("error", error))
        _refuse(request, _("Signing in with %(provider)s did not work. Try again."))


def _find_colleague(request: HttpRequest, login: SocialLogin) -> User:
    """Return the active colleague whose address the provider has verified. Refuse anybody else."""
    verified = [one.email for one in login.email_addresses if one.verified is True]
    user = find_user(verified[0]) if verified else None
    if not verified:
        _refuse(request, _("%(provider)s has not verified your e-mail address. Ask your administrator."))
    if user is None or not user.is_active:
        _refuse(request, _("Nobody here signs in with your address at %(provider)s. Ask your administrator."))
    return user


def _confirm_identity(request: HttpRequest, login: SocialLogin) -> None:
    """Take it for showing again who one is, if the provider names whoever is signed in."""
    user = request.user
    if not isinstance(user, User) or login.user != user:
        _refuse(request, _("%(provider)s named another colleague. Sign in there as yourself."))
    record_authentication(
        request, user, "socialaccount", provider=login.account.provider, uid=login.account.uid, reauthenticated=True
    )


def _refuse(request: HttpRequest, words: str) -> NoReturn:
    messages.error(request, words % {"provider": settings.OIDC_NAME})
    raise ImmediateHttpResponse(redirect("security" if request.user.is_authenticated else "account_login"))
