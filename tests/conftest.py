"""What every test may rely on."""

import pytest


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Pages in tests name their static files without a collected manifest."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
