"""The cookie in which the admin's messages wait for the next page, such as “The project was saved”."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class NamedCookieStorage(CookieStorage):
    """Django's own, which has no setting for the name of its cookie."""

    cookie_name = settings.MESSAGE_COOKIE_NAME


class MessageStorage(FallbackStorage):
    """A cookie, and for what does not fit into one the session."""

    storage_classes = (NamedCookieStorage, SessionStorage)
