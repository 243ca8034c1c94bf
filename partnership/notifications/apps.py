from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "partnership.notifications"
    label = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from partnership.notifications import recovery_handovers, tier_changes  # noqa: F401
