from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "partnership.staff"
    label = "staff"
    verbose_name = "Staff"
