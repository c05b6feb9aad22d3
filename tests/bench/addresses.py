"""What is asked: named addresses, chosen from what is in the database."""

from dataclasses import dataclass

from django.db.models import Count
from django.urls import Resolver404, resolve

from cooperation.models import Project, PublicationStatus, Theme
from tests.bench.words import COMMON_WORD, RARE_WORD

COUNTRY = "THA"
STATUS = "completed"
PAGE_SIZE = 25
LIST = "/projects/"


@dataclass(frozen=True)
class Address:
    name: str
    path: str


def common_theme():
    """The code of the theme that most completed projects of the country have."""
    themes = Theme.objects.filter(
        projects__publication_status=PublicationStatus.PUBLISHED,
        projects__participations__country__iso3=COUNTRY,
        projects__status=STATUS,
    )
    counted = themes.annotate(hits=Count("projects", distinct=True)).order_by("-hits", "code")
    return counted.values_list("code", flat=True).first()


def read_addresses(theme):
    """Every `Address` of the table, in its order."""
    published = Project.objects.published()
    count = published.count()
    pages = -(-count // PAGE_SIZE)
    project = published.order_by("-updated", "-id")[count // 2]
    addresses = [
        Address("Project list", LIST),
        Address("Project list, one filter", f"{LIST}?country={COUNTRY}"),
        Address("Project list, three filters", f"{LIST}?country={COUNTRY}&theme={theme}&status={STATUS}"),
        Address("Project list, page in the middle", f"{LIST}?page={pages // 2 + 1}"),
        Address("Project list, last page", f"{LIST}?page={pages}"),
        Address("Project list by title", f"{LIST}?sort=title"),
        Address(f"Projects with a common word (“{COMMON_WORD}”)", f"{LIST}?q={COMMON_WORD}"),
        Address(f"Projects with a rare word (“{RARE_WORD}”)", f"{LIST}?q={RARE_WORD}"),
        Address("Agency list", "/agencies/"),
        Address("Forum list", "/forums/"),
        Address("Country list", "/countries/"),
        Address("A project", project.get_absolute_url()),
        Address("A country", f"/countries/{COUNTRY}/"),
        Address("Home", "/"),
        Address("Search of everything", f"/search/?q={COMMON_WORD}"),
    ]
    return [address for address in addresses if exists(address.path)]


def exists(path):
    try:
        resolve(path.partition("?")[0])
    except Resolver404:
        return False
    return True
