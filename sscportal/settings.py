"""All settings, in one file. What differs between installations is read from the environment; see docs/operate.md.

It is long because each setting stands under its meaning, and because a value that cannot be used is refused here,
before anything else of the portal is read.

The comment right above each reading is its meaning in the table of docs/operate.md; a default that is computed stands
after “Default:”.
"""

import contextlib
import os
import re
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit

from environ import Env, ImproperlyConfigured

from sscportal.sqlite import OwnerOnlyConnection, ReadOnlyConnection

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"  # what an installation makes for itself: database, secret key, collected static files
KEY_FILE = VAR_DIR / "secret_key"  # the secret key in the first line, former ones below
LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
HOST_NAME = re.compile(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:.]+\]")
YEAR = 365 * 24 * 3600  # seconds
ORGANISATION_ID = re.compile(r"[A-Z]{2}-[A-Z0-9]+-[A-Za-z0-9._-]+")
PREFIX = re.compile(r"(/[A-Za-z0-9_-]+)+")
CONTACT = re.compile(r"mailto:[!-?A-~]+@[!-?A-~]+|https://[!-~]+")
BIND_ADDRESS = re.compile(r"unix:/\S+|([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")
DATABASE_EXAMPLE = "sqlite:////srv/portal/portal.sqlite3 or postgres://user:password@localhost/portal"
CACHE_EXAMPLE = "rediscache://localhost:6379/1 or locmemcache://"
# As browsers check a field for one.
MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
MAIL_EXAMPLE = "smtp+tls://user:password@mail.example.org:587 or smtp://localhost:25"


def stop(sentence) -> NoReturn:
    """End the program with one sentence for the operator instead of a traceback."""
    print(sentence, file=sys.stderr)
    # This status tells gunicorn that its workers cannot start. After any other it would start the next one, for ever.
    raise SystemExit(3)


def read(name):
    """What the environment says, "" when it says nothing.

    Not `env.str`, which takes a value that begins with $ for the name of another variable.
    """
    return os.environ.get(name, "").strip()


def read_switch(name: str, default: str = "false") -> bool:
    """Read `True` or `False`; anything that is neither stops with a sentence."""
    text = read(name).lower() or default
    if text in ("true", "1", "yes", "on"):
        return True
    if text in ("false", "0", "no", "off"):
        return False
    stop(f"{name} is “{text}”. Write true or false.")


def read_hosts(name):
    text = read(name).lower() or ",".join(sorted(LOOPBACK))
    hosts = [host.strip() for host in text.split(",")]
    if not all(HOST_NAME.fullmatch(host) for host in hosts):
        stop(f"{name} must be host names without https:// and port, such as portal.example.org,www.example.org")
    return hosts


def read_prefix(name: str) -> str:
    """Read a path such as /registry: without a slash at its end, and "" for none."""
    text = read(name).rstrip("/")
    if text and not PREFIX.fullmatch(text):
        stop(f"{name} is “{text}”. Write a path such as /registry, of letters, digits, hyphens and slashes.")
    return text


def read_contact(name: str) -> str:
    """Read an address of mail or of a page to write to; "" for none."""
    text = read(name)
    if text and not CONTACT.fullmatch(text):
        stop(f"{name} is “{text}”. Write mailto:name@example.org or https://example.org/contact.")
    return text


def read_line(name: str, most: int) -> str:
    """Read one line of text of at most `most` characters; "" for none."""
    text = read(name)
    if len(text) > most or not text.isprintable():
        stop(f"{name} must be one line of at most {most} characters.")
    return text


def read_mail_addresses(name: str) -> list[str]:
    """Read addresses of mail with commas between them; an empty list for none."""
    addresses = [address.strip() for address in read(name).split(",")] if read(name) else []
    if not all(MAIL_ADDRESS.fullmatch(address) for address in addresses):
        stop(f"{name} must be addresses of mail with commas between them, such as portal@example.org,it@example.org")
    return addresses


def read_sender(name: str) -> str:
    """Read one address of mail; without it, that of `portal` at the first host that is not this computer."""
    hosts = [host.lstrip(".") for host in ALLOWED_HOSTS if host not in LOOPBACK]
    text = read(name) or f"portal@{hosts[0] if hosts else 'localhost'}"
    if read(name) and not MAIL_ADDRESS.fullmatch(text):
        stop(f"{name} is “{text}”. Write one address of mail, such as portal@example.org.")
    return text


def read_bind(name: str, default: str) -> str:
    """Read an address of this computer to listen on."""
    text = read(name) or default
    address = BIND_ADDRESS.fullmatch(text)
    if not address or int(address[2] or 1) not in range(1, 65536):
        stop(f"{name} is “{text}”. Write an address such as {default} or unix:/run/portal.sock.")
    return text


def make_var_dir():
    """The folder var/, made if it is missing: for its owner only, since the database holds drafts and accounts."""
    try:
        VAR_DIR.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        stop(f"The folder {VAR_DIR} cannot be made ({error.strerror}). Make it, writable for the portal.")
    return VAR_DIR


def read_secret_keys(name: str) -> list[str]:
    """Read the key and the former keys: from the environment, else from var/, where a first key is made at need."""
    key = read(name)
    if key:
        return [key]
    make_var_dir()
    path = KEY_FILE
    try:
        if not path.exists():
            # Written whole under another name (mode 600), then linked: of two programs that start at the same moment
            # one makes the key and the other finds it.
            with tempfile.NamedTemporaryFile("w", dir=VAR_DIR) as draft:
                draft.write(secrets.token_urlsafe(50))
                draft.flush()
                with contextlib.suppress(FileExistsError):
                    os.link(draft.name, path)
        keys = path.read_text().split()
    except OSError as error:
        stop(f"The secret key {path} cannot be made or read ({error.strerror}). Make it readable, or set {name}.")
    if not keys:
        stop(f"The file {path} is empty. Delete it, and a new key is made at the next start.")
    return keys


def read_organisation_id(name):
    """The registered id of an organisation, as an IATI file writes it."""
    text = read(name) or "XE-EXAMPLE-SSCPORTAL"
    if not ORGANISATION_ID.fullmatch(text):
        stop(f"{name} is “{text}”. Write an id such as XM-DAC-41122: letters, digits and hyphens.")
    return text


def read_days(name, default):
    """A number of days from 1 on."""
    text = read(name) or str(default)
    if not re.fullmatch(r"[1-9][0-9]{0,4}", text):
        stop(f"{name} is “{text}”. Write a number of days, such as {default}.")
    return int(text)


def read_count(name: str, default: int) -> int:
    """Read a number from 1 to 999."""
    text = read(name) or str(default)
    if not re.fullmatch(r"[1-9][0-9]{0,2}", text):
        stop(f"{name} is “{text}”. Write a number from 1 on, such as {default}.")
    return int(text)


def read_seconds(name: str, default: int) -> int:
    """Read a number of seconds from 0 on."""
    text = read(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,9}", text):
        stop(f"{name} is “{text}”. Write a number of seconds, such as {default}.")
    return int(text)


def read_folder(name: str, default: Path) -> Path:
    """Read the path of a folder, which is there unless it is the default one."""
    text = read(name)
    if text and not (os.path.isabs(text) and os.path.isdir(text)):
        stop(f"{name} is “{text}”. Write the whole path of a folder that exists, such as /srv/backup.")
    return Path(text) if text else default


def read_address(name, parse, example):
    """The settings in an address. One that cannot be used stops with a sentence.

    The sentence does not repeat the address: it may hold a password, and it may end in a log.
    """
    try:
        return parse(read(name))
    except (ValueError, ImproperlyConfigured):
        stop(f"{name} is not an address that the portal can use. Write one such as {example}")


def parse_database(address):
    """SQLite or PostgreSQL; without an address, the SQLite file in var/."""
    address = address or f"sqlite:///{quote(str(make_var_dir() / 'portal.sqlite3'))}"
    scheme = address.partition("://")[0]
    if scheme == "sqlite":
        return parse_sqlite(address)
    if scheme not in ("postgres", "postgresql"):
        raise ValueError(scheme)
    config = Env.db_url_config(address)
    if not config["NAME"]:
        raise ValueError(address)
    # Seconds. Without them a page waits for minutes when the computer of the database is gone.
    options = {"connect_timeout": 5, **config.get("OPTIONS", {})}
    if READ_ONLY:
        options["options"] = f"{options.get('options', '')} -c default_transaction_read_only=on".strip()
    return {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, **config, "OPTIONS": options}


def parse_sqlite(address):
    """A SQLite file. A relative path begins in the project’s folder, wherever a command is started."""
    if not address.startswith("sqlite:///") or set(address) & set("?#"):
        raise ValueError(address)
    config = Env.db_url_config(address)
    if config["NAME"] == ":memory:":
        raise ValueError(address)
    path = BASE_DIR / config["NAME"]
    if path.is_dir():
        stop(f"DATABASE_URL names the folder {path}. Write the path of a file in it.")
    if not path.parent.is_dir():
        stop(f"DATABASE_URL names a file in the folder {path.parent}, which does not exist. Make the folder first.")
    # IMMEDIATE takes the write lock when a transaction begins, so that a writer waits for its turn (up to 20 seconds)
    # instead of failing in the middle. FULL keeps through a power cut what was committed. The connection itself sees to
    # the write-ahead log (WAL), which lets readers go on meanwhile.
    options = {
        "timeout": 20,
        "transaction_mode": "DEFERRED" if READ_ONLY else "IMMEDIATE",
        "factory": ReadOnlyConnection if READ_ONLY else OwnerOnlyConnection,
        "init_command": "PRAGMA synchronous=FULL",
    }
    # To open the database anew for each request would take longer than most pages.
    return {**config, "NAME": path, "OPTIONS": options, "CONN_MAX_AGE": None}


def parse_cache(address):
    """The memory of each process, Redis, or none; without an address, the memory of each process."""
    address = address or "locmemcache://"
    scheme = address.partition("://")[0]
    if scheme in ("rediscache", "redis", "rediss"):
        parts = urlsplit(address)
        is_socket = not parts.netloc and parts.path
        if not (parts.hostname or is_socket) or parts.port == 0:  # a port that is no number raises ValueError
            raise ValueError(address)
        # Seconds after which a page goes out without a server that does not answer.
        options = {"socket_timeout": 0.5} if is_socket else {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
    elif scheme == "locmemcache":
        # Pages of 8 kB on average, of 100 kB at most: 24 MB in each process, and never more than 300.
        options = {"MAX_ENTRIES": 3_000}
    elif scheme == "dummycache":
        options = {}
    else:
        raise ValueError(scheme)
    config = Env.cache_url_config(address)
    return {**config, "OPTIONS": {**options, **config.get("OPTIONS", {})}}


def parse_mail(address: str) -> dict[str, Any]:
    """Read which mail server takes the mail; {} without an address."""
    if not address:
        return {}
    scheme, parts = address.partition("://")[0], urlsplit(address)
    host, has_more = parts.hostname or "", parts.path.strip("/") or set(address) & set("?#")
    port = MAIL_PORTS.get(scheme) if parts.port is None else parts.port  # what is no number raises ValueError
    if not port or not HOST_NAME.fullmatch(host) or has_more:
        raise ValueError(address)
    if parts.password and scheme == "smtp" and host not in LOOPBACK:
        stop("EMAIL_URL would send its password unencrypted. Write smtp+tls:// or smtp+ssl:// in place of smtp://.")
    return {**Env.email_url_config(address), "EMAIL_PORT": port}


# `true` shows tracebacks and caches no page: for developers, never in public.
DEBUG = read_switch("DEBUG")

# The host names of the portal, with commas between them. Any name but those of this computer turns https on.
# Default: the names of this computer (`localhost`, `127.0.0.1`, `[::1]`).
ALLOWED_HOSTS = read_hosts("ALLOWED_HOSTS")

# Signs sessions and forms. Keep it secret, at least 50 characters: the portal starts with a shorter one, but
# `manage.py check --deploy` warns. Default: made once, kept in `var/secret_key`.
SECRET_KEY, *FORMER_KEYS = read_secret_keys("SECRET_KEY")
# Former keys, with spaces between them: what they signed stays valid. Default: the further lines of `var/secret_key`,
# which `manage.py rotate_key` writes.
SECRET_KEY_FALLBACKS = read("SECRET_KEY_FALLBACKS").split() or FORMER_KEYS

# A portal that answers to loopback names only is somebody's own trial over plain http. Any other one is behind https,
# of which gunicorn learns from the X-Forwarded-Proto of a proxy on the same machine.
HTTPS = not set(ALLOWED_HOSTS) <= LOOPBACK

# The path under which a proxy offers the portal on a host that it shares, such as /registry. Default: none.
URL_PREFIX = read_prefix("URL_PREFIX")
# Also without a prefix: whatever a request says of its script name is not heeded.
FORCE_SCRIPT_NAME = URL_PREFIX
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{URL_PREFIX}/"

# The address on which gunicorn listens, or a socket such as `unix:/run/portal.sock`.
BIND = read_bind("BIND", "127.0.0.1:8000")
# How many processes gunicorn starts, from 1 to 999, each with 24 threads.
WEB_CONCURRENCY = read_count("WEB_CONCURRENCY", 2)
# `false` leaves out the line for each request on the standard output: time, number of the request, status,
# milliseconds, method and path, without the query.
ACCESS_LOG = read_switch("ACCESS_LOG", "true")
# `true` adds the visitor’s IP address to that line (of IPv6 the /64 network). It is personal data: say in the privacy
# notice how long the log is kept.
LOG_ADDRESSES = read_switch("LOG_ADDRESSES")

INSTALLED_APPS = [
    "cooperation",
    "django_filters",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "cooperation.request_log.log_requests",
    "cooperation.middleware.content_security_policy",
    "cooperation.middleware.headers_of_every_answer",
    "cooperation.middleware.cross_origin_resource_policy",
    "cooperation.middleware.open_to_other_sites",
    "cooperation.middleware.redirects_are_asked_again",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cooperation.middleware.no_length_when_not_modified",
    "cooperation.middleware.no_cookies_in_public",
    "django.middleware.security.SecurityMiddleware",
    "cooperation.middleware.no_nul_in_admin",
    "cooperation.views.failures.refuse_writes",
    "cooperation.views.health.health_middleware",
    "cooperation.middleware.no_manifest",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "cooperation.middleware.ReadersSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "cooperation.audit.audited_requests",
    "cooperation.middleware.sessions_end",
]

ROOT_URLCONF = "sscportal.urls"
WSGI_APPLICATION = "sscportal.wsgi.application"

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
            ],
        },
    },
]

# `true` lets everything be read and nothing be written: no report, no sign-in, no change. A banner on every page says
# so. For a move or a repair; a SQLite file may then be on a read-only disk.
READ_ONLY = read_switch("READ_ONLY")

# Where the records are: `sqlite:////path/file.sqlite3` or `postgres://user:password@host/name`.
# Default: the SQLite file `var/portal.sqlite3`.
DATABASES = {"default": read_address("DATABASE_URL", parse_database, DATABASE_EXAMPLE)}

# Where finished pages are cached: `rediscache://host:6379/1` shares them between processes, `dummycache://` caches
# none. Default: the memory of each process (`locmemcache://`).
CACHES = {"default": read_address("CACHE_URL", parse_cache, CACHE_EXAMPLE)}

# The mail server: `smtp+tls://user:password@host:587` (STARTTLS), `smtp+ssl://user:password@host:465`, or
# `smtp://localhost:25` for one on this computer. Signs such as `@` and `#` in user and password are written as `%40`
# and `%23`. Default: none, and no mail is sent.
MAIL_SERVER = read_address("EMAIL_URL", parse_mail, MAIL_EXAMPLE)
HAS_MAIL = bool(MAIL_SERVER)
# From which address mail is sent. Default: `portal@` and the first name in `ALLOWED_HOSTS`.
DEFAULT_FROM_EMAIL = SERVER_EMAIL = read_sender("MAIL_FROM")
# To whom the portal writes what an operator needs (reports of mistakes, failures, old backups), with commas between
# addresses. Default: none.
OPERATOR_MAIL = read_mail_addresses("OPERATOR_MAIL")
# Django’s own ADMINS stays empty: its mails hold cookies and forms.
# Mail waits in the database until `manage.py send_mail` sends it, so that no request waits for a mail server.
EMAIL_BACKEND = "cooperation.mail.queue.QueueBackend"
EMAIL_HOST, EMAIL_PORT = MAIL_SERVER.get("EMAIL_HOST", ""), MAIL_SERVER.get("EMAIL_PORT", 0)
EMAIL_HOST_USER = MAIL_SERVER.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = MAIL_SERVER.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL_SERVER.get("EMAIL_USE_TLS", False), MAIL_SERVER.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 15  # seconds for each answer of the mail server

# After how many hours without a new backup `manage.py watch` warns the operator.
BACKUP_MAX_AGE_HOURS = read_count("BACKUP_MAX_AGE_HOURS", 26)

# The id under which the portal publishes in IATI. Default: `XE-EXAMPLE-SSCPORTAL`, which says that none is registered.
IATI_ORGANISATION_ID = read_organisation_id("IATI_ORGANISATION_ID")

# `true` lets whoever changed a record last publish it, straight from the draft: for offices of one person.
ONE_PERSON_OFFICE = read_switch("ONE_PERSON_OFFICE")

# Days after which `manage.py tidy_desk` deletes what the sender of a closed report of a mistake wrote.
CORRECTION_RETENTION_DAYS = read_days("CORRECTION_RETENTION_DAYS", 90)

# Days after which `manage.py tidy_desk` deletes entries of the audit log.
AUDIT_RETENTION_DAYS = read_days("AUDIT_RETENTION_DAYS", 730)

# How many reports of mistakes are accepted in an hour: of one sender, and of all.
REPORTS_AN_HOUR_OF_ONE_SENDER = 5
REPORTS_AN_HOUR = 100

# To whom weaknesses are reported, in /.well-known/security.txt, such as `mailto:security@example.org`.
# Default: none, and no such file.
SECURITY_CONTACT = read_contact("SECURITY_CONTACT")

# Who operates the portal, in /privacy/ and /accessibility/, such as `Ministry of Foreign Affairs of Fiji`.
# Default: none, and the pages say so.
OPERATOR_NAME = read_line("OPERATOR_NAME", 200)
# Where people write about their data or a barrier: `mailto:portal@example.org` or the address of a page.
# Default: none, and the pages say so.
OPERATOR_CONTACT = read_contact("OPERATOR_CONTACT")
# One sentence about an evaluation of the pages by people, in /accessibility/. Default: that none is recorded.
ACCESSIBILITY_EVALUATION = read_line("ACCESSIBILITY_EVALUATION", 500)
# Who takes complaints about barriers that the operator does not remove: `mailto:…` or `https://…`. Default: none.
ACCESSIBILITY_COMPLAINTS = read_contact("ACCESSIBILITY_COMPLAINTS")

# Where `manage.py publish_data` puts the whole registry as files, and where /data/ gives them from.
DATA_DIR = VAR_DIR / "data"

# The folder into which `manage.py backup` writes, unless it is told another one. Default: `var/backup`.
BACKUP_DIR = read_folder("BACKUP_DIR", VAR_DIR / "backup")

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = f"{URL_PREFIX}/static/"
# Style and pictures are for our own pages, as their Cross-Origin-Resource-Policy says.
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
TIME_ZONE = "UTC"
USE_TZ = True

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "sscportal.passwords.ContextWordsValidator"},
]

# `false` lets staff log in with their password alone. Else each account needs an authenticator app, which it sets up
# at the next log-in.
SECOND_FACTOR_REQUIRED = read_switch("SECOND_FACTOR_REQUIRED", "true")
# How the portal is called in authenticator apps.
OTP_TOTP_ISSUER = "South-South Cooperation Portal"
# Attempts are counted in `cooperation/accounts/throttle.py`. A pause for the account would shut out its owner as well.
OTP_TOTP_THROTTLE_FACTOR = 0

# Minutes without a request after which somebody is logged out of the admin.
SESSION_IDLE_MINUTES = read_count("SESSION_IDLE_MINUTES", 30)
# Hours after which everybody has to log in again, also after working all the time.
SESSION_HOURS = read_count("SESSION_HOURS", 12)
# Seconds. The row of a session is kept for a day longer than its use is allowed, so that a form that was open can be
# told from one that was made up.
SESSION_COOKIE_AGE = (SESSION_HOURS + 24) * 3600

# Hours for which a link to set a password is valid.
PASSWORD_LINK_HOURS = read_count("PASSWORD_LINK_HOURS", 24)
PASSWORD_RESET_TIMEOUT = PASSWORD_LINK_HOURS * 3600  # seconds

# The form of a forum with 139 members posts 1,300 fields; Django’s own limit is 1,000.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# Seconds for which browsers use nothing but https for this host, once https is on. It cannot be undone sooner.
HSTS_SECONDS = read_seconds("HSTS_SECONDS", 3600)
# `true` extends that to all sub-domains of the host, also to those that somebody else runs.
HSTS_INCLUDE_SUBDOMAINS = read_switch("HSTS_INCLUDE_SUBDOMAINS")
# `true` asks browsers to put this host in their built-in list of https hosts. It needs `HSTS_INCLUDE_SUBDOMAINS=true`
# and `HSTS_SECONDS=31536000` (a year) or more.
HSTS_PRELOAD = read_switch("HSTS_PRELOAD")
if HSTS_PRELOAD and not (HSTS_INCLUDE_SUBDOMAINS and HSTS_SECONDS >= YEAR):
    stop(f"HSTS_PRELOAD needs HSTS_INCLUDE_SUBDOMAINS=true and HSTS_SECONDS={YEAR} (a year) or more.")

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [rf"^{URL_PREFIX[1:]}/?healthz$"]
SECURE_HSTS_SECONDS = HSTS_SECONDS if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HSTS_INCLUDE_SUBDOMAINS
SECURE_HSTS_PRELOAD = HSTS_PRELOAD
# Django asks for sub-domains (W005) and preloading (W021). They bind other sites of the same organisation, for a year
# and longer, so that the operator decides about them.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "cooperation.admin.unsent_page.csrf_failure"
# Browsers set a cookie with such a name over https alone; __Host- also for no other host and for no path but /.
COOKIE_PREFIX = ("__Secure-" if URL_PREFIX else "__Host-") if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
MESSAGE_COOKIE_NAME = f"{COOKIE_PREFIX}messages"
MESSAGE_STORAGE = "sscportal.messages.MessageStorage"
X_FRAME_OPTIONS = "DENY"

# Requests go to the standard output, all else to the standard error.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "request": {
            "()": "cooperation.request_log.LogLine",
            "format": "%(asctime)s %(request_number)s %(message)s",
        },
        "event": {
            "()": "cooperation.request_log.LogLine",
            "format": "%(asctime)s %(request_number)s %(levelname)s %(name)s: %(message)s",
        },
    },
    "filters": {"no_ordinary_refusals": {"()": "cooperation.request_log.NoOrdinaryRefusals"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "event", "filters": ["no_ordinary_refusals"]},
        "requests": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "request"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Django's own would write mail, and lines of its own form while DEBUG is on.
        "django": {"handlers": [], "level": "WARNING"},
        "cooperation.request_log": {"handlers": ["requests"], "level": "INFO", "propagate": False},
    },
}
