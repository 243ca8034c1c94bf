from django.urls import path

from partnership.desk.group_sessions import views

urlpatterns = [
    path("group-session/", views.group_session, name="group_session"),
    path("group-session/people/", views.people, name="group_session_people"),
    path("group-session/summary/", views.summary, name="group_session_summary"),
]
