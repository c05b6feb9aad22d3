"""One generated project with its partners, themes and citations. Everything follows from its number."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import accumulate
from random import Random

from cooperation.models import (
    Agency,
    Country,
    Forum,
    Fund,
    Goal,
    Instrument,
    Participation,
    PartnerRole,
    PortalRegion,
    Project,
    ProjectCitation,
    PublicationStatus,
    Source,
    Theme,
)
from tests.bench import words

FIRST_DAY = datetime.date(1995, 1, 1).toordinal()
LAST_DAY = datetime.date(2030, 12, 31).toordinal()
YEAR_OF_STATUS = 2026  # what ended before is completed
FIRST_CREATED = datetime.datetime(2016, 1, 1, tzinfo=datetime.UTC)
MINUTES_BETWEEN_PROJECTS = 4
CITED_FACTS = ("title", "summary", "modality", "status", "start", "end", "budget_amount")

ProjectTheme = Project.themes.through
ProjectGoal = Project.goals.through
ProjectInstrument = Project.instruments.through


@dataclass(frozen=True)
class Vocabulary:
    """What generated projects refer to, in an order that does not depend on the database's own numbers."""

    countries: list[Country]
    country_weights: list[float]  # cumulative
    agencies_of: dict[int, list[int]]  # by country
    forums: list[int]
    funds: list[int]
    themes: dict[str, int]
    goals: list[int]
    instruments: list[int]
    sources: list[int]

    @classmethod
    def read(cls):
        agencies_of = {}
        for agency in Agency.objects.published().order_by("slug"):
            agencies_of.setdefault(agency.country_id, []).append(agency.pk)
        countries = frequent_first(Country.objects.exclude(portal_region=PortalRegion.OTHER).order_by("iso3"))
        # Some countries take part in very many projects, most in few. The others stand for the rest of the world.
        weights = [1 / (rank + 5) ** 1.5 for rank in range(len(countries))]
        others = list(Country.objects.filter(portal_region=PortalRegion.OTHER).order_by("iso3"))
        weights += [0.03 * sum(weights) / len(others) for _country in others]
        return cls(
            countries=countries + others,
            country_weights=list(accumulate(weights)),
            agencies_of=agencies_of,
            forums=ids(Forum.objects.published().order_by("slug")),
            funds=ids(Fund.objects.published().order_by("slug")),
            themes=dict(Theme.objects.order_by("code").values_list("code", "pk")),
            goals=ids(Goal.objects.order_by("number")),
            instruments=ids(Instrument.objects.order_by("code")),
            sources=ids(Source.objects.order_by("slug")),
        )

    @property
    def lacks_something(self):
        return not all(vars(self).values())


def ids(records):
    return list(records.values_list("pk", flat=True))


def frequent_first(countries):
    rank = {iso3: number for number, iso3 in enumerate(words.FREQUENT_COUNTRIES)}
    return sorted(countries, key=lambda country: rank.get(country.iso3, len(rank)))


def make_project(number, slug, vocabulary):
    """An unsaved project, and a function that gives its unsaved parts once the project has been saved."""
    random = Random(number)
    modality = random.choices(Project.Modality.values, (50, 30, 12, 8))[0]
    countries = choose_countries(random, 2 if modality == "bilateral" else random.randint(3, 5), vocabulary)
    subject = words.RARE_SUBJECT if number % 2_000 == 7 else random.choice(words.SUBJECTS)
    start, end = choose_dates(random)
    created = FIRST_CREATED + datetime.timedelta(minutes=number * MINUTES_BETWEEN_PROJECTS)
    updated = created + datetime.timedelta(seconds=random.randrange(MINUTES_BETWEEN_PROJECTS * 60))
    has_budget = random.random() < 0.4
    project = Project(
        slug=slug,
        publication_status=PublicationStatus.DRAFT if random.random() < 0.03 else PublicationStatus.PUBLISHED,
        confirmed_on=updated.date() if random.random() < 0.5 else None,
        created=created,
        updated=updated,
        title=write_title(random, number, subject, countries),
        official_id=f"SSC {number:06d}/{start[:4]}" if start and random.random() < 0.3 else "",
        summary=write_summary(random, number, subject[0], countries),
        modality=modality,
        status=choose_status(random, start, end),
        start=start,
        end=end,
        budget_amount=Decimal(random.randint(10, 4_000) * 500) if has_budget else None,
        budget_currency=random.choice(words.CURRENCIES) if has_budget else "",
        forum_id=random.choice(vocabulary.forums) if random.random() < 0.15 else None,
        fund_id=random.choice(vocabulary.funds) if random.random() < 0.10 else None,
    )
    return project, partial(make_parts, project, subject, countries, random, vocabulary)


def make_parts(project, subject, countries, random, vocabulary):
    """The unsaved rows of a saved project: themes, goals, instruments, partners and citations."""
    themes = [vocabulary.themes[code] for code in subject[2:] if code in vocabulary.themes]
    themes += random.sample(list(vocabulary.themes.values()), random.randint(1 - len(themes), 2))
    goals = random.sample(vocabulary.goals, random.randint(0, 2))
    instruments = random.sample(vocabulary.instruments, random.randint(0, 2))
    return [
        *(ProjectTheme(project_id=project.pk, theme_id=theme) for theme in dict.fromkeys(themes)),
        *(ProjectGoal(project_id=project.pk, goal_id=goal) for goal in goals),
        *(ProjectInstrument(project_id=project.pk, instrument_id=instrument) for instrument in instruments),
        *make_participations(project, countries, random, vocabulary),
        *make_citations(project, random, vocabulary),
    ]


def make_participations(project, countries, random, vocabulary):
    """One for each country in another role each, and on some projects an organisation without a country."""
    roles = choose_roles(random, project.modality, len(countries))
    for country, role in zip(countries, roles, strict=True):
        agencies = vocabulary.agencies_of.get(country.pk)
        has_agency = agencies and random.random() < 0.5
        yield Participation(
            project_id=project.pk,
            role=role,
            country_id=country.pk,
            agency_id=random.choice(agencies) if has_agency else None,
            organisation=random.choice(words.BODIES) if not has_agency and random.random() < 0.3 else "",
            start=project.start if random.random() < 0.1 else "",
            source_id=choose_source(random, vocabulary),
        )
    if len(countries) < 5 and random.random() < 0.2:
        yield Participation(
            project_id=project.pk,
            role=random.choice((PartnerRole.FUNDING, PartnerRole.IMPLEMENTING)),
            organisation=random.choice(words.INTERNATIONAL_BODIES),
            source_id=choose_source(random, vocabulary),
        )


def make_citations(project, random, vocabulary):
    """None, one or two, each for another fact that the project states. One in four gives the value as well."""
    stated = [fact for fact in CITED_FACTS if getattr(project, fact) not in ("", None)]
    for fact in random.sample(stated, random.randint(0, 2)):
        yield ProjectCitation(
            project_id=project.pk,
            source_id=random.choice(vocabulary.sources),
            fact=fact,
            value=str(getattr(project, fact))[:600] if random.random() < 0.25 else "",
        )


def choose_source(random, vocabulary):
    return random.choice(vocabulary.sources) if random.random() < 0.5 else None


def choose_countries(random, count, vocabulary):
    """So many different countries."""
    chosen = {}
    while len(chosen) < count:
        country = random.choices(vocabulary.countries, cum_weights=vocabulary.country_weights)[0]
        chosen[country.pk] = country
    return list(chosen.values())


def choose_roles(random, modality, count):
    if modality == "bilateral":
        return [PartnerRole.BOTH] * 2 if random.random() < 0.3 else [PartnerRole.PROVIDER, PartnerRole.BENEFICIARY]
    if modality == "triangular":
        return [PartnerRole.PIVOTAL, PartnerRole.FACILITATING] + [PartnerRole.BENEFICIARY] * (count - 2)
    lead = random.choice((PartnerRole.PROVIDER, PartnerRole.PARTNER, PartnerRole.BOTH))
    return [lead, *random.choices((PartnerRole.PARTNER, PartnerRole.BENEFICIARY), k=count - 1)]


def choose_dates(random):
    """Start and end as partial dates, each known to the year, the month or the day, or not at all."""
    first = random.randint(FIRST_DAY, LAST_DAY)
    last = min(first + random.randint(20, 2_000), LAST_DAY)
    precisions = random.choices((0, 4, 7, 10), (8, 40, 30, 22))[0], random.choices((0, 4, 7, 10), (25, 35, 25, 15))[0]
    days = datetime.date.fromordinal(first), datetime.date.fromordinal(last)
    return tuple(day.isoformat()[:precision] for day, precision in zip(days, precisions, strict=True))


def choose_status(random, start, end):
    chance = random.random()
    if chance < 0.1:
        return ""
    if chance < 0.15:
        return random.choice((Project.Status.SUSPENDED, Project.Status.CANCELLED))
    if int((end or start)[:4] or 0) < YEAR_OF_STATUS:
        return Project.Status.COMPLETED
    if int(start[:4] or 0) > YEAR_OF_STATUS:
        return random.choice((Project.Status.PROPOSED, Project.Status.APPROVED))
    return Project.Status.IN_EXECUTION


def says_common_word(number):
    return number % 3 == 0


def write_title(random, number, subject, countries):
    name, spanish_name, _theme = subject
    place = countries[-1]
    in_title = says_common_word(number) and number % 2 == 0
    if place.name_es and not says_common_word(number) and random.random() < 0.15:
        return f"{random.choice(words.SPANISH_ACTIVITIES)} {spanish_name} en {place.name_es}"
    activity = random.choice(words.TRAINING_ACTIVITIES if in_title else words.ACTIVITIES)
    audience = f" for {random.choice(words.AUDIENCES)}" if random.random() < 0.5 else ""
    phase = f", phase {random.choice(('II', 'III'))}" if random.random() < 0.1 else ""
    return f"{activity} {name}{audience} in {place.name}{phase}"


def write_summary(random, number, subject, countries):
    """One to three sentences."""
    names = " and ".join(country.name for country in countries[:2])
    activity = "training" if says_common_word(number) and number % 2 else "technical cooperation"
    sentences = [f"{names} worked together on {subject} through {activity} for {random.choice(words.AUDIENCES)}."]
    return " ".join(sentences + random.sample(words.RESULTS, random.randint(0, 2)))
