"""All settings. The environment decides only what differs between machines; see the README."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ

from apps.embedded_postgres.cluster import EmbeddedPostgres
from apps.embedded_postgres.roles import OWNER_ROLE
from apps.server.database_watchdog import WatchedConnection
from apps.server.local_secrets import generated_secret
from apps.tenants.database import TenantCursor
from apps.throttling.rate_limits import RateLimit
from auth_backends.keys import parse_signing_keys, require_256_bits, require_random

env = environ.Env()
ROOT_DIR = Path(__file__).resolve().parent.parent

# --- Machine -------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
BASE_DOMAIN = env.str("BASE_DOMAIN", default="localhost").lower().strip(".")
PORT = env.int("PORT", default=8000)
DATA_DIR = (ROOT_DIR / env.str("DATA_DIR", default="var")).resolve()
DEMO = env.bool("DEMO", default=BASE_DOMAIN == "localhost")
WORKERS = env.int("WORKERS", default=2)
# Threads of each worker. Few serve at once (more would serve less, see docs/operations.md), others
# wait for a moment, as many as one crowd may bring, and the rest are always there to say "not now",
# and that the process lives.
THREADS = 40
# Clients that each worker keeps connected, as far as the limit on open files allows it.
CLIENTS = 16_000
LOAD_SHEDDING: dict[str, Any] = {
    "slots": 4,
    "slots_per_tenant": 2,
    "slow_threshold": 0.2,
    "queue_size": 34,
    "queue_timeout": 2.0,
}
IS_PUBLIC = BASE_DOMAIN != "localhost"
# How browsers reach the sites: through a proxy that speaks TLS, or straight.
SITE_SCHEME = "https" if IS_PUBLIC else "http"
SITE_PORT = "" if IS_PUBLIC else f":{PORT}"


def secret(name: str) -> str:
    """Return a secret of the environment, or on a developer's machine a generated one."""
    if IS_PUBLIC and not DEBUG:
        return require_random(name, env.str(name))
    return env.str(name, default="") or generated_secret(DATA_DIR / "secrets", name.lower())


SECRET_KEY = require_256_bits("SECRET_KEY", secret("SECRET_KEY"))
JWT_KEYS_TEXT = secret("JWT_KEYS")
JWT_KEYS_ARE_GENERATED = not env.str("JWT_KEYS", default="")
JWT_KEYS = parse_signing_keys(JWT_KEYS_TEXT, not_to_be=SECRET_KEY)

# --- Sites ---------------------------------------------------------------------------------

# Every name that is not ours is answered with 404 by the tenant middleware.
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "multitenant.urls"
PLATFORM_URLCONF = "multitenant.urls_platform"
SHOP_URLCONF = "multitenant.urls_shop"
WSGI_APPLICATION = "multitenant.wsgi.application"
ASGI_APPLICATION = "multitenant.asgi.application"

INSTALLED_APPS = [
    "apps.tenants",
    "apps.users",
    "apps.throttling",
    "apps.audit",
    "apps.mail",
    "apps.products",
    "apps.shops",
    "apps.api",
    "apps.server",
    "apps.backups",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "corsheaders",
    "csp",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

# Their tables hold what the code declares, no shop's data; the application may only read them.
SHARED_MODELS = [
    "auth.Group",
    "auth.Permission",
    "contenttypes.ContentType",
    "throttling.PlatformCounter",
]

MIDDLEWARE = [
    "middleware.request_log.RequestLogMiddleware",
    "middleware.site.SiteMiddleware",
    "middleware.security_headers.SecurityHeadersMiddleware",
    # Around all that can refuse a request: a storefront reads these answers too.
    "middleware.cors.StorefrontCorsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "middleware.content_length.RequireContentLengthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before the look-up of the tenant, which may have to wait for the database.
    "middleware.load_shedding.LoadSheddingMiddleware",
    # Holds a slot while it reads: a body that trickles in costs its own shop first.
    "middleware.drain_body.DrainBodyMiddleware",
    "middleware.tenant.TenantMiddleware",
    # These two need to know the tenant.
    "middleware.cors.PreflightMiddleware",
    "middleware.rate_limit.RateLimitMiddleware",
]

TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

# --- Database ------------------------------------------------------------------------------

EMBEDDED_POSTGRES = None if env.str("DATABASE_URL", default="") else EmbeddedPostgres(DATA_DIR)
if EMBEDDED_POSTGRES:
    database_url = EMBEDDED_POSTGRES.url()
    database_owner_url = EMBEDDED_POSTGRES.url(OWNER_ROLE)
else:
    database_url = env.str("DATABASE_URL")
    database_owner_url = env.str("DATABASE_OWNER_URL", default="")


def database(url: str, *, options: dict[str, object], **settings: object) -> dict[str, object]:
    """Return the settings for a database's URL; the options in the URL win."""
    config = env.db_url_config(url)
    return {
        **config,
        **settings,
        "OPTIONS": {"connect_timeout": 2} | options | config.get("OPTIONS", {}),
    }


DATABASES = {
    "default": database(
        database_url,
        CONN_MAX_AGE=600,
        CONN_HEALTH_CHECKS=True,
        DISABLE_SERVER_SIDE_CURSORS=True,
        # The test database belongs to `owner`; this alias keeps its own, unprivileged, user.
        TEST={"MIRROR": "owner"},
        options={
            "connection_factory": WatchedConnection,
            "cursor_factory": TenantCursor,
            "tcp_user_timeout": 5000,
            "application_name": "galleria",
        },
    ),
}
# The web process is never given this one: it can see every shop.
if database_owner_url:
    DATABASES["owner"] = database(
        database_owner_url,
        TEST={"DEPENDENCIES": []},
        options={"application_name": "galleria-owner"},
    )

# How long the application waits in its database. `migrate` gives them to the role: start-up
# options would get lost in a pooler.
DATABASE_TIMEOUTS = {
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
}

# --- People --------------------------------------------------------------------------------

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["auth_backends.backends.TenantModelBackend"]
PASSWORD_HASHERS = ["auth_backends.hashers.Argon2idHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "first_name", "last_name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 8},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# How long a session may idle, and how long it may last, by who it is. NIST SP 800-63B would ask
# customers again after 30 days at any rate; the team works with other people's data.
SESSION_LIFETIMES = {
    "customer": (timedelta(days=14), timedelta(days=30)),
    "team": (timedelta(hours=8), timedelta(days=7)),
}
# For so long a refresh token that was just used gets its answer again, which may have been lost.
# 0 is strict.
REFRESH_GRACE = timedelta(seconds=env.int("REFRESH_GRACE", default=10))
# Shops that one network opens: each costs a password hash, and a code for good.
# On a developer's machine everybody comes from one network, test suites too.
SIGNUP_BY_NETWORK = RateLimit.parse(
    "signup_network", env.str("RATE_SIGNUP", default="20/hour" if IS_PUBLIC else "6000/hour")
)
EMAIL_TOKEN_LIFETIME = timedelta(hours=1)
# How many proxies of ours stand in front, and so how many entries of X-Forwarded-For are theirs.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

SIMPLE_JWT = {
    "ISSUER": f"{'https' if IS_PUBLIC else 'http'}://{BASE_DOMAIN}",
    "LEEWAY": 30,
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=10),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=30),
    "USER_ID_CLAIM": "sub",
    "TOKEN_TYPE_CLAIM": "token_type",
    "AUTH_TOKEN_CLASSES": ["auth_backends.tokens.AccessToken"],
    "TOKEN_OBTAIN_SERIALIZER": "auth_backends.serializers.LoginSerializer",
    "TOKEN_REFRESH_SERIALIZER": "auth_backends.serializers.RefreshSerializer",
    "UPDATE_LAST_LOGIN": False,
    "CHECK_REVOKE_TOKEN": False,
}

# --- Mail ----------------------------------------------------------------------------------

# smtp+tls:// upgrades by STARTTLS, smtp+ssl:// begins with TLS. Ports: 25 and 465 unless given.
globals().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default=f"Galleria <no-reply@{BASE_DOMAIN}>")
EMAIL_TIMEOUT = 10

# --- API -----------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["auth_backends.authentication.TenantJWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "apps.api.negotiation.LenientNegotiation",
    "DEFAULT_PARSER_CLASSES": ["apps.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "apps.api.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": [
        "apps.api.filters.StrictFilterBackend",
        "apps.api.filters.LimitedSearchFilter",
        "apps.api.filters.StrictOrderingFilter",
    ],
    "DEFAULT_SCHEMA_CLASS": "apps.api.schema.ProblemAutoSchema",
    # In this order: a shop's limit leaves out what its clients were refused.
    "DEFAULT_THROTTLE_CLASSES": [
        "apps.api.throttles.ClientThrottle",
        "apps.api.throttles.ShopThrottle",
    ],
    # Each worker process counts for itself; see apps/api/throttles.py.
    "DEFAULT_THROTTLE_RATES": {
        "shop": env.str("RATE_SHOP", default="12000/min"),
        "user": env.str("RATE_USER", default="3000/min"),
        "address": env.str("RATE_ADDRESS", default="3000/min"),
    },
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "PAGE_SIZE": 25,
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "apps.api.problems.ProblemHandler",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
    "NESTED_FIELD_SEPARATOR": "/",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Galleria",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {"Role": "apps.users.models.Role"},
}
MAX_BODY_BYTES = 1_000_000
MAX_JSON_DEPTH = 64
MAX_JSON_CONTAINERS = 50_000
MAX_COOKIE_BYTES = 4096

# `clear_expired` deletes what the shops' audit logs hold for longer.
AUDIT_RETENTION = timedelta(days=env.int("AUDIT_RETENTION_DAYS", default=400))
# What one shop may store: products, and bytes of their texts.
MAX_PRODUCTS = env.int("MAX_PRODUCTS", default=200_000)
MAX_PRODUCT_BYTES = env.int("MAX_PRODUCT_BYTES", default=1_000_000_000)

# Counters of the throttles. Room for many addresses: a full cache forgets the oldest.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "apps.tenants.cache_keys.tenant_key",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # What no tenant owns: counts of networks, and nothing that a shop could read.
    "platform": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "platform",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

# --- Web -----------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
# The tenant middleware writes it, in place of whatever a client or proxy says.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000 if IS_PUBLIC else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURITY_HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), "
    "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
}
if IS_PUBLIC:
    # Django sends it only where it speaks TLS itself, and that is the proxy's part.
    SECURITY_HEADERS["Strict-Transport-Security"] = (
        f"max-age={SECURE_HSTS_SECONDS}; includeSubDomains; preload"
    )
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
# Whose pages may call a shop is the shop's to say (apps/shops/origins.py); tokens, no cookies.
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-request-id",
]
CORS_EXPOSE_HEADERS = ["ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID"]
CORS_PREFLIGHT_MAX_AGE = 600

SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # e-mail is unique in its shop, and TenantModelBackend looks nowhere else
    "security.W003",  # no view reads a cookie, so no site can forge a request with one
    "security.W008",  # TLS ends at the proxy in front of us, and so does its redirect
]

# --- Logs ----------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "middleware.logging.ContextFilter"}},
    "formatters": {
        "json": {"()": "middleware.logging.JSONLineFormatter"},
        "plain": {"()": "middleware.logging.PlainLineFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["context"],
            "formatter": "plain" if DEBUG else "json",
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    # One line for each 4xx is the access log's business, not the application's.
    "loggers": {"django.request": {"level": "ERROR"}},
}
