"""What the tests of kept pages have in common."""

from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from cooperation.models import DataVersion
from cooperation.views import public_page
from tests.crawl import Page


def ask(client, address, **headers):
    """The answer, and the statements that it took."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address, headers=named)
    return answer, [query["sql"] for query in queries]


def headers_without_number(answer):
    """The headers, but for the number of the request, which no two answers share."""
    return {name: value for name, value in answer.items() if name != "X-Request-ID"}


def text_of(answer):
    return Page(answer.content.decode()).text


def set_version(seconds):
    """Let the last change have been at this time."""
    DataVersion.objects.update_or_create(name="data", defaults={"number": int(seconds * 1_000_000)})


class Counted:
    """A public page that says how often it was made."""

    def __init__(self, answer=None, parameters=None):
        self.made, self.seen = 0, None
        self.answer = answer or (lambda request: HttpResponse(f"Made {self.made} times"))

        def view(request):
            self.made += 1
            self.seen = request.GET
            return self.answer(request)

        if parameters:
            view.parameters = parameters
        self.page = public_page.public_page(view)

    def ask(self, address="/page/", **headers):
        return self.page(RequestFactory().get(address, headers=headers))


# What is kept


def rename(project):
    project.title = "Maize seeds"
    project.save()
