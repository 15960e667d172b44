"""What names mean in a policy: facts by year, parameters on the date, lets and tables, child tables."""

from __future__ import annotations

import difflib
from datetime import date
from decimal import Decimal
from itertools import product

from wutong.errors import WutongError
from wutong.ir.policy.arith import constant, unknown
from wutong.ir.policy.compare import FALSE, NULL, TRUE
from wutong.ir.policy.plan import Lookup, Plan, count_ends
from wutong.ir.policy.units import in_base
from wutong.ir.policy.values import Day, Interval, Number, Rows, Text, Truth, Value
from wutong.sql.nodes import Expr, case, col, lit, op
from wutong.sql.types import BIGINT, BOOLEAN, DATE, DECIMAL, VARCHAR
from wutong.tables.catalogue import RELATIVE_YEARS, Catalogue, Child, Fact
from wutong.values.units import Unit

AS_OF = "评估日"


def fact_names(catalogue: Catalogue) -> list[str]:
    """Return every name a rule may use for facts and child tables."""
    names = [f.zh for f in catalogue.facts]
    names += [p + f.zh for f, p in product(catalogue.yearly, RELATIVE_YEARS)]
    for child in catalogue.children:
        names += [child.zh, *(c.zh for c in child.columns)]
    return [*names, AS_OF]


class PolicyScope:
    """Names of one policy, resolved on the date of assessment."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.three = plan.three
        self.on = plan.on
        self.local: dict[str, Value] = {}
        self.used: set[str] = set()

    def value(self, name: str) -> Value | None:
        """Return what `name` stands for, or None."""
        if name in self.local:
            return self.local[name]
        if name == AS_OF:
            return self.plan.assessed()
        found = self.plan.catalogue.resolve(name, self.on.year)
        if found is not None:
            self.used.add(found[1])
            return self.plan.fact(*found)
        child = self.plan.catalogue.child(name)
        return Rows(child, None) if child is not None else None

    def similar(self, name: str) -> list[str]:
        """Return names close to a misspelt one."""
        known = [*self.local, *fact_names(self.plan.catalogue)]
        return difflib.get_close_matches(name, known, n=3, cutoff=0.5)

    def bind(self, node: Expr) -> Expr:
        """Give a value its own column."""
        return self.plan.bind(node)

    def lookup(self, wanted: Lookup) -> str:
        """Join a large table."""
        return self.plan.lookup(wanted)

    def compared(self, truth: Expr, sides: tuple[Number, Number] | None) -> None:
        """Tell the plan of a comparison."""
        self.plan.compared(truth, sides)

    def rows_scope(self, child: Child, variable: str | None) -> RowScope:
        """Return the scope inside a filter over a child table."""
        self.used.add(f"{child.code}.")
        return RowScope(self, child, variable)

    def aggregate(self, function: str, rows: Rows) -> Value:
        """Return an aggregate over child rows, as wide as the unlisted rows allow.

        Raises:
            WutongError: F510 when the child table has no such column.
        """
        child = rows.child
        self.used.add(f"{child.code}.")
        fact = child.column(rows.column) if rows.column else None
        if rows.column and fact is None:
            raise WutongError.of("F510", name=rows.column, similar="、".join(c.zh for c in child.columns))
        columns = self.plan.aggregate(function if fact else "count", child, rows.where, fact)
        complete = self.bind(self.plan.complete(child))
        low, high = self._counted(columns[0], columns[1], complete)
        if function == "exists":
            return _exists(low, high)
        if fact is not None:
            return _cells(self, function, columns, complete, fact)
        return Number(
            Interval(low, high, 9, 0, low if self.three else None, Decimal(0)), unit=Unit.find("项")
        )

    def _counted(self, lo: str, hi: str, complete: Expr) -> tuple[Expr, Expr]:
        low, high = (self.bind(end) for end in count_ends(lo, hi, complete))
        if self.three:
            low = high = self.bind(case([(op("eq", low, high), low)], lit(None, DECIMAL(9, 0))))
        return low, high


def _exists(low: Expr, high: Expr) -> Truth:
    one, zero = lit(Decimal(1), DECIMAL(1, 0)), lit(Decimal(0), DECIMAL(1, 0))
    return Truth(case([(op("ge", low, one), TRUE), (op("le", high, zero), FALSE)], NULL))


def _cells(scope: PolicyScope, function: str, columns: tuple[str, ...], complete: Expr, fact: Fact) -> Value:
    """Return a sum, least or greatest of child cells: exact when the list is whole and every cell known."""
    _, _, vlo, vhi, holes = columns
    known = op("and", complete, op("eq", op("coalesce", col(holes), lit(0, BIGINT)), lit(0, BIGINT)))
    if fact.type == "date":
        same = op("is_same", col(vlo), col(vhi))
        return Day(case([(op("and", known, same), col(vlo))], lit(None, DATE)))
    null = lit(None, DECIMAL(38 if function == "sum" else 18, fact.scale))
    if function == "sum":
        zero = lit(Decimal(0), DECIMAL(1, 0))
        lo = scope.bind(op("coalesce", col(vlo), zero))
        hi = scope.bind(case([(known, op("coalesce", col(vhi), zero))], null))
    else:
        open_end = case([(known, col(vhi))], null)
        lo, hi = (
            scope.bind(e) for e in ((col(vlo), open_end) if function == "max" else (open_end, col(vlo)))
        )
    plain = None
    if scope.three:
        lo = hi = plain = scope.bind(case([(op("eq", lo, hi), lo)], null))
    digits, low = (30, Decimal(0)) if function == "sum" else (18, None)
    return Number(Interval(lo, hi, digits, fact.scale, plain, low), unit=fact.unit)


class RowScope:
    """Names inside a filter: the child's columns, and what is the same for every company."""

    def __init__(self, outer: PolicyScope, child: Child, variable: str | None) -> None:
        self.outer = outer
        self.child = child
        self.variable = variable
        self.three = outer.three
        self.on = outer.on

    def value(self, name: str) -> Value | None:
        """Return a column of the row, a constant of the policy, or None."""
        if self.variable is not None:
            prefix = f"{self.variable}."
            if name.startswith(prefix):
                return self._cell(name.removeprefix(prefix))
        elif (cell := self._cell(name)) is not None:
            return cell
        if name == AS_OF:
            return self.outer.plan.assessed(of_row=True)
        value = self.outer.local.get(name)
        constant_value = isinstance(value, Number | Text | Day | Truth) and value.const is not None
        return value if constant_value else None

    def _cell(self, name: str) -> Value | None:
        fact = self.child.column(name)
        return None if fact is None else self.outer.plan.child_value(self.child, fact)

    def similar(self, _name: str) -> list[str]:
        """Return the columns of the child table."""
        return [c.zh for c in self.child.columns]

    def bind(self, node: Expr) -> Expr:
        """Rows have no columns of their own."""
        return node

    def compared(self, _truth: Expr, _sides: tuple[Number, Number] | None) -> None:
        """Take no notice: a row is not a company."""

    def lookup(self, _wanted: Lookup) -> str:
        """Refuse: tables are decided per company."""
        raise WutongError.of("F535", name="lookup")

    def aggregate(self, function: str, _rows: Rows) -> Value:
        """Refuse: a child row has no children."""
        raise WutongError.of("F535", name=function)

    def rows_scope(self, child: Child, _variable: str | None) -> RowScope:
        """Refuse: a child row has no children."""
        raise WutongError.of("F535", name=child.zh)


def parameter_value(value: Decimal | str | bool | None, unit: str | None, three: bool) -> Value:
    """Return a parameter as a typed constant; an empty official figure stays unknown."""
    kind = Unit.parse(unit) if unit else None
    if isinstance(value, bool):
        return Truth(lit(value, BOOLEAN), value)
    if isinstance(value, Decimal):
        return in_base(Number(constant(value), unit=kind, literal=True))
    if value is None:
        return Number(unknown(None, None, 18, 2, three=three), unit=kind)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return Text(lit(value, VARCHAR), const=value)
    return Day(lit(day, DATE), day)
