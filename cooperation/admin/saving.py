"""How the form of a record is saved: as one edit, on what stands now, or not at all."""

from dataclasses import replace
from functools import partial

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db import IntegrityError
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from cooperation import workflow
from cooperation.admin import steps, story_pages
from cooperation.admin.form_state import NOTHING, PROPOSED, SAVED, begin, hold_against_now
from cooperation.admin.gone import gone_page
from cooperation.admin.pending_change import change_of_author, propose
from cooperation.admin.registry_admin import RegistryAdmin
from cooperation.admin.sent_form import STEP, form_as_sent, is_changed, repeated, with_plain_lines, write
from cooperation.duplicates import MERGEABLE, NEAR, likeness_of, nearest
from cooperation.history import delete_row
from cooperation.models import Edit, Participation, Record, editing


class RefusedError(Exception):
    """A valid form is not saved all the same. `near` are records that may be the same as the new one."""

    def __init__(self, problem, near=()):
        super().__init__(problem)
        self.problem, self.near = problem, near


class OutdatedError(Exception):
    """Somebody else saved the record between a look at it and the moment from which it is held."""


class KeptForm(forms.ModelForm):
    """Refuses what its admin has found to stand in its way."""

    problems = ()

    def clean(self):
        super().clean()
        for problem in self.problems:
            self.add_error(None, problem)


def near_to(form, formsets):
    """`[Nearest, ...]` to the new record of a valid form, when at least one of them may well be the same."""
    if form._meta.model not in MERGEABLE:
        return []
    likeness = likeness_of(form.instance)
    for formset in formsets:
        if formset.model is Participation:
            rows = [row.cleaned_data for row in formset.forms if not row.cleaned_data.get(DELETION_FIELD_NAME)]
            countries = {row["country"].iso3 for row in rows if row.get("country")}
            likeness = replace(likeness, partners=tuple(sorted(countries)))
    found = nearest(likeness)
    return found if found and found[0].score >= NEAR else []


def has_mistakes(context, problems):
    """Whether a form that came back has mistakes besides these problems."""
    errors = dict(context["adminform"].form.errors)
    own = [text for text in errors.pop(NON_FIELD_ERRORS, []) if text not in problems]
    return bool(own or errors) or not all(inline.formset.is_valid() for inline in context["inline_admin_formsets"])


class KeptAdmin(RegistryAdmin):
    """A form whose every save is one edit in the history, and none of whose saves overwrites another unseen.

    `pages` are further pages of a record: `[(end of the address, name, function(model_admin, request, object_id))]`.
    """

    form = KeptForm
    pages = [
        ("story/", "story", story_pages.story_page),
        ("undo/<int:edit_id>/", "undo", story_pages.undo_page),
    ]

    def get_urls(self):
        stem = f"cooperation_{self.opts.model_name}"
        pages = [
            path(f"<path:object_id>/{end}", self.admin_site.admin_view(partial(view, self)), name=f"{stem}_{name}")
            for end, name, view in self.pages
        ]
        deleted = self.admin_site.admin_view(partial(story_pages.deleted_page, self))
        return [path("deleted/", deleted, name=f"{stem}_deleted"), *pages, *super().get_urls()]

    def pages_of(self, request, record):
        """`[(address, label), ...]` of what is linked from the form of a record."""
        if record is None:
            return []
        stem = f"admin:cooperation_{self.opts.model_name}"
        linked = [(reverse(f"{stem}_story", args=[record.pk]), _("Story"))]
        if self.model in MERGEABLE and request.user.has_perm("cooperation.review_record"):
            linked.append((reverse(f"{stem}_merge", args=[record.pk]), _("Merge with another record")))
        return linked

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        saving = getattr(request, "saving", None)
        form.problems = saving.problems if saving else []
        return form

    def get_actions(self, request):
        actions = super().get_actions(request)
        # Many at once would be gone before anybody has read which.
        actions.pop("delete_selected", None)
        return actions

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and (obj is None or workflow.may_be_deleted(obj))

    def history_view(self, request, object_id, extra_context=None):
        return story_pages.story_page(self, request, object_id)

    def delete_model(self, request, obj):
        with editing(Edit.Kind.FORM, by=request.user):
            delete_row(obj)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if "_saveasnew" in request.POST:
            # Django takes it for a new record whether or not the form offers that.
            raise PermissionDenied
        if request.method == "POST":
            posted = with_plain_lines(request.POST)
            try:
                return self.receive(request, posted, object_id, form_url, extra_context)
            except IntegrityError:
                # Somebody saved the like of it at the same moment: held against that, the form says what is wrong.
                return self.receive(request, posted, object_id, form_url, extra_context)
        record = None if object_id is None else self.get_object(request, unquote(object_id))
        request.saving = begin(request, record)
        again = record and change_of_author(request.GET.get("pending"), record, request.user)
        if again and self.has_change_permission(request, record):
            return self.reopen(request, again, object_id, form_url, extra_context)
        return self.show(request, object_id, form_url, extra_context)

    def receive(self, request, posted, object_id, form_url, extra_context):
        """A form that was sent: all that comes of it is one edit. Nobody waits while a refusal is put together."""
        request.POST = posted
        record = None if object_id is None else self.get_object(request, unquote(object_id))
        saving = request.saving = begin(request, record)
        if record is None and object_id is not None:
            if not self.has_change_permission(request):
                raise PermissionDenied
            return gone_page(self, request, object_id)
        if issubclass(self.model, Record):
            steps.refuse_handmade_status(request, record)
        if record is not None and self.has_change_permission(request, record):
            hold_against_now(saving, self, request)
        if not saving.problems:
            try:
                with editing(Edit.Kind.FORM, by=request.user, reason=saving.reason):
                    if record is not None:
                        self.hold_on_to(record)
                    return self.show(request, object_id, form_url, extra_context)
            except OutdatedError:
                return self.receive(request, posted, object_id, form_url, extra_context)
            except RefusedError as refused:
                saving.problems.append(refused.problem)
                saving.near = refused.near
        return self.show(request, object_id, form_url, extra_context)

    def hold_on_to(self, record):
        """Let nobody else save a record before this transaction ends. SQLite lets nobody else write since it began."""
        version = self.model._base_manager.select_for_update().filter(pk=record.pk).values_list("version", flat=True)
        if list(version) != [record.version]:
            raise OutdatedError

    def reopen(self, request, change, object_id, form_url, extra_context):
        """The form with the entries of a change that its author has sent before."""
        request = repeated(request, method="POST", POST=form_as_sent(change))
        saving = request.saving = begin(request, request.saving.record)
        saving.reopened, saving.reason = change, change.reason
        hold_against_now(saving, self, request)
        # In any case something has to stand in its way: nobody has sent it now.
        saving.problems.append(_("Nothing was saved."))
        saving.is_outdated = False
        return self.show(request, object_id, form_url, extra_context)

    def show(self, request, object_id, form_url, extra_context):
        """Django’s own view, which saves a form that was sent unless something stands in its way."""
        saving = request.saving
        context = {"saving": saving, "step_buttons": [], "record_pages": self.pages_of(request, saving.record)}
        if isinstance(saving.record, Record):
            context["step_buttons"] = steps.step_buttons(request, saving.record)
        # With a problem nothing is saved, and no transaction is needed that would keep others from saving.
        view = super()._changeform_view if saving.problems else super().changeform_view
        response = view(request, object_id, form_url, context | (extra_context or {}))
        if saving.problems and isinstance(response, TemplateResponse):
            if saving.is_outdated:
                response.status_code = 409
            if not has_mistakes(response.context_data, saving.problems):
                # The template says what stands in the way: nothing in the fields is to be corrected.
                response.context_data["errors"] = []
        return response

    def save_model(self, request, obj, form, change):
        """Nothing yet: whether anything has changed is known when the parts are read, too."""

    def save_related(self, request, form, formsets, change):
        saving = request.saving
        if not change:
            found = [] if saving.has_looked else near_to(form, formsets)
            if found:
                raise RefusedError(
                    _("Nothing was saved yet: look whether the registry has this record already."), found
                )
        elif not is_changed(form, formsets):
            return
        elif saving.is_public and not saving.reason:
            raise RefusedError(
                _("Nothing was saved yet: say at the end of the form why you change what everybody can read.")
            )
        elif saving.waits:
            propose(request, form.instance, saving.reason)
            saving.outcome = PROPOSED
            return
        write(form, formsets)
        saving.outcome = SAVED

    def construct_change_message(self, request, form, formsets, add=False):
        return super().construct_change_message(request, form, formsets, add) if request.saving.outcome == SAVED else []

    def log_change(self, request, obj, message):
        if message:
            super().log_change(request, obj, message)

    def response_change(self, request, obj):
        outcome = request.saving.outcome
        if IS_POPUP_VAR in request.POST:
            return super().response_change(request, obj)
        if STEP in request.POST and outcome != PROPOSED:
            if outcome == SAVED:
                self.message_user(request, _("Your changes were saved."), messages.SUCCESS)
            steps.take_step(self, request, obj)
            return HttpResponseRedirect(request.path)
        if outcome == PROPOSED:
            text = _("Your change waits until somebody accepts it. Until then everybody reads the record as it was.")
            self.message_user(request, text, messages.SUCCESS)
            return HttpResponseRedirect(request.path)
        if outcome == NOTHING:
            self.message_user(request, _("You changed nothing, so nothing was saved."), messages.INFO)
            return self.response_post_save_change(request, obj)
        return super().response_change(request, obj)
