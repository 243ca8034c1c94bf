from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "partnership.scoring"
    label = "scoring"
    verbose_name = "Scoring"

    def ready(self) -> None:
        from partnership.scoring import receivers  # noqa: F401
