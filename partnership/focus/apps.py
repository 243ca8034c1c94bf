from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FocusConfig(AppConfig):
    name = "partnership.focus"
    label = "focus"
    verbose_name = _("Focus")

    def ready(self) -> None:
        from partnership.focus import receivers  # noqa: F401
