from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "partnership.desk"
    label = "desk"
    verbose_name = "Desk"
