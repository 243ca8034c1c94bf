from partnership.settings import *  # noqa: F403

MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]  # allauth does not start without
ROOT_URLCONF = "bench.baseline"
