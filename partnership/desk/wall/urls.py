from django.urls import path

from partnership.desk.wall import views

urlpatterns = [
    path("customers/<int:pk>/entries/<int:entry_pk>/wall/", views.entry_wall, name="entry_wall"),
    path("customers/<int:pk>/entries/<int:entry_pk>/wall/undo/", views.undoing, name="entry_wall_undo"),
    path("wall/", views.wall, name="wall"),
]
