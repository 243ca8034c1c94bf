from typing import cast

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership.staff.models import Firm, User
from partnership.staff.sign_in.second_factors.policy import FACTORS, must_have_factor


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Say it in our words, name the firm, and keep the last second factor of whoever must have one."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": gettext_lazy(
            "Your role requires a second factor. Add another one before you remove this one."
        ),
        "cannot_generate_recovery_codes": gettext_lazy(
            "Recovery codes need an authenticator app or a passkey. Set up one of them first."
        ),
        "incorrect_code": gettext_lazy("This code is wrong or was used before. Enter the newest one."),
    }

    def get_totp_issuer(self) -> str:
        """Return what an authenticator app lists the code under. A colon would end the name."""
        return f"{Firm.current().name} · Partnership".replace(":", "")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": self.get_totp_issuer()}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = cast(User, authenticator.user)
        others = Authenticator.objects.filter(user=user, type__in=FACTORS).exclude(pk=authenticator.pk)
        return others.exists() or not must_have_factor(user, Firm.current())
