"""Grants without application as files: the list for publicity, the file of objections, the payment file, the ledger."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from wutong.errors import Place, WutongError
from wutong.packs.cases import figure
from wutong.packs.text import load_yaml, read_text
from wutong.policy.autogrant import Grant, GrantList, Objection
from wutong.report.document import Column, Document, Grid
from wutong.report.format import money
from wutong.report.texts import Words
from wutong.report.xlsx import RISKY
from wutong.tables.source import read_raw

_WHY = {"draft": ("草案", "a draft"), "manual": ("有需人工认定的条款", "a clause needs a person"),
        "window": ("不在申报期内", "outside its window")}
_STATES = {
    "listed": ("公示", "Published"), "confirmed": ("拟付", "To be paid"), "changed": ("调整后拟付", "To be paid, changed"),
    "withdrawn": ("异议成立，不付", "Withdrawn"), "held": ("异议未决，暂缓", "Held"),
    "paid_before": ("此前批次已付", "Paid by an earlier batch"),
}
_PAYMENT = (
    Column("序号", "count", 8), Column("付款键", width=24), Column("企业", width=36), Column("统一社会信用代码", width=22),
    Column("政策", width=32), Column("奖补", width=28), Column("年度", width=10), Column("金额", "money", 16),
    Column("开户行", width=28), Column("账号", width=24),
)
_LEDGER = ("key", "batch", "company", "policy", "benefit", "year", "amount")
_HEADS = {"company": ("统一社会信用代码", "企业", "company"), "policy": ("政策", "policy"), "text": ("异议内容", "text"),
          "upheld": ("是否成立", "upheld"), "amount": ("改为金额", "amount")}
_TRUTH = {"": None, "是": True, "否": False, "true": True, "false": False, "yes": True, "no": False}


def masked(code: str, *, everyone: bool) -> str:
    """Return a credit code for publicity; those of individual businesses (92…) are always masked.

    >>> masked("91370200MA3DEMO01X", everyone=False), masked("92370200MA3DEMO01X", everyone=False)
    ('91370200MA3DEMO01X', '9237***********01X')
    """
    return f"{code[:4]}{'*' * (len(code) - 7)}{code[-3:]}" if everyone or code.startswith("92") else code


def _listed(found: GrantList, words: Words, *, mask: bool, paying: bool) -> Grid:
    """Return the grants as rows; what was decided and the payment keys only once they are paid."""
    text = words.name
    columns = [Column(text("序号", "No."), "count", 8), Column(text("企业", "Company"), width=36),
               Column(text("统一社会信用代码", "Credit code"), width=22), Column(text("政策", "Policy"), width=32),
               Column(text("奖补", "Benefit"), width=28), Column(text("金额", "Amount"), "money", 16)]
    if paying:
        columns += [Column(text("决定", "Decision"), width=16), Column(text("说明", "Note"), width=32),
                    Column(text("付款键", "Payment key"), width=24)]
    return Grid(text("名单", "List"), tuple(columns), [
        (n, g.name, masked(g.company, everyone=mask and not paying), found.policies[g.policy], g.zh, g.amount,
         *((text(*_STATES[g.state]), g.note, g.key) if paying else ()))
        for n, g in enumerate(found.grants, 1)])


def document(found: GrantList, words: Words, *, demo: bool, mask: bool = False, batch: str | None = None) -> Document:
    """Return the list for publicity, or with a `batch` the decision to pay."""
    paying = batch is not None
    text = words.name

    title = text("免申即享付款决定", "Decision on automatic grants") if paying else text("免申即享拟支持名单公示", "Automatic grants, for publicity")
    if found.rehearsal:
        title += text("（演练，不作依据）", " (rehearsal, not binding)")
    paid = [g for g in found.grants if g.payable] if paying else list(found.grants)
    total = sum((g.amount for g in paid), Decimal(0))
    lead = text(f"{len({g.company for g in paid})} 家企业 {len(paid)} 项，合计 {money(total, words)}。",
                f"{len(paid)} grants for {len({g.company for g in paid})} companies, {money(total, words)} in all.")
    facts = [(text("评估日", "Assessed on"), found.on.isoformat()), (text("数据", "Data"), found.run),
             (text("付款批次", "Batch"), batch) if batch is not None else (text("名单编号", "List"), found.id)]
    grids = [_listed(found, words, mask=mask, paying=paying)]
    if not paying:
        grids.append(Grid(text("不参加免申即享的政策", "Policies that do not take part"), (
            Column(text("政策", "Policy"), width=32), Column(text("原因", "Why"), width=44)),
            [(key, words["comma"].join(text(*_WHY[w]) for w in why)) for key, why in found.refused.items()]))
    notes = [] if paying else [
        text("全部条款由数据判定；金额未定的不在名单内。对名单有异议，请在公示期内书面提出。",
             "Every clause is decided by data; what is not sure is not listed. Objections: in writing, within the period."),
        text(f"因数据缺失尚未判定 {found.open} 项次。", f"{found.open} verdicts are open because data are missing.")]
    return Document(title, lead, found.on, tuple(facts), tuple(grids), tuple(notes), demo)


def data(found: GrantList, *, demo: bool) -> dict[str, Any]:
    """Return a list as plain data, from which :func:`load_list` reads it again."""
    return {
        "kind": "grants", "list": found.id, "batch": found.batch, "on": str(found.on), "run": found.run,
        "rehearsal": found.rehearsal, "demo": demo, "open": found.open, "policies": dict(found.policies),
        "refused": {k: list(v) for k, v in found.refused.items()},
        "grants": [{**asdict(g), "amount": str(g.amount)} for g in found.grants],
    }


def load_list(folder: Path) -> tuple[GrantList, bool]:
    """Read a list again, and whether it is of demo data.

    Raises:
        WutongError: R338 for another folder or changed content.
    """
    try:
        raw = json.loads((folder / "manifest.json").read_text("utf-8"))
        grants = tuple(Grant(**{**g, "amount": Decimal(g["amount"])}) for g in raw["grants"])
        found = GrantList(date.fromisoformat(raw["on"]), raw["run"], raw["rehearsal"], grants, raw["policies"],
                          {k: tuple(v) for k, v in raw["refused"].items()}, raw["open"])
        demo = bool(raw["demo"])
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError, AttributeError):
        raise WutongError.of("R338", Place(file=folder.name)) from None
    if raw.get("kind") != "grants" or raw.get("list") != found.id:
        raise WutongError.of("R338", Place(file=folder.name))
    return found, demo


def read_objections(path: Path) -> list[Objection]:
    """Read objections from YAML (``objections:`` with a list) or from a table with the same columns.

    Raises:
        WutongError: R336 for a faulty entry; T1xx, P101 for a file that cannot be read.
    """
    if path.suffix.lower() in {".yaml", ".yml"}:
        raw = load_yaml(read_text(path), path.name)
        entries = raw.get("objections") if isinstance(raw, Mapping) else None
        if not isinstance(entries, list):
            raise WutongError.of("R336", Place(file=path.name), value="objections")
        return [_objection(e, Place(file=path.name, clause=f"objections[{n}]")) for n, e in enumerate(entries, 1)]
    found = []
    for sheet in read_raw(path).sheets[:1]:
        heads = [str(c or "").strip() for c in (sheet.rows[0] if sheet.rows else ())]
        for n, row in enumerate(sheet.rows[1:], 2):
            if any(str(c or "").strip() for c in row):
                found.append(_objection(dict(zip(heads, row, strict=False)), Place(file=path.name, sheet=sheet.name, row=n)))
    return found


def _objection(entry: Any, place: Place) -> Objection:
    if not isinstance(entry, Mapping):
        raise WutongError.of("R336", place, value=entry)

    def cell(name: str) -> str:
        value = next((entry[h] for h in _HEADS[name] if entry.get(h) is not None), "")
        return str(value).lower().strip() if isinstance(value, bool) else str(value).strip()

    upheld, amount = cell("upheld").lower(), cell("amount")
    if not cell("company") or not cell("policy") or upheld not in _TRUTH:
        raise WutongError.of("R336", place, value="、".join(f"{k}={v}" for k, v in entry.items()))
    try:
        changed = figure(amount, "元").quantize(Decimal("0.01")) if amount else None
    except (ValueError, ArithmeticError, WutongError):
        raise WutongError.of("R336", place, value=amount) from None
    if changed is not None and changed < 0:
        raise WutongError.of("R336", place, value=amount)
    return Objection(cell("company"), cell("policy"), cell("text"), _TRUTH[upheld], changed, place)


def csv_text(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return CSV in which no cell can be taken for a formula.

    >>> csv_text(["a"], [["=1+1"], ["x"]]).split()
    ['a', "'=1+1", 'x']
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads)
    for row in rows:
        writer.writerow([f"'{text}" if (text := str(cell)).startswith(RISKY) else text for cell in row])
    return out.getvalue()


def payment_file(found: GrantList) -> str:
    """Return the payment file: one line per payment; the account stays to be filled in by the treasurer."""
    return csv_text([c.title + "（元）" * (c.kind == "money") for c in _PAYMENT], _payments(found))


def payment_document(found: GrantList, *, demo: bool) -> Document:
    """Return the payment file as a document, for treasurers who work in Excel: the same lines, the same sum."""
    rows = _payments(found)
    total = sum((g.amount for g in found.grants if g.payable), Decimal(0))
    lead = f"{len(rows)} 笔，合计 {money(total, Words('zh'))}。"
    facts = (("评估日", found.on.isoformat()), ("付款批次", found.batch))
    notes = ("开户行和账号由财务填写；付款键重复的付款只能发生一次。",)
    return Document("付款文件", lead, found.on, facts, (Grid("付款", _PAYMENT, rows),), notes, demo)


def _payments(found: GrantList) -> list[tuple[Any, ...]]:
    return [(n, g.key, g.name, g.company, found.policies[g.policy], g.zh, "仅一次" if g.year == "once" else g.year, g.amount, "", "")
            for n, g in enumerate((g for g in found.grants if g.payable), 1)]


@contextmanager
def locked(ledger: Path) -> Iterator[None]:
    """Hold the ledger alone. Raises R339 while another payment does."""
    lock = ledger.with_name(f"{ledger.name}.lock")
    try:
        handle = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        raise WutongError.of("R339", Place(file=str(lock))) from None
    try:
        yield
    finally:
        os.close(handle)
        lock.unlink()


def read_ledger(path: Path) -> dict[str, str]:
    """Return the batch by payment key; a ledger that is not there is empty.

    Raises:
        WutongError: R337 for another file.
    """
    if not path.exists():
        return {}
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise WutongError.of("R337", Place(file=path.name), value="UTF-8") from None
    if not rows or tuple(rows[0]) != _LEDGER or any(None in r.values() or None in r for r in rows):
        raise WutongError.of("R337", Place(file=path.name), value="、".join(str(k) for k in (rows[0] if rows else ())))
    found = {r["key"]: r["batch"] for r in rows}
    if len(found) < len(rows):
        raise WutongError.of("R337", Place(file=path.name), value="key")
    return found


def write_ledger(path: Path, found: GrantList, ledger: Mapping[str, str], batch: str) -> int:
    """Add the payments of a batch to the ledger, in one step; return how many are new."""
    new = [g for g in found.grants if g.payable and g.key not in ledger]
    if not new:
        return 0
    lines = csv_text(_LEDGER, [(g.key, batch, g.company, g.policy, g.benefit, g.year, g.amount) for g in new])
    old = path.read_text("utf-8") if path.exists() else ""
    text = old + (lines.split("\r\n", 1)[1].replace("\r\n", "\n") if old else lines.replace("\r\n", "\n"))
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, "utf-8", newline="\n")
    part.replace(path)
    return len(new)
