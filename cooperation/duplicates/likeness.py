"""What of a record is compared with others: its names, its codes, where it is on the web, with whom and when."""

from collections import defaultdict
from dataclasses import dataclass
from operator import attrgetter

from cooperation.models import Agency, Forum, Fund, Milestone, Project, Source

# The types in which duplicates are looked for, and which fields are compared. A path may lead over relations.
NAMES = {
    Agency: ("name", "native_name", "former_names"),
    Forum: ("name", "name_es", "name_pt", "name_fr", "former_names"),
    Fund: ("name",),
    Milestone: ("title",),
    Project: ("title",),
    Source: ("title",),
}
MERGEABLE = tuple(NAMES)
CODES = {Agency: ("iati_id",), Project: ("official_id", "iati_identifier")}
ADDRESSES = {Agency: "website", Forum: "website", Fund: "website", Source: "url"}
PARTNERS = {Agency: "country", Milestone: "country"}
DATES = {
    Agency: ("established", ""),
    Forum: ("established", ""),
    Fund: ("established", ""),
    Milestone: ("date", "end"),
    Project: ("start", "end"),
    Source: ("published", ""),
}


@dataclass(frozen=True)
class Likeness:
    """What is compared, as somebody wrote it: nothing need be folded or put in order before.

    `codes`: official and IATI ids. `hosts`: web addresses, or only their hosts. `partners`: ISO alpha-3 codes of the
    partner countries, or of the country of an agency. `start`, `end`: partial dates. What is not known stays empty.
    `pk` is the record itself, which is not its own duplicate.
    """

    model: type
    names: tuple[str, ...]
    acronym: str = ""
    codes: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    pk: int | None = None


def likeness_of(record):
    """The `Likeness` of a record, stored or not. The partners of a project are read from the database."""
    model = type(record)
    partners = []
    if model in PARTNERS:
        country = getattr(record, PARTNERS[model])
        partners = [country.iso3] if country else []
    elif model is Project and record.pk:
        partners = record.participations.exclude(country=None).values_list("country__iso3", flat=True)
    return make(model, {name: attrgetter(name)(record) for name in fields_of(model)}, partners, record.pk)


def read_likenesses(model):
    """`[Likeness, ...]` of all records of `model`, published or not, in the order in which they were made."""
    partners = defaultdict(list)
    if model is Project:
        links = Project.objects.order_by().exclude(participations__country=None)
        for pk, iso3 in links.values_list("pk", "participations__country__iso3"):
            partners[pk].append(iso3)
    elif model in PARTNERS:
        for pk, iso3 in model.objects.order_by().values_list("pk", f"{PARTNERS[model]}__iso3"):
            partners[pk] = [iso3] if iso3 else []
    rows = model.objects.order_by("pk").values("pk", *fields_of(model))
    return [make(model, row, partners[row["pk"]], row["pk"]) for row in rows]


def fields_of(model):
    names = [*NAMES[model], *CODES.get(model, ()), ADDRESSES.get(model, ""), *DATES[model]]
    if any(field.name == "acronym" for field in model._meta.fields):
        names.append("acronym")
    return [name for name in names if name]


def make(model, values, partners, pk):
    start, end = DATES[model]
    return Likeness(
        model,
        # Former names stand one on each line.
        tuple(line.strip() for name in NAMES[model] for line in values[name].splitlines() if line.strip()),
        values.get("acronym", ""),
        tuple(values[name] for name in CODES.get(model, ()) if values[name]),
        tuple(values[name] for name in (ADDRESSES.get(model),) if name and values[name]),
        tuple(sorted(set(partners))),
        values[start] or "",
        (end and values[end]) or "",
        pk,
    )
