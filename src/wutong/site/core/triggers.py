"""Database triggers that refuse to change the audit chain, for SQLite and PostgreSQL.

UPDATE is refused always, DELETE of rows younger than 180 days too: what pruning may remove, and no more.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

_EVENTS = "core_auditevent"
_SEALS = "core_auditseal"

_SQLITE_ON = (
    f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON {_EVENTS} BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END",
    f"""CREATE TRIGGER audit_no_delete BEFORE DELETE ON {_EVENTS} WHEN OLD.at > datetime('now', '-180 days')
    BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END""",
    f"CREATE TRIGGER seal_no_update BEFORE UPDATE ON {_SEALS} BEGIN SELECT RAISE(ABORT, 'audit seals are append-only'); END",
    f"CREATE TRIGGER seal_no_delete BEFORE DELETE ON {_SEALS} BEGIN SELECT RAISE(ABORT, 'audit seals are append-only'); END",
)
_SQLITE_OFF = tuple(f"DROP TRIGGER {name}" for name in ("audit_no_update", "audit_no_delete", "seal_no_update", "seal_no_delete"))

_REFUSE = """
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'core_auditevent' THEN
        IF OLD.at <= now() - interval '180 days' THEN RETURN OLD; END IF;
    END IF;
    RAISE EXCEPTION 'audit rows are append-only';
END $$
"""
_POSTGRES_ON = (
    _REFUSE,
    *(f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
      for table in (_EVENTS, _SEALS)),
    *(f"CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
      for table in (_EVENTS, _SEALS)),
)
_POSTGRES_OFF = tuple(
    f"DROP TRIGGER {name} ON {table}" for table in (_EVENTS, _SEALS) for name in ("append_only", "no_truncate"))

ON = {"sqlite": _SQLITE_ON, "postgresql": _POSTGRES_ON}
OFF = {"sqlite": _SQLITE_OFF, "postgresql": _POSTGRES_OFF}


def create(connection: BaseDatabaseWrapper) -> None:
    """Make the triggers."""
    _run(connection, ON[connection.vendor])


def drop(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers: for taking the migration back, and for emptying test databases."""
    _run(connection, OFF[connection.vendor])


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
