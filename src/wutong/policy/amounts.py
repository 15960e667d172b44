"""Amounts of whole results as numpy arrays of fen, and the limits that policies set on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wutong.errors import Place, WutongError
from wutong.ir.policy.compile import Compiled
from wutong.packs.cases import figure
from wutong.packs.model import Limit, Policy
from wutong.policy.combine import Ceiling, Choice, Combination, Item, Problem, fen
from wutong.policy.evaluate import Results
from wutong.values.units import convert

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def fen_column(column: pa.ChunkedArray) -> tuple[Ints, Bools]:
    """Return a DECIMAL(18,2) column in whole fen and where it is missing (there 0).

    >>> import pyarrow as pa
    >>> money = pa.array([Decimal("1.50"), None], pa.decimal128(18, 2))
    >>> [x.tolist() for x in fen_column(pa.chunked_array([money]))]
    [[150, 0], [False, True]]
    """
    array = column.combine_chunks().cast(pa.decimal128(18, 2))
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0)
    missing = np.asarray(array.is_null())
    words = np.frombuffer(array.buffers()[1], np.int64).reshape(-1, 2)[array.offset : array.offset + len(array), 0]
    return np.where(missing, 0, words), missing


@dataclass(frozen=True, slots=True)
class Amounts:
    """The benefits of some policies for every company of a result, companies in the order of the result."""

    items: tuple[Item, ...]
    ceilings: tuple[Ceiling, ...]
    low: Ints
    high: Ints
    open: Bools

    def problem(self, *, one_per_matter: bool = False) -> Problem:
        """Return the structure of their combinations."""
        return Problem(self.items, self.ceilings, one_per_matter=one_per_matter)


def amounts_of(results: Results, policies: Sequence[Compiled] | None = None, kind: str | None = None) -> Amounts:
    """Return the amounts of `policies`, of all in the results if None; only benefits of `kind` if given.

    Raises:
        WutongError: R306 for a limit that is no amount.
    """
    chosen = results.policies if policies is None else policies
    where = {name: table for table in results.tables for name in table.column_names}
    items: list[Item] = []
    lows, highs, opens = [], [], []
    for compiled in chosen:
        for number, benefit in enumerate(compiled.benefits):
            if kind not in (None, benefit.kind):
                continue
            name = f"{compiled.prefix}_b{number}"
            low, _ = fen_column(where[f"{name}_lo"].column(f"{name}_lo"))
            high, unbounded = fen_column(where[f"{name}_hi"].column(f"{name}_hi"))
            items.append(Item(compiled.policy.key, benefit))
            lows.append(low)
            highs.append(high)
            opens.append(unbounded)
    size = results.tables[0].num_rows if results.tables else 0
    ceilings = tuple(c for compiled in chosen for c in ceilings_of(compiled.policy, results.on))

    def stacked(columns: list[npt.NDArray[np.generic]], kind: type) -> npt.NDArray[np.generic]:
        return np.stack(columns, axis=1) if columns else np.zeros((size, 0), dtype=kind)

    return Amounts(tuple(items), ceilings, stacked(lows, np.int64), stacked(highs, np.int64), stacked(opens, bool))  # type: ignore[arg-type]


def ceilings_of(policy: Policy, on: date) -> list[Ceiling]:
    """Return the limits of a policy in fen, as they stand on `on`.

    Raises:
        WutongError: R306 for a limit that is neither an amount nor a parameter with one.
    """
    return [
        Ceiling(limit.zh, frozenset((policy.key, code) for code in limit.benefits), fen(_limit(policy, limit, on)))
        for limit in policy.limits
    ]


def _limit(policy: Policy, limit: Limit, on: date) -> Decimal:
    named = next((p for p in policy.parameters if limit.amount in (p.code, p.zh)), None)
    try:
        if named is None:
            return figure(limit.amount, "元")
        dated = named.at(on)
        if dated is not None and isinstance(dated.value, Decimal):
            return convert(dated.value, named.unit or "元", "元")
    except (ValueError, WutongError):
        pass
    place = Place(file=policy.file or None, policy=policy.key, clause=limit.code)
    raise WutongError.of("R306", place, text=limit.amount)


@dataclass(frozen=True, slots=True)
class Combined:
    """Amounts with the best combination of every company."""

    amounts: Amounts
    problem: Problem
    choice: Choice

    @classmethod
    def of(cls, amounts: Amounts, *, one_per_matter: bool = False) -> Combined:
        """Combine `amounts`."""
        problem = amounts.problem(one_per_matter=one_per_matter)
        return cls(amounts, problem, problem.solve(amounts.low, amounts.high, amounts.open))

    def company(self, row: int) -> Combination:
        """Return what one company gets, each benefit with the reason why it counts or not."""
        a = self.amounts
        return self.problem.combination(a.low, a.high, a.open, self.choice, row)
