from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HealthConfig(AppConfig):
    name = "partnership.health"
    label = "health"
    verbose_name = _("Health")

    def ready(self) -> None:
        from partnership.health import receivers  # noqa: F401
