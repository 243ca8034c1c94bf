from django.urls import path

from partnership.desk.custom_fields import views

urlpatterns = [
    path("settings/fields/", views.custom_fields, name="custom_fields"),
    path("settings/fields/new/", views.new_custom_field, name="new_custom_field"),
    path("settings/fields/<int:pk>/", views.custom_field, name="custom_field"),
    path("settings/fields/<int:pk>/archiving/", views.custom_field_archiving, name="custom_field_archiving"),
    path("settings/fields/<int:pk>/restoration/", views.custom_field_restoration, name="custom_field_restoration"),
]
