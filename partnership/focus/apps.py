from django.apps import AppConfig


class FocusConfig(AppConfig):
    name = "partnership.focus"
    label = "focus"
    verbose_name = "Focus"
