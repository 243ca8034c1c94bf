from django.urls import path

from partnership.desk.bulk import views

urlpatterns = [
    path("customers/bulk/export/", views.bulk_export, name="bulk_export"),
    path("customers/bulk/history/", views.bulk_history, name="bulk_history"),
    path("customers/bulk/undo/<slug:act>/<uuid:change>/", views.bulk_undo, name="bulk_undo"),
    path("customers/bulk/<slug:action>/", views.bulk, name="bulk"),
]
