from django.urls import path

from partnership.desk.retention import views

urlpatterns = [
    path("settings/retention/", views.retention, name="retention"),
    path("settings/retention/switch/", views.retention_switch, name="retention_switch"),
]
