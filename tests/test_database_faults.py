"""Which errors of a database are faults that an operator can mend; how a SQLite file is opened."""

import errno
import sqlite3
from contextlib import closing

import psycopg
import pytest
from django.db import DatabaseError, InternalError, OperationalError, ProgrammingError

from cooperation.database_faults import DatabaseFault, read_fault
from sscportal.sqlite import OwnerOnlyConnection, ReadOnlyConnection

pytestmark = pytest.mark.any_database


def as_django_raises(kind, of_driver):
    error = kind(str(of_driver))
    error.__cause__ = of_driver
    return error


def sqlite_error(code):
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("kind", "of_driver", "fault"),
    [
        (OperationalError, sqlite_error(sqlite3.SQLITE_FULL), DatabaseFault.FULL),
        (OperationalError, sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT), DatabaseFault.LOCKED),
        (OperationalError, sqlite_error(sqlite3.SQLITE_READONLY_DBMOVED), DatabaseFault.READ_ONLY),
        (OperationalError, sqlite_error(sqlite3.SQLITE_CANTOPEN), DatabaseFault.OUT_OF_REACH),
        (OperationalError, sqlite_error(sqlite3.SQLITE_ERROR), None),  # such as: no such table
        (DatabaseError, sqlite_error(sqlite3.SQLITE_CORRUPT), None),
        (OperationalError, psycopg.OperationalError("connection refused"), DatabaseFault.OUT_OF_REACH),
        (OperationalError, psycopg.errors.AdminShutdown("being shut down"), DatabaseFault.OUT_OF_REACH),
        (OperationalError, psycopg.errors.CannotConnectNow("in recovery"), DatabaseFault.OUT_OF_REACH),
        (OperationalError, psycopg.errors.TooManyConnections("too many"), DatabaseFault.OUT_OF_REACH),
        (OperationalError, psycopg.errors.DiskFull("no space left"), DatabaseFault.FULL),
        (OperationalError, psycopg.errors.LockNotAvailable("lock timeout"), DatabaseFault.LOCKED),
        (InternalError, psycopg.errors.ReadOnlySqlTransaction("read-only"), DatabaseFault.READ_ONLY),
        (ProgrammingError, psycopg.errors.UndefinedTable("no such relation"), None),
    ],
)
def test_errors_of_both_databases_are_told_apart(kind, of_driver, fault):
    assert read_fault(as_django_raises(kind, of_driver)) is fault


@pytest.mark.parametrize(
    ("number", "fault"),
    [(errno.ENOSPC, DatabaseFault.FULL), (errno.EROFS, DatabaseFault.READ_ONLY), (errno.ENOENT, None)],
)
def test_upload_that_the_disk_does_not_take_is_the_same_fault(number, fault):
    assert read_fault(OSError(number, "as the system says it")) is fault


@pytest.mark.parametrize("error", [None, ValueError("no error of a database"), OperationalError("without a driver")])
def test_other_errors_are_mistakes_of_ours(error):
    assert read_fault(error) is None


@pytest.fixture
def file(tmp_path):
    """A database with one table, closed as a portal that ends leaves it."""
    path = tmp_path / "portal c++ 100%41.sqlite3"
    with closing(OwnerOnlyConnection(path, uri=True)) as opened:
        opened.execute("CREATE TABLE forum (name text)")
        opened.execute("INSERT INTO forum VALUES ('FEALAC')")
        opened.commit()
    return path


def test_new_file_gets_a_write_ahead_log_once(file):
    with closing(sqlite3.connect(file)) as opened:
        assert opened.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_file_that_was_restored_without_a_write_ahead_log_gets_one(file):
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("PRAGMA journal_mode=DELETE")
    with closing(OwnerOnlyConnection(file, uri=True)) as opened:
        assert opened.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_read_only_connection_reads_what_others_write_and_never_writes(file):
    with closing(OwnerOnlyConnection(file, uri=True)) as writer, closing(ReadOnlyConnection(file, uri=True)) as reader:
        writer.execute("INSERT INTO forum VALUES ('CPLP')")
        writer.commit()
        assert reader.execute("SELECT name FROM forum").fetchall() == [("FEALAC",), ("CPLP",)]
        with pytest.raises(sqlite3.OperationalError, match="attempt to write a readonly database"):
            reader.execute("DELETE FROM forum")


def test_read_only_connection_makes_no_file(tmp_path):
    with pytest.raises(sqlite3.OperationalError, match="unable to open database file"):
        ReadOnlyConnection(tmp_path / "none.sqlite3", uri=True)
    assert list(tmp_path.iterdir()) == []
