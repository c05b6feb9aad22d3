"""Records for tests, with real names. Each builder saves and returns one published record; arguments override."""

from django.utils.text import slugify

from cooperation.models import (
    Agency,
    Country,
    Forum,
    Fund,
    Goal,
    Instrument,
    Lesson,
    Membership,
    Milestone,
    Participation,
    Project,
    Source,
    Theme,
)

# iso3: iso2, M49 code, name, region, M49 subregion, small island developing State
COUNTRIES = {
    "ARG": ("AR", "032", "Argentina", "lac", "005", False),
    "BRB": ("BB", "052", "Barbados", "lac", "029", True),
    "CHL": ("CL", "152", "Chile", "lac", "005", False),
    "COL": ("CO", "170", "Colombia", "lac", "005", False),
    "FJI": ("FJ", "242", "Fiji", "asia_pacific", "054", True),
    "IDN": ("ID", "360", "Indonesia", "asia_pacific", "035", False),
    "PER": ("PE", "604", "Peru", "lac", "005", False),
    "SGP": ("SG", "702", "Singapore", "asia_pacific", "035", True),
    "THA": ("TH", "764", "Thailand", "asia_pacific", "035", False),
    "TON": ("TO", "776", "Tonga", "asia_pacific", "061", True),
    "ZAF": ("ZA", "710", "South Africa", "other", "018", False),
}


def make_country(iso3="FJI", **fields):
    iso2, m49, name, region, subregion, sids = COUNTRIES[iso3]
    given = {"iso2": iso2, "m49": m49, "name": name, "portal_region": region, "subregion": subregion, "sids": sids}
    return Country.objects.get_or_create(iso3=iso3, defaults={**given, **fields})[0]


def make_source(title="Signing of the memorandum on the FEALAC Trust Fund", **fields):
    slug = fields.pop("slug", slugify(title))
    given = {
        "title": title,
        "publisher": "ESCAP",
        "url": f"https://www.unescap.org/{slug}",
        "kind": Source.Kind.PRIMARY,
        "retrieved": "2026-11-24",
    }
    return Source.objects.get_or_create(slug=slug, defaults={**given, **fields})[0]


def make_theme(name="Digital trade", **fields):
    return Theme.objects.get_or_create(code=slugify(name), defaults={"name": name, **fields})[0]


def make_goal(number=17, name="Strengthen the means of implementation"):
    return Goal.objects.get_or_create(number=number, defaults={"name": name})[0]


def make_instrument(name="Expert mission"):
    return Instrument.objects.get_or_create(code=slugify(name), defaults={"name": name})[0]


def make_agency(name="Thailand International Cooperation Agency", country="THA", **fields):
    given = {
        "slug": slugify(name),
        "publication_status": "published",
        "kind": Agency.Kind.COOPERATION_AGENCY,
        "country": make_country(country) if country else None,
    }
    return Agency.objects.create(name=name, **{**given, **fields})


def make_forum(name="Forum for East Asia-Latin America Cooperation", members=(), **fields):
    given = {"slug": slugify(name), "publication_status": "published", "kind": Forum.Kind.INTERREGIONAL_PLATFORM}
    forum = Forum.objects.create(name=name, **{**given, **fields})
    for iso3 in members:
        Membership.objects.create(forum=forum, country=make_country(iso3))
    return forum


def make_fund(name="FEALAC Trust Fund", **fields):
    return Fund.objects.create(name=name, **{"slug": slugify(name), "publication_status": "published", **fields})


def make_project(title="Thai-Colombian exchange on digital trade", partners=(), themes=(), **fields):
    """A project; `partners` are (role, iso3) pairs, `themes` are names."""
    given = {"slug": slugify(title), "publication_status": "published", "modality": Project.Modality.BILATERAL}
    project = Project.objects.create(title=title, **{**given, **fields})
    for role, iso3 in partners:
        Participation.objects.create(project=project, role=role, country=make_country(iso3))
    project.themes.set(make_theme(name) for name in themes)
    return project


def make_milestone(title="Asian-African (Bandung) Conference", date="1955-04-18", **fields):
    given = {"slug": slugify(title), "publication_status": "published", "date": date}
    return Milestone.objects.create(title=title, **{**given, **fields})


def make_lesson(title="Champion countries", **fields):
    given = {
        "slug": slugify(title),
        "publication_status": "published",
        "summary": "A platform needs countries that carry it forward.",
    }
    return Lesson.objects.create(title=title, **{**given, **fields})
