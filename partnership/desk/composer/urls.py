from django.urls import path

from partnership.desk.composer import draft_views, outgoing_views, views

urlpatterns = [
    path("customers/<int:pk>/drafts/", draft_views.drafts, name="drafts"),
    path("customers/<int:pk>/drafts/<slug:tab>/discarding/", draft_views.discarding, name="draft_discarding"),
    path("customers/<int:pk>/drafts/<slug:tab>/restoration/", draft_views.restoration, name="draft_restoration"),
    path("customers/<int:pk>/entries/<int:entry_pk>/outgoing/", outgoing_views.outgoing, name="outgoing"),
    path(
        "customers/<int:pk>/entries/<int:entry_pk>/outgoing/retry/",
        outgoing_views.outgoing_retry,
        name="outgoing_retry",
    ),
    path("colleagues/", views.colleagues, name="colleagues"),
]
