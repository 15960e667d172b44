"""Golden cases: what a policy must say about made-up companies, written as YAML beside the policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from wutong.backends.protocol import Backend
from wutong.errors import Place, WutongError
from wutong.ir.policy.compile import Compiled, Shown
from wutong.packs.cases import Case, case_tables, figure, load_cases
from wutong.packs.model import Let, Parameter, Policy, Table
from wutong.policy.combine import Line, combine
from wutong.policy.evaluate import (
    VERDICTS,
    Mode,
    compile_block,
    default_backend,
    run_block,
    shipped_catalogue,
)
from wutong.tables import Catalogue


@dataclass(frozen=True, slots=True)
class Outcome:
    """One expectation of one case, and what came out."""

    file: str
    case: str
    item: str
    expected: object
    got: object

    @property
    def ok(self) -> bool:
        """Whether they are equal."""
        return self.expected == self.got


def run_cases(
    path: Path, mode: Mode = "interval", backend: Backend | None = None, catalogue: Catalogue | None = None
) -> list[Outcome]:
    """Run every case of a file; one outcome per expectation.

    Raises:
        WutongError: F5xx for faulty rules, P13x for faulty cases.
    """
    policy, cases = load_cases(path)
    known = catalogue or shipped_catalogue()
    engine = backend or default_backend()
    outcomes: list[Outcome] = []
    for on in sorted({c.on for c in cases}):
        group = [c for c in cases if c.on == on]
        if not policy.in_force(on):
            outcomes += [
                Outcome(path.name, c.name, k, v, "not_in_force") for c in group for k, v in c.expect.items()
            ]
            continue
        tables = case_tables(group, known, path.name)
        columns = {n: {f.name: str(f.type) for f in t.schema} for n, t in tables.items()}
        block = compile_block([with_outputs(policy, group)], columns, on, mode=mode, catalogue=known,
                              dialect=engine.dialect)
        rows = {r["company"]: r for r in run_block(block, tables, engine).to_pylist()}
        for number, case in enumerate(group):
            row = rows[f"case{number:04d}"]
            for item, value in case.expect.items():
                outcomes.append(compared(path.name, case, item, value, row, block.policies[0]))
    return outcomes


def with_outputs(policy: Policy, cases: Sequence[Case]) -> Policy:
    """Return the policy with every let and table that a case expects among its outputs."""
    named: list[Parameter | Let | Table] = [*policy.parameters, *policy.lets, *policy.tables]
    local = {n for x in named for n in (x.code, x.zh)}
    asked = {i for c in cases for i in c.expect if i in local}
    return replace(policy, outputs=tuple(dict.fromkeys((*policy.outputs, *sorted(asked)))))


def compared(
    file: str, case: Case, item: str, expected: Any, row: Mapping[str, Any], compiled: Compiled
) -> Outcome:
    """Return one expectation beside what came out.

    Raises:
        WutongError: P134 when nothing of that name comes out of the policy, P135 for an expectation that is not a
            figure.
    """
    prefix, policy, place = compiled.prefix, compiled.policy, Place(file=file, clause=case.name)
    if item == "verdict":
        return Outcome(file, case.name, item, expected, VERDICTS[row[f"{prefix}_verdict"]])
    for number, condition in enumerate(policy.conditions):
        if item in (condition.code, condition.zh):
            failed = row[f"{prefix}_failed"] >> number & 1
            open_ = row[f"{prefix}_unknown"] >> number & 1
            truth = False if failed else ("manual" if condition.manual else None) if open_ else True
            return Outcome(file, case.name, item, expected, truth)
    for number, benefit in enumerate(policy.benefits):
        if item in (benefit.code, benefit.zh):
            got = [row[f"{prefix}_b{number}_lo"], row[f"{prefix}_b{number}_hi"]]
            return Outcome(file, case.name, item, _range(expected, "元", place), got)
    if item == "合计":
        lines = [
            Line(policy.key, b, row[f"{prefix}_b{n}_lo"], row[f"{prefix}_b{n}_hi"])
            for n, b in enumerate(policy.benefits)
        ]
        return Outcome(file, case.name, item, _range(expected, "元", place), list(combine(lines)[1:]))
    for name, zh, shown in compiled.outputs:
        if item in (name, zh):
            return Outcome(file, case.name, item, _expected(expected, shown, place), _got(row, shown))
    raise WutongError.of("P134", place, name=item)


def _expected(value: Any, shown: Shown, place: Place) -> Any:
    return _range(value, shown.unit, place) if shown.kind == "number" else value


def _got(row: Mapping[str, Any], shown: Shown) -> Any:
    if shown.kind == "number":
        return [None if v is None else Decimal(v).normalize() + 0 for v in (row[shown.low], row[shown.high])]
    return row[shown.low]


def _range(value: Any, unit: str, place: Place) -> list[Decimal | None]:
    ends = value if isinstance(value, list) else [value, value]
    try:
        return [None if e is None else figure(str(e), unit) for e in ends]
    except (ValueError, WutongError):
        raise WutongError.of("P135", place, value=value) from None


__all__ = ["Case", "Outcome", "case_tables", "compared", "load_cases", "run_cases", "with_outputs"]
