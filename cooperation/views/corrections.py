"""“Report a mistake”: a form on each public record, for everybody, without a cookie and without a script."""

import unicodedata
from datetime import timedelta

from django import forms
from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cooperation.database_faults import read_fault
from cooperation.filters.shown import Problem
from cooperation.history import withdrawal
from cooperation.mail import mail_operator
from cooperation.models import Correction, PublicRecord
from cooperation.views.generic import list_address, withdrawn_page
from cooperation.views.sending import HOUR, make_token, may_send_more, why_not_sent_by_reader

URLENCODED = "application/x-www-form-urlencoded"
# Signs by which the rest of a line is written in another direction than it reads.
DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


class PlainTextField(forms.CharField):
    """Text as people write it: one kind of line end, no control characters."""

    def to_python(self, value):
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n").translate(DIRECTIONS)
        kept = (letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs"))
        return super().to_python("".join(kept))


class ReportForm(forms.Form):
    what = PlainTextField(
        label=gettext_lazy("What is wrong?"),
        help_text=gettext_lazy("Which statement it is, and what it should say."),
        max_length=Correction._meta.get_field("what").max_length,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Say what is wrong: without it nobody can look into it.")},
    )
    source = PlainTextField(
        label=gettext_lazy("Where can that be read?"),
        help_text=gettext_lazy("A web address, or the name of a document. May stay empty."),
        max_length=Correction._meta.get_field("source").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("Only if we may ask you about this report. May stay empty."),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": gettext_lazy("Write an address such as name@example.org, or leave it empty.")},
    )
    # People do not see it; programs fill in whatever there is.
    homepage = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    token = forms.CharField(required=False, widget=forms.HiddenInput)


def report_page(model):
    """The view of the form about a public record of `model`: shown, and taken in when it is sent."""

    # Every form carries the time at which it was given out, so none is kept.
    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @cache_control(no_store=True)
    def view(request, public_id):
        record = model.objects.published().filter(**{model.PUBLIC_ID: public_id}).first()
        if record is None:
            return instead_of_record(request, model, public_id)
        if request.method == "POST":
            return receive(request, record)
        return form_page(request, record, ReportForm())

    return view


def thanks_page(model):
    """The view of what is shown to somebody who reported a mistake of a public record of `model`."""

    def view(request, public_id):
        record = model.objects.published().filter(**{model.PUBLIC_ID: public_id}).first()
        if record is None:
            raise Http404
        return TemplateResponse(request, "cooperation/report_thanks.html", {"record": record})

    return view


def instead_of_record(request, model, public_id):
    """The answer at an address at which no record is public: as that of the page of the record."""
    present = model.objects.once_at(public_id)
    if present is not None:
        return redirect(f"{model._meta.model_name}_report", present.public_id, permanent=True)
    withdrawn = withdrawal(model, public_id)
    if withdrawn is None:
        raise Http404
    return withdrawn_page(request, model, public_id, withdrawn)


def receive(request, record):
    """Keep what was sent and say thanks; else the form again, with what was wrong and with all that was written."""
    # A form of this page holds no file. Anything else is not even looked at, since files may be of any size.
    form = ReportForm(request.POST if request.content_type == URLENCODED else QueryDict())
    if not form.is_valid():
        return form_page(request, record, form)
    problem = why_not_sent_by_reader(request, record, form.cleaned_data["token"])
    if problem:
        return form_page(request, record, form, problem)
    try:
        if not is_known(record, form) and not take_in(request, record, form):
            problem = _("Too many reports were sent within an hour. Keep this page open and send it again later.")
            return form_page(request, record, form, problem, status=429)
    except DatabaseError as error:
        fault = read_fault(error)
        if fault is None:
            raise
        problem = _("%(fault)s Your report was not taken in. Keep this page open and send it again later.")
        return form_page(request, record, form, problem % {"fault": fault.sentence}, status=503)
    thanks = reverse(f"{record._meta.model_name}_report_thanks", args=[record.public_id])
    return HttpResponseRedirect(thanks, status=303)


def is_known(record, form):
    """Whether the same was reported before: somebody pressed the button twice."""
    same = {"record_type": record._meta.model_name, "record_id": record.pk}
    texts = {name: form.cleaned_data[name] for name in ("what", "source")}
    return Correction.objects.filter(**same, **texts).exists()


def take_in(request, record, form):
    """Keep a report; False, and nothing is kept, when there were too many within the hour."""
    of_last_hour = Correction.objects.filter(received__gt=timezone.now() - timedelta(seconds=HOUR))
    if not may_send_more(request) or of_last_hour.count() >= settings.REPORTS_AN_HOUR:
        return False
    sent = form.cleaned_data
    with transaction.atomic():
        correction = Correction.objects.create(
            record_type=record._meta.model_name,
            record_id=record.pk,
            public_id=record.public_id,
            what=sent["what"],
            source=sent["source"],
            email=sent["email"],
            state=Correction.State.SPAM if sent["homepage"] else Correction.State.OPEN,
        )
        if correction.state == Correction.State.OPEN:
            mail_report(request, record, correction)
    return True


def mail_report(request: HttpRequest, record: PublicRecord, correction: Correction) -> None:
    """Tell the operator of a report: where it is, and nothing of what its sender wrote."""
    lines = [
        _("A reader reported a mistake."),
        "",
        _("Record: %(record)s") % {"record": record},
        request.build_absolute_uri(record.get_absolute_url()),
        "",
        _("Read and answer the report:"),
        request.build_absolute_uri(reverse("admin:cooperation_correction_change", args=[correction.pk])),
    ]
    mail_operator(_("A reader reported a mistake"), "\n".join(lines))


def form_page(request, record, form, problem="", status=200):
    # The form is shown with a token of its own, whichever it came with.
    form.data = {**form.data.dict(), "token": make_token(record)} if form.is_bound else form.data
    form.initial["token"] = make_token(record)
    days = settings.CORRECTION_RETENTION_DAYS
    kept_for = ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    problems = [Problem("", form[name].label, [], messages) for name, messages in form.errors.items()]
    response = TemplateResponse(
        request,
        "cooperation/report_mistake.html",
        {
            "record": record,
            "names": record._meta,
            "list_url": list_address(type(record)),
            "form": form,
            "fields": [form["what"], form["source"], form["email"]],
            "problems": [Problem("", "", [], [problem])] if problem else problems,
            "kept_for": kept_for,
            "is_read_only": settings.READ_ONLY,
        },
        status=status,
    )
    if status in (429, 503):
        response.headers["Retry-After"] = str(HOUR if status == 429 else 60)
    return response
