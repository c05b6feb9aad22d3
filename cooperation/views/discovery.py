"""What programs look for at fixed addresses: robots.txt, the description of the search, security.txt."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

# A list under filters is one of millions and holds nothing that its records do not say. The longest rule wins, so that
# the pages of a whole list stay open, and the sitemap.
RULES = """\
User-agent: *
Allow: {root}*?page=
Allow: {root}sitemap
Disallow: {root}*?
Disallow: {root}*?page=*&
Disallow: {root}admin/
Disallow: {root}search/
Disallow: {root}search.json
"""
SECURITY_TXT = "/.well-known/security.txt"
# Counted anew from each day, so that the file does not expire while the portal runs. The RFC asks for less than a year.
SECURITY_TXT_DAYS = 180


def robots(request):
    """What search engines shall leave alone, and where all addresses are."""
    sitemap = request.build_absolute_uri(reverse("sitemap"))
    rules = RULES.format(root=reverse("home"))
    return HttpResponse(f"{rules}\nSitemap: {sitemap}\n", content_type="text/plain; charset=utf-8")


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


def security_txt(request):
    """Say to whom weaknesses of the portal are reported, as RFC 9116 has it."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = timezone.now() + timedelta(days=SECURITY_TXT_DAYS)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: en",
    ]
    if request.is_secure():  # no other address may stand here
        lines.append(f"Canonical: {request.build_absolute_uri(SECURITY_TXT)}")
    text = "\n".join([*lines, ""])
    headers = {"Cache-Control": "public, max-age=3600"}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)
