from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    label = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from customers import open_work  # noqa: F401
        from customers.models import Customer
        from customers.signals import announce_history

        post_save.connect(announce_history, sender=Customer)
