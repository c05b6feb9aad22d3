"""/healthz tells the truth about the database, to whoever asks."""

import pytest
from django.db import connection

from tests import builders

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("host", ["testserver", "10.0.0.7:8000", "evil.example"])
@pytest.mark.parametrize("secure", [False, True])
def test_health_is_told_to_any_host_with_and_without_https(client, settings, caplog, host, secure):
    settings.SECURE_SSL_REDIRECT = True
    builders.make_project("Rice seeds")
    answer = client.get("/healthz", headers={"Host": host}, secure=secure)
    assert (answer.status_code, answer.content, caplog.messages) == (200, b"ok\n", [])
    assert answer["Cache-Control"] == "no-store"
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("table", ["cooperation_project", "cooperation_dataversion", "django_session"])
def test_missing_table_is_named(client, table):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO out_of_reach")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, f"A table is missing: {table}.\n".encode())
    assert answer["Cache-Control"] == "no-store"


def test_table_that_cannot_be_read_is_no_secret_but_its_reason_is(client, caplog):
    builders.make_project("Rice seeds")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cooperation_project RENAME COLUMN title TO heading")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"The database cannot be read.\n")
    assert "title" in caplog.text


def test_health_is_only_read(client):
    answer = client.post("/healthz")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
