from django.apps import AppConfig


class RecoveriesConfig(AppConfig):
    name = "partnership.recoveries"
    label = "recoveries"
    verbose_name = "Recoveries"
