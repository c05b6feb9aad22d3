"""Themes, goals and instruments in the admin."""

from django.contrib import admin

from cooperation.admin.saving import KeptAdmin
from cooperation.models import Goal, Instrument, Theme


@admin.register(Theme)
class ThemeAdmin(KeptAdmin):
    list_display = ["name", "code", "crs_codes"]
    search_fields = ["name", "code", "crs_codes"]
    fields = ["name", "code", "crs_codes"]
    prepopulated_fields = {"code": ["name"]}


@admin.register(Goal)
class GoalAdmin(KeptAdmin):
    list_display = ["number", "name"]
    list_display_links = ["number", "name"]
    search_fields = ["number", "name"]
    fields = ["number", "name"]


@admin.register(Instrument)
class InstrumentAdmin(KeptAdmin):
    list_display = ["name", "code", "aid_type"]
    search_fields = ["name", "code", "aid_type"]
    fields = ["name", "code", "aid_type"]
    prepopulated_fields = {"code": ["name"]}
