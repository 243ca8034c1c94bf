from django.urls import path

from partnership.notifications import views

urlpatterns = [
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/<int:pk>/", views.notification, name="notification"),
    path("notifications/reading/", views.reading, name="notifications_reading"),
    path("notifications/unread/", views.unread, name="notifications_unread"),
    path("preferences/", views.preferences, name="preferences"),
]
