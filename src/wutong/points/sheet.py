"""The weights sheet of a model: written empty, filled by people from an official document, read back with checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import xlsxwriter
import yaml

from wutong.errors import Diagnostic, Place, WutongError
from wutong.packs.text import load_yaml, read_text
from wutong.points.loader import load_model, parse_model
from wutong.points.model import ANY, WEIGHTED, Indicator, Node, PointModel
from wutong.tables.source import read_raw

WEIGHTS, ORIGIN = "权重", "来源"
HEADS = ("上级", "代码", "名称", "单位")
FIELDS = {"document": "文号", "clause": "条款", "url": "网址", "by": "录入人", "on": "录入日期"}
"""What must be known of official weights; option → row of the sheet 来源."""
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Entry:
    """One weight to fill in: a child of a node, in % of the mean or in points of the sum."""

    parent: Node
    child: Node | Indicator
    unit: str


def entries(model: PointModel) -> list[Entry]:
    """Return every weight of a model, in order."""
    return [
        Entry(node, child, "%" if node.aggregate in WEIGHTED else "分")
        for node in model.nodes
        for child in node.children
        if node.aggregate in WEIGHTED or (node.aggregate == "sum" and child.weight is not None)
    ]


def columns(model: PointModel) -> list[tuple[str, str]]:
    """Return weight key and heading of every column: one per stage, or stage × sector where weights depend on it."""
    by_sector = any("/" in key for e in entries(model) for key in e.child.weight or {})
    if not model.stages and not by_sector:
        return [(ANY, "权重")]
    stages = [(s.code, s.zh) for s in model.stages] or [(ANY, "全部")]
    if not by_sector:
        return stages
    return [(f"{c}/{x.code}", f"{zh}/{x.zh}") for c, zh in stages for x in model.sectors]


def write_weights(model: PointModel, path: Path) -> Path:
    """Write the weights sheet of a model; weights it has stand in it, empty ones are left empty."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        book.set_properties({"title": model.zh, "created": datetime(2000, 1, 1)})  # noqa: DTZ001 - same bytes
        head = book.add_format({"bold": True, "bg_color": "#E6F1EC", "font_name": "Microsoft YaHei", "text_wrap": True})
        body = book.add_format({"font_name": "Microsoft YaHei"})
        fill = book.add_format({"font_name": "Microsoft YaHei", "bg_color": "#FFFBE6", "num_format": "0.00"})
        _weights(book.add_worksheet(WEIGHTS), model, head, body, fill)
        _origin(book.add_worksheet(ORIGIN), model, head, body)
    return path


def _weights(sheet: Any, model: PointModel, head: Any, body: Any, fill: Any) -> None:
    keys = columns(model)
    for at, text in enumerate((*HEADS, *(zh for _, zh in keys))):
        sheet.write_string(0, at, text, head)
    row = 1
    groups: dict[str, list[Entry]] = {}
    for entry in entries(model):
        groups.setdefault(entry.parent.code, []).append(entry)
    for group in groups.values():
        first = row
        for entry in group:
            for at, text in enumerate((entry.parent.zh, entry.child.code, entry.child.zh, entry.unit)):
                sheet.write_string(row, at, text, body)
            for at, (key, _) in enumerate(keys, len(HEADS)):
                known = _known(model, entry.child, key)
                sheet.write_blank(row, at, None, fill) if known is None else sheet.write_number(row, at, known / 100, fill)
            row += 1
        whole = group[0].parent.cap or HUNDRED if group[0].unit == "分" else HUNDRED
        sheet.write_string(row, 2, f"合计（应为 {whole:f}）", head)
        for at in range(len(HEADS), len(HEADS) + len(keys)):
            letter = xlsxwriter.utility.xl_col_to_name(at)
            sheet.write_formula(row, at, f"=SUM({letter}{first + 1}:{letter}{row})", head)
        row += 1
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 16)
    sheet.set_column(2, 2, 44)
    sheet.set_column(3, 20, 14)
    sheet.freeze_panes(1, 3)


def _known(model: PointModel, child: Node | Indicator, key: str) -> int | None:
    wanted = [p for p in model.profiles if key in (ANY, p.key, p.key.split("/")[0])]
    return model.weight(child, wanted[0])


def _origin(sheet: Any, model: PointModel, head: Any, body: Any) -> None:
    sheet.write_string(0, 0, "项目", head)
    sheet.write_string(0, 1, "内容", head)
    for row, (key, zh) in enumerate(FIELDS.items(), 1):
        sheet.write_string(row, 0, zh, body)
        sheet.write_string(row, 1, model.provenance.get(key, ""), body)
    notes = (f"模型：{model.zh}（{model.id}@{model.version}）",
             "权重一律照官方文件填写，不得估计；名称可改为文件中的正式名称。",
             "每一列、每个上级之下的合计须等于所注的数；填写后用 wutong points import-weights 导入。")
    for row, text in enumerate(notes, len(FIELDS) + 2):
        sheet.write_string(row, 0, text, body)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 80)


def import_weights(path: Path, source: Path, given: Mapping[str, str | None]) -> tuple[str, PointModel]:
    """Read a filled weights sheet into a complete model file; return its text and the model.

    Args:
        path: the filled workbook.
        source: the model file whose weights are filled in.
        given: document, clause, url, by, on; what is missing is taken from the sheet 来源.

    Raises:
        WutongError: S310 no weights sheet, S311 no such indicator, S312 an empty or unreadable weight, S313 missing
            provenance, S314 a stage without its column; S101 sums that do not hold.
    """
    book = {s.name: s.rows for s in read_raw(path).sheets}
    if WEIGHTS not in book or not book[WEIGHTS]:
        raise WutongError.of("S310", Place(file=path.name), sheet=WEIGHTS)
    model = load_model(source)
    found, names = _read(book[WEIGHTS], model, path)
    origin = _provenance(book.get(ORIGIN, []), given, path)
    raw = dict(load_yaml(read_text(source), source.name))
    _fill(raw["root"], found, names)
    _label(raw, origin)
    text = yaml.safe_dump(raw, allow_unicode=True, sort_keys=False, width=10_000)
    return text, parse_model(text, path.with_suffix(".yaml").name, source.parent)


def _read(
    rows: Sequence[Sequence[Any]], model: PointModel, path: Path
) -> tuple[dict[str, dict[str, int]], dict[str, str]]:
    """Return basis points by code and key, and the names as filled in."""
    heads, faults = [str(c or "").strip() for c in rows[0]], list[Diagnostic]()
    keys = columns(model)
    absent = [zh for _, zh in keys if zh not in heads]
    if absent or "代码" not in heads:
        raise WutongError.of("S314", Place(file=path.name, sheet=WEIGHTS), absent="、".join(absent or ["代码"]))
    known = {e.child.code: e for e in entries(model)}
    found: dict[str, dict[str, int]] = {}
    names: dict[str, str] = {}
    for number, cells in enumerate(rows[1:], 2):
        row = dict(zip(heads, cells, strict=False))
        code = str(row.get("代码") or "").strip()
        if not code:
            continue
        place = Place(file=path.name, sheet=WEIGHTS, row=number)
        if code not in known:
            faults.append(Diagnostic.of("S311", place, indicator=code, known="、".join(known)))
            continue
        names[code] = str(row.get("名称") or known[code].child.zh)
        found[code] = {key: _weight(row.get(zh), place.merged(column=zh), faults) for key, zh in keys}
    faults += [Diagnostic.of("S312", Place(file=path.name, sheet=WEIGHTS), indicator=c, value="—") for c in known if c not in found]
    if faults:
        raise WutongError(*faults)
    return found, names


def _weight(value: Any, place: Place, faults: list[Diagnostic]) -> int:
    """Return a weight in % or points as basis points; at most two decimals."""
    try:
        number = Decimal(str(value).strip().removesuffix("%")) * 100
    except (InvalidOperation, ValueError):
        number = Decimal("NaN")
    if not number.is_finite() or round(number, 6) != int(number) or not 0 <= number <= 10_000:
        faults.append(Diagnostic.of("S312", place, indicator=place.column, value=value))
        return 0
    return int(number)


def _provenance(rows: Sequence[Sequence[Any]], given: Mapping[str, str | None], path: Path) -> dict[str, str]:
    """Return where the weights come from. Raises S313 with all that is missing."""
    written = {str(r[0] or "").strip(): _cell(r[1]) for r in rows if len(r) > 1}
    found = {key: (given.get(key) or written.get(zh) or "").strip() for key, zh in FIELDS.items()}
    missing = [zh for key, zh in FIELDS.items() if not found[key]]
    if missing:
        raise WutongError.of("S313", Place(file=path.name, sheet=ORIGIN), missing="、".join(missing))
    try:
        date.fromisoformat(found["on"])
    except ValueError:
        raise WutongError.of("C102", date=found["on"]) from None
    return found


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)


def _fill(entry: dict[str, Any], found: Mapping[str, Mapping[str, int]], names: Mapping[str, str]) -> None:
    code = str(entry.get("code"))
    if code in found:
        entry["weight"], entry["zh"] = dict(found[code]), names[code]
    for child in entry.get("children") or []:
        _fill(child, found, names)


def _label(raw: dict[str, Any], origin: Mapping[str, str]) -> None:
    """A skeleton becomes official by its document; any other model keeps its status."""
    raw["provenance"] = dict(origin)
    sources = dict(raw.get("sources") or {})
    sources["weights"] = {"doc_no": origin["document"], "clause": origin["clause"], "url": origin["url"], "grade": "V",
                          "checked_on": origin["on"], "checked_by": origin["by"]}
    raw["sources"] = sources
    if raw.get("status") == "needs_official_weights":
        raw["status"] = "official"
        raw.pop("banner", None)
