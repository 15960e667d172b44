"""Check of an Excel file of 20,000 rows × 30 columns, marked copy included, beside a bare calamine reading.

Measure: ≤ 10 s and ≤ 400 MB. Time and memory are taken in child processes of one run; the workbook is made here
with typical mixtures of numbers, text numbers, dates, codes, and 1 % faulty cells.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

ROWS = 20_000
ON = date(2026, 11, 1)
YEARLY = ("营业收入(万元)", "研发费用(万元)", "成本费用支出(万元)", "资产总额(元)", "负债总额(元)", "职工总数", "科技人员数", "净利润(万元)")


def make(path: Path) -> None:
    import xlsxwriter

    from wutong.values import check_digit

    chance = random.Random(7)  # noqa: S311 - test data
    headers = ["统一社会信用代码", "企业名称", "成立日期", "是否居民企业", "所属门类", "企业内部备注"]
    headers += [f"{year}年{name}" for year in (2025, 2024, 2023) for name in YEARLY]
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        page, dated = book.add_worksheet("企业"), book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_row(0, 0, headers[:30])
        for row in range(1, ROWS + 1):
            stem = f"91370200MA{row:07d}"
            page.write_string(row, 0, stem + check_digit(stem))
            page.write_string(row, 1, f"演示企业{row}有限公司")
            page.write_datetime(row, 2, date(2005, 1, 1) + timedelta(days=chance.randrange(7000)), dated)
            page.write_string(row, 3, chance.choice("是否"))
            page.write_string(row, 4, chance.choice(("制造业", "建筑业", "批发和零售业")))
            page.write_string(row, 5, "备注")
            for column, name in enumerate(headers[6:30], 6):
                _figure(page, row, column, name, chance)


def _figure(page: object, row: int, column: int, name: str, chance: random.Random) -> None:
    if chance.random() < 0.01:
        page.write_string(row, column, chance.choice(("约300", "12,34", "错误", "3人")))
    elif "科技人员" in name:
        page.write_number(row, column, chance.randrange(0, 50))
    elif "职工" in name:
        page.write_number(row, column, chance.randrange(50, 500))
    elif "研发" in name:
        page.write_number(row, column, round(chance.uniform(0, 900), 2))
    elif chance.random() < 0.1:
        page.write_string(row, column, f"{chance.randrange(1_000_000, 9_000_000):,}")
    else:
        page.write_number(row, column, round(chance.uniform(1_000, 90_000), 2))


def check(path: Path) -> dict[str, object]:
    from wutong.tables import Catalogue, read_workbook, write_marked

    catalogue = Catalogue.load()
    start = time.perf_counter()
    reading = read_workbook(path, catalogue, on=ON)
    read = time.perf_counter() - start
    write_marked(path, reading, path.with_name("marked.xlsx"))
    return {"read_s": read, "total_s": time.perf_counter() - start, "good": reading.companies.num_rows,
            "rejected": len(reading.rejected), "findings": len(reading.diagnostics)}


def bare(path: Path) -> dict[str, object]:
    from python_calamine import CalamineWorkbook

    start = time.perf_counter()
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    return {"total_s": time.perf_counter() - start, "rows": len(rows)}


def measured(task: str, path: Path) -> dict[str, object]:
    out = subprocess.run([sys.executable, __file__, task, str(path)], capture_output=True, text=True, check=True)
    return dict(json.loads(out.stdout))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "companies.xlsx"
        make(path)
        ours, peer = measured("check", path), measured("bare", path)
        size = path.stat().st_size / 2**20
    ratio = float(str(ours["total_s"])) / float(str(peer["total_s"]))
    print(f"workbook {ROWS:,} rows x 30 columns, {size:.1f} MB")
    print(f"wutong check with marked copy: {ours['total_s']:.2f} s (reading {ours['read_s']:.2f} s), "
          f"processor time with imports {ours['cpu_s']:.2f} s, peak {ours['peak_mb']:.0f} MB; good {ours['good']:,}, rejected {ours['rejected']:,}, "
          f"findings {ours['findings']:,}")
    print(f"bare calamine reading: {peer['total_s']:.2f} s, processor time {peer['cpu_s']:.2f} s, peak {peer['peak_mb']:.0f} MB; ratio {ratio:.1f}")
    print("within measure" if float(str(ours["total_s"])) <= 10 and float(str(ours["peak_mb"])) <= 400
          else "NOT within measure (10 s, 400 MB)")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        result = {"check": check, "bare": bare}[sys.argv[1]](Path(sys.argv[2]))
        result["cpu_s"] = time.process_time()
        result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(result))
    else:
        main()
