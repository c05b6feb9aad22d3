"""The settings: what they make of the environment, and what they say of a value that cannot be used."""

import json
import urllib.error
import urllib.request

import pytest

from tests.installation import Installation, answers, end, free_port, wait_until

pytestmark = [pytest.mark.any_database, pytest.mark.slow]
STRONG_KEY = "a-key-of-a-test-that-has-fifty-signs-or-more-0123456789-ABCDEFGH"


@pytest.fixture(scope="module")
def installation(set_up_empty, tmp_path_factory):
    """An installation without records. Its settings are only read."""
    return Installation.make(tmp_path_factory.mktemp("settings"), var=set_up_empty.var)


def read_settings(installation, expression, **variables):
    """What the settings hold, in a process of its own with these variables."""
    code = f"import json; from sscportal import settings; print(json.dumps({expression}, default=str))"
    result = installation.run("-W", "error", "-c", code, **variables)
    assert (result.returncode, result.stderr) == (0, "")
    return json.loads(result.stdout)


DATABASE = "DATABASE_URL is not an address that the portal can use. Write one such as sqlite:////srv/portal/"
CACHE = "CACHE_URL is not an address that the portal can use. Write one such as rediscache://localhost:6379/1"
MAIL = "EMAIL_URL is not an address that the portal can use. Write one such as smtp+tls://user:password@mail"
OPERATORS = (
    "OPERATOR_MAIL must be addresses of mail with commas between them, such as portal@example.org,it@example.org"
)
BIND = "Write an address such as 127.0.0.1:8000 or unix:/run/portal.sock."
HOSTS = "ALLOWED_HOSTS must be host names without https:// and port, such as portal.example.org,www.example.org"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DEBUG", "maybe", "DEBUG is “maybe”. Write true or false."),
        ("DEBUG", "$VERBOSE", "DEBUG is “$verbose”. Write true or false."),
        ("ALLOWED_HOSTS", "http://x/", HOSTS),
        ("ALLOWED_HOSTS", "portal.example.org:8000", HOSTS),
        ("ALLOWED_HOSTS", "portal.example.org www.example.org", HOSTS),
        ("ALLOWED_HOSTS", "portal.example.org,,", HOSTS),
        ("ALLOWED_HOSTS", "*", HOSTS),
        ("DATABASE_URL", "nonsense", DATABASE),
        ("DATABASE_URL", "$DATABASE", DATABASE),
        ("DATABASE_URL", "postgress://x", DATABASE),
        ("DATABASE_URL", "postgres://localhost", DATABASE),
        ("DATABASE_URL", "postgres://user:hush@localhost:port/portal", DATABASE),
        ("DATABASE_URL", "postgres://user:hush@localhost:99999/portal", DATABASE),
        ("DATABASE_URL", "postgres://[::1/portal", DATABASE),
        ("DATABASE_URL", "mysql://user:hush@localhost/portal", DATABASE),
        ("DATABASE_URL", "rediscache://localhost:6379/1", DATABASE),
        ("DATABASE_URL", "locmemcache://", DATABASE),
        ("DATABASE_URL", "sqlite://", DATABASE),
        ("DATABASE_URL", "sqlite:///", DATABASE),
        ("DATABASE_URL", "sqlite://:memory:", DATABASE),
        ("DATABASE_URL", "sqlite:///:memory:", DATABASE),
        ("DATABASE_URL", "sqlite://portal.sqlite3", DATABASE),
        ("DATABASE_URL", "sqlite:///portal.sqlite3?timeout=1", DATABASE),
        (
            "DATABASE_URL",
            "sqlite:////no/such/folder/p.sqlite3",
            "DATABASE_URL names a file in the folder /no/such/folder",
        ),
        ("DATABASE_URL", "sqlite:////", "DATABASE_URL names the folder /."),
        ("URL_PREFIX", "registry", "URL_PREFIX is “registry”. Write a path such as /registry,"),
        ("URL_PREFIX", "/../registry", "URL_PREFIX is “/../registry”. Write a path such as /registry,"),
        ("URL_PREFIX", "https://example.org/registry", "URL_PREFIX is “https://example.org/registry”. Write a path"),
        ("BIND", "8000", f"BIND is “8000”. {BIND}"),
        ("BIND", "127.0.0.1:65536", f"BIND is “127.0.0.1:65536”. {BIND}"),
        ("BIND", "unix:portal.sock", f"BIND is “unix:portal.sock”. {BIND}"),
        ("WEB_CONCURRENCY", "0", "WEB_CONCURRENCY is “0”. Write a number from 1 on, such as 2."),
        ("ACCESS_LOG", "access.log", "ACCESS_LOG is “access.log”. Write true or false."),
        ("HSTS_SECONDS", "1 year", "HSTS_SECONDS is “1 year”. Write a number of seconds, such as 3600."),
        ("HSTS_SECONDS", "-1", "HSTS_SECONDS is “-1”. Write a number of seconds, such as 3600."),
        ("HSTS_INCLUDE_SUBDOMAINS", "www", "HSTS_INCLUDE_SUBDOMAINS is “www”. Write true or false."),
        ("SECURITY_CONTACT", "security@example.org", "SECURITY_CONTACT is “security@example.org”. Write mailto:"),
        ("SECURITY_CONTACT", "http://example.org/", "SECURITY_CONTACT is “http://example.org/”. Write mailto:"),
        ("OPERATOR_NAME", "Ministry\nof Fiji", "OPERATOR_NAME must be one line of at most 200 characters."),
        ("OPERATOR_CONTACT", "portal@example.org", "OPERATOR_CONTACT is “portal@example.org”. Write mailto:"),
        ("ACCESSIBILITY_EVALUATION", "a" * 501, "ACCESSIBILITY_EVALUATION must be one line of at most 500 characters."),
        ("ACCESSIBILITY_COMPLAINTS", "javascript:alert(1)", "ACCESSIBILITY_COMPLAINTS is “javascript:alert(1)”. Write"),
        ("CACHE_URL", "nonsense", CACHE),
        ("CACHE_URL", "rediscache://", CACHE),
        ("CACHE_URL", "rediscache://localhost:port/1", CACHE),
        ("CACHE_URL", "redis://:6379", CACHE),
        ("CACHE_URL", "redis:localhost", CACHE),
        ("CACHE_URL", "memcache://127.0.0.1:11211", CACHE),
        ("CACHE_URL", "sqlite:///portal.sqlite3", CACHE),
        ("CACHE_URL", "postgres://user:hush@localhost/portal", CACHE),
        ("EMAIL_URL", "nonsense", MAIL),
        ("EMAIL_URL", "mail.example.org:587", MAIL),
        ("EMAIL_URL", "smtp+tls://", MAIL),
        ("EMAIL_URL", "smtps://portal:hush@mail.example.org", MAIL),
        ("EMAIL_URL", "smtp+tls://portal:hush@mail.example.org:port", MAIL),
        ("EMAIL_URL", "smtp+tls://portal:hush@mail.example.org:0", MAIL),
        ("EMAIL_URL", "smtp+tls://portal:hu#sh@mail.example.org", MAIL),
        ("EMAIL_URL", "smtp+tls://portal:hush@mail.example.org?timeout=5", MAIL),
        ("EMAIL_URL", "smtp+tls://portal:hush@mail example.org", MAIL),
        ("EMAIL_URL", "postgres://user:hush@localhost/portal", MAIL),
        (
            "EMAIL_URL",
            "smtp://portal:hush@mail.example.org",
            "EMAIL_URL would send its password unencrypted. Write smtp+",
        ),
        ("MAIL_FROM", "portal", "MAIL_FROM is “portal”. Write one address of mail, such as portal@example.org."),
        ("MAIL_FROM", "a@example.org,b@example.org", "MAIL_FROM is “a@example.org,b@example.org”. Write one address"),
        ("OPERATOR_MAIL", "portal", OPERATORS),
        ("OPERATOR_MAIL", "portal@example.org;it@example.org", OPERATORS),
        ("OPERATOR_MAIL", "portal@example.org,", OPERATORS),
    ],
)
def test_settings_answer_a_value_that_cannot_be_used_with_one_sentence(installation, name, value, sentence):
    result = installation.manage("check", **{name: value})
    assert result.returncode != 0
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert result.stderr.startswith(sentence)
    assert "hush" not in result.stderr


def test_settings_end_gunicorn_with_the_sentence(installation, tmp_path):
    with (tmp_path / "output").open("w") as output:
        server = installation.start("-m", "gunicorn", "-c", "sscportal/gunicorn.py", output=output, DEBUG="maybe")
    try:
        assert server.wait(timeout=20) != 0
    finally:
        end(server)
    printed = (tmp_path / "output").read_text()
    assert printed.count("DEBUG is “maybe”. Write true or false.\n") == 1
    assert "Traceback" not in printed


@pytest.mark.parametrize(
    ("text", "meant"), [("TRUE", True), ("1", True), ("off", False), ("False", False), ("", False)]
)
def test_settings_read_switches(installation, text, meant):
    assert read_settings(installation, "settings.DEBUG", DEBUG=text) is meant


@pytest.mark.parametrize(
    ("text", "hosts", "https"),
    [
        ("", ["127.0.0.1", "[::1]", "localhost"], False),
        ("localhost", ["localhost"], False),
        ("Portal.example.org, .example.net", ["portal.example.org", ".example.net"], True),
        ("localhost,203.0.113.7", ["localhost", "203.0.113.7"], True),
        ("[2001:db8::7]", ["[2001:db8::7]"], True),
    ],
)
def test_settings_expect_https_unless_all_hosts_are_this_computer(installation, text, hosts, https):
    read = read_settings(
        installation,
        "[settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT, settings.SESSION_COOKIE_SECURE]",
        ALLOWED_HOSTS=text,
    )
    assert read == [hosts, https, https]


@pytest.mark.parametrize(("text", "prefix"), [("", ""), ("/", ""), ("/registry/", "/registry"), ("/a/b-c", "/a/b-c")])
def test_settings_read_the_prefix_of_all_addresses(installation, text, prefix):
    names = "settings.URL_PREFIX, settings.FORCE_SCRIPT_NAME, settings.STATIC_URL, settings.SESSION_COOKIE_PATH"
    assert read_settings(installation, f"[{names}]", URL_PREFIX=text) == [
        prefix,
        prefix,
        f"{prefix}/static/",
        f"{prefix}/",
    ]


@pytest.mark.parametrize("address", ["0.0.0.0:80", "[::1]:8080", "portal.example.org:8000", "unix:/run/portal.sock"])
def test_settings_read_the_address_to_listen_on(installation, address):
    assert read_settings(installation, "settings.BIND", BIND=address) == address


@pytest.mark.parametrize(
    ("variables", "seconds", "sub_domains", "preload"),
    [
        ({}, 0, False, False),
        ({"HSTS_SECONDS": "31536000"}, 0, False, False),
        ({"ALLOWED_HOSTS": "portal.example.org"}, 3600, False, False),
        ({"ALLOWED_HOSTS": "portal.example.org", "HSTS_SECONDS": "0"}, 0, False, False),
        ({"ALLOWED_HOSTS": "portal.example.org", "HSTS_INCLUDE_SUBDOMAINS": "true"}, 3600, True, False),
        (
            {
                "ALLOWED_HOSTS": "portal.example.org",
                "HSTS_SECONDS": "31536000",
                "HSTS_INCLUDE_SUBDOMAINS": "true",
                "HSTS_PRELOAD": "true",
            },
            31_536_000,
            True,
            True,
        ),
    ],
)
def test_settings_bind_browsers_to_https_no_further_than_asked(installation, variables, seconds, sub_domains, preload):
    names = "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"
    read = read_settings(installation, f"[{', '.join(f'settings.{name}' for name in names)}]", **variables)
    assert read == [seconds, sub_domains, preload]


@pytest.mark.parametrize(
    "variables", [{"HSTS_SECONDS": "31536000"}, {"HSTS_SECONDS": "31535999", "HSTS_INCLUDE_SUBDOMAINS": "true"}]
)
def test_settings_refuse_to_preload_what_browsers_would_not_take(installation, variables):
    result = installation.manage("check", HSTS_PRELOAD="true", **variables)
    assert result.returncode == 3
    sentence = "HSTS_PRELOAD needs HSTS_INCLUDE_SUBDOMAINS=true and HSTS_SECONDS=31536000 (a year) or more."
    assert result.stderr == f"{sentence}\n"


def test_settings_keep_a_key_that_begins_with_a_dollar_sign(installation):
    assert read_settings(installation, "settings.SECRET_KEY", SECRET_KEY="$" + STRONG_KEY) == "$" + STRONG_KEY


def test_settings_find_the_database_file_wherever_a_command_is_started(installation, tmp_path):
    name = "settings.DATABASES['default']['NAME']"
    assert read_settings(installation, name) == str(installation.database)
    relative = "from sscportal import settings; print(settings.DATABASES['default']['NAME'])"
    elsewhere = (
        f"import os, sys; os.chdir({str(tmp_path)!r}); sys.path.insert(0, {str(installation.folder)!r}); {relative}"
    )
    result = installation.run("-c", elsewhere, DATABASE_URL="sqlite:///relative.sqlite3")
    assert result.stdout == f"{installation.folder / 'relative.sqlite3'}\n"
    absolute = tmp_path / "absolute.sqlite3"
    assert read_settings(installation, name, DATABASE_URL=f"sqlite:///{absolute}") == str(absolute)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_settings_read_the_address_of_a_database_server(installation, scheme):
    address = f"{scheme}://portal:h%40sh@db.example.org:5433/register?sslmode=require&CONN_MAX_AGE=60"
    config = read_settings(installation, "settings.DATABASES['default']", DATABASE_URL=address)
    assert config == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "register",
        "USER": "portal",
        "PASSWORD": "h@sh",
        "HOST": "db.example.org",
        "PORT": 5433,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, "sslmode": "require"},
    }


@pytest.mark.parametrize(
    ("address", "backend", "location"),
    [
        ("", "locmem.LocMemCache", ""),
        ("locmemcache://", "locmem.LocMemCache", ""),
        ("dummycache://", "dummy.DummyCache", ""),
        ("rediscache://localhost:6379/1", "redis.RedisCache", "redis://localhost:6379/1"),
        ("rediss://cache.example.org", "redis.RedisCache", "rediss://cache.example.org"),
        ("rediscache:///run/redis.sock", "redis.RedisCache", "unix:///run/redis.sock"),
    ],
)
def test_settings_read_the_address_of_a_cache(installation, address, backend, location):
    config = read_settings(installation, "settings.CACHES['default']", CACHE_URL=address)
    assert (config["BACKEND"], config["LOCATION"]) == (f"django.core.cache.backends.{backend}", location)


def test_settings_write_nothing_where_key_and_database_lie_elsewhere(tmp_path):
    installation = Installation.make(tmp_path)
    elsewhere = {"SECRET_KEY": STRONG_KEY, "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}"}
    assert installation.manage("check", **elsewhere).returncode == 0
    assert not installation.var.exists()


def test_settings_make_var_for_the_database_where_only_the_key_lies_elsewhere(tmp_path):
    installation = Installation.make(tmp_path)
    assert installation.manage("check", SECRET_KEY=STRONG_KEY).returncode == 0
    assert list(installation.var.iterdir()) == []


def test_sqlite_options_are_in_force(installation):
    code = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "with connection.cursor() as cursor:\n"
        "    for pragma in 'journal_mode', 'synchronous', 'busy_timeout', 'foreign_keys':\n"
        "        print(cursor.execute(f'PRAGMA {pragma}').fetchone()[0])\n"
    )
    result = installation.run("-c", code, DJANGO_SETTINGS_MODULE="sscportal.settings")
    assert result.stdout.split() == ["wal", "2", "20000", "1"]


def test_sqlite_transaction_locks_others_out_from_its_beginning(installation):
    code = (
        "import django; django.setup()\n"
        "import sqlite3\n"
        "from django.conf import settings\n"
        "from django.db import transaction\n"
        "other = sqlite3.connect(settings.DATABASES['default']['NAME'], timeout=0, isolation_level=None)\n"
        "other.execute('BEGIN IMMEDIATE')\n"
        "other.execute('ROLLBACK')\n"
        "with transaction.atomic():\n"
        "    try:\n"
        "        other.execute('BEGIN IMMEDIATE')\n"
        "    except sqlite3.OperationalError as error:\n"
        "        print(error)\n"
    )
    result = installation.run("-c", code, DJANGO_SETTINGS_MODULE="sscportal.settings")
    assert result.stdout == "database is locked\n"


PRODUCTION = {
    "ALLOWED_HOSTS": "portal.example.org",
    "EMAIL_URL": "smtp+tls://portal:hush@mail.example.org",
    "OPERATOR_MAIL": "it@example.org",
    "OPERATOR_NAME": "Ministry of Foreign Affairs of Fiji",
    "OPERATOR_CONTACT": "mailto:portal@example.org",
    "SECURITY_CONTACT": "mailto:security@example.org",
    "ACCESSIBILITY_EVALUATION": "Evaluated by people who use screen readers in March 2026.",
}


@pytest.mark.parametrize("key", [{}, {"SECRET_KEY": STRONG_KEY}], ids=["generated key", "own key"])
def test_settings_pass_the_checks_for_deployment(installation, key):
    result = installation.manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION, **key)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "code"), [("EMAIL_URL", "cooperation.W005"), ("OPERATOR_MAIL", "cooperation.W006")], ids=lambda text: text
)
def test_settings_without_mail_are_named_by_the_checks_for_deployment(installation, name, code):
    result = installation.manage("check", "--deploy", **{**PRODUCTION, name: ""})
    missed = "Reports of mistakes, failed pages and nightly tasks, and backups that are too old are mailed to nobody."
    assert f"?: ({code}) {name} is not set. {missed}" in result.stderr
    assert installation.manage("check", **{**PRODUCTION, name: ""}).stderr == ""


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "ssl", "user", "password"),
    [
        ("smtp+tls://portal:p%40ss%23@mail.example.org", "mail.example.org", 587, True, False, "portal", "p@ss#"),
        ("smtp+ssl://portal:hush@mail.example.org", "mail.example.org", 465, False, True, "portal", "hush"),
        ("smtp+tls://mail.example.org:2525", "mail.example.org", 2525, True, False, "", ""),
        ("smtp://localhost", "localhost", 25, False, False, "", ""),
        ("smtp://portal:hush@127.0.0.1:1025", "127.0.0.1", 1025, False, False, "portal", "hush"),
    ],
)
def test_settings_read_the_mail_server(installation, url, host, port, tls, ssl, user, password):
    names = "EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_USE_SSL", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD"
    read = read_settings(installation, f"[{', '.join(f'settings.{name}' for name in names)}]", EMAIL_URL=url)
    assert read == [host, port, tls, ssl, user, password]


@pytest.mark.parametrize(
    ("variables", "sender"),
    [
        ({}, "portal@localhost"),
        ({"ALLOWED_HOSTS": "localhost,.portal.example.org"}, "portal@portal.example.org"),
        ({"MAIL_FROM": "registry@example.org"}, "registry@example.org"),
    ],
)
def test_settings_read_the_sender_of_mail(installation, variables, sender):
    names = "[settings.DEFAULT_FROM_EMAIL, settings.SERVER_EMAIL]"
    assert read_settings(installation, names, **variables) == [sender, sender]


def test_settings_leave_django_nobody_to_mail_cookies_and_forms_to(installation):
    code = "import django; django.setup(); from django.conf import settings; print(settings.ADMINS, settings.MANAGERS)"
    result = installation.run("-c", code, DJANGO_SETTINGS_MODULE="sscportal.settings", **PRODUCTION)
    assert result.stdout == "[] []\n"


class Unredirected(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


def test_settings_believe_the_proxy_that_speaks_https(installation, tmp_path):
    port = free_port()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Unredirected())

    def get(**headers):
        address = f"http://127.0.0.1:{port}/admin/login/"
        request = urllib.request.Request(address, headers={"Host": "portal.example.org", **headers})
        try:
            return opener.open(request, timeout=20)
        except urllib.error.HTTPError as answer:
            return answer

    with (tmp_path / "output").open("w") as output:
        server = installation.start(
            "-m",
            "gunicorn",
            "-c",
            "sscportal/gunicorn.py",
            output=output,
            BIND=f"127.0.0.1:{port}",
            ALLOWED_HOSTS="portal.example.org",
        )
    try:
        wait_until(lambda: answers(port), server)
        with get() as plain:
            assert (plain.status, plain.headers["Location"]) == (301, "https://portal.example.org/admin/login/")
        with get(**{"X-Forwarded-Proto": "https"}) as secure:
            assert secure.status == 200
            assert secure.headers["Strict-Transport-Security"] == "max-age=3600"
            assert "Secure" in secure.headers["Set-Cookie"]
        with get(Host="other.example.org") as other:
            assert other.status == 400
    finally:
        end(server)


@pytest.mark.parametrize(
    ("variables", "prefix"),
    [
        ({}, ""),
        ({"ALLOWED_HOSTS": "portal.example.org"}, "__Host-"),
        ({"ALLOWED_HOSTS": "portal.example.org", "URL_PREFIX": "/registry"}, "__Secure-"),
    ],
)
def test_settings_name_cookies_so_that_browsers_hold_them_to_https_and_this_host(installation, variables, prefix):
    names = "settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.MESSAGE_COOKIE_NAME"
    assert read_settings(installation, f"[{names}]", **variables) == [
        f"{prefix}sessionid",
        f"{prefix}csrftoken",
        f"{prefix}messages",
    ]


def test_settings_let_a_database_server_refuse_what_a_read_only_portal_would_write(installation):
    address = "postgres://portal:hush@localhost/portal"
    read = read_settings(
        installation, "settings.DATABASES['default']['OPTIONS']", DATABASE_URL=address, READ_ONLY="true"
    )
    assert read == {"connect_timeout": 5, "options": "-c default_transaction_read_only=on"}
