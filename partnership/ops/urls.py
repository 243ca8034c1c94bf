from django.urls import path

from partnership.ops import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
]
