"""Of the pages of allauth.mfa those that we use."""

from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path
from django.views.generic import RedirectView

from partnership.staff.sign_in.second_factors import views

urlpatterns = [
    path("accounts/second-factor/", base.authenticate, name="mfa_authenticate"),
    path("accounts/passkey/", views.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("accounts/reauthenticate/code/", base.reauthenticate, name="mfa_reauthenticate"),
    path("accounts/reauthenticate/passkey/", views.reauthenticate_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("profile/security/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("profile/security/app/removal/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("profile/security/passkeys/new/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("profile/security/passkeys/<int:pk>/name/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("profile/security/passkeys/<int:pk>/removal/", views.remove_passkey, name="mfa_remove_webauthn"),
    path("profile/security/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "profile/security/recovery-codes/new/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    # Where allauth leads after a change.
    path("profile/security/factors/", RedirectView.as_view(pattern_name="security"), name="mfa_index"),
    path("profile/security/passkeys/", RedirectView.as_view(pattern_name="security"), name="mfa_list_webauthn"),
]
