"""The questions of the project list in plain SQL: how many, how many of each value of three facets, and one page."""

import time

from django.db import connection

from tests.bench.addresses import COUNTRY, PAGE_SIZE, STATUS

TIMES = 20
SECONDS = 10
FACETS = ("modality", "status", "forum_id")
ALL = "FROM cooperation_project WHERE publication_status = 'published'"
FILTERED = f"""{ALL} AND status = %s
    AND id IN (SELECT project_id FROM cooperation_participation
        JOIN cooperation_country ON cooperation_country.id = country_id WHERE iso3 = %s)
    AND id IN (SELECT project_id FROM cooperation_project_themes
        JOIN cooperation_theme ON cooperation_theme.id = theme_id WHERE code = %s)"""


def measure(theme):
    """`{what: [milliseconds of each time]}`."""
    everything, filtered = (ALL, []), (FILTERED, [STATUS, COUNTRY, theme])
    hits = count(*everything)
    pages = {"the page in the middle": hits // 2, "the last page": max(hits - PAGE_SIZE, 0)}
    return {
        "SQL: hits": repeat(lambda: count(*everything)),
        "SQL: hits, three filters": repeat(lambda: count(*filtered)),
        "SQL: three facets": repeat(lambda: facets(*everything)),
        "SQL: three facets, three filters": repeat(lambda: facets(*filtered)),
        "SQL: first page": repeat(lambda: page(*everything, 0)),
        "SQL: first page, three filters": repeat(lambda: page(*filtered, 0)),
        **{f"SQL: {name}": repeat(lambda offset=offset: page(*everything, offset)) for name, offset in pages.items()},
    }


def repeat(ask):
    """How long each time took, in ms: so many times, or fewer when that takes too long."""
    milliseconds, began = [], time.perf_counter()
    ask()
    while len(milliseconds) < TIMES and (not milliseconds or time.perf_counter() - began < SECONDS):
        started = time.perf_counter()
        ask()
        milliseconds.append((time.perf_counter() - started) * 1000)
    return milliseconds


def rows(statement, values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def count(condition, values):
    return rows(f"SELECT COUNT(*) {condition}", values)[0][0]


def facets(condition, values):
    return [rows(f"SELECT {facet}, COUNT(*) {condition} GROUP BY {facet}", values) for facet in FACETS]


def page(condition, values, offset):
    order = "ORDER BY updated DESC, id DESC"
    return rows(f"SELECT * {condition} {order} LIMIT {PAGE_SIZE} OFFSET {offset}", values)
