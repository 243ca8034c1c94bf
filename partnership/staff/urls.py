from django.urls import path

from partnership.staff import views

urlpatterns = [
    path("welcome/", views.welcome, name="welcome"),
    path("profile/", views.profile, name="profile"),
    path("accounts/login/", views.sign_in, name="account_login"),
]
