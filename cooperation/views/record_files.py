"""One record in another format: the address of its page with a suffix in place of the slash."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from cooperation.exports import files
from cooperation.exports.cited import one_line, work_of
from cooperation.exports.columns import TABLES
from cooperation.exports.statement import LICENCE_URL, Statement, data_time
from cooperation.exports.write_bibtex import write_bibtex
from cooperation.exports.write_iati import write_iati
from cooperation.exports.write_json import as_objects, write_json
from cooperation.exports.write_ris import write_ris


def record_file(model, file_format):
    """The view of one record of `model` as a file. A former address leads to the present one in the same format."""
    name = f"{model._meta.model_name}_detail_{file_format.suffix}"
    write = WRITERS[file_format]

    def view(request, public_id):
        record = model.objects.published().filter(**{model.PUBLIC_ID: public_id}).first()
        if record is None:
            present = model.objects.once_at(public_id)
            if present is None:
                raise Http404
            return redirect(name, present.public_id, permanent=True)
        statement = statement_of(request, record)
        answer = HttpResponse(write(record, statement), content_type=f"{file_format.media_type}; charset=utf-8")
        answer.headers["Access-Control-Allow-Origin"] = "*"
        answer.headers["Link"] = (
            f'<{LICENCE_URL}>; rel="license", <{statement.address}>; rel="alternate"; type="text/html"'
        )
        if file_format is not files.JSON:
            answer.headers["Content-Disposition"] = f'attachment; filename="{public_id}.{file_format.suffix}"'
        return answer

    return view


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
