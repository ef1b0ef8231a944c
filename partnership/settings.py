"""Settings: one file, every knob an environment variable, safe by default."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from .database import database_settings
from .secrets import kept_secret_key


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    return default if not value else value in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    return os.environ.get(name, default).replace(",", " ").split()


BASE_DIR = Path(__file__).resolve().parent.parent

# What this machine keeps for itself: the embedded server's data, the secret key, locks. Never in version control.
STATE_DIR = Path(os.environ.get("STATE_DIR") or BASE_DIR / ".postgres")
# The public register of closed days, which `keep_dump` writes and /data/ serves.
DUMPS_DIR = Path(os.environ.get("DUMPS_DIR") or STATE_DIR / "dumps")

DEBUG = flag("DEBUG")
SECRET_KEY = os.environ.get("SECRET_KEY") or kept_secret_key(STATE_DIR / "secret-key")
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost 127.0.0.1 [::1]")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")


def _site_url() -> str:
    """A guess from the first name of the site: plain http and the usual port on this machine, https elsewhere."""
    host = next((host for host in ALLOWED_HOSTS if host.strip("*.")), "localhost").removeprefix(".")
    return f"http://{host}:8000" if host in {"localhost", "127.0.0.1", "[::1]"} else f"https://{host}"


# What stands before an address that leaves the site: in an invitation, in the name under which links are checked.
SITE_URL = (os.environ.get("SITE_URL") or _site_url()).rstrip("/")

# Whom to tell of a hole, at /.well-known/security.txt: mailto: or https: addresses. Without one there is no such file.
SECURITY_CONTACT = words("SECURITY_CONTACT")
if any(not contact.startswith(("mailto:", "https://", "tel:")) for contact in SECURITY_CONTACT):
    raise ImproperlyConfigured("SECURITY_CONTACT is one or more addresses that begin with mailto:, https:// or tel:.")

# Whom those write to who build on the API; its document names nobody otherwise.
API_CONTACT = os.environ.get("API_CONTACT", "").strip()
if API_CONTACT and not API_CONTACT.startswith(("mailto:", "https://")):
    raise ImproperlyConfigured("API_CONTACT is an address that begins with mailto: or https://.")

INSTALLED_APPS = [
    "commitments.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "pgtrigger",
    "commitments.apps.CommitmentsConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "partnership.compression.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "partnership.urls"
WSGI_APPLICATION = "partnership.wsgi.application"

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
            ]
        },
    }
]

DATABASES = {"default": database_settings(os.environ.get("DATABASE_URL", ""), BASE_DIR, STATE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Plain http is for this machine alone: `manage.py serve` sets it on loopback. Else https is taken for granted.
INSECURE_HTTP = flag("INSECURE_HTTP")
SECURE_SSL_REDIRECT = not INSECURE_HTTP
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if INSECURE_HTTP else int(os.environ.get("SECURE_HSTS_SECONDS") or 30 * 24 * 3600)
if flag("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Only /admin/ has cookies: an editor's browser sends none to the public pages either.
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/admin/"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not INSECURE_HTTP
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "commitments.desk_site.form_expired"
SILENCED_SYSTEM_CHECKS = [
    # Whether the neighbouring subdomains speak https too, and for good, is for their owner to say.
    "security.W005",
    "security.W021",
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# How long the link of an invitation holds.
PASSWORD_RESET_TIMEOUT = int(os.environ.get("INVITATION_DAYS") or 3) * 24 * 3600

# Mail is sent only where a server is named, and encrypted unless that is switched off for one on this machine.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_SECURITY = os.environ.get("EMAIL_SECURITY", "").strip().lower() or "starttls"
if EMAIL_SECURITY not in {"starttls", "tls", "none"}:
    raise ImproperlyConfigured("EMAIL_SECURITY is starttls, tls or none.")
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_SECURITY == "starttls", EMAIL_SECURITY == "tls"
EMAIL_PORT = int(os.environ.get("EMAIL_PORT") or {"starttls": 587, "tls": 465, "none": 25}[EMAIL_SECURITY])
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL") or "tracker@localhost"

# What makes PDFs: a browser, or where there is none a Python package; without either readers print with their own.
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
HAS_WEASYPRINT = importlib.util.find_spec("weasyprint") is not None

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "partnership.formats"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}

TRACKER_ALLOW_SELF_PUBLISHING = flag("TRACKER_ALLOW_SELF_PUBLISHING")
# Where readers of the feeds can be told at once (WebSub).
WEBSUB_HUB = os.environ.get("WEBSUB_HUB", "").strip()
TRACKER_TAG_AUTHORITY = os.environ.get("TRACKER_TAG_AUTHORITY", "eu-japan-tracker.example,2026")


def _release() -> str:
    digest = hashlib.sha256()
    for folder in ("commitments", "partnership", "templates", "static"):
        for file in sorted((BASE_DIR / folder).rglob("*")):
            if file.suffix in {".py", ".html", ".css", ".js", ".svg", ".txt", ".xml", ".mo"}:
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


RELEASE = os.environ.get("RELEASE") or _release()
