"""Settings of the tests: the real ones, with a data folder of the run, quick hashes, tasks done at once."""

from __future__ import annotations

import os
import tempfile

from site_database import database_url

os.environ["WUTONG_DATA"] = tempfile.mkdtemp(prefix="wutong-test-site-")
os.environ["WUTONG_HTTPS"] = "0"
for name in ("WUTONG_DATABASE_URL", "WUTONG_SECRET_KEY", "WUTONG_DEMO", "WUTONG_HOSTS"):
    os.environ.pop(name, None)
if url := database_url():
    os.environ["WUTONG_DATABASE_URL"] = url

from wutong.site.config.settings import *  # noqa: E402, F403

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
WHITENOISE_AUTOREFRESH = True
