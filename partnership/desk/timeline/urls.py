from django.urls import path

from partnership.desk.timeline import views

urlpatterns = [
    path("customers/<int:pk>/timeline/", views.timeline, name="timeline"),
    path("customers/<int:pk>/timeline/filters/", views.timeline_filters, name="timeline_filters"),
]
