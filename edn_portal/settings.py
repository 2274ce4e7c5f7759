"""One settings module. Everything that differs between machines comes from the environment (or `.env`).

EDN_MODE is `production` (the default, which refuses anything unsafe), `demo` or `test`.
"""

import sys
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from edn_portal.operations import databases, headers, logs, second_factor
from edn_portal.operations.mailers import mailers

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
# pytest brings its own environment: a developer's demo must not leak into a test run.
MODE = env.str("EDN_MODE", "test" if "pytest" in sys.modules else "")
if MODE != "test":
    environ.Env.read_env(env.str("EDN_ENV_FILE", str(BASE_DIR / ".env")))
    MODE = env.str("EDN_MODE", "production")
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"EDN_MODE must be production, demo or test, not {MODE!r}.")
PRODUCTION, DEMO, TEST = (mode == MODE for mode in ("production", "demo", "test"))

VAR_DIR = Path(env.str("EDN_VAR_DIR", str(BASE_DIR / "var")))
SECRET_KEY = env.str("SECRET_KEY", "only-for-tests-" * 4 if TEST else "")
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5:
    raise ImproperlyConfigured(
        "SECRET_KEY must be set to at least 50 random characters. `make demo` writes one to .env."
    )
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # earlier keys still open what they sealed
DEBUG = False
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
if PRODUCTION and (not ALLOWED_HOSTS or any(host.startswith((".", "*")) for host in ALLOWED_HOSTS)):
    raise ImproperlyConfigured("ALLOWED_HOSTS must name this site's hosts, without a wildcard.")
# Links in mails are built from this, never from the request's Host header.
BASE_URL = env.str("EDN_BASE_URL", "" if PRODUCTION else "http://localhost:8000").rstrip("/")
if PRODUCTION and not BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("EDN_BASE_URL must be this site's https:// address.")
RELEASE = "0.1.0"

# The business clock (focalpoints/clock.py): "2018-10-15T09:00:00-06:00", and the real instant at which it read that.
CLOCK_START = env.str("EDN_CLOCK_START", "")
CLOCK_ORIGIN = env.str("EDN_CLOCK_ORIGIN", "")
if PRODUCTION and CLOCK_START:
    raise ImproperlyConfigured("EDN_CLOCK_START shifts the business clock: production refuses it.")

INSTALLED_APPS = [
    "edn_portal", "focalpoints", "principles", "projects",
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.humanize", "django.contrib.messages",
    "django.contrib.sessions", "django.contrib.staticfiles", "django.forms",
    "django_filters", "allauth", "allauth.account", "allauth.mfa",
]  # fmt: skip
MIDDLEWARE = [  # what speaks to the browser first, so that files and errors pass through it too
    "edn_portal.operations.headers.guard_every_response",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "edn_portal.operations.compression.CompressionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "edn_portal.operations.uploads.refuse_large_requests",
    "edn_portal.operations.seats.seat_writers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "edn_portal.accounts.sessions.SessionLimitsMiddleware",
    "edn_portal.accounts.sessions.keep_personal_pages_nowhere",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "edn_portal.accounts.late_forms.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "edn_portal.urls"
WSGI_APPLICATION = "edn_portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR / "templates"], "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages", "edn_portal.context.portal",
            ],
            "builtins": ["focalpoints.templatetags.typed_by"],
        },
    },
    {  # `.jinja`: what a page repeats
        "NAME": "parts", "BACKEND": "django.template.backends.jinja2.Jinja2", "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "edn_portal.jinja_environment.environment"},
    },
]  # fmt: skip
FORM_RENDERER = "focalpoints.pages.govuk.GovukRenderer"

# Both databases are first class: SQLite (the embedded default) and PostgreSQL >= 15.
DATABASE = env.db("DATABASE_URL", f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
# wsgi.py says EDN_SERVING: a command needs one connection, and takes as long as it takes.
DB_POOL, SERVING = env.int("EDN_DB_POOL", 20), env.bool("EDN_SERVING", False)
LIMITS = {"lock": env.float("EDN_LOCK_SECONDS", 3), "statement": env.float("EDN_STATEMENT_SECONDS", 15)}
DATABASES = {"default": databases.with_options(DATABASE, pool=DB_POOL if SERVING else 0, **LIMITS)}
PLAIN_SQL = env.bool("EDN_PLAIN_SQL", False)  # statements as Django writes them, each time anew: docs/sql.md

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Rendered public pages, keyed by the ledger's head: each process may keep its own. Apart, so that readers push nothing else out.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
    # Throttle counters: every process must see the same, and nobody may push them out with a few hundred others.
    "throttle": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "throttle_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    },
}  # fmt: skip

AUTH_USER_MODEL = "focalpoints.User"
AUTHENTICATION_BACKENDS = ["edn_portal.accounts.sign_in.EmailBackend"]
# Twice as fast as PBKDF2, and asks for memory: a ministry that signs in within a minute takes a core for it.
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{kind}PasswordHasher" for kind in ("Scrypt", "PBKDF2")]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ["email", "name"]}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
    {"NAME": "edn_portal.accounts.passwords.ContextWordsValidator"},
]
PASSWORD_RESET_TIMEOUT = 7 * 24 * 60 * 60  # the longest-lived of focalpoints/one_time_links.py
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "projects:board"
# allauth keeps the flows; accounts are made by invitation, throttles are ours (edn_portal/accounts/throttle.py).
ACCOUNT_ADAPTER = "edn_portal.accounts.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
_FORMS = "edn_portal.accounts.forms"
ACCOUNT_FORMS = {
    "login": f"{_FORMS}.SignInForm", "change_password": f"{_FORMS}.ChangePasswordForm",
    "reauthenticate": f"{_FORMS}.ReauthenticateForm",
}  # fmt: skip
MFA_ADAPTER = "edn_portal.accounts.sign_in.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = MFA_ALLOW_UNVERIFIED_EMAIL = True
SECOND_FACTOR_FOR = second_factor.kinds(env.list("EDN_SECOND_FACTOR_FOR", default=[]))
MFA_TOTP_ISSUER = "EDN"
MFA_TOTP_TOLERANCE = 1  # half a minute of a telephone's drift
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http://localhost
MFA_FORMS = {
    "authenticate": f"{_FORMS}.AuthenticateForm", "reauthenticate": f"{_FORMS}.ReauthenticateCodeForm",
    "activate_totp": f"{_FORMS}.ActivateTOTPForm", "login_webauthn": f"{_FORMS}.LoginWebAuthnForm",
    "authenticate_webauthn": f"{_FORMS}.AuthenticateWebAuthnForm",
    "reauthenticate_webauthn": f"{_FORMS}.ReauthenticateWebAuthnForm",
    "add_webauthn": f"{_FORMS}.AddWebAuthnForm", "edit_webauthn": f"{_FORMS}.EditWebAuthnForm",
}  # fmt: skip
CSRF_FAILURE_VIEW = "edn_portal.accounts.late_forms.csrf_failure"
# A session ends with the browser, or as edn_portal/accounts/sessions.py says; no row outlives the absolute limit by itself.
SESSION_ENGINE = "edn_portal.accounts.session_store"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
# Their X-Forwarded-For and -Proto are believed, nobody else's. Never guessed.
PROXIES = env.int("EDN_TRUSTED_PROXIES", -1 if PRODUCTION else 0)
if PROXIES < 0:
    raise ImproperlyConfigured("EDN_TRUSTED_PROXIES must say how many proxies of yours stand in front (0 for none).")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
SECURE_REDIRECT_EXEMPT = [r"^salud/$"]  # the monitor asks on loopback
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, DEVICE_COOKIE_NAME = (
    f"__Host-{name}" if PRODUCTION else name for name in ("session", "csrf", "device")
)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CSP = headers.POLICY

DEFAULT_FROM_EMAIL = env.str("EDN_FROM_EMAIL", "Portal EDN <no-responder@localhost>")
MAILERS = mailers(env.email("EMAIL_URL", "smtp://localhost:25"), demo_folder=VAR_DIR / "mail" if DEMO else None)

LANGUAGE_CODE = "es-mx"
LANGUAGES = [("es-mx", _("Spanish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "America/Mexico_City"

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [(name, BASE_DIR / "static" / name) for name in ("edn", "account")]  # not static/src, the sources
STORAGES = {
    "default": {
        "BACKEND": "edn_portal.operations.evidence_folder.EvidenceFolder",
        "OPTIONS": {"location": env.str("EDN_EVIDENCE_DIR", str(VAR_DIR / "evidence")), "file_permissions_mode": 0o600},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TEST
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TEST

# Uploads are refused while they arrive (edn_portal/operations/uploads.py). DATA_UPLOAD_MAX_MEMORY_SIZE bounds the other fields.
UPLOAD_FILE_LIMIT, UPLOAD_REQUEST_LIMIT = 25 * 1024**2, 30 * 1024**2
FILE_UPLOAD_HANDLERS = [
    "edn_portal.operations.uploads.FileSizeLimit", "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "edn_portal.operations.uploads.TemporaryFiles",
]  # fmt: skip

# `manage.py serve`. A thread is held while a request's body trickles in: with few of them, slow clients stop the site.
SERVER_WORKERS = env.int("EDN_WORKERS", 1)
SERVER_THREADS = env.int("EDN_THREADS", 128)
SERVER_BACKLOG = env.int("EDN_BACKLOG", 1024)
LOGGING = logs.configuration(env.str("EDN_LOG_LEVEL", "INFO"))
