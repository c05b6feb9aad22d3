"""The audit log: `write_audit_entry` adds to it, and receivers of signals do for whatever must not be forgotten."""

from cooperation.audit.log import audited_requests, write_audit_entry
from cooperation.audit.triggers import protect_audit_log

__all__ = ["audited_requests", "protect_audit_log", "write_audit_entry"]
