"""What the registry holds of projects that a file is about, in the shape in which a file is read."""

from collections import defaultdict
from dataclasses import dataclass, field

from cooperation.imports.iati_content import ReadDocument, ReadPartner
from cooperation.models import Document, Participation, Project


@dataclass
class Held:
    """A project with its parts: partners and documents by their pk, themes and instruments by code, goals by number.

    A project that is new has nothing but the defaults of its fields.
    """

    project: Project = field(default_factory=Project)
    forum: str = ""
    fund: str = ""
    partners: dict = field(default_factory=dict)
    documents: dict = field(default_factory=dict)
    themes: set = field(default_factory=set)
    goals: set = field(default_factory=set)
    instruments: set = field(default_factory=set)

    def value(self, name):
        """Of a field, as `ReadActivity.fields` would have it."""
        return getattr(self, name) if name in ("forum", "fund") else getattr(self.project, name)


def held_projects(projects):
    """`[Held, ...]` of these projects in five queries. `forum` and `fund` must be loaded with them."""
    ids = [project.pk for project in projects]
    partners, documents = partners_of(ids), documents_of(ids)
    themes = chosen(Project.themes, "theme__code", ids)
    goals = chosen(Project.goals, "goal__number", ids)
    instruments = chosen(Project.instruments, "instrument__code", ids)
    return [
        Held(
            project,
            forum=project.forum.slug if project.forum else "",
            fund=project.fund.slug if project.fund else "",
            partners=partners[project.pk],
            documents=documents[project.pk],
            themes=themes[project.pk],
            goals=goals[project.pk],
            instruments=instruments[project.pk],
        )
        for project in projects
    ]


def partners_of(ids):
    texts = ("role", "country__iso3", "agency__slug", "organisation", "organisation_ref", "organisation_type")
    found = defaultdict(dict)
    rows = Participation.objects.filter(project__in=ids).order_by("pk")
    for project, pk, *values in rows.values_list("project", "pk", *texts, "start", "end"):
        found[project][pk] = ReadPartner(*(value or "" for value in values))
    return found


def documents_of(ids):
    found = defaultdict(dict)
    rows = Document.objects.filter(project__in=ids).order_by("pk")
    for project, pk, *values in rows.values_list("project", "pk", "url", "title", "category", "language"):
        found[project][pk] = ReadDocument(*values)
    return found


def chosen(relation, column, ids):
    found = defaultdict(set)
    for project, code in relation.through.objects.filter(project__in=ids).values_list("project", column):
        found[project].add(code)
    return found
