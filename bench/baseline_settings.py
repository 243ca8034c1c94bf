from partnership import settings
from partnership.settings import *  # noqa: F403

INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if not app.startswith("allauth")]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.baseline"
