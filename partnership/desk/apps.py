from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "partnership.desk"
    label = "desk"
    verbose_name = "Desk"

    def ready(self) -> None:
        from partnership.desk import handovers, receivers  # noqa: F401
