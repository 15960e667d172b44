"""The database itself refuses to change the audit chain."""

from __future__ import annotations

from django.db import migrations

from wutong.site.core import triggers


def _on(_apps, editor) -> None:
    triggers.create(editor.connection)


def _off(_apps, editor) -> None:
    triggers.drop(editor.connection)


class Migration(migrations.Migration):
    """Adds the triggers of ``core.triggers``."""

    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(_on, _off)]
