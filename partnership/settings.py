"""One settings module. What a deployment may change is an environment variable; docs/operations.md lists them."""

import re
from pathlib import Path

from csp.constants import SELF
from environ import Env
from psycopg.conninfo import conninfo_to_dict

from partnership.ops import embedded

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = embedded.var_dir()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or embedded.secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BEHIND_TLS = env.bool("BEHIND_TLS", default=False)

INSTALLED_APPS = [
    "partnership.staff",
    "customers",
    "interactions",
    "partnership.scoring",
    "partnership.recoveries",
    "partnership.focus",
    "partnership.health",
    "partnership.notifications",
    "partnership.desk",
    "partnership.demo",
    "partnership.ops",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "pghistory",
    "pgtrigger",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "partnership.ops.requests.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "partnership.ops.requests.PrivacyMiddleware",
    "partnership.staff.middleware.PageGZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "partnership.ops.requests.ReadableRequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "partnership.staff.audit_log.visits.VisitMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "partnership.staff.sign_in.sessions.activity.IdleMiddleware",
    "partnership.staff.middleware.SignedInMiddleware",
    "partnership.staff.sign_in.second_factors.middleware.SecondFactorMiddleware",
    "partnership.staff.access.RoleMiddleware",
    "partnership.staff.middleware.FirmMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "partnership.desk.merging.middleware.MergedMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "partnership.focus.middleware.FocusMiddleware",
]

ROOT_URLCONF = "partnership.urls"
WSGI_APPLICATION = "partnership.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["partnership.core.templatetags.icons"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "partnership.ops.disk_space.full_disks",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


# A server that is silent, such as one whose machine is gone, counts as gone within seconds, not within TCP's quarter of
# an hour. Milliseconds in the last of them.
_NOTICE_SILENCE = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20_000,
}


def postgres(url: str) -> dict[str, object]:
    """Django's DATABASES entry for a libpq URL; what Django has no key for goes to libpq as given."""
    given = dict(conninfo_to_dict(url))
    known = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{key: given.pop(name, "") for key, name in known.items()},
        # A connection per request nearly doubles a page's time: each thread keeps its own for an hour. One that is dead
        # is replaced by who finds it (docs/decisions/0018-a-connection-a-thread.md).
        "CONN_MAX_AGE": 3600,
        "CONN_HEALTH_CHECKS": True,
        # What is bound by the server (core/compiled_queries.py) is prepared once it has been asked for so often.
        "OPTIONS": {"prepare_threshold": 3, **_NOTICE_SILENCE, **given},
    }


DATABASES = {"default": postgres(env.str("DATABASE_URL", default="") or embedded.database_url())}
COMPILED_QUERIES = env.bool("COMPILED_QUERIES", default=True)  # docs/decisions/0004-prepared-reads.md says when not
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="") or embedded.redis_url()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},  # seconds; pages do without it
    },
    # What {% cache %} keeps: parts that are the same for everybody until the next start.
    "template_fragments": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "TIMEOUT": None},
}

# redis-py says unix://, kombu says redis+socket://
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker that lost Redis for an hour would end, after a hundred of them
CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 0, "socket_connect_timeout": 2}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["partnership.staff.sign_in.RolesBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "focus"
ACCOUNT_ADAPTER = "partnership.staff.sign_in.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {"reset_password": "partnership.staff.sign_in.forms.ResetPasswordForm"}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
MFA_ADAPTER = "partnership.staff.sign_in.second_factors.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "partnership.staff.sign_in.second_factors.forms.CodeForm",
    "reauthenticate": "partnership.staff.sign_in.second_factors.forms.ReauthenticationCodeForm",
    "activate_totp": "partnership.staff.sign_in.second_factors.forms.NewAppForm",
    "add_webauthn": "partnership.staff.sign_in.second_factors.forms.NewPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # a code counts for the 30 seconds before and after its own
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an administrator gave the address
# The firm's own provider of identities. Other than this one, it can be none in the database.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="").rstrip("/")
OIDC_NAME = env.str("OIDC_NAME", default="single sign-on")
OIDC_ID = re.sub(r"[^A-Za-z0-9.]+", "-", OIDC_ISSUER.partition("://")[2]).strip("-") or "none"
PASSWORDS_ALLOWED = not OIDC_ISSUER or env.bool("OIDC_PASSWORDS", default=True)
SOCIALACCOUNT_ADAPTER = "partnership.staff.sign_in.provider.adapter.ProviderAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # the policy for forms names our own address alone, and a form would lead elsewhere
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": OIDC_ID,
                "name": OIDC_NAME,
                "client_id": env.str("OIDC_CLIENT_ID", default=""),
                "secret": env.str("OIDC_CLIENT_SECRET", default=""),
                "settings": {"server_url": OIDC_ISSUER},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}
# Networks of proxies whose X-Forwarded-For is believed, such as 172.16.0.0/12; "unix" for a socket.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
SESSION_ENGINE = "partnership.ops.sessions"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]  # each by its own name
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "partnership.core.formats"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
# Files are their owner's alone to read, whatever the umask is.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "partnership.core.static_storage.Storage"},
}

EMAIL_HOST = env.str("EMAIL_HOST", default="")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.str("EMAIL_SECURITY", default="") == "starttls"
EMAIL_USE_SSL = env.str("EMAIL_SECURITY", default="") == "tls"
EMAIL_TIMEOUT = 30
# So long a mail can be taken back before it leaves.
MAIL_UNDO_SECONDS = env.int("MAIL_UNDO_SECONDS", default=10)
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="") or "partnership.staff.mail.backend.FirmBackend"
# Where links in mails to the staff lead.
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{env.str('PORT', default='') or 8000}").rstrip("/")
MAIL_SENDER = env.str("DEFAULT_FROM_EMAIL", default="")  # it wins over the firm's own setting
DEFAULT_FROM_EMAIL = MAIL_SENDER or "partnership@localhost"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "object-src": ["'none'"],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"
CSRF_FAILURE_VIEW = "partnership.staff.views.refuse_unguarded"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0

PGHISTORY_ADMIN_ALL_EVENTS = False
PGHISTORY_APPEND_ONLY = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"bad_requests": {"()": "partnership.ops.requests.BadRequestFilter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["bad_requests"]}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
