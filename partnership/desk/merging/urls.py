from django.urls import path

from partnership.desk.merging import views

urlpatterns = [
    path("customers/<int:pk>/merge/", views.merge_choice, name="merge_choice"),
    path("customers/<int:pk>/merge/<int:other_pk>/", views.new_merge, name="new_merge"),
    path("merges/<int:pk>/", views.merge, name="merge"),
    path("merges/<int:pk>/undoing/", views.merge_undoing, name="merge_undoing"),
]
