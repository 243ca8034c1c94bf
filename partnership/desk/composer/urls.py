from django.urls import path, register_converter

from partnership.desk.composer import draft_views, outgoing_views, views
from partnership.desk.composer.tabs import COMPOSERS


class ComposerConverter:
    """One of the composer's tabs, by its name in URLs."""

    regex = "|".join(COMPOSERS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ComposerConverter, "composer")

urlpatterns = [
    path("customers/<int:pk>/<composer:tab>/", views.compose, name="compose"),
    path("customers/<int:pk>/drafts/", draft_views.drafts, name="drafts"),
    path("customers/<int:pk>/entries/<int:entry_pk>/outgoing/", outgoing_views.outgoing, name="outgoing"),
    path(
        "customers/<int:pk>/entries/<int:entry_pk>/outgoing/retry/",
        outgoing_views.outgoing_retry,
        name="outgoing_retry",
    ),
    path("colleagues/", views.colleagues, name="colleagues"),
]
