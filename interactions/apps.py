from django.apps import AppConfig


class InteractionsConfig(AppConfig):
    name = "interactions"
    label = "interactions"
    verbose_name = "Interactions"

    def ready(self) -> None:
        from interactions import receivers  # noqa: F401
