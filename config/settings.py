"""The one settings module: everything that differs between places comes from the environment (config/env.py)."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from corsheaders.defaults import default_headers
from csp.constants import NONCE, NONE, SELF

from config.env import BASE_DIR, Env, data_dir
from config.limits import presence_seconds, queue_limits
from config.logging import logging_config
from config.partners import loyalty

env = Env.load()

DEBUG = env.flag("DEBUG", False)
HTTPS = env.flag("HTTPS", False)
SECRET_KEY = env.secret("SECRET_KEY")
JWT_SIGNING_KEY = env.secret("JWT_SIGNING_KEY")
AUDIT_KEY = env.secret("AUDIT_KEY")
REPORT_KEY = env.secret("REPORT_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.words("TRUSTED_ORIGINS", [])
DATA_DIR = data_dir()

INSTALLED_APPS = [
    "core",
    "audit",
    "accounts",
    "notices",
    "modelstate",
    "wallet",
    "loyalty",
    "adjustments",
    "compliance",
    "archive",
    "payouts",
    "presence",
    "queue_app",
    "menus",
    "dashboard",
    "accounts.adminconfig.HouseAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "channels",
    "corsheaders",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "procrastinate.contrib.django",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "template_partials",
    "waffle",
]

MIDDLEWARE = [
    "core.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "core.middleware.BodyLimitMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "menus.middleware.MenuCopyMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "menus.middleware.MenuActionMiddleware",
    "core.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
APPEND_SLASH = True

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
            "builtins": ["template_partials.templatetags.partials"],
        },
    }
]

# --- database: the application's role; migrations use the owner's (core/management/commands/prepare_database.py)
BUSINESS_TIME_ZONE = env.zone("BUSINESS_TIME_ZONE", "America/Toronto")
SESSION_LIMITS = "-c lock_timeout=2000 -c statement_timeout=5000 -c idle_in_transaction_session_timeout=10000"
DATABASES: dict[str, dict[str, Any]] = {"default": env.database("DATABASE_URL")}
DATABASE_OWNER = env.database("DATABASE_OWNER_URL", env.text("DATABASE_URL"))
DATABASE_AUDITOR = env.database("DATABASE_AUDITOR_URL") if env.text("DATABASE_AUDITOR_URL", "") else None
DATABASES["default"] |= {
    "CONN_MAX_AGE": 0,
    "OPTIONS": {
        "options": f"{SESSION_LIMITS} -c house.zone={BUSINESS_TIME_ZONE}",  # what SQL reckons days by
        "pool": {
            "min_size": env.number("DATABASE_POOL_MIN", 1, least=0, most=100),
            "max_size": env.number("DATABASE_POOL_MAX", 8, least=1, most=500),
            "timeout": env.number("DATABASE_POOL_WAIT_SECONDS", 2, least=1, most=60),
        },
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Valkey or Redis: cache, shields, events
REDIS_URL = env.text("REDIS_URL", hint="Use redis://host:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
}
# Pub/sub knows no database numbers: the address is part of the prefix, so that two installations never mix.
CHANNEL_PREFIX = f"menus-{sha256(REDIS_URL.encode()).hexdigest()[:8]}"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "max_connections": 1000}], "prefix": CHANNEL_PREFIX},
    }
}

# --- who is it
AUTH_USER_MODEL = "accounts.User"
WAFFLE_FLAG_MODEL = "accounts.FeatureFlag"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SIGN_IN_LIMITS = {  # seconds of idleness, seconds in all
    "worker": (env.number("IDLE_SECONDS", 1800, least=60, most=86400), 12 * 3600),
    "viewer": (24 * 3600, 14 * 24 * 3600),
}
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
TRUSTED_PROXY_HOPS = env.number("TRUSTED_PROXY_HOPS", 0, least=0, most=1)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "accounts.guessing.place_as_address"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
SILENCED_SYSTEM_CHECKS = ["axes.W002"]  # its middleware answers lock-outs; our sign-in does that, in every door
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5),
    "REFRESH_TOKEN_LIFETIME": timedelta(hours=12),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "AUDIENCE": "model-menus",
    "ISSUER": "model-menus",
    "USER_ID_CLAIM": "sub",
    "UPDATE_LAST_LOGIN": False,
}

# --- the API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.BearerAuthentication",
        "accounts.api.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["core.api.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["core.api.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "core.schema.HouseSchema",
    "EXCEPTION_HANDLER": "core.api.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Model Menus API",
    "DESCRIPTION": "The backstage of a live-streaming platform. Whole tokens, ISO 8601 UTC, UUIDv7 ids.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.schema.add_common_answers",
    ],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "PerformerState": "modelstate.states.State",
        "WalletBucket": "wallet.api.serializers.BUCKETS",
        "MenuVisibility": "menus.states.Visibility",
        "QueueItemStatus": "queue_app.states.Status",
        "PayoutStatus": "payouts.states.Status",
        "VerificationStatus": "payouts.api.serializers.WISHES",
        "RefundReason": "queue_app.states.RefundReason",
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
CORS_ALLOWED_ORIGINS = env.words("CORS_ALLOWED_ORIGINS", [])
CORS_ALLOW_HEADERS = [
    *default_headers,
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-preferences-version",
    "x-session-id",
    "x-state-version",
]
CORS_URLS_REGEX = r"^/api/.*$"
CORS_EXPOSE_HEADERS = ["ETag", "Idempotency-Replayed", "RateLimit", "RateLimit-Policy", "Retry-After"]
RATELIMIT_USE_CACHE = "default"
SUPPORT_EMAIL = env.text("SUPPORT_EMAIL", "")
METRICS_TOKEN = env.text("METRICS_TOKEN", "")

# --- what the browser may load
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "report-uri": ["/csp-report/"],
    }
}
TRUSTED_TYPES = {"require-trusted-types-for": ["'script'"], "trusted-types": ["htmx", "ticker"]}

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
# Source maps are read by nobody but a developer: compressing them took most of a first start.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "png", "jpg", "webp", "svgz", "woff", "woff2", "gz", "br", "zip"]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = env.flag("STATIC_FROM_SOURCE", False)
if WHITENOISE_USE_FINDERS:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# --- words, times, limits of the business
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
PAYOUT_MINIMUM_TOKENS = env.number("PAYOUT_MINIMUM_TOKENS", 1000, least=1, most=10**9)
PAYOUT_TWO_PEOPLE_ABOVE_TOKENS = env.number("PAYOUT_TWO_PEOPLE_ABOVE_TOKENS", 10_000, least=0, most=10**9)
PAYOUT_RATE = env.decimal("PAYOUT_RATE", "0.05", most="1000000")
PAYOUT_CURRENCY = env.text("PAYOUT_CURRENCY", "USD")
HOLD_SECONDS = env.number("HOLD_SECONDS", 300, least=1, most=86400)
PRESENCE_SECONDS = presence_seconds(env)
QUEUE_LIMITS = queue_limits(env)
SWEEP_SECONDS = env.number("SWEEP_SECONDS", 1, least=1, most=5)
ARCHIVE_DIR = Path(env.text("ARCHIVE_DIR", str(DATA_DIR / "archive")))
ARCHIVE_AFTER_MONTHS = env.number("ARCHIVE_AFTER_MONTHS", 18, least=1, most=96)
ALLOWED_COUNTRIES = env.words("ALLOWED_COUNTRIES", [])
LOYALTY = loyalty(env)
LOGGING_CONFIG = None
logging_config(debug=DEBUG, style=env.text("LOG_STYLE", "json"))
