from django.urls import path

from partnership.focus import undo_views, views

urlpatterns = [
    path("focus/items/<int:pk>/taking/", views.taking, name="focus_item_taking"),
    path("focus/items/<int:pk>/snooze/", views.snoozing, name="focus_item_snooze"),
    path("focus/items/<int:pk>/done/", views.done, name="focus_item_done"),
    path("focus/items/<int:pk>/undo/", undo_views.undoing, name="focus_item_undo"),
    path("focus/items/<int:pk>/handover/", views.handover, name="focus_item_handover"),
]
