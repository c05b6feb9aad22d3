"""The guide for curators: the editorial rules, and what every form asks for, in the words of the forms themselves."""

from dataclasses import dataclass, field

from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.contrib.auth.models import Group
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from cooperation.imports.sheet import MOST_COLUMNS, MOST_ROWS
from cooperation.imports.table_file import MOST_BYTES
from cooperation.models import PUBLIC_RECORDS, Goal, Instrument, PartnerRole, PublicationStatus, Theme
from cooperation.workflow import STEPS

FORMS = (*PUBLIC_RECORDS, Theme, Goal, Instrument)
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Entry:
    """What a form asks for: its label, what to write there, and the words to choose from."""

    label: str
    help: str | Promise
    choices: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """A heading of a form and its entries."""

    name: str | Promise
    entries: list[Entry]


@dataclass(frozen=True)
class FormHelp:
    """A form: the anchor of its part of the guide, what is entered with it, and its sections."""

    anchor: str
    name: str
    sections: list[Section]


def guide_page(request):
    limits = {"megabytes": MOST_BYTES // MEGABYTE, "rows": f"{MOST_ROWS:,}", "columns": MOST_COLUMNS}
    context = {
        **admin.site.each_context(request),
        "title": _("Guide for curators"),
        "forms": read_forms(request),
        "steps": read_steps(),
        "roles": PartnerRole.labels,
        "limits": limits,
    }
    return TemplateResponse(request, "admin/cooperation/guide.html", context)


def read_forms(request):
    """A `FormHelp` for each record and vocabulary, in the order of the forms."""
    return [form_help(request, admin.site.get_model_admin(model)) for model in FORMS]


def form_help(request, model_admin):
    meta = model_admin.opts
    asked = model_admin.get_form(request).base_fields
    sections = [
        section(name or capfirst(meta.verbose_name), asked, flatten(options["fields"]))
        for name, options in model_admin.get_fieldsets(request)
    ]
    for inline in model_admin.get_inline_instances(request):
        asked = inline.get_formset(request).form.base_fields
        names = flatten(name for _heading, options in inline.get_fieldsets(request) for name in options["fields"])
        sections.append(section(capfirst(inline.opts.verbose_name_plural), asked, names))
    filled = [each for each in sections if each.entries]
    return FormHelp(f"form-{meta.model_name}", capfirst(meta.verbose_name_plural), filled)


def section(name, asked, names):
    return Section(name, [entry(asked[each]) for each in names if each in asked])


def entry(asked):
    words = getattr(asked, "choices", ()) if not hasattr(asked, "queryset") else ()
    return Entry(capfirst(asked.label), asked.help_text, [str(label) for value, label in words if value != ""])


def read_steps():
    """`[(Step, from which publication statuses, to which, the groups that may take it), ...]`."""
    return [
        (
            step,
            [PublicationStatus(each).label for each in step.from_statuses],
            PublicationStatus(step.to_status).label,
            groups_with(step.permission),
        )
        for step in STEPS
    ]


def groups_with(permission):
    app_label, codename = permission.split(".")
    allowed = Group.objects.filter(permissions__content_type__app_label=app_label, permissions__codename=codename)
    return list(allowed.order_by("name").values_list("name", flat=True))
