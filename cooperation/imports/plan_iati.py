"""What would become of each activity in a file: new, changed, unchanged, or skipped and why.

Nothing is written here.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace

from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.imports.compare_iati import Writing, changes_in_words, compare
from cooperation.imports.held import Held, held_projects
from cooperation.imports.iati_content import ReadActivity
from cooperation.imports.iati_records import what_cannot_be_held
from cooperation.models import FormerSlug, Project, PublicationStatus

# Activities whose records are looked up at a time.
BATCH = 400
LONGEST_IDENTIFIER = Project._meta.get_field("iati_identifier").max_length
LONGEST_SLUG = Project._meta.get_field("slug").max_length
# Of an address that is made from a title.
LONGEST_TITLE_SLUG = 60


class Outcome(TextChoices):
    NEW = "new", gettext_lazy("new")
    CHANGED = "changed", gettext_lazy("changed")
    UNCHANGED = "unchanged", gettext_lazy("unchanged")
    SKIPPED = "skipped", gettext_lazy("skipped")


@dataclass
class PlannedActivity:
    """What would become of one activity.

    `reason` says why it is skipped. `changes` are the differences in words, `writing` is what is to be written. `held`
    is what the registry has, of a record that is new nothing, and `slug` its address.
    """

    outcome: Outcome
    activity: ReadActivity
    title: str
    slug: str = ""
    reason: str = ""
    changes: list = field(default_factory=list)
    writing: Writing | None = None
    held: Held | None = None

    @property
    def remarks(self):
        return self.activity.remarks


def plan(activities, known):
    """`[PlannedActivity, ...]` of the activities, in their order. `known` is `read_known()` of this registry."""
    lines = defaultdict(list)
    for activity in activities:
        lines[activity.identifier].append(activity.line)
    planned, own_addresses = [], set()
    for first in range(0, len(activities), BATCH):
        batch = activities[first : first + BATCH]
        registry = Registry(batch)
        for activity in batch:
            row = plan_one(activity, lines[activity.identifier], registry, known, own_addresses)
            own_addresses.add(row.slug)
            planned.append(row)
    return planned


class Registry:
    """What the registry has of some activities, read in a fixed number of queries."""

    def __init__(self, activities):
        own = [activity.slug for activity in activities if activity.is_own]
        foreign = [activity.identifier for activity in activities if not activity.is_own]
        projects = Project.objects.select_related("forum", "fund").order_by("pk")
        self.own = {each.project.slug: each for each in held_projects(projects.filter(slug__in=own))}
        self.foreign = defaultdict(list)
        for each in held_projects(projects.filter(iati_identifier__in=foreign).exclude(iati_identifier="")):
            self.foreign[each.project.iati_identifier].append(each)
        addresses = {address for each in activities for address in possible_addresses(each)}
        self.taken = set(Project.objects.filter(slug__in=addresses).values_list("slug", flat=True))
        former = FormerSlug.objects.filter(record_type=Project._meta.model_name, slug__in=addresses)
        self.moved = dict(former.values_list("slug", "current"))
        titles = {activity.title for activity in activities}
        self.slugs_of_title = defaultdict(list)
        for title, slug in Project.objects.filter(title__in=titles).order_by("pk").values_list("title", "slug"):
            self.slugs_of_title[title].append(slug)

    def held(self, activity):
        """`[Held, ...]` of the records that the activity may be: none or one, several by a mistake in the registry."""
        if activity.is_own:
            return [self.own[activity.slug]] if activity.slug in self.own else []
        return self.foreign[activity.identifier]

    def is_free(self, address):
        return address not in self.taken and address not in self.moved


def possible_addresses(activity):
    """Addresses that a new record may have, the best first: a short one from the title, or one that no other has."""
    if activity.is_own:
        return [activity.slug]
    title, identifier = slugify(activity.title), slugify(activity.identifier)[:LONGEST_SLUG]
    short = shortened_slug(title, LONGEST_TITLE_SLUG)
    beginning = shortened_slug(title, max(0, LONGEST_SLUG - len(identifier) - 1))
    return list(filter(None, (short, f"{beginning}-{identifier}".strip("-"), identifier)))


def shortened_slug(slug, most):
    return slug if len(slug) <= most else slug[: most + 1].rpartition("-")[0]


def plan_one(activity, lines, registry, known, addresses):
    """`addresses` are those that activities before it in the file will have."""
    # What the plan remarks on is no part of the file.
    activity = replace(activity, remarks=list(activity.remarks))
    held = registry.held(activity)
    title = activity.title or (held[0].project.title if held else "")
    reason = why_not_read(activity, lines) or (why_not_to_change(held, registry) if held else "")
    slug = held[0].project.slug if held else ""
    if not reason and not held:
        free = [each for each in possible_addresses(activity) if registry.is_free(each) and each not in addresses]
        slug, reason = (free[0], "") if free else ("", why_no_address(activity, registry))
    if reason:
        return PlannedActivity(Outcome.SKIPPED, activity, title, reason=reason)
    found = held[0] if held else Held()
    writing = compare(activity, found, known)
    reason = what_cannot_be_held(writing, found, "" if held else slug, known)
    if reason:
        return PlannedActivity(Outcome.SKIPPED, activity, title, reason=reason)
    if not held:
        remark_on_same_title(activity, registry)
        return PlannedActivity(Outcome.NEW, activity, title, slug, writing=writing, held=found)
    if not writing:
        return PlannedActivity(Outcome.UNCHANGED, activity, title, slug, held=found)
    remark_on_newer_record(activity, found.project)
    changes = changes_in_words(writing, found, known)
    return PlannedActivity(Outcome.CHANGED, activity, title, slug, "", changes, writing, found)


def why_not_read(activity, lines):
    """Why an activity cannot be taken, whatever the registry has; "" if it can."""
    if not activity.identifier:
        return _("it has no identifier")
    if len(activity.identifier) > LONGEST_IDENTIFIER:
        return _("its identifier is longer than %(most)s characters") % {"most": LONGEST_IDENTIFIER}
    if len(lines) > 1:
        shown = ", ".join(str(line) for line in lines[:5]) + (" …" if len(lines) > 5 else "")
        return _("its identifier stands %(times)s times in the file (lines %(lines)s)") % {
            "times": len(lines),
            "lines": shown,
        }
    return "" if activity.title else _("it has no title")


def why_not_to_change(held, registry):
    projects = [each.project for each in held]
    if len(projects) > 1:
        slugs = ", ".join(project.slug for project in projects)
        return _("several records have its identifier (%(slugs)s)") % {"slugs": slugs}
    if projects[0].publication_status == PublicationStatus.WITHDRAWN:
        return _("its record “%(slug)s” was withdrawn") % {"slug": projects[0].slug}
    return ""


def why_no_address(activity, registry):
    address = next(iter(possible_addresses(activity)), "")
    if address in registry.moved:
        return _("the address “%(slug)s” belonged to another record and still leads to it (“%(current)s”)") % {
            "slug": address,
            "current": registry.moved[address],
        }
    return _("no address can be made from its title and identifier that no other record has")


def remark_on_same_title(activity, registry):
    slugs = registry.slugs_of_title.get(activity.title)
    if slugs:
        activity.remark(activity.line, _("The registry already has a record of the same title"), slugs)


def remark_on_newer_record(activity, project):
    if activity.updated and project.updated > activity.updated:
        what = _("The record was changed in the registry after the file was made")
        activity.remark(activity.line, what, date_format(project.updated, "j F Y"))
