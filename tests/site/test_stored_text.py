"""Markup in every text that people write is shown as text: nothing of it becomes an element, nothing runs.

The texts are planted in the database, past the forms that might refuse them, and read on every page an officer and a
company reach.
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models
from test_journeys import ACTS, walk

CORPUS = (
    '<img data-xss src=x onerror="document.title=1">',
    '"><svg data-xss onload="document.title=1">',
    "'\" autofocus data-xss onfocus=alert(1) x=",
    "</script><script data-xss>document.title=1</script>",
    "</textarea><a data-xss href=javascript:alert(1)>x</a>",
    "{{ 7|add:7 }}<b data-xss>",
)
KEPT = {"AuditEvent", "AuditSeal", "User", "Zone"}
"""The record cannot be changed; accounts and zones are what the walk signs in with."""
FORMS = {"text", "base", "code", "key", "token", "digest", "sha256", "hash", "uscc", "pinyin", "action", "state", "kind", "model", "pack",
         "value", "policy", "version", "prefix", "file", "fact", "field", "table", "engine", "snapshot"}
"""Names of fields that hold what programs write: codes, hashes, typed values, files of rules."""


def texts(model) -> list[models.Field]:
    """Return the fields of a model in which people write freely."""
    return [f for f in model._meta.concrete_fields
            if isinstance(f, (models.CharField, models.TextField)) and not f.choices and not f.unique and not f.primary_key
            and (f.max_length is None or f.max_length >= 60) and not FORMS & set(f.name.split("_"))]


def planted() -> dict[str, list[str]]:
    """Write the corpus into every free text of every row; return the fields by model."""
    found: dict[str, list[str]] = {}
    for model in apps.get_models():
        if not model.__module__.startswith("wutong.site.") or model.__name__ in KEPT:
            continue
        for field in texts(model):
            for number, pk in enumerate(model._base_manager.values_list("pk", flat=True)):
                text = CORPUS[number % len(CORPUS)][: field.max_length or 200]
                model._base_manager.filter(pk=pk).update(**{field.name: text})
                found.setdefault(model.__name__, []).append(field.name)
    return found


@pytest.mark.browser
@pytest.mark.parametrize("role", ["zone_officer", "company_user"])
def test_markup_in_texts_stays_text(live_world, pages, role):
    from django_scopes import scopes_disabled

    with scopes_disabled():
        fields = planted()
    assert {"Company", "Organisation", "AwardList", "Question", "PolicyDraft"} <= set(fields), sorted(fields)
    page, shown = pages(role), 0
    for _view, address, response in walk(page, "/", ACTS):
        assert response.status == 200, (address, response.status)
        assert page.evaluate("document.querySelectorAll('[data-xss]').length") == 0, address
        assert page.title() != "1", address
        assert pages.said == [], address
        shown += page.evaluate("document.body.innerText.includes('data-xss')")
    assert shown > {"zone_officer": 15, "company_user": 3}[role]
