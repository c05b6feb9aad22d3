"""What every test may rely on."""

import pytest


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Pages in tests name and find their static files without a collected manifest."""
    settings.WHITENOISE_AUTOREFRESH = True
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
