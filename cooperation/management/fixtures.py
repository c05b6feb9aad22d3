"""Fixtures into an empty registry: what `loaddata` gives, many rows at a time.

`loaddata` asks the database for every reference and saves row by row. Here references are looked up in memory and each
model is inserted in batches, which takes a tenth of the time. As with `loaddata`, values are stored as the files state
them (no `save()`, no `full_clean()`) and nothing is kept in the history.
"""

import gc
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.management import CommandError
from django.db import DataError, IntegrityError, models, transaction

from cooperation.models import registry_models

# Both loaders make plain values only. Without the parser in C, which PyYAML has wherever it is installed from a wheel,
# reading takes ten times as long.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Rows that are inserted at a time.
BATCH = 1_000
# What YAML says of a value that is none of its kind, such as 2026-02-31, beside errors of its own.
UNREADABLE = (yaml.YAMLError, OSError, ValueError, LookupError, AttributeError, ArithmeticError, TypeError)
# What the database says of values that it does not take, and Python of numbers that are too large for it. ValueError is
# psycopg's of a text with a NUL.
REFUSALS = (IntegrityError, DataError, ValueError, ArithmeticError)


@dataclass(slots=True)
class Entry:
    """One entry of a fixture: the row that it makes, and what that row refers to."""

    path: Path
    number: int  # in its file, from 1
    label: str  # of its model
    row: models.Model | None = None
    references: list[tuple[models.Field, list]] = field(default_factory=list)
    links: list[tuple[models.ManyToManyField, list]] = field(default_factory=list)

    def refusal(self, reason: object) -> CommandError:
        return refusal(self.path, f"entry {self.number} ({self.label}): {reason}")


def refusal(path: Path, reason: object) -> CommandError:
    return CommandError(f"The fixtures were not loaded. In fixtures/{path.name}: {reason}")


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Keep Python from looking for garbage among millions of new values, none of which is any.

    With it the reading of YAML takes three times as long.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@without_garbage_collection()
def load_fixtures(paths: list[Path], report: Callable[[float, str], None] = lambda share, doing: None) -> None:
    """Insert the entries of YAML files into an empty registry. To be called in a transaction.

    Rows refer to each other by natural keys, whatever the order of the files. `report` is told how much is done
    (from 0 to 1) and what is being done. Raises CommandError with the file and the reason.
    """
    by_label = {model._meta.label_lower: model for model in registry_models()}
    entries = defaultdict(list)
    for number, path in enumerate(paths):
        report(number / len(paths) / 2, f"reading {path.name}")
        for entry, content in read_entries(path):
            model = by_label.get(entry.label)
            if model is None:
                raise entry.refusal("fixtures can hold no such model")
            fill_entry(entry, model, content)
            entries[model].append(entry)
    pks = {model: {} for model in registry_models()}
    referenced = {each.related_model for model in pks for each in [*model._meta.fields, *model._meta.many_to_many]}
    # A model is defined after those that it refers to.
    for number, (model, keys) in enumerate(pks.items()):
        report(0.5 + number / len(pks) / 2, f"storing {model._meta.verbose_name_plural}")
        insert_rows(model, entries[model], pks)
        if model in referenced:
            keys.update((entry.row.natural_key(), entry.row.pk) for entry in entries[model])
        refer_to_own_model(model, entries[model], pks)
    for model in pks:
        for many in model._meta.many_to_many:
            insert_links(many, entries[model], pks)


def read_entries(path: Path) -> Iterator[tuple[Entry, dict[str, Any]]]:
    """Read the entries of a file, still empty, each with the fields that it states."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), LOADER)  # noqa: S506  # nosec B506
    except UNREADABLE as error:
        raise refusal(path, error) from error
    if not isinstance(content, list):
        raise refusal(path, "it must be a list of entries")
    for number, item in enumerate(content, start=1):
        if not (isinstance(item, dict) and item.keys() == {"model", "fields"} and isinstance(item["fields"], dict)):
            raise refusal(path, f"entry {number} must be a model and fields, and nothing else")
        yield Entry(path, number, str(item["model"]).lower()), item["fields"]


def fill_entry(entry: Entry, model: type[models.Model], content: dict[str, Any]) -> None:
    """Make the row of an entry. What it refers to is looked up later."""
    values = {}
    for name, value in content.items():
        try:
            known = model._meta.get_field(name)
        except FieldDoesNotExist as error:
            raise entry.refusal(error) from error
        if getattr(known, "primary_key", False):
            raise entry.refusal(f"{name}: ids are given by the database")
        if known.many_to_many and known.concrete:
            entry.links.append((known, value))
        elif known.is_relation and known.concrete:
            if value is not None:
                entry.references.append((known, value))
        elif known.concrete:
            if isinstance(value, list | dict):
                raise entry.refusal(f"{name} must be a single value")
            try:
                values[name] = known.to_python(value)
            except (ValidationError, TypeError, ValueError, ArithmeticError) as error:
                raise entry.refusal(f"{name}: {error}") from error
        else:
            raise entry.refusal(f"{name} is stated by the rows of {known.related_model._meta.label_lower}")
    entry.row = model(**values)


def insert_rows(model: type[models.Model], entries: list[Entry], pks: dict[type[models.Model], dict]) -> None:
    """Insert the rows of a model. What refers to a row of the same model stays empty until all of them are there."""
    for entry in entries:
        for reference, key in entry.references:
            if reference.related_model is not model:
                setattr(entry.row, reference.attname, find_pk(entry, reference, key, pks))
    write(entries, partial(model._base_manager.bulk_create, batch_size=BATCH))


def write(entries: list[Entry], write_rows: Callable[[list[models.Model]], object]) -> None:
    """Write the rows of these entries at once. Raises CommandError for the first one that the database refuses."""
    try:
        with transaction.atomic():
            write_rows([entry.row for entry in entries])
    except REFUSALS:
        # What is said of many rows does not tell which one it is.
        for entry in entries:
            try:
                with transaction.atomic():
                    write_rows([entry.row])
            except REFUSALS as error:
                raise entry.refusal(error) from error
        raise


def refer_to_own_model(model: type[models.Model], entries: list[Entry], pks: dict[type[models.Model], dict]) -> None:
    """Store the references between rows of one model, such as the parent of an agency."""
    for reference in model._meta.concrete_fields:
        if reference.related_model is model:
            referring = []
            for entry in entries:
                for _same, key in [each for each in entry.references if each[0] is reference]:
                    setattr(entry.row, reference.attname, find_pk(entry, reference, key, pks))
                    referring.append(entry)
            write(referring, partial(model._base_manager.bulk_update, fields=[reference.name], batch_size=BATCH))


def insert_links(many: models.ManyToManyField, entries: list[Entry], pks: dict[type[models.Model], dict]) -> None:
    """Insert the rows of a many-to-many field."""
    through = many.remote_field.through
    source = through._meta.get_field(many.m2m_field_name()).attname
    target = through._meta.get_field(many.m2m_reverse_field_name()).attname
    rows = []
    for entry in entries:
        for _same, keys in [each for each in entry.links if each[0] is many]:
            if not isinstance(keys, list):
                raise entry.refusal(f"{many.name} must be a list")
            found = dict.fromkeys(find_pk(entry, many, key, pks) for key in keys)
            rows += [through(**{source: entry.row.pk, target: pk}) for pk in found]
    through._base_manager.bulk_create(rows, batch_size=BATCH)


def find_pk(entry: Entry, reference: models.Field, key: Any, pks: dict[type[models.Model], dict]) -> int:
    """Find the id of the row to which an entry refers by its natural key, a list."""
    try:
        return pks[reference.related_model][tuple(key)]
    except (KeyError, TypeError):
        label = reference.related_model._meta.label_lower
        raise entry.refusal(f"{reference.name}: there is no {label} {key!r}") from None
