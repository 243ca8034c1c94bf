from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "partnership.notifications"
    label = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from partnership.notifications import missing_roles, recovery_handovers, tier_changes, unsent_mail  # noqa: F401
