"""All settings, from the environment. A wrong or missing value stops the start and is named.

What differs per program (lengths of deadlines, languages, provisions) is data, never a setting.
"""

import hashlib
import hmac
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import django.conf.global_settings as django_defaults
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from wsr.accounts.oidc import single_sign_on

BASE_DIR = Path(__file__).resolve().parent.parent


# ── Reading the environment ──────────────────────────────────────────────────────────────────────


def env(name: str, default: str | None = None) -> str:
    """Value of an environment variable. Raises at start-up when a required one is missing."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set {name}; .env.example explains it.")
    return value


def env_bool(name: str, default: bool) -> bool:
    """True or false; any other word stops the start."""
    value = os.environ.get(name, str(default)).strip().lower()
    if value not in {"1", "true", "yes", "on", "0", "false", "no", "off", ""}:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in {"1", "true", "yes", "on"}


def env_int(name: str, default: int) -> int:
    """A whole number; anything else stops the start."""
    value = os.environ.get(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def env_list(name: str, default: str = "") -> list[str]:
    """Words separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


# ── What this installation is ────────────────────────────────────────────────────────────────────

DEBUG = env_bool("WSR_DEBUG", False)
DEMO = env_bool("WSR_DEMO", False)
SECRET_KEY = env("WSR_SECRET_KEY", "development only, not a secret, long enough" * 2 if DEBUG else None)
if len(SECRET_KEY) < 50 and not DEBUG:
    raise ImproperlyConfigured("WSR_SECRET_KEY must be at least 50 characters long.")
SECRET_KEY_FALLBACKS = env_list("WSR_SECRET_KEY_FALLBACKS")  # old keys, still good for reading
BASE_URL = env("WSR_BASE_URL", "http://127.0.0.1:8000" if DEBUG else None).rstrip("/")
if urlsplit(BASE_URL).scheme not in {"http", "https"} or not urlsplit(BASE_URL).hostname:
    raise ImproperlyConfigured("WSR_BASE_URL must look like https://registry.example.org.")
HTTPS = urlsplit(BASE_URL).scheme == "https"
ALLOWED_HOSTS = env_list("WSR_ALLOWED_HOSTS", urlsplit(BASE_URL).hostname or "")
if DEBUG:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
DATA_LICENSE = env("WSR_DATA_LICENSE", "CC BY 4.0 https://creativecommons.org/licenses/by/4.0/")
DATA_DIR = Path(env("WSR_DATA_DIR", str(BASE_DIR / "var"))).resolve()
FILES_DIR = DATA_DIR / "files"
PUBLISHED_DIR = DATA_DIR / "published"
KEYS_DIR = DATA_DIR / "keys"
SIGNING_KEY = env("WSR_SIGNING_KEY", "")  # empty: a key file per installation in KEYS_DIR

# ── The vault: docs/operator.md ─────────────────────────────────────────────────────────────────

VAULT_KEY = env("WSR_VAULT_KEY", "")  # 32 bytes in base64; empty: the file vault.key in KEYS_DIR
VAULT_KEY_FALLBACKS = env_list("WSR_VAULT_KEY_FALLBACKS")  # root keys that still open, during a rotation
VAULT_PEPPER = env("WSR_VAULT_PEPPER", "")  # 32 bytes in base64; empty: the file vault.pepper in KEYS_DIR
VAULT_PEPPER_FALLBACKS = env_list("WSR_VAULT_PEPPER_FALLBACKS")  # peppers from before, during a rotation
SECRET_HASH = {"time_cost": 3, "memory_cost": 64 * 1024, "parallelism": 1}  # Argon2id, memory in KiB
SECRET_CHECKS = env_int("WSR_SECRET_CHECKS", 2)  # of secrets of workers, at a time in one process
VAULT_DIR = DATA_DIR / "vault"  # the list of what was erased, which no restored backup takes back

# ── Files that people send ───────────────────────────────────────────────────────────────────────

MAX_UPLOAD_BYTES = env_int("WSR_MAX_UPLOAD_BYTES", 50 * 1024 * 1024)
MAX_PIXELS = env_int("WSR_MAX_PIXELS", 64_000_000)  # of a photo, before it is decoded
CLEANING_MEMORY = env_int("WSR_CLEANING_MEMORY_MB", 1024) * 1024 * 1024  # of the process that cleans one file
CLEANING_AT_ONCE = env_int("WSR_CLEANING_AT_ONCE", os.cpu_count() or 1)  # such processes, on one server
CLEANING_SECONDS = env_int("WSR_CLEANING_SECONDS", 30)  # of computing; twice that by the clock
CLAMAV = env("WSR_CLAMAV", "")  # unix:/run/clamav/clamd.ctl or tcp://clamd:3310; empty: no scanner is asked
if CLAMAV and not (
    (urlsplit(CLAMAV).scheme == "unix" and urlsplit(CLAMAV).path)
    or (urlsplit(CLAMAV).scheme == "tcp" and urlsplit(CLAMAV).hostname)
):
    raise ImproperlyConfigured("WSR_CLAMAV must look like unix:/run/clamav/clamd.ctl or tcp://clamd:3310.")
SEALED_FILE_BYTES = (
    env_int("WSR_SEALED_FILE_MB", 10) * 1024 * 1024
)  # of a complaint; cleaned and sealed in memory
SEALED_AUDIO_SECONDS = env_int("WSR_SEALED_AUDIO_MINUTES", 15) * 60  # the longest recording of a complaint
EXPORT_DAYS = env_int("WSR_EXPORT_DAYS", 7)  # how long a file that was made for one person is kept
FILE_LINK_SECONDS = env_int("WSR_FILE_LINK_SECONDS", 300)  # how long a link to a file works
UPLOAD_DAYS = env_int("WSR_UPLOAD_DAYS", 7)  # an upload in pieces that nobody goes on with is thrown away
UPLOAD_QUOTA_PERSON = env_int("WSR_UPLOAD_QUOTA_PERSON_MB", 10_240) * 1024 * 1024  # within UPLOAD_DAYS
UPLOAD_QUOTA_PROGRAM = env_int("WSR_UPLOAD_QUOTA_PROGRAM_MB", 102_400) * 1024 * 1024  # the same

# ── Applications ─────────────────────────────────────────────────────────────────────────────────

INSTALLED_APPS = [
    "wsr",
    "wsr.accounts",
    "wsr.tenancy",
    "wsr.history",
    "wsr.vault",
    "wsr.jobs",
    "wsr.notices",
    "wsr.deadlines",
    "wsr.handover",
    "wsr.files",
    "wsr.imports",
    "wsr.registry",
    "wsr.ui",
    "wsr.api",
    "programs",
    "agreements",
    "audits",
    "complaints",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "django_filters",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.idp.oidc",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "wsr.api.middleware.ApiRequests",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "wsr.accounts.middleware.PersonalSettings",
    "wsr.accounts.middleware.SecondFactorRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "wsr.urls"
WSGI_APPLICATION = "wsr.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

FORM_RENDERER = "wsr.ui.renderer.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]

# ── Databases: four logins that own nothing, see docs/architecture.md ────────────────────────────


def _login_password(login: str) -> str:
    """Password of a database login where its own URL is not given: derived, so nothing is stored."""
    return hmac.new(SECRET_KEY.encode(), f"database login {login}".encode(), hashlib.sha256).hexdigest()


def _database(url: str, **extra: object) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("A database URL must look like postgres://user:password@host:5432/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "DISABLE_SERVER_SIDE_CURSORS": True,  # PgBouncer in transaction mode
        **extra,
    }


DATABASE_URL = os.environ.get("DATABASE_URL", "")  # the owner: migrations and prepare_database only
LOGINS = {"default": "wsr_app", "public": "wsr_site", "engine": "wsr_engine_login"}
_URLS = {"default": "APP_DATABASE_URL", "public": "PUBLIC_DATABASE_URL", "engine": "ENGINE_DATABASE_URL"}
_CONN_MAX_AGE = env_int("WSR_DATABASE_CONN_MAX_AGE", 60)

DATABASES: dict[str, dict[str, object]] = {}
for _alias, _variable in _URLS.items():
    _url = os.environ.get(_variable, "")
    if _url:
        DATABASES[_alias] = _database(_url, CONN_MAX_AGE=_CONN_MAX_AGE, CONN_HEALTH_CHECKS=True)
    elif DATABASE_URL:
        DATABASES[_alias] = _database(DATABASE_URL, CONN_MAX_AGE=_CONN_MAX_AGE, CONN_HEALTH_CHECKS=True) | {
            "USER": LOGINS[_alias],
            "PASSWORD": _login_password(LOGINS[_alias]),
        }
if "engine" in DATABASES:
    # a second connection: for progress that must be seen at once, for reading by two
    DATABASES["aside"] = dict(DATABASES["engine"])
if DATABASE_URL:
    DATABASES["owner"] = _database(DATABASE_URL, OPTIONS={"options": "-c role=wsr_owner"})
    # prepare_database runs as the administrator itself, before wsr_owner exists
    DATABASES["admin"] = _database(DATABASE_URL)
if "default" not in DATABASES:
    raise ImproperlyConfigured(
        "Set APP_DATABASE_URL (or DATABASE_URL); .env.example explains it. On a fresh machine: make run."
    )
DATABASE_ROUTERS = ["wsr.tenancy.router.ScopeRouter"]

# ── Valkey and Celery ────────────────────────────────────────────────────────────────────────────

REDIS_URL = env("REDIS_URL", "redis://127.0.0.1:6379/0")
if urlsplit(REDIS_URL).scheme not in {"redis", "rediss", "unix"}:
    raise ImproperlyConfigured("REDIS_URL must look like redis://host:6379/0.")
CACHES = {"default": {"BACKEND": "wsr.cache.SurvivingCache", "LOCATION": REDIS_URL}}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TASK_DEFAULT_QUEUE = env("WSR_QUEUE", "wsr")
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {  # a wake-up that no worker took in time is worth nothing: the next one follows
    name: {"task": task, "schedule": seconds, "options": {"expires": seconds}}
    for name, task, seconds in (
        ("wake jobs", "wsr.jobs.tasks.wake_jobs", 10.0),
        ("seal history", "wsr.history.tasks.seal", 5.0),
        ("relay outbox", "wsr.notices.tasks.relay", 5.0),
        ("send webhooks", "wsr.notices.tasks.send_webhooks", 5.0),
        ("send digests", "wsr.notices.tasks.send_digests", 60.0),
        ("finish publications", "wsr.registry.tasks.finish", 30.0),
        ("send reports", "wsr.ui.tasks.send_reports", 60.0),
        ("forget exports", "wsr.ui.tasks.forget", 3600.0),
        ("sweep clocks", "wsr.deadlines.tasks.sweep", 10.0),
        ("replay erasures", "wsr.vault.tasks.replay_erasures", 600.0),
        ("end memberships", "wsr.handover.tasks.end_memberships", 300.0),
        ("sweep files", "wsr.files.tasks.sweep", 3600.0),
        ("open obligations", "agreements.tasks.open_obligations", 60.0),
        ("settle money", "agreements.tasks.settle_waiting", 60.0),
        ("compare money", "agreements.tasks.compare_all", 86400.0),
        ("forget answers of the API", "wsr.api.tasks.forget", 3600.0),
        ("forget drafts of workers", "complaints.tasks.forget_drafts", 600.0),
        ("count complaints for the public", "complaints.tasks.count_for_the_public", 3600.0),
        ("redact what may not be told", "complaints.tasks.redact_unconsented", 600.0),
        ("draw up education", "programs.tasks.draw_up_education", 3600.0),
        ("begin planned meanings", "programs.tasks.take_effect", 60.0),
        ("turn days of agreements", "agreements.tasks.turn_days", 300.0),
        ("write to endorsers", "programs.tasks.send_endorsement_letters", 10.0),
        ("forget endorsements", "programs.tasks.forget_endorsements", 3600.0),
    )
}

# ── People and sessions ──────────────────────────────────────────────────────────────────────────

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["wsr.accounts.backend.SignIn"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    *[hasher for hasher in django_defaults.PASSWORD_HASHERS if "Argon2" not in hasher],
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/inbox/"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_ADAPTER = "wsr.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "wsr.accounts.forms.SignInForm"}
MFA_FORMS = {
    "add_webauthn": "wsr.accounts.forms.PasskeyForm",
    "edit_webauthn": "wsr.accounts.forms.PasskeyNameForm",
}
ACCOUNT_SESSION_REMEMBER = True  # for SESSION_COOKIE_AGE
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # the second factor is still asked for
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Wrong passwords are counted by wsr.accounts.throttle; "login_failed" is left for the codes of second factors.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/5m/key",
    "reset_password": "20/10m/ip,5/h/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env_bool("WSR_BEHIND_PROXY", False) else 0
MFA_ADAPTER = "wsr.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # people come by invitation to a proven address; they may add another later
MFA_TOTP_ISSUER = "wsr"
MFA_TOTP_TOLERANCE = 1  # phones whose clock is half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers accept it on localhost only

SOCIALACCOUNT_ADAPTER = "wsr.accounts.adapter.SingleSignOnAdapter"
SOCIALACCOUNT_PROVIDERS = single_sign_on(env("WSR_OIDC", "[]"))
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form would be stopped by form-action on its way to the provider

# ── The API: docs/api.md ────────────────────────────────────────────────────────────────────────

API_MAX_BODY_BYTES = env_int("WSR_API_MAX_BODY_BYTES", 2 * 1024 * 1024)
API_REQUESTS_PER_MINUTE = env_int("WSR_API_REQUESTS_PER_MINUTE", 600)  # of one device or client
API_STRANGERS_PER_MINUTE = env_int(
    "WSR_API_STRANGERS_PER_MINUTE", 60
)  # of one network, without a valid token
REST_FRAMEWORK = {
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_SCHEMA_CLASS": "wsr.api.schema.Describe",
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "wsr",
    "DESCRIPTION": "The API of a worker-driven program: inspections and what follows from them. How to begin: docs/api.md.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_PATCH": False,
    "SERVERS": [{"url": "/", "description": "This installation"}],
    "ENUM_NAME_OVERRIDES": {  # what several records call `state`
        "AssignmentState": "audits.enums.AssignmentState",
        "InspectionState": "audits.enums.InspectionState",
        "ActionState": "audits.enums.ActionState",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "wsr.api.schema.add_sign_in"],
}
# Tokens are opaque and kept as hashes: there is no ID token, so no private key.
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 15 * 60
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 30 * 24 * 3600
IDP_OIDC_DEVICE_CODE_EXPIRES_IN = 15 * 60
IDP_OIDC_RATE_LIMITS = {"device_user_code": "30/m/ip"}  # a team shares a network; a code is one of 25 billion

# ── Language and time ────────────────────────────────────────────────────────────────────────────

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "wsr" / "locale"]
FORMAT_MODULE_PATH = "wsr.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# ── Static files and mail ────────────────────────────────────────────────────────────────────────

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_DIR}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # only they are asked for, and compressing takes long
DEFAULT_FROM_EMAIL = env("WSR_MAIL_FROM", "wsr@localhost" if DEBUG else f"wsr@{urlsplit(BASE_URL).hostname}")
# smtp://user:password@host:587 (STARTTLS), smtps://…:465 (TLS from the start), smtp+plain://127.0.0.1:25 (a relay beside us)
_MAIL_URL = env("WSR_MAIL_URL", "")
_mail = urlsplit(_MAIL_URL)
if _MAIL_URL and (_mail.scheme not in {"smtp", "smtps", "smtp+plain"} or not _mail.hostname):
    raise ImproperlyConfigured("WSR_MAIL_URL must look like smtp://user:password@host:587.")
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": _mail.hostname or "",
            "port": _mail.port or {"smtps": 465, "smtp+plain": 25}.get(_mail.scheme, 587),
            "username": unquote(_mail.username or ""),
            "password": unquote(_mail.password or ""),
            "use_tls": _mail.scheme == "smtp",
            "use_ssl": _mail.scheme == "smtps",
            "timeout": 30,  # seconds; a server that hangs must not hold the relay
        },
    }
    if _MAIL_URL
    else {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": str(DATA_DIR / "mail")},
    }
}
# Networks that webhooks may reach although they are not public, such as 10.1.2.0/24; plain http is allowed there alone.
WEBHOOK_NETWORKS = env_list("WSR_WEBHOOK_NETWORKS")
SMS_SENDER = env("WSR_SMS_SENDER", "wsr.notices.sms.ConsoleSender")  # where a program has no gateway
SMS_GATEWAYS = env("WSR_SMS_GATEWAYS", "")  # a file; empty: gateways.json in KEYS_DIR. docs/text-messages.md

# ── Safe by default ──────────────────────────────────────────────────────────────────────────────

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "media-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("WSR_BEHIND_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
FILE_UPLOAD_HANDLERS = ["wsr.files.uploads.SizeLimit", *django_defaults.FILE_UPLOAD_HANDLERS]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
DATA_UPLOAD_MAX_NUMBER_FILES = 1_000  # a form of a visit comes with all its photos

# ── Log ──────────────────────────────────────────────────────────────────────────────────────────

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "program": {"()": "wsr.tenancy.logs.ProgramFilter"},
        "keys": {"()": "wsr.accounts.logs.WithoutKeys"},
    },
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s program=%(program)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["program", "keys"], "formatter": "line"}
    },
    "root": {"handlers": ["console"], "level": env("WSR_LOG_LEVEL", "INFO")},
}
