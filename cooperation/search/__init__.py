"""The search: one index for all public records, with the same answers on SQLite and on PostgreSQL.

`words` folds text and reads questions, `index` keeps the index at the data version, `finding` answers from it. The
names below are the whole interface; they hand out numbers of records, never records.
"""

from cooperation.folding import fold, words_of
from cooperation.search.finding import ids_holding, ids_holding_all, ids_named, ids_titled, suggestion
from cooperation.search.index import PARTS, catch_up, rebuild, version_of_index
from cooperation.search.repair import is_whole, repair
from cooperation.search.words import LONGEST_QUESTION, Asked, Word, excerpt, mark, read_question

__all__ = [
    "LONGEST_QUESTION",
    "PARTS",
    "Asked",
    "Word",
    "catch_up",
    "excerpt",
    "fold",
    "ids_holding",
    "ids_holding_all",
    "ids_named",
    "ids_titled",
    "is_whole",
    "mark",
    "read_question",
    "rebuild",
    "repair",
    "suggestion",
    "version_of_index",
    "words_of",
]
