"""Indicator tables and their metadata from Excel or CSV, in the layout of COINr (iData, iMeta)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from wutong.composite.framework import Framework, Node
from wutong.composite.table import Floats, Table
from wutong.errors import Diagnostic, Place, WutongError
from wutong.tables.source import RawSheet, read_raw

_MISSING: Final = frozenset({"", "NA", "N/A", "NaN", "nan", "null", "-", "—", "无", "缺失"})
_UNIT: Final = ("uCode", "company", "code", "统一社会信用代码", "编号", "单位代码")
_NAME: Final = ("uName", "name", "企业名称", "名称", "单位名称")
_META: Final = {
    "iCode": ("icode", "code", "编号", "指标代码"), "Level": ("level", "层级"), "Parent": ("parent", "上级"),
    "Weight": ("weight", "权重"), "Direction": ("direction", "方向"), "iName": ("iname", "name", "名称", "指标名称"),
    "Unit": ("unit", "单位"), "Denominator": ("denominator", "分母"), "Type": ("type", "类型"),
}
_LISTED: Final = 20


@dataclass(frozen=True)
class Study:
    """An indicator table with its hierarchy; `times` holds the time of each row where the table has one."""

    table: Table
    tree: Framework
    times: tuple[float, ...] | None = None


def read_study(data: Path, meta: Path) -> Study:
    """Read a table of units and the metadata of its indicators.

    Args:
        data: Excel, CSV or Parquet; one row per unit, a column ``uCode`` (or 编号 …), one column per indicator.
        meta: columns iCode, Parent, Level, Weight, Direction, Type (Indicator, Aggregate, Group, Denominator),
            Denominator, and parameters of methods; for Excel the first sheet. May be a sheet ``iMeta`` of `data`.

    Raises:
        WutongError: T1xx an unreadable file, S222–S226 headers and cells, S201–S208 a faulty tree, S210, S211.
    """
    nodes, others = _read_meta(meta)
    tree = Framework.of(nodes, meta.name)
    sheet = _sheet(data, "iData")
    header, rows = _header(sheet, data)
    unit = _find(header, _UNIT)
    if unit is None:
        raise WutongError.of("S222", Place(file=data.name, sheet=sheet.name), names="、".join(_UNIT[:3]))
    missing = [c for c in tree.indicators if c not in header]
    if missing:
        raise WutongError(*(Diagnostic.of("S212", Place(file=data.name, column=c), item=c) for c in missing))
    table = _table(data, header, rows, unit, tree.indicators, others)
    times = _numbers(rows, header.index("Time"), "Time", data) if "Time" in header else None
    if times is None or len(set(times.tolist())) < 2:
        _need_distinct(table.units, data)
    return Study(table, tree, tuple(times.tolist()) if times is not None else None)


def _table(data: Path, header: Sequence[str], rows: Sequence[Sequence[Any]], unit: int, codes: Sequence[str],
           others: Mapping[str, str]) -> Table:
    units = tuple(str(_plain(row[unit])) for row in rows)
    name = _find(header, _NAME)
    columns = [_numbers(rows, header.index(c), c, data) for c in codes]
    groups = {c: tuple(_text(row[header.index(c)]) for row in rows)
              for c, kind in others.items() if kind == "Group" and c in header}
    below = {c: _numbers(rows, header.index(c), c, data)
             for c, kind in others.items() if kind == "Denominator" and c in header}
    names = {u: str(row[name]) for u, row in zip(units, rows, strict=True)} if name is not None else {}
    return Table(units, tuple(codes), np.column_stack(columns), groups, below, names).checked()


def _sheet(path: Path, wanted: str) -> RawSheet:
    sheets = read_raw(path).sheets
    return next((s for s in sheets if s.name == wanted), sheets[0])


def _header(sheet: RawSheet, path: Path) -> tuple[list[str], list[Sequence[Any]]]:
    rows = [row for row in sheet.rows if any(_text(cell) is not None for cell in row)]
    if len(rows) < 2:
        raise WutongError.of("S210", Place(file=path.name, sheet=sheet.name))
    header = [str(cell).strip() for cell in rows[0]]
    twice = next((h for i, h in enumerate(header) if h and h in header[:i]), None)
    if twice is not None:
        raise WutongError.of("S223", Place(file=path.name, sheet=sheet.name, column=twice), name=twice)
    return header, rows[1:]


def _find(header: Sequence[str], names: Sequence[str]) -> int | None:
    lower = [h.lower() for h in header]
    return next((lower.index(n.lower()) for n in names if n.lower() in lower), None)


def _plain(cell: Any) -> Any:
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _text(cell: Any) -> str | None:
    text = str(_plain(cell)).strip() if cell is not None else ""
    return None if text in _MISSING else text


def _number(cell: Any) -> float | None:
    """Return the number of a cell, NaN for a missing one, None for what is no number."""
    if isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, int | float):
        return float(cell)
    text = _text(cell)
    if text is None:
        return math.nan
    plain = re.sub(r"(?<=\d)[,，](?=\d{3})", "", text)
    try:
        return float(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
    except ValueError:
        return None


def _numbers(rows: Sequence[Sequence[Any]], at: int, code: str, path: Path) -> Floats:
    found = [_number(row[at]) if at < len(row) else math.nan for row in rows]
    bad = [i for i, value in enumerate(found) if value is None]
    if bad:
        raise WutongError(*(Diagnostic.of("S224", Place(file=path.name, row=i + 2, column=code), text=str(rows[i][at]))
                            for i in bad[:_LISTED]))
    return np.array(found, dtype=np.float64)


def _need_distinct(units: Sequence[str], path: Path) -> None:
    seen: dict[str, int] = {}
    for row, unit in enumerate(units):
        if unit in seen:
            raise WutongError.of("S225", Place(file=path.name, row=row + 2), unit=unit, first=seen[unit] + 2)
        seen[unit] = row


def _read_meta(path: Path) -> tuple[list[Node], dict[str, str]]:
    sheet = _sheet(path, "iMeta")
    header, rows = _header(sheet, path)
    places = {name: _find(header, (name, *others)) for name, others in _META.items()}
    if places["iCode"] is None or places["Parent"] is None:
        raise WutongError.of("S226", Place(file=path.name, sheet=sheet.name))
    raw = []
    for number, row in enumerate(rows):
        cells = {name: row[at] for name, at in places.items() if at is not None and at < len(row)}
        extra = {h: v for h, cell in zip(header, row, strict=False)
                 if h and header.index(h) not in places.values()
                 and (v := _number(cell)) is not None and not math.isnan(v)}
        raw.append((number + 2, cells, extra))
    others = {str(c["iCode"]): str(c["Type"]) for _, c, _ in raw if str(c.get("Type")) in ("Group", "Denominator", "Other")}
    kept = [entry for entry in raw if str(entry[1]["iCode"]) not in others]
    levels = _levels(kept)
    return [_node(path, *entry, levels) for entry in kept], others


def _levels(raw: Sequence[tuple[int, Mapping[str, Any], Mapping[str, float]]]) -> dict[str, int]:
    """Return levels from the parents: an indicator is 1, a parent one more than its highest child."""
    parents = {str(c["iCode"]): _text(c.get("Parent")) for _, c, _ in raw}
    levels = dict.fromkeys(parents, 1)
    for _ in parents:
        for code, parent in parents.items():
            if parent in levels:
                levels[parent] = max(levels[parent], min(levels[code] + 1, len(parents)))
    return levels


def _node(path: Path, row: int, cells: Mapping[str, Any], extra: Mapping[str, float], levels: Mapping[str, int]) -> Node:
    code = str(_plain(cells["iCode"]))

    def number(name: str, default: float) -> float:
        value = _number(cells.get(name, ""))
        if value is None:
            raise WutongError.of("S224", Place(file=path.name, row=row, column=name), text=str(cells[name]))
        return default if math.isnan(value) else value

    return Node(
        code, int(number("Level", levels[code])), _text(cells.get("Parent")), number("Weight", 1.0),
        _text(cells.get("iName")) or code, int(number("Direction", 1.0)), _text(cells.get("Unit")) or "",
        _text(cells.get("Denominator")), extra,
    )


def read_matrix(path: Path) -> tuple[tuple[str, ...], Floats]:
    """Read a square table whose first row and column hold the same names; ``1/3`` is a number here.

    Raises:
        WutongError: S288 a table of another shape, S224 a cell that is no number.
    """
    sheet = _sheet(path, "AHP")
    header, rows = _header(sheet, path)
    names = [h for h in header[1:] if h]
    if [str(row[0]).strip() for row in rows] != names:
        raise WutongError.of("S288", Place(file=path.name, sheet=sheet.name))
    return tuple(names), np.array([[_ratio(row[j + 1] if j + 1 < len(row) else "", i, names[j], path)
                                    for j in range(len(names))] for i, row in enumerate(rows)])


def _ratio(cell: Any, row: int, column: str, path: Path) -> float:
    above, slash, below = str(cell).partition("/")
    value = _number(above if slash else cell)
    under = _number(below) if slash else 1.0
    if value is None or under is None or under == 0:
        raise WutongError.of("S224", Place(file=path.name, row=row + 2, column=column), text=str(cell))
    return value / under
