"""All settings, in one file. What differs between installations is read from the environment; see the README."""

import os
import secrets
import sys
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"  # what an installation makes for itself: database, secret key, collected static files
LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}

env = environ.Env()


def stop(sentence):
    """End the program with one sentence for the operator instead of a traceback."""
    sys.exit(sentence)


def read_switch(name, default):
    """`True` or `False` from the environment; anything that is neither stops with a sentence."""
    text = env.str(name, default=str(default)).strip().lower()
    if text in ("true", "1", "yes", "on"):
        return True
    if text in ("false", "0", "no", "off"):
        return False
    stop(f"{name} is “{text}”. Write true or false.")


def read_address(name, read, default, example):
    """A database or cache address, parsed by django-environ; one that cannot be read stops with a sentence."""
    address = env.str(name, default=default).strip()
    known = {**env.DB_SCHEMES, **env.CACHE_SCHEMES}
    if address.partition(":")[0] not in known:
        stop(f"{name} is “{address}”. Write an address such as {example}.")
    try:
        return read(address)
    except (ValueError, environ.ImproperlyConfigured):
        stop(f"{name} is “{address}”. Write an address such as {example}.")


def read_hosts():
    hosts = [host.strip() for host in env.str("ALLOWED_HOSTS", default=",".join(sorted(LOOPBACK))).split(",")]
    if not all(hosts) or any("/" in host or " " in host for host in hosts):
        stop("ALLOWED_HOSTS must be host names with commas between them, such as portal.example.org,www.example.org.")
    return hosts


def read_secret_key():
    """The key from the environment, else the one kept in var/, made at the first start and readable by the owner only."""
    key = env.str("SECRET_KEY", default="")
    if key:
        return key
    path = VAR_DIR / "secret_key"
    try:
        VAR_DIR.mkdir(exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    except OSError as error:
        stop(f"The folder {VAR_DIR} cannot be written ({error.strerror}). Make it writable, or set SECRET_KEY.")
    key = path.read_text().strip()
    if not key:
        stop(f"The file {path} is empty. Delete it, and a new key is made at the next start.")
    return key


DEBUG = read_switch("DEBUG", default=False)
ALLOWED_HOSTS = read_hosts()
SECRET_KEY = read_secret_key()

# A portal that answers to loopback names only is somebody's own trial over plain http. Any other one is behind https.
HTTPS = not set(ALLOWED_HOSTS) <= LOOPBACK

INSTALLED_APPS = [
    "cooperation",
    "django_filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "cooperation.middleware.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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

DATABASES = {
    "default": read_address(
        "DATABASE_URL",
        env.db_url_config,
        default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}",
        example="sqlite:////srv/portal/portal.sqlite3 or postgres://user:password@localhost/portal",
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock when a transaction begins, so that a writer waits for its turn (up to 20 seconds)
    # instead of failing in the middle. WAL lets readers go on meanwhile; FULL keeps what was committed through a power cut.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }

CACHES = {
    "default": read_address(
        "CACHE_URL", env.cache_url_config, default="locmemcache://", example="rediscache://localhost:6379/1"
    )
}

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "static/"
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
]

SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
