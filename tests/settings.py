"""Production's settings in a folder of the tests' own; it must be chosen before production's settings are read."""

import atexit
import os
import shutil
import tempfile

if "PYTEST_XDIST_WORKER" not in os.environ and "TESTS_VAR_DIR" not in os.environ:
    os.environ["TESTS_VAR_DIR"] = tempfile.mkdtemp(prefix="partnership-tests-")
    os.chmod(os.environ["TESTS_VAR_DIR"], 0o711)  # as root, the servers' account passes through
    atexit.register(shutil.rmtree, os.environ["TESTS_VAR_DIR"], ignore_errors=True)
os.environ["VAR_DIR"] = os.environ["TESTS_VAR_DIR"]

# Mail leaves at once, but where a test takes it back.
os.environ["MAIL_UNDO_SECONDS"] = "0"

from partnership.settings import *  # noqa: F403
from partnership.settings import CACHES, DATABASES, REDIS_URL, STORAGES

# Each test process has a database of Redis to itself, as it has one of PostgreSQL.
REDIS_DB = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1
CACHES = {**CACHES, "default": {**CACHES["default"], "LOCATION": f"{REDIS_URL}?db={REDIS_DB}"}}
CELERY_BROKER_URL = f"{REDIS_URL.replace('unix://', 'redis+socket://')}?virtual_host={REDIS_DB}"

# Kept connections would hold a database that a test is about to drop.
DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Files are served from where they lie; the hashed ones are tested where the launcher is.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
