"""The admin’s first page: what waits for the curator, which new rights are missing, then the lists."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse

from cooperation.admin.queue_counts import what_waits
from cooperation.workflow import find_missing_rights


def first_page(request: HttpRequest) -> HttpResponse:
    groups = Group.objects.all() if request.user.is_superuser else request.user.groups.all()
    return admin.site.index(request, {"queues": what_waits(request), "missing_rights": find_missing_rights(groups)})
