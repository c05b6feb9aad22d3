"""What is written to the audit log without anybody asking for it: sign-ins, accounts, rights, edits.

Receivers of signals, so that a form of the admin, a command and whatever comes later cannot forget it.
"""

import logging
from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import Error, transaction
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cooperation.audit.log import write_audit_entry
from cooperation.models import AuditEntry, Edit, edit_made

logger = logging.getLogger(__name__)
Action = AuditEntry.Action

# Of an account, what decides what it may do and who gets its mail.
AUDITED_FIELDS = ("username", "email", "is_active", "is_staff", "is_superuser", "password")
# Where an account keeps what is stored of it while it is saved.
STORED = "_stored_before_save"
# Where an account or group keeps its rights while they are taken away.
CLEARED = "_rights_before_clear"
# A kind without an action is in the history of its records, with its author, and changes no rights.
EDIT_ACTIONS: dict[Edit.Kind, AuditEntry.Action | None] = {
    Edit.Kind.FORM: None,
    Edit.Kind.CONFIRMED: None,
    Edit.Kind.LOADED: None,
    Edit.Kind.IMPORT: Action.IMPORTED,
    Edit.Kind.MERGE: Action.MERGED,
    Edit.Kind.UNDO: Action.UNDONE,
    Edit.Kind.PROGRAM: Action.CHANGED_BY_PROGRAM,
}


@receiver(user_logged_in)
def audit_sign_in(request: HttpRequest, user: User, **_signal: Any) -> None:
    write_audit_entry(Action.SIGNED_IN, request=request, user=user)


@receiver(user_logged_out)
def audit_sign_out(request: HttpRequest, user: User | None, **_signal: Any) -> None:
    if user is not None:
        write_audit_entry(Action.SIGNED_OUT, request=request, user=user)


@receiver(user_login_failed)
def audit_refusal(credentials: dict[str, Any], request: HttpRequest | None = None, **_signal: Any) -> None:
    """Write who was refused. Somebody may have typed a password as the name: only the name of an account is kept."""
    try:
        with transaction.atomic():
            about = describe_typed_name(str(credentials.get("username", "")))
            write_audit_entry(Action.SIGN_IN_REFUSED, request=request, about=about)
    except Error as error:  # the sign-in is refused all the same
        logger.warning("A refused sign-in could not be written to the audit log: %s", error)


def describe_typed_name(name: str) -> str:
    """Name the account that is called so; of anything else keep nothing."""
    is_account = "\0" not in name and User.objects.filter(username=name).exists()
    return name_account(name) if is_account else _("unknown account")


def name_account(name: str) -> str:
    return f"user {name}"


@receiver(pre_save, sender=User)
def remember_account(instance: User, update_fields: frozenset[str] | None = None, **_signal: Any) -> None:
    """Keep what is stored, to be compared once the account is saved."""
    before = None
    if instance.pk and (update_fields is None or set(update_fields) & set(AUDITED_FIELDS)):
        before = User._base_manager.filter(pk=instance.pk).values(*AUDITED_FIELDS).first()
    instance.__dict__[STORED] = before


@receiver(post_save, sender=User)
def audit_account(instance: User, created: bool, update_fields: frozenset[str] | None = None, **_signal: Any) -> None:
    about = name_account(instance.get_username())
    before = instance.__dict__.pop(STORED)
    if created:
        write_audit_entry(Action.ACCOUNT_ADDED, about=about, detail=describe_flags(instance, {}))
    if not before:
        return
    saved = {name: getattr(instance, name) for name in update_fields or AUDITED_FIELDS if name in before}
    changed = {name for name, value in saved.items() if value != before[name]}
    # Django stores the digest of the same password anew at a sign-in, when it was made in an older way.
    is_rehashed = set(update_fields or ()) == {"password"} and instance.__dict__.get("_password") is None
    if "password" in changed and not is_rehashed:
        write_audit_entry(Action.PASSWORD_SET, about=about)
    if changed - {"password"}:
        lines = [describe_flags(instance, before)]
        if "username" in changed:
            lines.append(_("Former name: %(name)s.") % {"name": before["username"]})
        if "email" in changed:
            lines.append(_("The e-mail address was changed."))
        write_audit_entry(Action.ACCOUNT_CHANGED, about=about, detail=" ".join(line for line in lines if line))


def describe_flags(account: User, before: dict[str, Any]) -> str:
    """Say which switches of an account were turned on or off; of a new one, which are on."""
    sentences = {
        ("is_active", True): _("Active."),
        ("is_active", False): _("No longer active."),
        ("is_staff", True): _("Staff."),
        ("is_staff", False): _("No longer staff."),
        ("is_superuser", True): _("Superuser."),
        ("is_superuser", False): _("No longer superuser."),
    }
    return " ".join(
        sentence
        for (name, value), sentence in sentences.items()
        if getattr(account, name) == value and before.get(name, False) != value
    )


@receiver(post_delete, sender=User)
def audit_deletion(instance: User, **_signal: Any) -> None:
    write_audit_entry(Action.ACCOUNT_DELETED, about=name_account(instance.get_username()))


@receiver(post_save, sender=Group)
def audit_group(instance: Group, created: bool, **_signal: Any) -> None:
    if created:
        write_audit_entry(Action.RIGHTS_CHANGED, about=name_group(instance), detail=_("The group was added."))


@receiver(post_delete, sender=Group)
def audit_deleted_group(instance: Group, **_signal: Any) -> None:
    write_audit_entry(Action.RIGHTS_CHANGED, about=name_group(instance), detail=_("The group was deleted."))


def name_group(group: Group) -> str:
    return f"group {group.name}"


def audit_rights(
    sender: type[Model],
    instance: Model,
    action: str,
    reverse: bool,
    model: type[Model],
    pk_set: set[int] | None,
    **_signal: Any,
) -> None:
    """Write which groups or permissions an account or a group got or lost, whichever of the two was asked."""
    if action == "pre_clear":
        # Afterwards nobody knows what was there.
        instance.__dict__[CLEARED] = linked_rows(sender, instance, model)
        return
    if action == "post_clear":
        rows = instance.__dict__.pop(CLEARED)
    elif action in ("post_add", "post_remove"):
        rows = list(model._base_manager.filter(pk__in=pk_set or ()))
    else:
        return
    sentence = _("Given: %(names)s.") if action == "post_add" else _("Taken away: %(names)s.")
    for holder, rights in [(row, [instance]) for row in rows] if reverse else [(instance, rows)]:
        if rights:
            names = ", ".join(sorted(map(name_right, rights)))
            about = name_group(holder) if isinstance(holder, Group) else name_account(str(holder))
            write_audit_entry(Action.RIGHTS_CHANGED, about=about, detail=sentence % {"names": names})


def linked_rows(through: type[Model], instance: Model, model: type[Model]) -> list[Model]:
    """Read the rows of `model` to which a table of links leads from `instance`."""
    source, target = (
        next(field.name for field in through._meta.fields if field.related_model is each)
        for each in (type(instance), model)
    )
    return list(model._base_manager.filter(pk__in=through._base_manager.filter(**{source: instance}).values(target)))


def name_right(right: Model) -> str:
    return right.codename if isinstance(right, Permission) else str(right)


for through in (User.groups.through, User.user_permissions.through, Group.permissions.through):
    m2m_changed.connect(audit_rights, sender=through)


@receiver(edit_made)
def audit_edit(edit: Edit, about: Model | None, step: str, **_signal: Any) -> None:
    """Write what somebody published, merged, imported or undid. Raises ValueError for a step that has no action."""
    if edit.kind == Edit.Kind.STEP:
        action: AuditEntry.Action | None = Action(step) if step else Action.STATUS_CHANGED
    elif edit.reviewed_by_id:
        action = Action.CHANGE_ACCEPTED
    else:
        action = EDIT_ACTIONS[Edit.Kind(edit.kind)]
    if action is None:
        return
    detail = " ".join(text for text in (edit.what, edit.reason) if text)
    write_audit_entry(action, user=edit.reviewed_by or edit.by, about=name_record(edit, about), detail=detail)


def name_record(edit: Edit, record: Model | None) -> str:
    """Name the record that an edit is about, as “project rice-seeds”, or the edit that it undoes."""
    if record is not None:
        public_id = getattr(record, getattr(record, "PUBLIC_ID", "pk"))
        return f"{record._meta.model_name} {public_id}"
    return f"edit {edit.undoes_id}: {edit.undoes}" if edit.undoes else ""
