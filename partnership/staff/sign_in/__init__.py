"""Signing in: who may, from where, and to which address a forgotten password's link goes.

A staff member signs in with the address of their user and with no other; allauth's own table of addresses only keeps
which of them was confirmed by mail.
"""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from partnership.staff.models import User
from partnership.staff.sign_in.second_factors.policy import HAS_FACTOR
from partnership.staff.sign_in.visitors import UNIX_SOCKET, visitor_address


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Disable sign-up: an administrator or the first run creates accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that attempts are counted for and sessions are listed with.

        A socket of this machine, or a zone of an address, is none that the database can keep.
        """
        address = visitor_address(request).partition("%")[0]
        return address if address != UNIX_SOCKET else "127.0.0.1"

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        again = self.authenticate(self.request, email=user.get_username(), password=password)
        return again is not None and again.pk == user.pk

    def get_reauthentication_methods(self, user: AbstractBaseUser) -> list[dict[str, str]]:
        """Return the ways to show again who one is, in our words."""
        words = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use a code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        methods = [
            {**method, "description": words[method["id"]]}
            for method in super().get_reauthentication_methods(user)
            if method["id"] != "reauthenticate" or settings.PASSWORDS_ALLOWED
        ]
        if settings.OIDC_ISSUER and SocialAccount.objects.filter(user=user, provider=settings.OIDC_ID).exists():
            words_of_provider = _("Sign in with %(provider)s again") % {"provider": settings.OIDC_NAME}
            url = reverse("account_provider_reauthentication")
            methods.append({"id": "provider", "description": words_of_provider, "url": url})
        return methods

    def get_login_stages(self) -> list[str]:
        """Return what is asked after the password; the second factor not, where the provider's counts."""
        own = {"allauth.mfa.stages.AuthenticateStage": "partnership.staff.sign_in.provider.stages.SecondFactorStage"}
        return [own.get(stage, stage) for stage in super().get_login_stages()]


class RolesBackend(AuthenticationBackend):  # type: ignore[misc]
    """Load the signed-in user together with their roles, and whether they have a second factor, in one query."""

    def get_user(self, user_id: int) -> User | None:
        names = ArrayAgg("groups__name", filter=Q(groups__isnull=False), default=[])
        user: User | None = (
            User.objects.annotate(role_names=names, has_factor=HAS_FACTOR).order_by().filter(pk=user_id).first()
        )
        return user if user and self.user_can_authenticate(user) else None

    def _authenticate_by_email(self, email: str, password: str) -> AbstractBaseUser | None:
        """Look at the users' own addresses alone: one that was changed ends at once."""
        if not settings.PASSWORDS_ALLOWED:
            return None
        user: AbstractBaseUser | None = self._check_password(find_user(email), password)
        return user


def find_user(email: str) -> User | None:
    return User.objects.filter(email=email.strip().lower()).first()
