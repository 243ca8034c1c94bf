from django.urls import path

from partnership.desk.wall import views

urlpatterns = [
    path("customers/<int:pk>/entries/<int:entry_pk>/wall/", views.entry_wall, name="entry_wall"),
    path("wall/", views.wall, name="wall"),
]
