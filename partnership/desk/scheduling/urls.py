from django.urls import path

from partnership.desk.scheduling import views

urlpatterns = [
    path("scheduled/", views.scheduled, name="scheduled"),
    path("scheduled/<int:pk>/sending/", views.sending, name="scheduled_sending"),
    path("scheduled/<int:pk>/cancellation/", views.cancellation, name="scheduled_cancellation"),
    path("scheduled/<int:pk>/editing/", views.editing, name="scheduled_editing"),
    path("scheduled/<int:pk>/discarding/", views.discarding, name="scheduled_discarding"),
    path("scheduled/<int:pk>/restoration/", views.restoration, name="scheduled_restoration"),
]
