"""On SQLite, an index that holds all a snapshot reads of a fact: half the time of reading 100,000 companies.

PostgreSQL reads columns of the table in order anyway, and refuses index entries as long as a long text.
A later migration that alters the table makes SQLite build it anew without this index: make it again there.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MAKE = (
    "CREATE INDEX registry_fact_told ON registry_fact"
    " (zone_id, code, period, known_until, valid_from, company_id, value)")


def make(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the index."""
    if editor.connection.vendor == "sqlite":
        editor.execute(MAKE)


def drop(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the index."""
    if editor.connection.vendor == "sqlite":
        editor.execute("DROP INDEX registry_fact_told")


class Migration(migrations.Migration):
    """Add the index."""

    dependencies = (("registry", "0003_desk"),)
    operations = (migrations.RunPython(make, drop, elidable=False),)
