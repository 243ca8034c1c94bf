from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "partnership.staff"
    label = "staff"
    verbose_name = _("Staff")

    def ready(self) -> None:
        from partnership.staff.audit_log import receivers  # noqa: F401
        from partnership.staff.sign_in.second_factors import receivers as _of_factors  # noqa: F401
        from partnership.staff.sign_in.sessions import activity  # noqa: F401
