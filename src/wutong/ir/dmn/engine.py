"""The SQL engine: a DMN model and its cases in, one statement with one row per case, values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Literal

import pyarrow as pa

from wutong.backends.duckdb import DuckDBBackend
from wutong.backends.protocol import Backend
from wutong.dmn import model as dmn
from wutong.dmn.run import Run
from wutong.dmn.tck import Answered, Case, Work
from wutong.errors import Place, WutongError
from wutong.ir.dmn import data
from wutong.ir.dmn.lower import Lowering
from wutong.ir.dmn.model import ModelCompiler
from wutong.ir.dmn.plan import Plan
from wutong.ir.dmn.types import FeelType
from wutong.ir.dmn.values import NULL, Either, NotCompilableError, NullResultError, Value, absent, not_, unify
from wutong.sql.emit import Expr, col, to_sql

#: the day a run is for when no one says; a constant, since results must not depend on the clock
DEFAULT_AS_OF = datetime(2026, 11, 1)  # noqa: DTZ001 - local, as all dates of policies are


#: code of what is no FEEL, such as functions in Java: the interpreter would say null, which is no answer
OUTSIDE = "F411"
#: cases per statement; each row computes every target of its statement, so the cost of a block is its square
BLOCK = 100


@dataclass(frozen=True, slots=True)
class Target:
    """What a case asks for: a result name of a decision, or of a function or service called with the inputs."""

    result: str
    kind: str = "decision"
    invocable: str | None = None

    @property
    def name(self) -> str:
        """The name of the element to compute."""
        return self.invocable or self.result


@dataclass(slots=True)
class Compiled:
    """One statement for one model: outputs by target, what decodes them, and the targets that do not compile."""

    plan: Plan
    lowering: Lowering
    outputs: dict[str, Expr] = field(default_factory=dict)
    decoders: dict[Target, data.Decoder] = field(default_factory=dict)
    errors: dict[Target, WutongError] = field(default_factory=dict)
    inputs: dict[str, tuple[str, FeelType]] = field(default_factory=dict)

    def sql(self, backend: Backend) -> str:
        """Return the statement; it reads the relation ``cases`` and those of `tables`."""
        return to_sql(self.plan.query({"rid": col("rid"), **self.outputs}, "cases"), backend.dialect)

    def tables(self) -> dict[str, pa.Table]:
        """Return the constant relations the statement reads: the rules of large tables."""
        return {name: pa.table({c: data.column(kind, items) for c, (kind, items) in relation.columns.items()})
                for name, relation in self.plan.relations.items()}


@dataclass(slots=True)
class SqlEngine:
    """Runs DMN models through SQL, as literal DMN has it (`mode` ``dmn``).

    Args:
        lift: make every literal a column of the case relation, so that nothing can be computed beforehand.
        fold: let the reference interpreter answer cases without inputs that have no SQL form. `tally` counts
            results pushed down, folded and refused apart.
    """

    mode: Literal["dmn"] = "dmn"
    lift: bool = False
    fold: bool = True
    as_of: datetime = DEFAULT_AS_OF
    backend: Backend = field(default_factory=DuckDBBackend)
    tally: Work = field(default_factory=Work)

    def run(self, model: dmn.Model, cases: list[Case]) -> list[dict[str, Any]]:
        """Return, per case, the values by result name; results that have no SQL form are left out."""
        made: list[dict[str, Any]] = []
        for start in range(0, len(cases), BLOCK):
            made += self._block(model, cases[start:start + BLOCK])
        return made

    def _block(self, model: dmn.Model, cases: list[Case]) -> list[dict[str, Any]]:
        targets = list(dict.fromkeys(t for c in cases for t in _targets(c)))
        compiled = self.compile(model, targets, cases)
        rows = self._query(compiled, cases)
        return [self._case(model, case, compiled, row) for case, row in zip(cases, rows, strict=True)]

    def compile(self, model: dmn.Model, targets: Sequence[Target], cases: Sequence[Case]) -> Compiled:
        """Return one statement that computes `targets` for all cases."""
        plan = Plan()
        made = Compiled(plan, Lowering(plan, self.lift, self.as_of, item_tests=self.backend.dialect != "postgres"))
        compiler = ModelCompiler(made.lowering, model, _Inputs(made, cases))
        for target in targets:
            size = len(made.outputs)
            try:
                value = _value(compiler, target, made, cases)
                made.decoders[target] = data.output(plan, value, made.outputs)
            except NotCompilableError as fault:
                fault.values.pop("span", None)
                made.errors[target] = WutongError.of(fault.code, Place(clause=target.name), **fault.values)
            except WutongError as fault:
                made.errors[target] = fault
            if target in made.errors:
                made.outputs = dict(list(made.outputs.items())[:size])
        return made

    def _query(self, compiled: Compiled, cases: Sequence[Case]) -> list[dict[str, Any]]:
        table: dict[str, Any] = {"rid": pa.array(range(len(cases)), pa.int64())}
        for name, (key, kind) in compiled.inputs.items():
            table |= data.columns(name, kind, [c.inputs.get(key) for c in cases])
        for name, value in compiled.lowering.literals.items():
            plain = float(value) if isinstance(value, Decimal) else value
            table[name] = pa.array([plain] * len(cases))
        tables = {"cases": pa.table(table), **compiled.tables()}
        answer = self.backend.query(compiled.sql(self.backend), tables)
        rows: list[dict[str, Any]] = sorted(answer.to_pylist(), key=lambda row: row["rid"])
        return rows

    def _case(self, model: dmn.Model, case: Case, compiled: Compiled, row: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for target in _targets(case):
            note = partial(Answered, model.name, case.id, target.result)
            if target in compiled.decoders:
                found[target.result] = compiled.decoders[target](row)
                self.tally.entries.append(note("pushed"))
            elif self.fold and not case.inputs and compiled.errors[target].diagnostics[0].code != OUTSIDE:
                found[target.result] = _folded(model, case, target)
                self.tally.entries.append(note("folded"))
            else:
                self.tally.entries.append(note("refused", compiled.errors[target]))
        return found


def _targets(case: Case) -> list[Target]:
    return [Target(e.name, case.kind, case.invocable) for e in case.expected]


def _folded(model: dmn.Model, case: Case, target: Target) -> Any:
    run = Run(model, case.inputs)
    if target.invocable is None:
        return run.value(target.name)
    made = run.call(target.invocable)
    return made.get(target.result) if isinstance(made, dict) and len(case.expected) > 1 else made


def _value(compiler: ModelCompiler, target: Target, made: Compiled, cases: Sequence[Case]) -> Value:
    element = compiler.model.named(target.name)
    if element is None:
        raise WutongError.of("F425", Place(clause=target.name), name=target.name)
    value = compiler.element(element)
    if target.invocable is None:
        return value
    try:
        result = compiler.lowering.apply(value, _arguments(compiler, element, made, cases), None)
    except NullResultError:
        return NULL
    several = sum(1 for c in cases for e in c.expected if c.invocable == target.invocable and e.name) > 1
    found = getattr(result, "get", lambda _: None)(target.result) if several else None
    return found if found is not None else result


def _arguments(
    compiler: ModelCompiler, element: dmn.Element, made: Compiled, cases: Sequence[Case],
) -> tuple[Value, ...]:
    inputs = _Inputs(made, cases)
    if isinstance(element, dmn.BusinessKnowledge) and element.function is not None:
        return tuple(inputs.value(p.name, compiler.kind(p.type_ref), compiler) for p in element.function.parameters)
    if isinstance(element, dmn.DecisionService):
        slots = [compiler.model.resolve(r) for r in element.inputs + element.input_decisions]
        return tuple(inputs.value(f[2].name, compiler.kind(f[2].type_ref), compiler) for f in slots if f is not None)
    return ()


@dataclass(frozen=True, slots=True)
class _Inputs:
    """Makes the value of an input the first time it is asked for."""

    made: Compiled
    cases: Sequence[Case]

    def __call__(self, item: dmn.Input, compiler: ModelCompiler) -> Value:
        return self.value(item.name, compiler.kind(item.type_ref), compiler)

    def value(self, name: str, declared: FeelType | None, compiler: ModelCompiler) -> Value:
        """Return the value of the input `name`, converted to its declared type."""
        given = [c.inputs.get(name) for c in self.cases]
        kinds = [k for k in dict.fromkeys(map(data.infer, given)) if k.kind != "null"]
        whole = unify(kinds)
        if whole is not None or (declared is not None and declared.kind != "any"):
            return self._column(name, declared, whole or FeelType("null"), compiler)
        made = [self._column(name, declared, k, compiler) for k in kinds]
        return Either(tuple((not_(absent(v)), v) for v in made))

    def _column(self, name: str, declared: FeelType | None, seen: FeelType, compiler: ModelCompiler) -> Value:
        kind = data.concrete(declared, seen)
        column = next((c for c, (n, k) in self.made.inputs.items() if (n, k) == (name, kind)), None)
        if column is None:
            data.arrow_type(kind)
            column = f"in_{len(self.made.inputs)}"
            self.made.inputs[column] = (name, kind)
        return compiler.lowering.coerced(data.input_value(self.made.plan, column, kind), declared)
