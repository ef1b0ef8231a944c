"""The project's settings, as tests need them."""

import os

# Django's test client speaks plain http, and so does Chromium to the live server.
os.environ.setdefault("INSECURE_HTTP", "1")

from partnership.settings import *  # noqa: F403 - a settings module
from partnership.settings import DATABASES

# The hashed storage needs a run of collectstatic before the first page.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Tests that want PDFs say so: whoever crawls all addresses would wait for a great many.
CHROMIUM, HAS_WEASYPRINT = "", False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Files are served from where they are written.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
# The live server's threads would keep connections, and the test database could not be dropped.
DATABASES["default"]["CONN_MAX_AGE"] = 0
