from django.urls import path

from partnership.staff.sign_in.sessions import views

urlpatterns = [
    path("profile/security/sessions/<int:pk>/ending/", views.session_ending, name="session_ending"),
    path("profile/security/sessions/ending/", views.other_sessions_ending, name="other_sessions_ending"),
]
