"""What the pages of an import share: who may see and do what, which import is meant, how a page is put together."""

import logging

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cooperation.admin.record_id import parse_id
from cooperation.imports.preview import IATI, MODELS
from cooperation.models import ImportBatch

log = logging.getLogger(__name__)

PUBLISH = "cooperation.publish_record"


def kind_in_words(record_type):
    if record_type == IATI:
        return _("Projects, from IATI activities (XML)")
    return capfirst(MODELS[record_type]._meta.verbose_name_plural)


def may_import(user, record_type):
    """Whether `user` may bring in files of that kind: somebody who may enter such records one by one as well."""
    name = MODELS[record_type]._meta.model_name
    return user.has_perms(["cooperation.add_importbatch", f"cooperation.add_{name}", f"cooperation.change_{name}"])


def refuse(request, what, why=""):
    """`what` says in the log what somebody tried that their account may not do, `why` tells them in a sentence."""
    log.warning("%s may not %s", request.user.get_username(), what)
    raise PermissionDenied(why)


def batch_or_404(request, object_id, rows=None):
    """The `ImportBatch` with that number, as it stands in an address, for somebody who may see imports."""
    if not any(request.user.has_perm(f"cooperation.{each}_importbatch") for each in ("view", "add")):
        refuse(request, f"see the import {object_id}")
    rows = ImportBatch.objects.select_related("by", "edit") if rows is None else rows
    batch = rows.filter(pk=parse_id(object_id)).first()
    if batch is None or batch.record_type not in MODELS:
        raise Http404
    return batch


def address(batch, name="change"):
    return reverse(f"admin:cooperation_importbatch_{name}", args=[batch.pk])


def record_address(record):
    """Of its form in the admin."""
    return reverse(f"admin:cooperation_{record._meta.model_name}_change", args=[record.pk])


def page(model_admin, request, template, title, context, status=200):
    context = {**model_admin.admin_site.each_context(request), "opts": model_admin.opts, "title": title, **context}
    return render(request, f"admin/cooperation/{template}", context, status=status)
