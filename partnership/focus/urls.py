from django.urls import path

from partnership.focus import views

urlpatterns = [path("", views.focus, name="focus")]
