"""A form whose record was deleted or merged while it was open: nothing is saved, and nothing entered is lost."""

from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cooperation.admin.entered import entered
from cooperation.admin.sent_form import bind
from cooperation.admin.story_pages import find, page_context
from cooperation.history import edits_of, name_of
from cooperation.models import FormerSlug


def gone_page(model_admin, request, object_id):
    """The entries, which can be sent again once the record is there again. 404 where there never was a record."""
    record, _is_there = find(model_admin, object_id)
    context = page_context(model_admin, request, record, is_there=False) | {
        "title": _("“%(name)s” is gone") % {"name": name_of(record)},
        "edit": edits_of(record).first(),
        "heir": heir_of(record),
        "entries": entered(*bind(model_admin, request, record)),
        "sent": [
            (name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"
        ],
    }
    return TemplateResponse(request, "admin/cooperation/gone.html", context, status=409)


def heir_of(record):
    """`(name, address of the form)` of the record of which a gone one has become part; None if of none."""
    model = type(record)
    former = FormerSlug.objects.filter(record_type=model._meta.model_name, slug=record.public_id).first()
    heir = former and model._base_manager.filter(**{model.PUBLIC_ID: former.current}).first()
    return heir and (str(heir), reverse(f"admin:cooperation_{model._meta.model_name}_change", args=[heir.pk]))
