from django.apps import AppConfig


class FocusConfig(AppConfig):
    name = "partnership.focus"
    label = "focus"
    verbose_name = "Focus"

    def ready(self) -> None:
        from partnership.focus import receivers  # noqa: F401
