from django.urls import path

from partnership.desk.personal_data import erasure_views, views

urlpatterns = [
    path("customers/<int:pk>/data/", views.customer_data, name="customer_data"),
    path("customers/<int:pk>/erasure/", erasure_views.customer_erasure, name="customer_erasure"),
    path("settings/erasures/", erasure_views.erasures, name="erasures"),
    path("settings/erasures/<int:pk>/", erasure_views.erasure, name="erasure"),
    path("settings/erasures/<int:pk>/file/", erasure_views.erasure_file, name="erasure_file"),
]
