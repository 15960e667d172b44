"""Made-up models and companies for the tests of points."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from wutong.backends.at_hand import shipped_catalogue
from wutong.packs.cases import Case, case_tables
from wutong.points.loader import parse_model
from wutong.points.model import PointModel
from wutong.points.score import Result, score

ON = date(2026, 11, 1)
D = Decimal
HEAD = """
model: made
pack: tests
version: "1"
name: {zh: 测试模型, en: Made-up model}
status: draft
in_force: {from: 2020-01-01, to: null}
"""


def model(text: str, head: str = HEAD) -> PointModel:
    return parse_model(head + text, "made.yaml")


def tables(*companies: dict[str, Any]) -> dict[str, pa.Table]:
    """Companies by Chinese fact names, as the tables of a snapshot; they are called case0000 and on."""
    return case_tables([Case(f"c{n}", ON, facts, {"x": 1}) for n, facts in enumerate(companies)], shipped_catalogue())


def run(made: PointModel | str, *companies: dict[str, Any], **more: Any) -> Result:
    return score(tables(*companies), model(made) if isinstance(made, str) else made, ON, **more)


def rows(result: Result) -> list[dict[str, Any]]:
    return result.table.to_pylist()


def both(row: dict[str, Any], name: str) -> tuple[Decimal | None, Decimal | None]:
    return row[f"{name}_lo"], row[f"{name}_hi"]
