"""One record in another format: the address of its page with a suffix in place of the slash."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext

from cooperation.exports import files
from cooperation.exports.cited import one_line, work_of
from cooperation.exports.columns import TABLES
from cooperation.exports.statement import LICENCE_URL, Statement, data_time
from cooperation.exports.write_bibtex import write_bibtex
from cooperation.exports.write_iati import write_iati
from cooperation.exports.write_json import as_objects, write_json
from cooperation.exports.write_ris import write_ris
from cooperation.history import withdrawal

PROBLEM, TEXT = "application/problem+json", "text/plain; charset=utf-8"


def record_file(model, file_format):
    """The view of one record of `model` as a file.

    A former address leads to the present one in the same format; that of a record that was withdrawn says so.
    """
    name = f"{model._meta.model_name}_detail_{file_format.suffix}"
    write = WRITERS[file_format]

    def view(request, public_id):
        record = model.objects.published().filter(**{model.PUBLIC_ID: public_id}).first()
        if record is None:
            present = model.objects.once_at(public_id)
            if present is not None:
                return redirect(name, present.public_id, permanent=True)
            withdrawn = withdrawal(model, public_id)
            if withdrawn is None:
                raise Http404
            return withdrawn_file(public_id, withdrawn, file_format)
        statement = statement_of(request, record)
        answer = HttpResponse(write(record, statement), content_type=f"{file_format.media_type}; charset=utf-8")
        answer.headers["Link"] = (
            f'<{LICENCE_URL}>; rel="license", <{statement.address}>; rel="alternate"; type="text/html"'
        )
        if file_format is not files.JSON:
            answer.headers["Content-Disposition"] = f'attachment; filename="{public_id}.{file_format.suffix}"'
        return answer

    return view


def withdrawn_file(public_id, withdrawn, file_format):
    """What stands in place of a record that was withdrawn: when and why, and nothing else of it."""
    sentence = gettext("The record “%(id)s” was withdrawn on %(date)s.")
    sentence %= {"id": public_id, "date": date_format(withdrawn.made, "j F Y")}
    if file_format is files.JSON:
        content = {
            "type": "about:blank",
            "title": gettext("Gone"),
            "status": 410,
            "detail": sentence,
            "id": public_id,
            "withdrawn": f"{withdrawn.made:%Y-%m-%dT%H:%M:%SZ}",
            "reason": withdrawn.reason or None,
        }
        answer = HttpResponse(write_json(content), status=410, content_type=PROBLEM)
    else:
        lines = [sentence, withdrawn.reason or gettext("No reason is on record."), ""]
        answer = HttpResponse("\n".join(lines), status=410, content_type=TEXT)
    # It may be published again, and a cache could keep for long what is gone.
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def statement_of(request, record):
    """The `Statement` of a single record: its state as of the latest change of any."""
    site = request.build_absolute_uri("/")[:-1]
    return Statement(one_line(record), 1, data_time(), f"{site}{record.get_absolute_url()}", site)


def as_json(record, statement):
    """The object that the list has of the record, and what the file says of itself."""
    found = as_objects(TABLES[type(record)], [record.pk], statement.site)
    if not found:  # withdrawn a moment ago
        raise Http404
    said = {
        "as_of": f"{statement.made:%Y-%m-%dT%H:%M:%SZ}",
        "licence": LICENCE_URL,
        "citation": statement.citation,
    }
    return write_json({**found[0], **said})


def as_iati(record, statement):
    return b"".join(write_iati(statement, [record.pk]))


def as_bibtex(record, statement):
    return write_bibtex(work_of(record, statement))


def as_ris(record, statement):
    return write_ris(work_of(record, statement))


WRITERS = {files.JSON: as_json, files.IATI: as_iati, files.BIBTEX: as_bibtex, files.RIS: as_ris}
