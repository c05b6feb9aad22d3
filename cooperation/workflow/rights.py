"""Who may do what: the ready groups, and what is true of a record whoever asks."""

from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from cooperation.models import (
    Correction,
    DuplicatePair,
    ImportBatch,
    PublicationStatus,
    Record,
    Source,
    desk_models,
    registry_models,
)


def is_public(record):
    """Whether the public sees the record as it is stored. What cannot be a draft, such as a theme, it always sees."""
    if record.pk is None:
        return False
    published = getattr(type(record)._default_manager, "published", None)
    return published is None or published().filter(pk=record.pk).exists()


def may_change_directly(user, record):
    """Whether a change by this user is made at once; else it waits beside the record until somebody accepts it."""
    return not is_public(record) or user.has_perm("cooperation.publish_record")


def may_be_deleted(record):
    """Not what the public has ever seen: that is withdrawn, and its address goes on saying so."""
    if not isinstance(record, Record):
        return True
    never_public = (PublicationStatus.DRAFT, PublicationStatus.IN_REVIEW)
    past = type(record).history.model.objects.filter(id=record.pk)
    return record.publication_status in never_public and not past.exclude(publication_status__in=never_public).exists()


def codenames(models, *actions):
    return {get_permission_codename(action, model._meta) for model in models for action in actions}


@transaction.atomic
def make_groups():
    """Make those of the ready groups that are missing. One that exists stays as the installation has changed it."""
    registry, parts = registry_models(), [model for model in registry_models() if hasattr(model, "owner")]
    # Countries and vocabularies have no draft: to add one is to publish it.
    drafted = [model for model in registry if model in parts or issubclass(model, (Record, Source))]
    editors = {
        "submit_record",
        *codenames(registry, "view", "change"),
        *codenames(drafted, "add"),
        *codenames(parts, "delete"),
        *codenames(desk_models(), "view"),
        *codenames([ImportBatch], "add"),
    }
    reviewers = editors | {"review_record", *codenames([Correction, DuplicatePair], "change")}
    publishers = reviewers | {"publish_record", "withdraw_record", *codenames(registry, "add", "delete")}
    for name, rights in (("Editors", editors), ("Reviewers", reviewers), ("Publishers", publishers)):
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new:
            group.permissions.set(Permission.objects.filter(content_type__app_label="cooperation", codename__in=rights))
