from django.urls import path

from partnership.staff.people import invitation_views, views

urlpatterns = [
    path("settings/people/", views.people, name="people"),
    path("settings/people/invite/", invitation_views.invite, name="invite"),
    path("settings/people/invitations/<int:pk>/sending/", invitation_views.sending, name="invitation_sending"),
    path("settings/people/invitations/<int:pk>/withdrawal/", invitation_views.withdrawal, name="invitation_withdrawal"),
    path("settings/people/<int:pk>/", views.person, name="person"),
    path("settings/people/<int:pk>/role/", views.role, name="person_role"),
    path("settings/people/<int:pk>/disabling/", views.disabling, name="person_disabling"),
    path("settings/people/<int:pk>/enabling/", views.enabling, name="person_enabling"),
    path("settings/people/<int:pk>/sign-out/", views.sign_out, name="person_sign_out"),
    path("settings/people/<int:pk>/handover/", views.handover, name="person_handover"),
    path("invitations/<str:token>/", invitation_views.invitation, name="invitation"),
]
