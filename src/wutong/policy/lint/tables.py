"""Findings about decision tables: overlaps, gaps, rules that never decide, companies with missing inputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

import numpy as np

from wutong.errors import Diagnostic
from wutong.ir.policy.check import Checked
from wutong.ir.policy.order import ParsedTable
from wutong.policy.lint.cells import UndecidedError
from wutong.policy.lint.finding import Scribe
from wutong.policy.lint.geometry import Numbers, Region, Sweep, TooManyError, overlaps
from wutong.policy.lint.grid import Grid, grid_of

SHOWN = 12
"""So many findings of one kind are listed for one table; the rest is counted."""
_SEEKING = 2_000
_SINGLE = ("UNIQUE", "ANY", "FIRST", "PRIORITY")
_ORDERED = ("FIRST", "PRIORITY")


def table_findings(checked: Checked, scribe: Scribe) -> Iterator[Diagnostic]:
    """Yield what is wrong with each decision table of a policy that could be typed."""
    for parsed in checked.tables:
        table = parsed.source
        try:
            grid = grid_of(checked, parsed)
            yield from _findings(grid, parsed, scribe)
        except (UndecidedError, TooManyError) as stop:
            code = "L107" if isinstance(stop, UndecidedError) else "L108"
            yield scribe.find(code, "note", table.code, table=table.zh)


def _findings(grid: Grid, parsed: ParsedTable, scribe: Scribe) -> Iterator[Diagnostic]:
    table = grid.table
    for rule in grid.empty:
        yield scribe.find("L105", "warning", f"{table.code} #{rule + 1}", rule=rule + 1)
    if table.hit in ("UNIQUE", "ANY"):
        yield from _cut(_clashes(grid, scribe), grid, scribe)
    if table.hit in _ORDERED:
        yield from _cut(_hidden(grid, parsed, scribe), grid, scribe)
    if not table.hit.startswith(_SINGLE):
        yield from _cut(_twice(parsed, scribe), grid, scribe)
        return
    if table.default is None:
        gaps = Sweep(grid.boxes, grid.whole).gaps()
        yield from _cut((_gap(grid, gap, scribe) for gap in gaps), grid, scribe)
        if not gaps and not grid.open_rules and len(grid.axes) > 1 and table.output_type == "number":
            yield scribe.find("L106", "warning", table.code, inputs="、".join(a.name for a in grid.axes))


def _cut(found: Iterator[Diagnostic], grid: Grid, scribe: Scribe) -> Iterator[Diagnostic]:
    """Yield the first findings, then one that says that there are more."""
    yield from islice(found, SHOWN)
    more = sum(1 for _ in islice(found, _SEEKING))
    if more:
        yield scribe.find("L109", "note", grid.table.code, count=f"{_SEEKING}+" if more == _SEEKING else more)


def _gap(grid: Grid, gap: Region, scribe: Scribe) -> Diagnostic:
    return scribe.find("L103", "warning", grid.table.code, region=grid.text(gap))


def _clashes(grid: Grid, scribe: Scribe) -> Iterator[Diagnostic]:
    table = grid.table
    for first, second, region in overlaps(grid.boxes):
        outputs = table.rules[first][-1], table.rules[second][-1]
        if table.hit == "ANY" and outputs[0] == outputs[1]:
            continue
        yield scribe.find(
            "L101" if table.hit == "UNIQUE" else "L102", "error", f"{table.code} #{second + 1}",
            first=first + 1, second=second + 1, region=grid.text(region), outputs=" / ".join(outputs),
        )


def _hidden(grid: Grid, parsed: ParsedTable, scribe: Scribe) -> Iterator[Diagnostic]:
    """Rules that others always precede. A rule of dashes still takes companies with missing inputs."""
    rank = _ranks(grid, parsed)
    boxes = grid.boxes
    ranks, edges = rank[boxes.rule], np.searchsorted(boxes.rule, np.arange(len(rank) + 1))
    for rule in range(len(rank)):
        if rule in grid.empty or rule in grid.open_rules:
            continue
        own = np.arange(edges[rule], edges[rule + 1])
        before = np.arange(edges[rule]) if grid.table.hit == "FIRST" else np.flatnonzero(ranks < rank[rule])
        if len(before) and all(_covered(grid, int(box), before) for box in own):
            yield scribe.find("L104", "warning", f"{grid.table.code} #{rule + 1}", rule=rule + 1,
                              others=_who(grid, own, before))


def _ranks(grid: Grid, parsed: ParsedTable) -> Numbers:
    """Return which rule precedes which: by place, or by the declared order of outputs, then by place."""
    count = len(parsed.rules)
    if grid.table.hit == "FIRST":
        return np.arange(count)
    order = {text: n for n, text in enumerate(grid.table.values)}
    priority = [order.get(rule[-1].strip('"'), len(order)) for rule in grid.table.rules]
    return np.array([priority[n] * count + n for n in range(count)], dtype=np.int64)


def _meets(grid: Grid, box: int, others: Numbers) -> Numbers:
    boxes = grid.boxes
    inside = (boxes.lo[others] <= boxes.hi[box]) & (boxes.hi[others] >= boxes.lo[box])
    near: Numbers = others[inside.all(axis=1)]
    return near


def _covered(grid: Grid, box: int, before: Numbers) -> bool:
    near = _meets(grid, box, before)
    window = tuple(zip(grid.boxes.lo[box].tolist(), grid.boxes.hi[box].tolist(), strict=True))
    return len(near) > 0 and not Sweep(grid.boxes.chosen(near), window).gaps()


def _who(grid: Grid, own: Numbers, before: Numbers) -> str:
    rules = sorted({int(grid.boxes.rule[b]) + 1 for box in own for b in _meets(grid, int(box), before)})
    return ", ".join(map(str, rules[:6])) + (" …" if len(rules) > 6 else "")


def _twice(parsed: ParsedTable, scribe: Scribe) -> Iterator[Diagnostic]:
    """The same row again: a list would hold it, and a sum would count it, twice."""
    rows = list(parsed.rules)
    many = {row for row, count in Counter(rows).items() if count > 1}
    first: dict[object, int] = {}
    for number, row in enumerate(rows, 1):
        if row in many and first.setdefault(row, number) != number:
            code = parsed.source.code
            yield scribe.find("L110", "warning", f"{code} #{number}", first=first[row], second=number)
