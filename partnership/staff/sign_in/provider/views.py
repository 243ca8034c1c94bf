from allauth.account.internal.flows.reauthentication import resume_request
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from requests import RequestException

from partnership.core.requests import next_page, query_to
from partnership.staff.sign_in.provider import is_set_up


@login_not_required
@require_GET
def provider_sign_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the provider. Where it can't be reached, say so."""
    try:
        response: HttpResponse = openid_connect.login(request, provider_id)
    except (RequestException, ValueError, KeyError):  # no answer, or none that is read
        return _say_unreachable(request, "account_login")
    return response


@require_GET
def provider_reauthentication(request: HttpRequest) -> HttpResponse:
    """Let the provider ask again who is there, and go on with what was asked for."""
    if not is_set_up():
        raise Http404
    url = f"{reverse('account_provider_confirmed')}{query_to(next_page(request))}"
    provider = get_adapter().get_provider(request, settings.OIDC_ID)
    try:
        response: HttpResponse = provider.redirect(
            request, AuthProcess.REDIRECT, next_url=url, auth_params={"prompt": "login", "max_age": "0"}
        )
    except (RequestException, ValueError, KeyError):
        return _say_unreachable(request, "security")
    return response


@require_GET
def provider_confirmed(request: HttpRequest) -> HttpResponse:
    """Go on with what was asked for before the provider asked again who is there."""
    return resume_request(request) or redirect("security")


def _say_unreachable(request: HttpRequest, url_name: str) -> HttpResponse:
    messages.error(
        request, _("%(provider)s cannot be reached. Try again in a moment.") % {"provider": settings.OIDC_NAME}
    )
    return redirect(url_name)
