"""What tests ask the search: short forms, with answers as plain lists."""

from cooperation import search

HOSTILE_TEXTS = [
    "\x00",
    "\ud800",
    "tica\x00\ud800",
    '"',
    '"""',
    "'",
    "\\",
    "*",
    "tica*",
    "^tica",
    "-tica",
    "NEAR(tica, 2)",
    "tica AND OR NOT",
    "names : tica",
    "{names} : tica",
    "tica + tica",
    "tica & !tica | (tica",
    "tica <-> tica:*",
    "%s %(x)s {}",
    "¶",
    "\N{RIGHT-TO-LEFT OVERRIDE}\N{PILE OF POO}",
    "'; DROP TABLE cooperation_search; --",
    "x" * 50_000,
    "ก" * 99,
    "\u0301" * 1000,
]


def found(answer):
    """`{record type: [id, ...]}` of an answer, which is arrays."""
    return {record_type: ids.tolist() for record_type, ids in answer.items()}


def holding(text, parts=search.PARTS):
    """What holds the only word of `text`."""
    [word] = search.read_question(text).words
    return found(search.ids_holding(word, parts))


def titled(text, whole):
    return found(search.ids_titled(search.read_question(text), whole))


def named(text):
    return found(search.ids_named(search.read_question(text)))


def suggested(text, has_hits=lambda text: True):
    return search.suggestion(search.read_question(text), has_hits)


def marked(text, question, **options):
    show = search.excerpt if options else search.mark
    return str(show(text, search.read_question(question), **options))
