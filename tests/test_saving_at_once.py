"""Eight curators save one record at once, fifty times each: real requests to a real server."""

import http.client
import json
import os
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest

from tests.admin_form import Form
from tests.installation import Installation, answers, end, free_port, wait_until

pytestmark = pytest.mark.slow
CLIENTS, ATTEMPTS = 8, 50
VERSION = re.compile(r'name="_version" value="(\d+)"')
SIGN_IN = f"""
import json
from django.contrib.auth.models import User
from django.test import Client
from cooperation.models import Milestone
keys = []
for number in range({CLIENTS}):
    user = User.objects.create_superuser(f"curator.{{number}}")
    browser = Client()
    browser.force_login(user)
    keys.append(browser.session.session_key)
milestone = Milestone.objects.create(title="Bandung Conference", slug="bandung", date="1955")
print(json.dumps([milestone.pk, keys]))
"""
READ = """
import json
from cooperation.models import Edit, Milestone
milestone = Milestone.objects.get()
past = milestone.history.order_by("history_id").values_list("title", "version", "edit__kind", "edit__by_name")
print(json.dumps([milestone.title, milestone.version, Edit.objects.filter(kind="form").count(), list(past)]))
"""


@pytest.fixture
def database():
    """The address of an empty database of the kind that the tests use."""
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        yield ""
        return
    name = f"saving_at_once_{os.getpid()}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield urlsplit(address)._replace(path=f"/{name}").geturl()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(installation, script, **variables):
    result = installation.manage("shell", "--no-imports", "--command", script, **variables)
    assert (result.returncode, result.stderr) == (0, "")
    return json.loads(result.stdout)


def ask(port, method, path, key, token, data=None):
    """`(status, body)` of one request in which somebody is signed in."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": f"sessionid={key}; csrftoken={token}", "Content-Type": "application/x-www-form-urlencoded"}
    connection.request(method, path, data and urlencode(data, doseq=True), headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


def save_again_and_again(port, path, number, key):
    """`[(text, status), ...]` of what one curator tried, each time on the form as it then stood."""
    token, data, tried = f"{number:032d}", None, []
    for attempt in range(ATTEMPTS):
        status, body = ask(port, "GET", path, key, token)
        assert status == 200, (status, body[:500])
        # Nothing but the title and the version differs from form to form.
        data = data or Form(SimpleNamespace(content=body)).data
        (version,) = VERSION.findall(body.decode())
        text = f"Bandung Conference, curator {number}, attempt {attempt}"
        tried.append((text, ask(port, "POST", path, key, token, data | {"title": text, "_version": version})[0]))
    return tried


def test_nothing_is_lost_when_eight_curators_save_one_record_at_once(tmp_path, database):
    variables = {"DATABASE_URL": database} if database else {}
    installation = Installation.make(tmp_path)
    assert installation.manage("setup", "--empty", **variables).returncode == 0
    pk, keys = run(installation, SIGN_IN, **variables)
    port = free_port()
    server = ["-m", "gunicorn", "--config", "sscportal/gunicorn.py"]
    # Those who save are logged in by the script above, which knows no code of an app.
    process = installation.start(*server, BIND=f"127.0.0.1:{port}", SECOND_FACTOR_REQUIRED="false", **variables)
    try:
        wait_until(lambda: answers(port), process)
        path = f"/admin/cooperation/milestone/{pk}/change/"
        with ThreadPoolExecutor(CLIENTS) as clients:
            tried = list(clients.map(lambda each: save_again_and_again(port, path, *each), list(enumerate(keys))))
    finally:
        end(process)
    statuses = [status for each in tried for _text, status in each]
    saved = [[text for text, status in each if status == 302] for each in tried]
    count = sum(map(len, saved))
    assert Counter(statuses) == {302: count, 409: CLIENTS * ATTEMPTS - count}
    # Both happened, else the test would prove nothing.
    assert 0 < count < CLIENTS * ATTEMPTS

    title, version, edits, past = run(installation, READ, **variables)
    assert (version, edits, len(past)) == (1 + count, count, 1 + count)
    assert [each[1] for each in past] == list(range(1, version + 1))
    assert title == past[-1][0]
    kept = [text for text, _version, kind, _by in past if kind == "form"]
    assert sorted(kept) == sorted(text for each in saved for text in each)
    for number, texts in enumerate(saved):
        assert [text for text, _version, _kind, by in past if by == f"curator.{number}"] == texts
