import os

from django.core.wsgi import get_wsgi_application

from partnership.ops.schema import require_known

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings")
application = get_wsgi_application()
require_known()
