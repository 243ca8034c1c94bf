"""Who must have a second factor, and who has one."""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from partnership.staff.models import ADMIN, Firm, User
from partnership.staff.sign_in.provider import has_providers_factor

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes stand in for one of these and are none of their own."""

HAS_FACTOR = Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS))


def must_have_factor(user: User, firm: Firm) -> bool:
    roles = user.roles | {ADMIN} if user.is_superuser else user.roles
    return not roles.isdisjoint(firm.second_factor_roles)


def has_factor(user: User) -> bool:
    """Check whether the user set one up, as sign_in.RolesBackend fetched it with the user."""
    known = getattr(user, "has_factor", None)
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists() if known is None else bool(known)


def owes_factor(request: HttpRequest, firm: Firm) -> bool:
    """Check whether the signed-in user must set up a second factor before anything else."""
    user = request.user
    if not isinstance(user, User) or not must_have_factor(user, firm) or has_factor(user):
        return False
    return not has_providers_factor(request, user, firm)
