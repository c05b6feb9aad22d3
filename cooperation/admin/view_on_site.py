"""The way from a form in the admin to the public page of its record."""

from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect

from cooperation.models import PUBLIC_RECORDS


def view_on_site(request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponseRedirect:
    """Lead to the public page of a record; 404 where the public sees none, whoever asks.

    Django's own view at this address leads every member of the staff to the address of a draft.
    """
    types = ContentType.objects.get_for_models(*PUBLIC_RECORDS)
    model = next((model for model, each in types.items() if str(each.pk) == content_type_id), None)
    if model is None:
        raise Http404
    try:
        return redirect(get_object_or_404(model.objects.published(), pk=object_id))
    except ValueError:
        raise Http404 from None
