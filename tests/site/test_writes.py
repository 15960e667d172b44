"""Every write of the domain is atomic, leaves exactly one event of its own, and stands in `domain/` only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from site_fixtures import load_all

import wutong.site
from wutong.site.core.domain.audit import WRITES, record, writes
from wutong.site.core.domain.queries.audit import verify
from wutong.site.core.models import AuditEvent, Zone

SITE = Path(wutong.site.__file__).parent
CASES = {action: case for module in load_all("writes.py") for action, case in module.CASES.items()}
WRITING = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
FORBIDDEN = {"update", "bulk_update", "delete"}  # the audit's blind spots (design/security.md 5.3)


def test_every_write_has_a_case_and_every_case_a_write():
    assert sorted(CASES) == sorted(WRITES)


@pytest.mark.parametrize("action", sorted(CASES))
def test_a_write_leaves_exactly_one_event_of_its_name(action, world):
    before = AuditEvent.objects.count()
    CASES[action](world)
    left = [event.action for event in AuditEvent.objects.filter(id__gt=before)]
    assert left.count(action) == 1
    assert verify().sound


def test_a_write_that_records_nothing_or_twice_is_undone(world):
    def silent() -> None:
        Zone.objects.create(code="silent", name="无记录")

    def twice() -> None:
        Zone.objects.create(code="twice", name="两次")
        record(None)
        record(None)

    for number, function in enumerate((silent, twice)):
        write = writes(f"test.{number}.{function.__name__}")(function)
        WRITES.pop(f"test.{number}.{function.__name__}")
        with pytest.raises(RuntimeError, match="audit events, not 1"):
            write()
    assert not Zone.objects.filter(code__in=["silent", "twice"]).exists()


def _called(tree: ast.AST, names: set[str]) -> list[tuple[int, str]]:
    return [
        (node.lineno, node.func.attr) for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
    ]


def _forbidden(node: ast.Call) -> bool:
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in FORBIDDEN:
        return False
    # dict.update of a plain variable is no query: queries are chained on managers and calls.
    on = node.func.value
    return node.func.attr != "update" or isinstance(on, ast.Call) or "objects" in ast.unparse(on)


def test_no_row_is_updated_or_deleted_outside_domain():
    found = []
    for path in SITE.rglob("*.py"):
        parts = path.relative_to(SITE).parts
        if "domain" in parts or "migrations" in parts:
            continue
        calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
        found += [f"{path.relative_to(SITE)}:{call.lineno}" for call in calls if _forbidden(call)]
    assert found == []


def test_every_public_function_that_writes_is_registered():
    unregistered = []
    for path in sorted(SITE.glob("*/domain/*.py")):
        for function in ast.parse(path.read_text("utf-8")).body:
            if not isinstance(function, ast.FunctionDef) or function.name.startswith("_"):
                continue
            registered = any(isinstance(d, ast.Call) and getattr(d.func, "id", "") == "writes" for d in function.decorator_list)
            if _called(function, WRITING) and not registered:
                unregistered.append(f"{path.relative_to(SITE)}:{function.name}")
    assert unregistered == []
