"""By what search engines and browsers find the pages: robots.txt, and the description of the search."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

# A list under filters is one of millions and holds nothing that its records do not say. The longest rule wins, so that
# the pages of a whole list stay open, and the sitemap.
RULES = """\
User-agent: *
Allow: /*?page=
Allow: /sitemap
Disallow: /*?
Disallow: /*?page=*&
Disallow: /admin/
Disallow: /search/
Disallow: /search.json
"""


def robots(request):
    """What search engines shall leave alone, and where all addresses are."""
    sitemap = request.build_absolute_uri(reverse("sitemap"))
    return HttpResponse(f"{RULES}\nSitemap: {sitemap}\n", content_type="text/plain; charset=utf-8")


def opensearch(request):
    """Describe to browsers and programs how to search the portal (https://github.com/dewitt/opensearch)."""
    return TemplateResponse(
        request,
        "opensearch.xml",
        {
            "page": request.build_absolute_uri(reverse("search")),
            "json": request.build_absolute_uri(reverse("search_json")),
        },
        content_type="application/opensearchdescription+xml; charset=utf-8",
    )
