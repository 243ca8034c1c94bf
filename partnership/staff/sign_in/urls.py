"""Of allauth's pages those that staff use; every other address of its own is none of ours."""

from allauth.account import views as allauth_views
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from partnership.staff.sign_in import views

urlpatterns = [
    path("profile/security/", views.security, name="security"),
    path("", include("partnership.staff.sign_in.second_factors.urls")),
    path("", include("partnership.staff.sign_in.sessions.urls")),
    path("", include("partnership.staff.sign_in.provider.urls")),
    path("", include("partnership.staff.sign_in.firm_settings.urls")),
    path("accounts/login/", views.sign_in, name="account_login"),
    path("accounts/logout/", allauth_views.logout, name="account_logout"),
    path("accounts/inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("accounts/signup/", views.no_sign_up, name="account_signup"),  # allauth asks where it is
    path("accounts/reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", allauth_views.password_change, name="account_change_password"),
    path("accounts/password/reset/", views.ask_for_password_link, name="account_reset_password"),
    path("accounts/password/reset/done/", allauth_views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(r"^accounts/confirm-email/(?P<key>[-:\w]+)/$", allauth_views.confirm_email, name="account_confirm_email"),
    # The admin's own doors lead to ours, with the same limits.
    path("admin/login/", views.admin_sign_in, name="account_admin_login"),
    path(
        "admin/password_change/",
        RedirectView.as_view(pattern_name="account_change_password"),
        name="account_admin_password",
    ),
]
