from django.urls import path

from partnership.desk.conversations import views

urlpatterns = [
    path("customers/<int:pk>/entries/<int:entry_pk>/split/", views.entry_split, name="entry_split"),
    path("conversations/<int:pk>/", views.conversation, name="conversation"),
    path("conversations/<int:pk>/closure/", views.closure, name="conversation_closure"),
    path("conversations/<int:pk>/reopening/", views.reopening, name="conversation_reopening"),
    path("conversations/<int:pk>/snooze/", views.snoozing, name="conversation_snooze"),
    path("conversations/<int:pk>/assignment/", views.assignment, name="conversation_assignment"),
    path("conversations/<int:pk>/handover/", views.handover, name="conversation_handover"),
    path("conversations/<int:pk>/joining/", views.joining, name="conversation_joining"),
    path("conversations/<int:pk>/undo/<slug:act>/<uuid:change>/", views.undoing, name="conversation_undo"),
    path("conversations/<int:pk>/move/", views.move, name="conversation_move"),
]
