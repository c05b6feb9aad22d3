"""Records that are in the registry twice: who is like whom, and how two become one.

`likeness` says what of a record is compared, `names` and `alike` compare two, `nearest` finds those worth comparing,
`pairs` keeps what was found for the curators, `foreseeing` shows what a merge would do, `merging` does it.
"""

from cooperation.duplicates.foreseeing import foresee
from cooperation.duplicates.likeness import MERGEABLE, Likeness, likeness_of
from cooperation.duplicates.merging import MergeRefusedError, merge
from cooperation.duplicates.nearest import NEAR, Nearest, nearest, nearest_of_all
from cooperation.duplicates.pairs import decide_different, find_pairs, refresh

__all__ = [
    "MERGEABLE",
    "NEAR",
    "Likeness",
    "MergeRefusedError",
    "Nearest",
    "decide_different",
    "find_pairs",
    "foresee",
    "likeness_of",
    "merge",
    "nearest",
    "nearest_of_all",
    "refresh",
]
