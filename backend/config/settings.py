"""Every setting, from the environment.

`DJANGO_DEBUG` and test runs get development defaults; anything else refuses to start without its own values.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

from backend.config.log import logging_config

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

DEBUG = env.bool("DJANGO_DEBUG", default=False)
ENVIRONMENT = env.str("ENVIRONMENT", default="local" if DEBUG else "dev")
if ENVIRONMENT not in {"local", "dev", "staging", "prod"}:
    raise ImproperlyConfigured("ENVIRONMENT must be local, dev, staging or prod")
if DEBUG and ENVIRONMENT in {"staging", "prod"}:
    raise ImproperlyConfigured(f"DJANGO_DEBUG must be off in {ENVIRONMENT}")

# Type checking imports the settings as a test run does.
RELAXED = DEBUG or not {"pytest", "mypy"}.isdisjoint(sys.modules)
# Behind TLS, unless it is one machine.
BEHIND_TLS = not RELAXED and ENVIRONMENT != "local"


def wanted(name: str, development: str) -> str:
    value: str = env.str(name, default=development if RELAXED else "")
    if not value:
        raise ImproperlyConfigured(f"{name} must be set")
    return value


SECRET_KEY = wanted("DJANGO_SECRET_KEY", "development-only-secret-key-never-used-in-production")
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "testserver"] if RELAXED else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- the cloud -------------------------------------------------------------------------------------------------------
AWS_REGION = env.str("AWS_REGION", default=env.str("AWS_DEFAULT_REGION", default="eu-west-1"))
S3_BUCKET = wanted("S3_BUCKET", "documents")
S3_PREFIX = env.str("S3_PREFIX", default="").strip("/")
KMS_KEY_ID = wanted("KMS_KEY_ID", "alias/documents")
SQS_QUEUE_URL = wanted("SQS_QUEUE_URL", "http://127.0.0.1:1/queue/jobs")
DLQ_URL = env.str("DLQ_URL", default="")
CALLBACK_SECRET_ID = wanted("CALLBACK_SECRET_ID", "docmap/local/callback")
DJANGO_API_URL = wanted("DJANGO_API_URL", "http://127.0.0.1:8000").rstrip("/")
TEXTRACT_FEATURES = env.json("TEXTRACT_FEATURES", default=["FORMS", "TABLES"])

# --- limits ----------------------------------------------------------------------------------------------------------
MAX_UPLOAD_MB = env.int("MAX_UPLOAD_MB", default=10)
MAX_UPLOAD_BYTES = MAX_UPLOAD_MB * 1024 * 1024
MAX_PAGES = env.int("MAX_PAGES", default=50)
PRESIGN_EXPIRES_SECONDS = env.int("PRESIGN_EXPIRES_SECONDS", default=600)
if not 300 <= PRESIGN_EXPIRES_SECONDS <= 600:
    raise ImproperlyConfigured("PRESIGN_EXPIRES_SECONDS must be between 300 and 600")
RAW_JSON_URL_EXPIRES_SECONDS = env.int("RAW_JSON_URL_EXPIRES_SECONDS", default=300)
CALLBACK_TOLERANCE_SECONDS = 300
CALLBACK_KEYS_CACHE_SECONDS = env.int("CALLBACK_KEYS_CACHE_SECONDS", default=60)
MAX_RESULT_BYTES = env.int("MAX_RESULT_BYTES", default=20 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("MAX_REQUEST_BYTES", default=1024 * 1024)

# What each process of the workbench keeps at most.
VIEWS_KEPT_MB = env.int("VIEWS_KEPT_MB", default=128)
DOCUMENTS_KEPT_MB = env.int("DOCUMENTS_KEPT_MB", default=32)
READINGS_KEPT_MB = env.int("READINGS_KEPT_MB", default=16)

# --- publishing ------------------------------------------------------------------------------------------------------
PUBLISH_NEEDS_SECOND_PERSON = env.bool("PUBLISH_NEEDS_SECOND_PERSON", default=False)

# --- background work -------------------------------------------------------------------------------------------------
UNSENT_AFTER_SECONDS = env.int("UNSENT_AFTER_SECONDS", default=60)
STUCK_AFTER_MINUTES = env.int("STUCK_AFTER_MINUTES", default=60)
ABANDONED_UPLOAD_AFTER_HOURS = env.int("ABANDONED_UPLOAD_AFTER_HOURS", default=24)

# --- Django ----------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "procrastinate.contrib.django",
    "django_ace",
    "backend.accounts",
    "backend.specs",
    "backend.documents",
    "backend.operations",
]

MIDDLEWARE = [
    "backend.config.middleware.RequestContext",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "backend.config.csp.ContentSecurityPolicy",
]

ROOT_URLCONF = "backend.config.urls"
WSGI_APPLICATION = "backend.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Test runs without DATABASE_URL get an embedded server: tests/conftest.py fills this address in.
DATABASES = {"default": env.db_url_config(wanted("DATABASE_URL", "postgres://postgres@127.0.0.1:1/postgres"))}
DATABASES["default"].update(CONN_MAX_AGE=env.int("DATABASE_CONN_MAX_AGE_SECONDS", default=60), CONN_HEALTH_CHECKS=True)
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
# Where who signed in without having asked for a page is led.
LOGIN_REDIRECT_URL = "admin:index"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = "backend.config.formats"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "backend.config.static_files.HashedModules"
        if BEHIND_TLS
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not BEHIND_TLS

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=BEHIND_TLS)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "backend.config.exception_handler.csrf_failure"

CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/.*$"
CORS_EXPOSE_HEADERS = ["ETag", "Retry-After", "X-Request-ID"]

# --- API -------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["backend.config.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.str("THROTTLE_ANON", default="60/min"),
        "user": env.str("THROTTLE_USER", default="60000/min" if ENVIRONMENT == "local" else "600/min"),
        "token": env.str("THROTTLE_TOKEN", default="20/min"),
    },
    "NUM_PROXIES": env.int("NUM_PROXIES", default=1 if BEHIND_TLS else 0),
    "EXCEPTION_HANDLER": "backend.config.exception_handler.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=env.int("ACCESS_TOKEN_MINUTES", default=30)),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=env.int("REFRESH_TOKEN_DAYS", default=7)),
    "UPDATE_LAST_LOGIN": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Documents API",
    "DESCRIPTION": "Upload a document, submit it, read its fields.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {"JobState": "backend.documents.models.JobState"},
}

UNFOLD = {
    "SITE_TITLE": "Documents",
    "SITE_HEADER": "Documents",
    "SITE_URL": reverse_lazy("api-docs"),
    "SITE_SYMBOL": "document_scanner",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("specs/icon.svg")}],
    "SIDEBAR": {"show_search": False, "navigation": "backend.config.navigation.groups"},
    "DASHBOARD_CALLBACK": "backend.specs.admin.index.dashboard",
}

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = logging_config(level=LOG_LEVEL)
