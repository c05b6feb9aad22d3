"""The groups of curators: which rights each has, also those that a new version brings."""

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from cooperation.models import (
    Correction,
    DuplicatePair,
    ImportBatch,
    KnownRight,
    Record,
    Source,
    desk_models,
    registry_models,
)

# For so long after an update the members of a group are told which new rights it lacks.
NEW_RIGHT_DAYS = 90
# Who holds this right works on the registry, in whatever group an installation has made.
CURATORS_RIGHT = "change_project"


def ready_groups() -> dict[str, set[str]]:
    """Name the ready groups, each with the codenames of its rights; the last one has all rights of curators."""
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
    return {"Editors": editors, "Reviewers": reviewers, "Publishers": publishers}


def codenames(models: Iterable[type[Model]], *actions: str) -> set[str]:
    return {get_permission_codename(action, model._meta) for model in models for action in actions}


def registry_rights() -> QuerySet[Permission]:
    """Find all rights of the registry, also those that no ready group has."""
    return Permission.objects.filter(content_type__app_label="cooperation")


@transaction.atomic
def make_groups() -> None:
    """Make those of the ready groups that are missing, and give the others the rights that are new in this version.

    Else a group stays as the installation has changed it. Where earlier versions did not write down which rights they
    knew, nobody can tell a new right from one that was taken away: then none is given, and `find_missing_rights` tells.
    """
    is_first = not Group.objects.exists()
    knows_rights = KnownRight.objects.exists()
    new = list(registry_rights().exclude(pk__in=KnownRight.objects.values("permission")))
    for name, rights in ready_groups().items():
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new:
            group.permissions.set(registry_rights().filter(codename__in=rights))
        elif knows_rights:
            group.permissions.add(*(right for right in new if right.codename in rights))
    since = None if is_first else timezone.now().date()
    KnownRight.objects.bulk_create(KnownRight(permission=right, since=since) for right in new)


def find_missing_rights(groups: QuerySet[Group]) -> dict[Group, list[str]]:
    """Find the names of the rights that came with a recent update, for each of the groups of curators that lacks some.

    A ready group lacks what belongs to it; any other group whose members may change projects, what publishers have.
    """
    recent = timezone.now().date() - timedelta(days=NEW_RIGHT_DAYS)
    known = KnownRight.objects.filter(since__gte=recent)
    new = list(registry_rights().filter(pk__in=known.values("permission")).order_by("name"))
    if not new:
        return {}
    ready = ready_groups()
    everything = ready["Publishers"]
    missing = {}
    of_curators = groups.filter(Q(name__in=ready) | Q(permissions__codename=CURATORS_RIGHT)).distinct().order_by("name")
    for group in of_curators.prefetch_related("permissions"):
        held = {right.pk for right in group.permissions.all()}
        rights = ready.get(group.name, everything)
        if lacking := [right.name for right in new if right.pk not in held and right.codename in rights]:
            missing[group] = lacking
    return missing
