"""Which record of the registry a row of a table means, and what the registry holds of it."""

import re
from collections import defaultdict
from itertools import chain, count

from django.utils.text import slugify
from django.utils.translation import gettext as _

from cooperation.folding import words_of
from cooperation.imports.cells import text_of
from cooperation.imports.plan_iati import LONGEST_SLUG, LONGEST_TITLE_SLUG, shortened_slug
from cooperation.models import Agency, FormerSlug, Forum, Project, PublicationStatus, Source

# What is read of every record of a model, to find it again.
KEY_FIELDS = {
    Project: ("title", "official_id", "iati_identifier"),
    Agency: ("name", "native_name", "iati_id", "country_id"),
    Forum: ("name", "acronym"),
    Source: ("title", "url"),
}
# A number that anybody’s list may have: it says which record is meant only beside its title.
ANYBODYS_NUMBER = re.compile(r"\d{1,5}")
# Records of which the parts are read at a time.
BATCH = 500
MOST_NAMED = 5
# Records of one name that are held against a row: hundreds are called “Training course”.
MOST_OF_ONE_NAME = 200


def plain(text):
    """A name in folded words; one that has none, as it is."""
    return " ".join(words_of(text)) or text.strip()


class FoundRecords:
    """All records of a model by what a row may say of them, in three queries."""

    def __init__(self, model):
        self.model = model
        fields = [*KEY_FIELDS[model], *(["publication_status"] if model is not Source else [])]
        self.slugs, self.statuses, self.said = {}, {}, {}
        self.by_key = defaultdict(list)
        for pk, slug, *values in model.objects.order_by("pk").values_list("pk", "slug", *fields):
            said = dict(zip(fields, values, strict=True))
            self.slugs[slug], self.statuses[pk], self.said[pk] = pk, said.get("publication_status"), said
            for key in {*strong_keys(model, said), *weak_keys(model, said)}:
                self.by_key[key].append(pk)
        former = FormerSlug.objects.filter(record_type=model._meta.model_name)
        self.former = dict(former.values_list("slug", "current"))
        self.slug_of = {pk: slug for slug, pk in self.slugs.items()}
        self.public = set(model.objects.published().values_list("pk", flat=True))
        self.taken = {*self.slugs, *self.former}
        self.numbers = defaultdict(lambda: count(2))

    def at(self, public_id):
        """The key of the record with this public id, now or formerly; None if there is none."""
        return self.slugs.get(self.former.get(public_id, public_id))

    def meant(self, said):
        """The keys of the records that what a row says may mean: `said` are values of `KEY_FIELDS`."""
        for key in strong_keys(self.model, said):
            if key in self.by_key:
                return self.by_key[key]
        found = [pk for key in weak_keys(self.model, said) for pk in self.by_key.get(key, ())[:MOST_OF_ONE_NAME]]
        return [pk for pk in dict.fromkeys(found) if not differ(self.said[pk], said)]

    def is_withdrawn(self, pk):
        return self.statuses.get(pk) == PublicationStatus.WITHDRAWN

    def is_published(self, pk):
        """Whether the public sees what the record says."""
        return pk in self.public

    def why_several(self, found):
        slugs = [self.slug_of[pk] for pk in found]
        shown = ", ".join(slugs[:MOST_NAMED]) + (" …" if len(slugs) > MOST_NAMED else "")
        return _("Several records may be meant (%(slugs)s). Name one by its public id.") % {"slugs": shown}

    def new_slug(self, said, other_id):
        """A public id for a new record that no other has; it is taken by that."""
        title = slugify(said.get("title") or said.get("name") or "")
        other_id = slugify(other_id)[:LONGEST_SLUG]
        short = shortened_slug(title, LONGEST_TITLE_SLUG) or title[:LONGEST_TITLE_SLUG]
        beginning = shortened_slug(title, max(0, LONGEST_SLUG - len(other_id) - 1))
        stem = short or other_id or self.model._meta.model_name
        numbered = (f"{stem}-{number}" for number in self.numbers[stem])
        first = [short, f"{beginning}-{other_id}".strip("-") if other_id else "", *([other_id] if not short else [])]
        slug = next(each for each in chain(first, numbered) if each and each not in self.taken)
        self.taken.add(slug)
        return slug


def strong_keys(model, said):
    """What alone says which record is meant, the surest first. Values that are not there are left out."""
    said = {name: value or "" for name, value in said.items()}
    if model is Project:
        number, title = plain(said.get("official_id", "")), plain(said.get("title", ""))
        if number and title:
            yield "number and title", number, title
        if number and not ANYBODYS_NUMBER.fullmatch(number):
            yield "number", number
        if said.get("iati_identifier"):
            yield "iati", said["iati_identifier"].casefold()
    elif model is Agency and said.get("iati_id"):
        yield "iati", said["iati_id"].casefold()
    elif model is Source and said.get("url"):
        yield "url", said["url"]


def weak_keys(model, said):
    """What says which record is meant as long as nothing else speaks against it."""
    if model is Project and said.get("title"):
        yield "title", plain(said["title"])
    elif model is Agency:
        for name in filter(None, (said.get("name"), said.get("native_name"))):
            yield "name", plain(name)
    elif model is Forum and said.get("name"):
        yield "name", plain(said["name"])


def differ(held, said):
    """Whether two records of the same name are not the same, since both have a number or a country and not the same."""
    telling = ("official_id", "iati_identifier", "iati_id", "country_id")
    return any(
        held.get(name) and said.get(name) and plain(text_of(held[name])) != plain(text_of(said[name]))
        for name in telling
    )


def held_records(model, ids, many, parts):
    """What the registry holds of these records: `({pk: record}, {(name, pk): {key, ...}}, {(part, pk): [row, ...]})`.

    `many` names many-to-many fields, `parts` the models of parts, each read once for a batch of records.
    """
    ids = list(ids)
    records, chosen, rows = {}, defaultdict(set), defaultdict(list)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        records |= model._base_manager.in_bulk(batch)
        for name in many:
            for pk, value in links(model, name, batch):
                chosen[name, pk].add(value)
        for part in parts:
            for row in part._base_manager.filter(**{f"{part.owner}__in": batch}).order_by("pk"):
                rows[part, getattr(row, f"{part.owner}_id")].append(row)
    return records, chosen, rows


def links(model, name, ids):
    """`(pk, key of what is chosen)` of a many-to-many field."""
    field = model._meta.get_field(name)
    through, owner, target = field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()
    return through.objects.filter(**{f"{owner}__in": ids}).values_list(f"{owner}_id", f"{target}_id")
