from allauth.mfa.stages import AuthenticateStage
from django.http import HttpResponse

from partnership.staff.models import Firm
from partnership.staff.sign_in.provider import has_providers_factor


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]
    """Ask for our second factor, unless the firm trusts the provider's."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if has_providers_factor(self.request, self.login.user, Firm.current()):
            return None, True
        answer: tuple[HttpResponse | None, bool] = super().handle()
        return answer
