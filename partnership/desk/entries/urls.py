from django.urls import path

from partnership.desk.entries import email_views, views

urlpatterns = [
    path("customers/<int:pk>/entries/<int:entry_pk>/", views.entry, name="entry"),
    path("customers/<int:pk>/entries/<int:entry_pk>/menu/", views.menu, name="entry_menu"),
    path("customers/<int:pk>/entries/<int:entry_pk>/edit/", views.edit, name="entry_edit"),
    path("customers/<int:pk>/entries/<int:entry_pk>/deletion/", views.deletion, name="entry_deletion"),
    path("customers/<int:pk>/entries/<int:entry_pk>/restoration/", views.restoration, name="entry_restoration"),
    path("customers/<int:pk>/entries/<int:entry_pk>/undo/<uuid:change>/", views.undoing, name="entry_undo"),
    path("customers/<int:pk>/entries/<int:entry_pk>/retraction/", views.retraction, name="entry_retraction"),
    path("customers/<int:pk>/entries/<int:entry_pk>/kind/", views.marking, name="entry_kind"),
    path("customers/<int:pk>/entries/<int:entry_pk>/pin/", views.pin, name="entry_pin"),
    path("customers/<int:pk>/entries/<int:entry_pk>/mail/", email_views.entry_mail, name="entry_mail"),
]
