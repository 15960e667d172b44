"""What a zone officer waits for: checking a big workbook, and evaluating the demo zone end to end.

``make FILE ROWS`` writes a workbook of ROWS × 30 cells; ``time ARGUMENT …`` runs ``wutong ARGUMENT …`` and prints
seconds and peak memory.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time

import numpy as np
import xlsxwriter
from measure import report

from wutong.values import check_digit

YEARLY = ("职工总数", "科技人员数", "营业收入(万元)", "研发费用(万元)", "成本费用支出(万元)", "资产总额(万元)", "负债总额(万元)")
FLAGS = ("居民企业", "列入经营异常名录", "列入严重违法失信名单", "产品属禁止限制淘汰类", "查账征收", "已上市")
HEAD = ("统一社会信用代码", "企业名称", "注册日期")


def headers() -> list[str]:
    """Return thirty headers: three of the company, six yes/no, seven yearly figures of three years."""
    years = [f"{year}年{name}" for year in (2023, 2024, 2025) for name in YEARLY]
    return [*HEAD, *FLAGS, *years]


def row(index: int, rng: np.random.Generator) -> list[object]:
    """Return one company: every hundredth has a faulty number, every fiftieth a gap."""
    body = f"91370200MA{index:07d}"
    cells: list[object] = [body + check_digit(body), f"演示企业{index}", f"20{index % 25:02d}年{index % 12 + 1}月1日"]
    cells += ["否" if flag else "是" for flag in (0, 1, 1, 1, 0, 1)]
    for _ in range(3):
        staff, revenue = int(rng.integers(5, 400)), round(float(rng.lognormal(7, 1)), 4)
        cells += [staff, staff // 4, revenue, round(revenue * 0.06, 4), round(revenue * 0.8, 4), f"{revenue * 2:,.2f}",
                  round(revenue, 4)]
    if index % 100 == 0:
        cells[11] = "约三千"
    if index % 50 == 0:
        cells[12] = "—"
    return cells


def make(path: str, rows: int) -> None:
    """Write the workbook."""
    rng = np.random.default_rng(3)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("企业")
        sheet.write_row(0, 0, headers())
        for index in range(rows):
            sheet.write_row(index + 1, 0, row(index, rng))


def timed(arguments: list[str]) -> None:
    """Run the command line in a child and print what it took."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "wutong", *arguments], check=False, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    report(arguments[0], exit_code=done.returncode, seconds=round(seconds, 2), peak_mb=round(peak))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], int(sys.argv[3]))
    else:
        timed(sys.argv[2:])
