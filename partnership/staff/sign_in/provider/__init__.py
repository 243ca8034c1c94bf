"""Signing in at the firm's own provider of identities, by OpenID Connect (settings: OIDC_…)."""

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from partnership.staff.models import Firm, User


def is_set_up() -> bool:
    return bool(settings.OIDC_ISSUER)


def sign_in_url() -> str:
    return reverse("openid_connect_login", kwargs={"provider_id": settings.OIDC_ID})


def signed_in_by_provider(request: HttpRequest, user: User) -> bool:
    """Check whether the user came through the provider in this session."""
    return any(one["method"] == "socialaccount" for one in get_authentication_records(request, user))


def has_providers_factor(request: HttpRequest, user: User, firm: Firm) -> bool:
    """Check whether the provider asked for the user's second factor, as far as the firm trusts it to."""
    return is_set_up() and firm.trusts_provider_factor and signed_in_by_provider(request, user)
