from django.urls import path, register_converter

from partnership.desk.forms.composer import COMPOSERS
from partnership.desk.views import composer, contact_points, customer, customers, files, goals, health, promises


class ComposerConverter:
    """One of the composer's tabs, by its name in URLs."""

    regex = "|".join(COMPOSERS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ComposerConverter, "composer")

urlpatterns = [
    path("customers/", customers.customers, name="customers"),
    path("customers/new/", customers.new_customer, name="new_customer"),
    path("customers/<int:pk>/", customer.customer, name="customer"),
    path("customers/<int:pk>/details/", customers.edit_customer, name="edit_customer"),
    path("customers/<int:pk>/why/", customer.why, name="why"),
    path("customers/<int:pk>/timeline/", customer.timeline, name="timeline"),
    path("customers/<int:pk>/entries/<int:entry_pk>/", customer.entry, name="entry"),
    path("customers/<int:pk>/<composer:tab>/", composer.compose, name="compose"),
    path("customers/<int:pk>/contact-points/", contact_points.add, name="contact_points"),
    path("customers/<int:pk>/goals/", goals.add, name="goals"),
    path("goals/<int:pk>/check-ins/", goals.check_ins, name="check_ins"),
    path("goals/<int:pk>/achievement/", goals.achievement, name="goal_achievement"),
    path("goals/<int:pk>/dropping/", goals.dropping, name="goal_dropping"),
    path("promises/<int:pk>/keeping/", promises.keeping, name="promise_keeping"),
    path("promises/<int:pk>/release/", promises.release, name="promise_release"),
    path("promises/<int:pk>/renegotiation/", promises.renegotiation, name="promise_renegotiation"),
    path("attachments/<int:pk>/", files.attachment, name="attachment"),
    path("media/<path:name>", files.face, name="face"),
    path("healthz", health.healthz, name="healthz"),
]
