from django.urls import path

from partnership.staff.firm_settings import views

urlpatterns = [
    path("settings/firm/", views.firm_settings, name="firm_settings"),
    path("settings/hours/", views.firm_hours, name="firm_hours"),
    path("settings/terms/", views.firm_terms, name="firm_terms"),
    path("firm/logo/", views.firm_logo, name="firm_logo"),
    path("firm/colour/<slug:colour>.css", views.accent_css, name="accent_css"),
]
