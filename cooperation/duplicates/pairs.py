"""Pairs that may be the same record, kept for the curators to decide."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from cooperation.duplicates.alike import compare
from cooperation.duplicates.likeness import MERGEABLE, read_likenesses
from cooperation.duplicates.nearest import NEAR, Index, country_words
from cooperation.models import DuplicatePair

LONGEST_WHY = DuplicatePair._meta.get_field("why").max_length


@dataclass(frozen=True)
class Pair:
    """Two records of one type by their numbers, the older first."""

    first: int
    second: int
    score: int
    why: str


def find_pairs(model):
    """`[Pair, ...]` of the records of `model` that are near each other, the nearest first."""
    return pairs_of(read_likenesses(model))


def pairs_of(likenesses, least=NEAR):
    """The same of any likenesses, each of which has a `pk`, from the score `least` on."""
    index, words, found = Index(likenesses), country_words(), {}
    for record in index.records:
        for place in index.candidates(record):
            other = index.records[place]
            key = (min(record.pk, other.pk), max(record.pk, other.pk))
            if record.pk != other.pk and key not in found:
                found[key] = compare(record, other, words)
    near = [Pair(*key, score, why) for key, (score, why) in found.items() if score >= least]
    return sorted(near, key=lambda pair: (-pair.score, pair.first, pair.second))


def decide_different(one, other, by):
    """Somebody has looked at two records and found that they are not the same."""
    first, second = sorted((one.pk, other.pk))
    decision = {"state": DuplicatePair.State.DIFFERENT, "decided_by": by, "decided": timezone.now()}
    DuplicatePair.objects.update_or_create(
        record_type=one._meta.model_name,
        first_id=first,
        second_id=second,
        defaults=decision,
        create_defaults={"score": 0, **decision},
    )


def refresh():
    """Look for pairs in the whole registry and keep them; gives how many wait for a decision now.

    What somebody has decided stays. A waiting pair that is no longer near, or has lost a record, is dropped.
    """
    with transaction.atomic():
        for model in MERGEABLE:
            name = model._meta.model_name
            found = {(pair.first, pair.second): pair for pair in find_pairs(model)}
            for kept in DuplicatePair.objects.filter(record_type=name):
                pair = found.pop((kept.first_id, kept.second_id), None)
                if kept.state != DuplicatePair.State.WAITING:
                    continue
                if pair is None:
                    kept.delete()
                else:
                    kept.score, kept.why = pair.score, pair.why[:LONGEST_WHY]
                    kept.save()
            DuplicatePair.objects.bulk_create(
                DuplicatePair(
                    record_type=name,
                    first_id=pair.first,
                    second_id=pair.second,
                    score=pair.score,
                    why=pair.why[:LONGEST_WHY],
                )
                for pair in found.values()
            )
    return DuplicatePair.objects.filter(state=DuplicatePair.State.WAITING).count()
