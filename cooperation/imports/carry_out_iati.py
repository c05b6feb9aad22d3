"""The plan of an import made true: all of it, or nothing."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation.imports.iati_records import document_of, participation_of, set_fields
from cooperation.imports.known import read_known
from cooperation.imports.plan_iati import Outcome
from cooperation.models import Document, Edit, Participation, Project, PublicationStatus, editing

BATCH = 400
# Lines that a sentence names.
MOST_LINES = 10


class ImportRefusedError(Exception):
    """Nothing was written. The text says why, in one sentence."""


def carry_out(planned, publish=False, by=None, what=""):
    """Write what `plan` gave, new records as drafts, or published with `publish`, and give the `Edit`, to be undone by.

    `by` is who does it, nobody where a program does; `what` the name of the file or program. Raises
    `ImportRefusedError`, and then nothing is written.
    """
    if publish:
        refuse_without_modality(planned)
    known = read_known()
    with editing(Edit.Kind.IMPORT if by else Edit.Kind.PROGRAM, by=by, what=what) as edit:
        for row in planned:
            if row.outcome is Outcome.NEW:
                carry_out_one(row, new_project(row, publish), known)
        for first in range(0, len(planned), BATCH):
            changed = [row for row in planned[first : first + BATCH] if row.outcome is Outcome.CHANGED]
            projects = present_projects(changed)
            for row in changed:
                carry_out_one(row, projects[row.held.project.pk], known)
    return edit


def refuse_without_modality(planned):
    """A record that the public sees has a modality."""
    lines = [
        str(row.activity.line)
        for row in planned
        if row.outcome is Outcome.NEW and not row.activity.fields.get("modality")
    ]
    if lines:
        shown = ", ".join(lines[:MOST_LINES]) + (" …" if len(lines) > MOST_LINES else "")
        sentence = ngettext(
            "Nothing was written: %(number)s new record has no modality, without which it cannot be published "
            "(line %(lines)s). Import it as a draft and choose it there.",
            "Nothing was written: %(number)s new records have no modality, without which they cannot be published "
            "(lines %(lines)s). Import them as drafts and choose it there.",
            len(lines),
        )
        raise ImportRefusedError(sentence % {"number": len(lines), "lines": shown})


def new_project(row, publish):
    return Project(
        slug=row.slug, publication_status=PublicationStatus.PUBLISHED if publish else PublicationStatus.DRAFT
    )


def present_projects(changed):
    """`{pk: project}` as they are now, locked. Who changed one since the plan was made must see the plan again."""
    ids = [row.held.project.pk for row in changed]
    projects = {project.pk: project for project in Project.objects.select_for_update().filter(pk__in=ids)}
    for row in changed:
        planned = row.held.project
        if planned.pk not in projects or projects[planned.pk].version != planned.version:
            sentence = _("Nothing was written: “%(slug)s” has been changed meanwhile. Look at the plan again.")
            raise ImportRefusedError(sentence % {"slug": planned.slug})
    return projects


def carry_out_one(row, project, known):
    try:
        write(row, project, known)
    except ValidationError as error:
        refuse(row, "; ".join(error.messages))
    except (IntegrityError, KeyError):  # what it refers to is gone, or what it brings is there
        refuse(row, _("the registry has been changed meanwhile. Look at the plan again."))


def refuse(row, reason):
    sentence = _("Nothing was written: line %(line)s, “%(title)s”: %(reason)s")
    words = {"line": row.activity.line, "title": row.title, "reason": reason}
    raise ImportRefusedError(sentence % words)


def write(row, project, known):
    """The record and its parts. A record that is restored from a file of our own keeps its times."""
    writing, activity, is_new = row.writing, row.activity, project.pk is None
    set_fields(project, writing.fields, known)
    # A draft may wait for its modality.
    project.full_clean(exclude=[] if project.modality else ["modality"])
    project.save()
    for name, codes in writing.vocabularies.items():
        rows = getattr(known, name)
        getattr(project, name).set([rows[code].pk for code in codes])
    write_partners(writing.partners, project, known)
    write_documents(writing.documents, project)
    if is_new and activity.updated:
        Project.objects.filter(pk=project.pk).update(created=activity.created, updated=activity.updated)


def write_partners(parts, project, known):
    Participation.objects.filter(project=project, pk__in=parts.removed).delete()
    stored = Participation.objects.filter(project=project).in_bulk(parts.changed)
    for pk, partner in parts.changed.items():
        row = stored[pk]
        row.organisation_ref, row.organisation_type = partner.organisation_ref, partner.organisation_type
        row.end = partner.end
        row.full_clean()
        row.save()
    for partner in parts.added:
        row = participation_of(partner, known, project=project)
        row.full_clean()
        row.save()


def write_documents(parts, project):
    Document.objects.filter(project=project, pk__in=parts.removed).delete()
    stored = Document.objects.filter(project=project).in_bulk(parts.changed)
    for pk, document in parts.changed.items():
        row = stored[pk]
        row.title, row.category, row.language = document.title, document.category, document.language
        row.full_clean()
        row.save()
    for document in parts.added:
        row = document_of(document, project=project)
        row.full_clean()
        row.save()
