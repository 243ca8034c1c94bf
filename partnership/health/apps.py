from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "partnership.health"
    label = "health"
    verbose_name = "Health"

    def ready(self) -> None:
        from partnership.health import receivers  # noqa: F401
