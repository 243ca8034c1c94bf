from django.urls import path

from partnership.staff.sign_in.firm_settings import views

urlpatterns = [
    path("settings/sign-in/", views.sign_in_settings, name="sign_in_settings"),
    path(
        "settings/sign-in/colleagues/<int:pk>/second-factor-reset/",
        views.second_factor_reset,
        name="second_factor_reset",
    ),
]
