from django.urls import include, path

from partnership.staff import views

urlpatterns = [
    path("welcome/", views.welcome, name="welcome"),
    path("profile/", views.profile, name="profile"),
    path("", include("partnership.staff.settings.urls")),
    path("settings/", include("partnership.staff.mail.urls")),
    path("", include("partnership.staff.firm_settings.urls")),
    path("", include("partnership.staff.sign_in.urls")),
    path("", include("partnership.staff.audit_log.urls")),
    path("", include("partnership.staff.people.urls")),
]
