"""The admin’s first page: what waits for the curator, then the lists."""

from django.contrib import admin

from cooperation.admin.queue_counts import what_waits


def first_page(request):
    return admin.site.index(request, {"queues": what_waits(request)})
