from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoringConfig(AppConfig):
    name = "partnership.scoring"
    label = "scoring"
    verbose_name = _("Scoring")

    def ready(self) -> None:
        from partnership.scoring import receivers  # noqa: F401
        from partnership.scoring.first_run import PresetForm
        from partnership.staff.first_run import STEPS

        STEPS["rules"] = PresetForm
