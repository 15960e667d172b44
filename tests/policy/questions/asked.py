"""Companies and policies for the tests of questions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.policy.made import policy

from wutong.packs.model import Policy
from wutong.policy.facts import Company

ON = date(2026, 11, 1)
CODE = "91370200MA0DEM0132"
__all__ = ["CODE", "ON", "company", "conditions", "policy"]


def company(rows: dict[str, list[dict[str, Any]]] | None = None, **facts: Any) -> Company:
    """Return a company; numbers as text or int become decimals."""
    known = {k: Decimal(v) if isinstance(v, int) and not isinstance(v, bool) else v for k, v in facts.items()}
    return Company(CODE, {"company": CODE, "name": "甲", **known}, {k: tuple(v) for k, v in (rows or {}).items()})


def conditions(**rules: str) -> str:
    """Return the section `conditions` of a policy, one per rule."""
    return "conditions:\n" + "".join(f"  - {{code: {c}, zh: 条件{c}, source: s, when: '{w}'}}\n" for c, w in rules.items())


def made(body: str) -> Policy:
    """Return a policy."""
    return policy(body)
