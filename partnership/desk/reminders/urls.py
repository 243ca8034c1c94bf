from django.urls import path

from partnership.desk.reminders import views

urlpatterns = [
    path("customers/<int:pk>/entries/<int:entry_pk>/reminder/", views.reminder, name="reminder"),
    path("customers/<int:pk>/entries/<int:entry_pk>/reminder/removal/", views.removal, name="reminder_removal"),
    path(
        "customers/<int:pk>/entries/<int:entry_pk>/reminder/restoration/",
        views.restoration,
        name="reminder_restoration",
    ),
]
