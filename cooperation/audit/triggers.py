"""Triggers that refuse to change the audit log, whichever program tries; `manage.py migrate` puts them in place.

An UPDATE may empty the link to an account that is deleted, and nothing else. A DELETE (on PostgreSQL also a TRUNCATE)
may reach what is older than AUDIT_RETENTION_DAYS, which is written into the triggers.
"""

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import connection

from cooperation.models import AuditEntry

TABLE = AuditEntry._meta.db_table
REFUSAL = "The audit log is append only."
PREFIX = "append_only_"

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION cooperation_append_only() RETURNS trigger LANGUAGE plpgsql AS $refuse$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.user_id IS NULL AND to_jsonb(NEW) - 'user_id' = to_jsonb(OLD) - 'user_id' THEN RETURN NEW; END IF;
  ELSIF TG_OP = 'DELETE' THEN
    IF OLD.made < clock_timestamp() - interval '{days} days' THEN RETURN OLD; END IF;
  ELSIF NOT EXISTS (SELECT 1 FROM {table} WHERE made >= clock_timestamp() - interval '{days} days') THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation';
END $refuse$
"""


def sqlite_bodies() -> dict[str, str]:
    """Return `{operation: body}` of the triggers."""
    kept = [field.column for field in AuditEntry._meta.concrete_fields if field.name != "user"]
    same = " AND ".join(f'NEW."{column}" IS OLD."{column}"' for column in kept)
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    oldest = f"datetime('now', '-{settings.AUDIT_RETENTION_DAYS} days')"
    return {
        "update": f'BEFORE UPDATE ON "{TABLE}" WHEN NOT (NEW."user_id" IS NULL AND {same}) {refuse}',
        "delete": f'BEFORE DELETE ON "{TABLE}" WHEN OLD."made" >= {oldest} {refuse}',
    }


def postgresql_bodies() -> dict[str, str]:
    """Return `{operation: body}` of the triggers."""
    return {
        operation: f'BEFORE {operation} ON "{TABLE}" FOR EACH {each} EXECUTE FUNCTION cooperation_append_only()'
        for operation, each in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT"))
    }


def present_triggers_of_log() -> set[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE])
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s)", [TABLE])
        return {name for (name,) in cursor.fetchall() if name.startswith(PREFIX)}


def unprotect_audit_log() -> None:
    """Drop the triggers, for a database that is emptied."""
    on_table = f' ON "{TABLE}"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in present_triggers_of_log():
            cursor.execute(f'DROP TRIGGER "{name}"{on_table}')


def protect_audit_log(**_signal: Any) -> None:
    """Make the triggers that are missing, or that were made for another AUDIT_RETENTION_DAYS."""
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return
        function = POSTGRESQL_FUNCTION.format(days=settings.AUDIT_RETENTION_DAYS, table=TABLE, refusal=REFUSAL)
        bodies = sqlite_bodies() if connection.vendor == "sqlite" else postgresql_bodies()
        wanted = {
            f"{PREFIX}{operation}_{sha256(f'{body}{function}'.encode()).hexdigest()[:8]}": body
            for operation, body in bodies.items()
        }
        if present_triggers_of_log() == set(wanted):
            return
        unprotect_audit_log()
        if connection.vendor == "postgresql":
            cursor.execute(function)
        for name, body in wanted.items():
            cursor.execute(f'CREATE TRIGGER "{name}" {body}')
