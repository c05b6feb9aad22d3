import gc
import os
import re

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sscportal.settings")
BOUNDARY = re.compile(r";\s*(boundary=(\"[^\"]*\"|[^;\s]*))", re.IGNORECASE)

django_application = get_wsgi_application()


def application(environ, start_response):
    """Answer a request, read as UTF-8 whatever it says."""
    environ["CONTENT_TYPE"] = plain_content_type(environ.get("CONTENT_TYPE", ""))
    return django_application(environ, start_response)


def plain_content_type(text: str) -> str:
    """Drop all parameters of a Content-Type but the boundary of a form with files.

    Django reads the query string in the charset that they name, and fails before any middleware when Python knows it,
    but not as one of texts (rot13). The forms of the portal are UTF-8.
    """
    boundary = BOUNDARY.search(text)
    kind = text.partition(";")[0]
    return f"{kind}; {boundary[1]}" if boundary else kind


# Pages and files make many short-lived rows and lists. Looking through them after every 700, as Python does by itself,
# costs a CSV file a quarter of its time.
gc.set_threshold(100_000, 20, 100)
