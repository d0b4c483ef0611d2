"""Settings of Đồng Hành. Everything that differs between machines comes from the environment."""

import hashlib
import os
import sys
from datetime import time
from pathlib import Path
from typing import Any

import dj_database_url
import django_htmx
import redis.retry
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))
VAR_DIR.mkdir(parents=True, exist_ok=True)

# "demo" is the default so that a newcomer's first command works; production must say so and bring its secrets.
ENVIRONMENT = os.environ.get("ENVIRONMENT", "demo")
if ENVIRONMENT not in ("demo", "production"):
    raise ImproperlyConfigured(f"ENVIRONMENT is demo or production, not {ENVIRONMENT!r}")
IS_PRODUCTION = ENVIRONMENT == "production"
IS_DEMO = not IS_PRODUCTION
IS_TESTING = "pytest" in sys.modules
DEBUG = False


def secret(name: str) -> str:
    """Return the secret of this name; outside production a fixed one, known to all, stands in."""
    value = os.environ.get(name, "")
    if value:
        return value
    if IS_PRODUCTION:
        raise ImproperlyConfigured(f"{name} must be set in production")
    return hashlib.sha256(f"dong-hanh demo {name}".encode()).hexdigest()


def hour(name: str) -> time | None:
    """Return the hour of this name, written as 15:00; None where there is none."""
    written = os.environ.get(name, "")
    try:
        return time.fromisoformat(written).replace(tzinfo=None) if written else None
    except ValueError as wrong:
        raise ImproperlyConfigured(f"{name} is an hour such as 15:00, not {written!r}") from wrong


SECRET_KEY = secret("SECRET_KEY")
# Keys of the timeline's chain by id; the last one writes, all of them verify.
CHAIN_KEYS = {"k1": secret("CHAIN_KEY")}
# Secrets of the keys that sign slips (Ed25519), by id; the last one signs, all of them verify.
SLIP_KEYS = {"p1": secret("SLIP_KEY")}
# Passphrases of the sealed fields; the first one writes, all of them read.
SEAL_KEYS = [secret("SEAL_KEY")]

ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
# The address as it stands on paper, without a slash at its end.
PUBLIC_URL = (
    os.environ.get("PUBLIC_URL") or (f"https://{ALLOWED_HOSTS[0]}" if IS_PRODUCTION else "http://127.0.0.1:8000")
).rstrip("/")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "channels",
    "csp",
    "django_htmx",
    "viewflow",
    "viewflow.workflow",
    "cases",
    "workflows",
    "notifications",
    "project",
]
if IS_TESTING:
    # viewflow's own runtime plays our flows there, to compare.
    INSTALLED_APPS.append("tests.differential")
# viewflow is the language of the flows and draws their layout; its screens and middleware stay out.
VIEWFLOW = {"AUTOREGISTER": False}
SILENCED_SYSTEM_CHECKS: list[str] = []

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Above WhiteNoise, so that style sheets travel small where nobody compressed them before.
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "project.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "project.middleware.PrivatePages",
    "project.middleware.SayItPlainly",
    "project.refusals.NoteRefusals",
]

ROOT_URLCONF = "project.urls"
ASGI_APPLICATION = "project.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "project" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "project.context_processors.house",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# SQLite as a file by default; the same suite runs on PostgreSQL with DATABASE_URL.
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", f"sqlite:///{VAR_DIR / 'dong-hanh.sqlite3'}"), conn_max_age=0
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, in tests too: in memory, threads of one process would lock each other out.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON;",
    }
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["OPTIONS"] = {"options": "-c lock_timeout=5s"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL", "")
CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            # A page waits for it this long and no longer.
            "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2, "retry": redis.retry.Retry(NoBackoff(), 0)},
        }
        if REDIS_URL
        # By default it keeps 300 entries: who asks for many codes would wash out what counts the tries.
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}}
    )
}

# With a broker the worker is Celery's: beat says when, its workers do it. Without one it is a thread, or a process.
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# The rows are the truth: a queue carries the name of a chore, nothing comes back, and nothing is lost with it.
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "dong-hanh"
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# Hints that something changed go through here to the open pages; without Redis they reach those of this process.
LIVE_REDIS: dict[str, Any] = {
    # redis-py caps its pool at 100 connections, far below the pages that are open at once.
    "max_connections": 20_000,
    # What fails is said at once: notifications.messenger tries again by itself.
    "socket_connect_timeout": 2,
    "socket_timeout": 2,
    "retry": Retry(NoBackoff(), 0),
}
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": (
        {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": REDIS_URL, **LIVE_REDIS}]},
        }
        if REDIS_URL
        else {"BACKEND": "notifications.layers.InProcessLayer"}
    )
}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "project" / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "project.formats"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# Ours and htmx; what viewflow and allauth bring for screens of their own is not handed out.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATICFILES_DIRS = [BASE_DIR / "project" / "static", Path(django_htmx.__file__).parent / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "documents"},
    },
    "staticfiles": {
        # In production each file carries its hash in its name: compressed once, kept by the browser for ever.
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if IS_PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
# Files are found where they stand, so that the demo needs no collectstatic.
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_AUTOREFRESH = not IS_PRODUCTION

# --- who signs in -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "cases.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_REDIRECT_URL = "home"
LOGIN_URL = "account_request_login_code"
ACCOUNT_ADAPTER = "project.sign_in.PhoneAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# A new phone becomes known with its first code, so the sign-in page must not refuse it as unknown.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {
    "confirm_login_code": "project.sign_in.CodeForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
SESSION_COOKIE_AGE = 12 * 60 * 60

# --- the security floor -----------------------------------------------------------------------------------
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "project.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if IS_PRODUCTION:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Whoever works here and asks within a day for more cases and papers than these that are not for her: her supervisors
# read it.
REFUSALS_BEFORE_WARNING = int(os.environ.get("REFUSALS_BEFORE_WARNING", "5"))

# --- documents --------------------------------------------------------------------------------------------
DOCUMENT_MAX_BYTES = 20 * 1024 * 1024
DOCUMENT_MAX_COUNT = 10
DOCUMENT_MAX_TOTAL_BYTES = 100 * 1024 * 1024
# Of one person.
DOCUMENT_MAX_PER_HOUR = 60
# Small files stay in memory, large ones go to a temporary file; a form's text is bounded apart from its files.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- the house --------------------------------------------------------------------------------------------
HELP_PHONE = os.environ.get("HELP_PHONE", "0225 000 1234")
# What comes at or after this hour counts as received on the next working day; empty: every hour of a day is alike.
LATE_RECEIPT_FROM = hour("LATE_RECEIPT_FROM")
# Says how the year stands without what people entered: given back when somebody takes an entry of her own back.
COMPUTED_CALENDAR = "project.reference.calendar.computed"
# What the slips are called; a province may name them otherwise: SLIP_TITLE_M01, …
SLIP_TITLES = {
    "M01": os.environ.get("SLIP_TITLE_M01") or _("Receipt with the promised date"),
    "M02": os.environ.get("SLIP_TITLE_M02") or _("Request to complete the case"),
    "M03": os.environ.get("SLIP_TITLE_M03") or _("Refusal to take the case"),
    "M04": os.environ.get("SLIP_TITLE_M04") or _("Apology and new date"),
    "M05": os.environ.get("SLIP_TITLE_M05") or _("The case was stopped"),
    "M06": os.environ.get("SLIP_TITLE_M06") or _("How the case was handled: control slip"),
}
PRINT_FONTS = BASE_DIR / "project" / "vendor" / "be-vietnam-pro-0.4.1"
# Where the quick exit leads: a page that says nothing about us.
NEUTRAL_PAGE = "/thoi-tiet/"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(name)s %(levelname)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
    "loggers": {
        "dong_hanh": {"level": "INFO"},
        # While Redis is away this one writes a traceback a second; notifications.messenger says it once a minute.
        "channels_redis": {"level": "CRITICAL"},
    },
}
