"""What every test may rely on."""

import pytest
from django.contrib.auth.models import Permission, User


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Pages in tests name and find their static files without a collected manifest."""
    settings.WHITENOISE_AUTOREFRESH = True
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def curator(client):
    """A browser in which a curator is signed in who may do anything with the records, and nothing else."""
    user = User.objects.create_user("ana.ruiz", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="cooperation"))
    client.force_login(user)
    return client
