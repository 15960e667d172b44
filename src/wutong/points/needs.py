"""What a model asks of the data: the facts its rules read, and a workbook with just these."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from wutong.backends.at_hand import shipped_catalogue
from wutong.points.compile import compiled_for_needs
from wutong.points.model import PointModel
from wutong.tables import Catalogue, write_template

ALWAYS = {"uscc", "name", "internal_id", "data_nature"}


def facts_read(model: PointModel, on: date) -> set[str]:
    """Return the codes of facts, yearly facts and child tables that the rules of a model read."""
    plan = compiled_for_needs(model, on).plan
    columns = {name.removeprefix("f_") for name in plan.facts}
    found = set(plan.aggregate_columns)
    for fact in (*plan.catalogue.facts, *plan.catalogue.yearly):
        years = {f"{fact.code}_{on.year - back}" for back in range(4)} if fact.yearly else {fact.code}
        if columns & years:
            found.add(fact.code)
    return found


def narrowed(catalogue: Catalogue, codes: set[str]) -> Catalogue:
    """Return the catalogue with these facts and child tables only; checks are left out."""
    return replace(
        catalogue,
        facts=tuple(f for f in catalogue.facts if f.code in codes | ALWAYS),
        yearly=tuple(f for f in catalogue.yearly if f.code in codes),
        children=tuple(c for c in catalogue.children if c.code in codes),
        checks=(),
    )


def write_data_template(model: PointModel, path: Path, on: date | None = None) -> Path:
    """Write an empty workbook that asks for what the model reads, and nothing else.

    Raises:
        WutongError: F1xx, F5xx for faulty rules.
    """
    day = on or (model.end if model.end is not None else date(2026, 11, 1))
    return write_template(path, narrowed(shipped_catalogue(), facts_read(model, day)), on=day)
