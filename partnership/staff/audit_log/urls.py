from django.urls import path

from partnership.staff.audit_log import views

urlpatterns = [path("settings/log/", views.audit_log, name="audit_log")]
