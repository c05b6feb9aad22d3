"""The first page of an import: a file and what is in it."""

import hashlib
from datetime import timedelta

from django import forms
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cooperation.admin.import_access import PUBLISH, address, kind_in_words, may_import, page, refuse
from cooperation.imports.preview import MODELS, most_bytes, read_preview
from cooperation.imports.raw_file import UnreadableFileError
from cooperation.models import ImportBatch

# After which the content of a file that nobody carried out is no longer kept.
KEPT = timedelta(days=90)
LONGEST_NAME = ImportBatch._meta.get_field("file_name").max_length


class UploadForm(forms.Form):
    """What is in the file, and the file."""

    record_type = forms.ChoiceField(label=_("What is in the file"))
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV or an Excel workbook (.xlsx) with a row for each record, up to 5 MB; or IATI activities in XML, up to "
            "20 MB. Nothing is written before you have seen what would become of every row."
        ),
        error_messages={"empty": _("The file is empty. Save it again from where the table is.")},
    )

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["record_type"].choices = [(each, kind_in_words(each)) for each in MODELS if may_import(user, each)]

    def clean(self):
        """Refuse a file that is too large before it is read."""
        cleaned = super().clean()
        file, record_type = cleaned.get("file"), cleaned.get("record_type")
        if file and record_type and file.size > most_bytes(record_type):
            sentence = gettext("The file is larger than %(most)s MB. Divide it into several.")
            self.add_error("file", sentence % {"most": most_bytes(record_type) // 1_000_000})
        return cleaned


def upload_page(model_admin, request):
    if not any(may_import(request.user, each) for each in MODELS):
        refuse(request, "import files")
    form = UploadForm(request.user, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        batch = new_batch(form.cleaned_data["file"], form.cleaned_data["record_type"], request.user)
        try:
            read_preview(batch, request.user.has_perm(PUBLISH))
        except UnreadableFileError as refusal:
            form.add_error("file", refusal.sentence)
        else:
            empty_old_batches()
            batch.save()
            return redirect(address(batch))
    return page(model_admin, request, "import_upload.html", gettext("Import a file"), {"form": form})


def new_batch(file, record_type, user):
    content = file.read()
    name = "".join(letter if letter.isprintable() else "…" for letter in file.name)[-LONGEST_NAME:]
    digest = hashlib.sha256(content).hexdigest()
    return ImportBatch(record_type=record_type, file_name=name, content=content, digest=digest, by=user)


def empty_old_batches():
    old = ImportBatch.objects.filter(state=ImportBatch.State.READ, made__lt=timezone.now() - KEPT)
    old.exclude(content=b"").update(content=b"")
