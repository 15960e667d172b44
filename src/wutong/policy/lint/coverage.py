"""Findings about golden cases: none at all, or a boundary that no case stands on one side of.

The cases themselves are run, with every input of a table and both sides of every comparison shown, so that a boundary
counts as tried only if a figure really came out on that side of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from wutong.errors import Diagnostic, WutongError
from wutong.ir.policy.check import Checked
from wutong.ir.policy.compile import Compiled
from wutong.packs.cases import Case, case_tables, cases_file, load_cases
from wutong.packs.model import Let, Policy
from wutong.policy.evaluate import compile_block, default_backend, shipped_catalogue
from wutong.policy.lint.axes import NumberAxis
from wutong.policy.lint.cells import UndecidedError
from wutong.policy.lint.finding import Scribe
from wutong.policy.lint.geometry import TooManyError
from wutong.policy.lint.grid import grid_of, shown_name

_BELOW, _ABOVE = ("<", "="), ("=", ">")
_INPUT = "lint_input_"


@dataclass(slots=True)
class Boundary:
    """A figure that decides, and on which sides of it cases were seen."""

    clause: str
    text: str
    below: tuple[str, ...] = ("<",)
    above: tuple[str, ...] = _ABOVE
    seen: set[str] = field(default_factory=set)

    def see(self, low: Decimal | None, high: Decimal | None, threshold: Decimal) -> None:
        """Note a figure known exactly."""
        if low is not None and low == high:
            self.seen.add("<" if low < threshold else "=" if low == threshold else ">")

    @property
    def missing(self) -> str:
        """The sides no case stands on, in signs; a case on the boundary stands on the side it is decided with."""
        sides = [side for side in (self.below, self.above) if not self.seen & set(side)]
        return ", ".join(" / ".join(side) for side in sides)


def coverage_findings(checked: Checked, path: Path | None, scribe: Scribe) -> Iterator[Diagnostic]:
    """Yield what the golden cases of a policy do not try; `path` is the policy file."""
    file = None if path is None else cases_file(path)
    if file is None or not file.is_file():
        if any(c.when is not None for c in checked.policy.conditions):
            yield scribe.find("L404", "warning", None)
        return
    try:
        _, cases = load_cases(file)
        boundaries = _tried(checked, cases)
    except WutongError as error:
        yield from error.diagnostics
        return
    for boundary in boundaries:
        if boundary.missing:
            yield scribe.find("L405", "note", boundary.clause, boundary=boundary.text, missing=boundary.missing)


def _tried(checked: Checked, cases: Sequence[Case]) -> list[Boundary]:
    policy, inputs, cuts = _with_inputs(checked)
    found: dict[tuple[str, str], Boundary] = {}
    for on in sorted({c.on for c in cases if policy.in_force(c.on)}):
        group = [c for c in cases if c.on == on]
        tables = case_tables(group, shipped_catalogue())
        columns = {n: {f.name: str(f.type) for f in t.schema} for n, t in tables.items()}
        block = compile_block([policy], columns, on, explain=True)
        for row in default_backend().query(block.sql, tables).to_pylist():
            _conditions(block.policies[0], row, found)
            _inputs(block.policies[0], row, inputs, cuts, found)
    return list(found.values())


def _conditions(compiled: Compiled, row: dict[str, Any], found: dict[tuple[str, str], Boundary]) -> None:
    for condition in compiled.conditions:
        for number, m in enumerate(condition.measures):
            if m.operator in ("=", "!=") or m.threshold.kind not in ("number", "day"):
                continue
            low, high, limit = row[m.value.low], row[m.value.high], row[m.threshold.low]
            if limit is None or limit != row[m.threshold.high]:
                continue
            text = f"{m.left} {m.operator} {m.right}"
            sides = (_BELOW, (">",)) if m.operator in (">", "<=") else (("<",), _ABOVE)
            boundary = found.setdefault((condition.code, f"{number} {text}"), Boundary(condition.code, text, *sides))
            boundary.see(low, high, limit)


def _inputs(
    compiled: Compiled, row: dict[str, Any], inputs: dict[str, tuple[str, str]],
    cuts: dict[str, list[tuple[Decimal, str]]], found: dict[tuple[str, str], Boundary],
) -> None:
    shown = {name: columns for name, _, columns in compiled.outputs}
    for name, (table, text) in inputs.items():
        low, high = row[shown[name].low], row[shown[name].high]
        for threshold, said in cuts[name]:
            boundary = found.setdefault((table, f"{name} {said}"), Boundary(table, f"{text} {said}"))
            boundary.see(low, high, threshold)


def _with_inputs(
    checked: Checked,
) -> tuple[Policy, dict[str, tuple[str, str]], dict[str, list[tuple[Decimal, str]]]]:
    """Return the policy with the numeric inputs of its tables among the outputs, what they are, and where they are cut."""
    lets: list[Let] = []
    inputs: dict[str, tuple[str, str]] = {}
    cuts: dict[str, list[tuple[Decimal, str]]] = {}
    for parsed in checked.tables:
        try:
            grid = grid_of(checked, parsed)
        except (UndecidedError, TooManyError):
            continue
        for axis, text in zip(grid.axes, parsed.source.inputs, strict=True):
            if not isinstance(axis, NumberAxis) or axis.days:
                continue
            name = f"{_INPUT}{len(lets)}"
            points = sorted({a for a, b in axis.ends if a is not None and a == b})
            inner = [p for p in points if axis.ends[0] != (p, p) and axis.ends[-1] != (p, p)]
            lets.append(Let(name, name, text))
            inputs[name] = parsed.source.code, shown_name(text)
            cuts[name] = [(p, axis.figure(p)) for p in inner]
    policy = checked.policy
    return replace(policy, lets=(*policy.lets, *lets), outputs=tuple(inputs), benefits=()), inputs, cuts
