from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.urls import path

from partnership.staff.sign_in.provider import views

urlpatterns = [
    path("accounts/oidc/<str:provider_id>/login/", views.provider_sign_in, name="openid_connect_login"),
    path("accounts/oidc/<str:provider_id>/login/callback/", openid_connect.callback, name="openid_connect_callback"),
    path(
        "accounts/reauthenticate/provider/", views.provider_reauthentication, name="account_provider_reauthentication"
    ),
    path("accounts/reauthenticate/provider/done/", views.provider_confirmed, name="account_provider_confirmed"),
]
