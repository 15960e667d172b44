"""Golden cases: what a policy must say about made-up companies, written as YAML beside the policy."""

from __future__ import annotations

from collections import Counter
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """A case of a file, and the policy it is about."""

    file: str
    policy: Policy
    case: Case


def run_cases(
    path: Path, mode: Mode = "interval", backend: Backend | None = None, catalogue: Catalogue | None = None
) -> list[Outcome]:
    """Run every case of a file; one outcome per expectation.

    Raises:
        WutongError: F5xx for faulty rules, P13x for faulty cases.
    """
    return run_files([path], mode, backend, catalogue)


def run_files(
    paths: Sequence[Path], mode: Mode = "interval", backend: Backend | None = None, catalogue: Catalogue | None = None,
    *, busiest: int | None = None,
) -> list[Outcome]:
    """Run the cases of several files in one statement per date; planning a statement is what costs on Spark.

    With `busiest` only those of so many dates, the ones with most cases.

    Raises:
        WutongError: F5xx for faulty rules, P13x for faulty cases.
    """
    asked = [_Asked(p.name, policy, case) for p in paths for policy, cases in [load_cases(p)] for case in cases]
    outcomes: list[Outcome] = []
    dates = Counter(a.case.on for a in asked)
    for on in sorted(d for d, _ in dates.most_common(busiest)):
        group = [a for a in asked if a.case.on == on]
        outcomes += [Outcome(a.file, a.case.name, k, v, "not_in_force")
                     for a in group if not a.policy.in_force(on) for k, v in a.case.expect.items()]
        held = [a for a in group if a.policy.in_force(on)]
        if held:
            outcomes += _decided(held, mode, backend or default_backend(), catalogue or shipped_catalogue())
    return outcomes


def _decided(asked: Sequence[_Asked], mode: Mode, engine: Backend, catalogue: Catalogue) -> list[Outcome]:
    """Decide cases of one date together; each company has an answer of every policy, its own is compared."""
    files = list(dict.fromkeys(a.file for a in asked))
    tables = case_tables([a.case for a in asked], catalogue, "、".join(files))
    columns = {n: {f.name: str(f.type) for f in t.schema} for n, t in tables.items()}
    by_file = [[a for a in asked if a.file == file] for file in files]
    policies = [with_outputs(group[0].policy, [a.case for a in group]) for group in by_file]
    block = compile_block(policies, columns, asked[0].case.on, mode=mode, catalogue=catalogue, dialect=engine.dialect)
    rows = {r["company"]: r for r in run_block(block, tables, engine).to_pylist()}
    return [compared(a.file, a.case, item, value, rows[f"case{number:04d}"], block.policies[files.index(a.file)])
            for number, a in enumerate(asked) for item, value in a.case.expect.items()]


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
