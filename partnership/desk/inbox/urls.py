from django.urls import path

from partnership.desk.inbox import focus_views, list_views

urlpatterns = [
    path("", focus_views.focus, name="focus"),
    path("focus/next/", focus_views.focus_next, name="focus_next"),
    path("conversations/", list_views.conversations, name="conversations"),
    path("conversations/next/", list_views.conversations_next, name="conversations_next"),
]
