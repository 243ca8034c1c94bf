from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "partnership.desk"
    label = "desk"
    verbose_name = _("Desk")

    def ready(self) -> None:
        from partnership.desk import handovers, raised_alerts, receivers  # noqa: F401
