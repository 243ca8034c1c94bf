from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "partnership.scoring"
    label = "scoring"
    verbose_name = "Scoring"

    def ready(self) -> None:
        from partnership.scoring import receivers  # noqa: F401
        from partnership.scoring.first_run import PresetForm
        from partnership.staff.first_run import STEPS

        STEPS["rules"] = PresetForm
