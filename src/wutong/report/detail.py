"""The long table of reasons: one row per company, policy, condition and comparison."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from wutong.report.model import RunView, Value
from wutong.tables.snapshot import write_parquet

_AMOUNT = pa.decimal128(38, 6)
SCHEMA = pa.schema([
    ("company", pa.string()), ("policy", pa.string()), ("condition", pa.string()), ("truth", pa.string()),
    ("measure", pa.string()), ("operator", pa.string()), ("value_lo", _AMOUNT), ("value_hi", _AMOUNT),
    ("value_text", pa.string()), ("threshold", _AMOUNT), ("threshold_text", pa.string()), ("unit", pa.string()),
    ("gap", _AMOUNT), ("missing", pa.string()),
])
_TRUTHS = {True: "met", False: "unmet", None: "unknown", "manual": "manual"}


def _number(value: Value) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _text(value: Value) -> str | None:
    return None if value is None or isinstance(value, Decimal) else str(value)


def write_detail(run: RunView, path: Path) -> None:
    """Write every reason of a run, sorted by company, then in the order of the policies."""
    columns: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
    append = [columns[n].append for n in SCHEMA.names]
    for company in run.companies:
        for key, verdict in company.verdicts.items():
            for result in verdict.conditions:
                head = (company.code, key, result.code, _TRUTHS[result.truth])
                missing = "、".join(result.missing) or None
                for m in result.measures or (None,):
                    row = (*head, None, None, None, None, None, None, None, None, None, missing) if m is None else (
                        *head, m.left, m.op, _number(m.value_lo), _number(m.value_hi), _text(m.value_lo),
                        _number(m.threshold), _text(m.threshold), m.unit, m.gap, missing)
                    for put, cell in zip(append, row, strict=True):
                        put(cell)
    arrays = [pa.array(columns[f.name], type=f.type) for f in SCHEMA]
    write_parquet(pa.Table.from_arrays(arrays, schema=SCHEMA), path)
