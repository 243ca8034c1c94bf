from django.apps import AppConfig


class RecoveriesConfig(AppConfig):
    name = "partnership.recoveries"
    label = "recoveries"
    verbose_name = "Recoveries"

    def ready(self) -> None:
        from partnership.recoveries import receivers  # noqa: F401
