"""All settings. Those that differ between machines come from the environment; see the README."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ

from apps.embedded_postgres.cluster import EmbeddedPostgres
from apps.embedded_postgres.roles import OWNER_ROLE
from apps.server.database_watchdog import WatchedConnection
from apps.server.local_secrets import generated_secret
from apps.server.storage import parse_storage_url
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
# Threads per worker: a few serve requests (see docs/operations.md), others queue, and the rest are
# free for overload responses and liveness probes.
THREADS = 40
# Connections per worker, as far as the limit on open files permits.
CLIENTS = 16_000
LOAD_SHEDDING: dict[str, Any] = {
    "slots": 4,
    "slots_per_tenant": 2,
    "slow_threshold": 0.2,
    "queue_size": 34,
    "queue_timeout": 2.0,
}
IS_PUBLIC = BASE_DOMAIN != "localhost"
# The URL as seen by browsers: behind a TLS proxy, or direct.
SITE_SCHEME = "https" if IS_PUBLIC else "http"
SITE_PORT = "" if IS_PUBLIC else f":{PORT}"


def secret(name: str) -> str:
    """Return a secret from the environment or, on a developer's machine, a generated one."""
    if IS_PUBLIC and not DEBUG:
        return require_random(name, env.str(name))
    return env.str(name, default="") or generated_secret(DATA_DIR / "secrets", name.lower())


SECRET_KEY = require_256_bits("SECRET_KEY", secret("SECRET_KEY"))
JWT_KEYS_TEXT = secret("JWT_KEYS")
JWT_KEYS_ARE_GENERATED = not env.str("JWT_KEYS", default="")
JWT_KEYS = parse_signing_keys(JWT_KEYS_TEXT, not_to_be=SECRET_KEY)

# --- Sites ---------------------------------------------------------------------------------

# The tenant middleware returns 404 for unknown hosts.
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
    "apps.jobs",
    "apps.mail",
    "apps.products",
    "apps.shops",
    "apps.pages",
    "apps.storefront",
    "apps.backoffice",
    "apps.frontdoor",
    "apps.api",
    "apps.server",
    "apps.demo",
    "apps.backups",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "corsheaders",
    "csp",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

# Models without data of a shop. Unless they grant more, the application may only read their tables.
SHARED_MODELS = [
    "auth.Group",
    "auth.Permission",
    "contenttypes.ContentType",
    "jobs.JobTicket",
    "jobs.PlatformJob",
    "throttling.PlatformCounter",
]

MIDDLEWARE = [
    "middleware.request_log.RequestLogMiddleware",
    "middleware.site.SiteMiddleware",
    # Outside all that adds headers, as it keeps whole responses.
    "middleware.public_reads.PublicReadsMiddleware",
    "middleware.security_headers.SecurityHeadersMiddleware",
    # Before all that may refuse a request, so that storefronts can read those responses too.
    "middleware.cors.StorefrontCorsMiddleware",
    "middleware.csp.PolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Inside those that add headers, and outside all that may refuse a request.
    "middleware.error_pages.ErrorPageMiddleware",
    "middleware.content_length.RequireContentLengthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before a slot is taken, as an upload may take minutes.
    "middleware.spool_upload.SpoolUploadMiddleware",
    # Before the tenant is looked up, which may wait for the database.
    "middleware.load_shedding.LoadSheddingMiddleware",
    # Inside a slot, so that a slow body costs its own shop first.
    "middleware.drain_body.DrainBodyMiddleware",
    "middleware.tenant.TenantMiddleware",
    # These two need the tenant.
    "middleware.preflight.PreflightMiddleware",
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
    """Return the settings for a database URL, whose options take precedence."""
    config = env.db_url_config(url)
    return {
        **config,
        **settings,
        "OPTIONS": {"connect_timeout": 2} | options | config.get("OPTIONS", {}),
    }


DATABASES = {
    "default": database(
        database_url,
        ENGINE="apps.server.postgresql",
        CONN_MAX_AGE=600,
        CONN_HEALTH_CHECKS=True,
        DISABLE_SERVER_SIDE_CURSORS=True,
        # The test database belongs to `owner`; this alias keeps its unprivileged user.
        TEST={"MIRROR": "owner"},
        options={
            "connection_factory": WatchedConnection,
            "cursor_factory": TenantCursor,
            "tcp_user_timeout": 5000,
            "application_name": "galleria",
        },
    ),
}
# Not given to web processes, because it bypasses the policies.
if database_owner_url:
    DATABASES["owner"] = database(
        database_owner_url,
        TEST={"DEPENDENCIES": []},
        options={"application_name": "galleria-owner"},
    )

# `migrate` sets them on the application's role, because poolers drop start-up options.
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

# Idle timeout and absolute lifetime of a session. NIST SP 800-63B requires reauthentication after
# 30 days at most; the team has access to personal data.
SESSION_LIFETIMES = {
    "customer": (timedelta(days=14), timedelta(days=30)),
    "team": (timedelta(hours=8), timedelta(days=7)),
}
# The cookie of a browser session. Only TLS permits the prefix, which binds it to its host.
BROWSER_COOKIE = "__Host-Http-session" if IS_PUBLIC else "session"
# A used refresh token gets the same response again for this time, as it may get lost. 0 disables.
REFRESH_GRACE = timedelta(seconds=env.int("REFRESH_GRACE", default=10))
# Shops created per network: each takes a password hash, and a code forever. On a developer's
# machine all requests, including those of tests, come from one network.
SIGNUP_BY_NETWORK = RateLimit.parse(
    "signup_network", env.str("RATE_SIGNUP", default="20/hour" if IS_PUBLIC else "6000/hour")
)
EMAIL_TOKEN_LIFETIME = timedelta(hours=1)
# Of the token with which the browser that opened a shop enters its back office.
HANDOFF_LIFETIME = timedelta(minutes=1)
# The number of trusted proxies, which is the number of trusted entries in X-Forwarded-For.
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

# --- Jobs ----------------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "apps.jobs.backends.DatabaseBackend"}}
# The jobs of one shop that may wait in each queue.
JOB_QUOTAS = {"default": 20_000, "mail": 1_000, "imports": 10, "downloads": 20_000}
# Their jobs run for minutes. They leave one thread of each worker to the others.
LONG_JOB_QUEUES = ["imports", "downloads"]
# Worker processes that `manage.py serve` starts; 0 if `manage.py work` is run elsewhere.
JOB_WORKERS = env.int("JOB_WORKERS", default=1)
JOB_THREADS = 3
# A job of a worker that was killed is repeated after this time.
JOB_LEASE = timedelta(seconds=30)
# Done and failed jobs are deleted after this time.
JOB_RETENTION = timedelta(days=7)

# --- Mail ----------------------------------------------------------------------------------

# smtp+tls:// uses STARTTLS (port 25 by default), smtp+ssl:// implicit TLS (465).
globals().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default=f"Galleria <no-reply@{BASE_DOMAIN}>")
EMAIL_TIMEOUT = 10

# --- Files ----------------------------------------------------------------------------------

# In DATA_DIR, or s3://KEY:SECRET@BUCKET?region=REGION&endpoint=URL.
STORAGES = {
    "default": parse_storage_url(env.str("STORAGE_URL", default=""), DATA_DIR / "media"),
    "staticfiles": {"BACKEND": "apps.pages.storage.VersionedStaticFilesStorage"},
}
# Download images of products from the addresses that users give.
FETCH_IMAGES = env.bool("FETCH_IMAGES", default=False)

# --- API -----------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["auth_backends.authentication.TenantJWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "apps.api.negotiation.LenientNegotiation",
    "DEFAULT_PARSER_CLASSES": ["apps.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["apps.api.renderers.QuickJSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "apps.api.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": [
        "apps.api.filters.StrictFilterBackend",
        "apps.api.filters.LimitedSearchFilter",
        "apps.api.filters.StrictOrderingFilter",
    ],
    "DEFAULT_SCHEMA_CLASS": "apps.api.schema.ProblemAutoSchema",
    # In this order: throttled requests of a client do not count for the shop.
    "DEFAULT_THROTTLE_CLASSES": [
        "apps.api.throttles.ClientThrottle",
        "apps.api.throttles.ShopThrottle",
    ],
    # Per worker process; see apps/api/throttles.py.
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
    "ENUM_NAME_OVERRIDES": {
        "Role": "apps.users.models.Role",
        "ProductStatus": "apps.products.models.Product.Status",
        "ImageStatus": "apps.products.models.Image.Status",
        "ImportStatus": "apps.products.models.ProductImport.Status",
    },
}
MAX_BODY_BYTES = 1_000_000
# Of a form, besides its file.
MAX_FORM_BYTES = 100_000
# Uploads, which are written to the disk before the request takes a slot, by path.
UPLOAD_LIMITS = {
    r"/api/products/import/": 100_000_000,
    r"/api/products/[^/]+/images/": 20_000_000,
    r"/api/shop/storefront/logo/": 20_000_000,
    r"/admin/imports": 100_000_000,
    r"/admin/settings/logo": 20_000_000,
    r"/admin/products/[^/]+/images": 20_000_000,
}
DATA_UPLOAD_MAX_NUMBER_FILES = 1
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20
MAX_JSON_DEPTH = 64
MAX_JSON_CONTAINERS = 50_000
MAX_COOKIE_BYTES = 4096

# `clear_expired` deletes older audit events.
AUDIT_RETENTION = timedelta(days=env.int("AUDIT_RETENTION_DAYS", default=400))
# Limits per shop: the number of products, and the bytes of their texts.
MAX_PRODUCTS = env.int("MAX_PRODUCTS", default=200_000)
MAX_PRODUCT_BYTES = env.int("MAX_PRODUCT_BYTES", default=1_000_000_000)

# Counters of the throttles, with room for many addresses: a full cache evicts entries.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "KEY_FUNCTION": "apps.tenants.cache_keys.tenant_key",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Without a tenant: counters of networks, and nothing that a shop could read.
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
# Besides those of the apps.
LOCALE_PATHS = [ROOT_DIR / "auth_backends/locale"]
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
# The tenant middleware overwrites the header of the client or proxy.
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
    # Django sends it only over TLS, which ends at the proxy.
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
# Each shop lists its origins (apps/shops/origins.py). Authentication is by token, not by cookie.
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
    "auth.W004",  # e-mail is unique per shop, and TenantModelBackend looks in one shop only
    "security.W003",  # pages that read a cookie compare the origin; see apps.pages.views
    "security.W008",  # the proxy terminates TLS and redirects to it
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
    # The request log has one line for each 4xx already.
    "loggers": {"django.request": {"level": "ERROR"}},
}
