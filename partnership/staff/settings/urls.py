from django.urls import path

from partnership.staff.settings import views

urlpatterns = [
    path("settings/", views.settings_index, name="settings"),
    path("settings/records/", views.settings_records, name="settings_records"),
]
