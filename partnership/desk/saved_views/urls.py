from django.urls import path

from partnership.desk.saved_views import views

urlpatterns = [
    path("customers/views/", views.views, name="saved_views"),
    path("customers/views/new/", views.new_view, name="new_saved_view"),
    path("customers/views/<int:pk>/", views.edit_view, name="saved_view"),
    path("customers/views/<int:pk>/deletion/", views.view_deletion, name="saved_view_deletion"),
    path("customers/columns/", views.columns, name="list_columns"),
]
