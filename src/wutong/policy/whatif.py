"""What if: some facts of one company changed, every policy decided before and after, what is different and in money."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from wutong.backends.at_hand import shipped_catalogue
from wutong.backends.protocol import Backend
from wutong.errors import Place, WutongError
from wutong.ir.policy.compile import Compiled
from wutong.packs.cases import stored_value
from wutong.packs.model import Policy
from wutong.policy.amounts import Combined, amounts_of
from wutong.policy.evaluate import VERDICTS, Mode, Results, evaluate
from wutong.policy.facts import Cells, Company, Variant, fact_of, said
from wutong.policy.lab import check_policy, stated
from wutong.tables import RELATIVE_YEARS, Catalogue, Fact

Money = tuple[Decimal | None, Decimal | None]
_UNKNOWN = {"", "?", "？", "未知", "unknown", "null"}
_TRUE, _FALSE = {"是", "true", "yes", "1"}, {"否", "false", "no", "0"}


@dataclass(frozen=True, slots=True)
class Turned:
    """A condition that is decided otherwise; figures as (what, before, after, unit) where they changed."""

    condition: str
    zh: str
    en: str
    before: bool | None
    after: bool | None
    figures: tuple[tuple[str, Any, Any, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One policy before and after; money in 元."""

    policy: str
    zh: str
    en: str
    before: str
    after: str
    turned: tuple[Turned, ...]
    money_before: Money
    money_after: Money

    @property
    def same(self) -> bool:
        """Whether nothing about the policy changed."""
        return self.before == self.after and not self.turned and self.money_before == self.money_after


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Everything that changed for one company."""

    company: str
    facts: tuple[tuple[str, Any, Any], ...]
    added: tuple[tuple[str, Cells], ...]
    policies: tuple[Difference, ...]
    money_before: Money
    money_after: Money
    broken: tuple[str, ...] = ()
    """Checks of the data that hold before and fail after: the figures cannot all be right."""


def parse_set(text: str, on: date, catalogue: Catalogue) -> tuple[str, Any]:
    """Return column and stored value of ``上年研发费用=300万元``, ``研发费用@2025=…`` or ``已上市=否``.

    >>> parse_set("研发费用@2025=300万元", date(2026, 11, 1), Catalogue.load())
    ('rd_cost_2025', Decimal('3000000.00'))

    Raises:
        WutongError: Q107 not of the form name=value, Q103 no such fact, Q104 a value that does not fit, Q105 outside the
            domain.
    """
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise WutongError.of("Q107", text=text)
    fact, column = _meant(name.strip(), on, catalogue)
    return column, _value(fact, value.strip(), on)


def _meant(name: str, on: date, catalogue: Catalogue) -> tuple[Fact, str]:
    base, _, year = name.partition("@")
    if name[:4].isdigit() and name[4:5] == "年":
        year, base = name[:4], name[5:]
    fact = catalogue.fact(base.strip())
    if fact is not None and fact.yearly and year.strip().isdigit():
        return fact, f"{fact.code}_{year.strip()}"
    found = catalogue.resolve(name, on.year)
    if found is not None:
        return found
    raise WutongError.of("Q103", name=name, similar="、".join(_similar(name, catalogue)) or "—")


def _similar(name: str, catalogue: Catalogue) -> list[str]:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a misspelt name

    known = [f.zh for f in catalogue.facts] + [p + f.zh for p in RELATIVE_YEARS for f in catalogue.yearly]
    return get_close_matches(name, known, n=3, cutoff=0.5)


def _value(fact: Fact, text: str, on: date) -> Any:
    if text.casefold() in _UNKNOWN:
        return None
    place = Place(column=fact.zh)
    raw: Any = text
    if fact.type == "boolean":
        lower = text.casefold()
        raw = True if lower in _TRUE else False if lower in _FALSE else text
    try:
        value = stored_value(fact, raw, place)
    except WutongError:
        takes = "、".join(fact.values) or ("是/否" if fact.type == "boolean" else str(fact.unit or fact.type))
        raise WutongError.of("Q104", place, fact=fact.zh, value=text, takes=takes) from None
    ends = [(e, below) for e, below in ((fact.min, True), (fact.max, False)) if e is not None]
    for end, below in ends:
        if (value < end) if below else (value > end):
            raise WutongError.of("Q105", place, fact=fact.zh, value=text, low=fact.min, high=fact.max or "∞")
    if isinstance(value, date) and value > on and fact.code == "registered_on":
        raise WutongError.of("Q105", place, fact=fact.zh, value=text, low="—", high=on)
    return value


def parse_add(text: str, on: date, catalogue: Catalogue) -> tuple[str, Cells]:
    """Return child table and cells of ``知识产权:类别=I类,授权日期=2026-01-01``.

    >>> parse_add("知识产权:类别=I类", date(2026, 11, 1), Catalogue.load())
    ('ip', (('kind', 'I类'),))

    Raises:
        WutongError: Q107 of another form, Q106 no such list or column, Q104 and Q105 as in :func:`parse_set`.
    """
    table, sign, rest = text.replace("：", ":", 1).partition(":")
    child = catalogue.child(table.strip())
    if not sign:
        raise WutongError.of("Q107", text=text)
    if child is None:
        raise WutongError.of("Q106", name=table.strip(), known="、".join(c.zh for c in catalogue.children))
    cells = {}
    for part in filter(None, (p.strip() for p in rest.replace("，", ",").split(","))):
        name, equals, value = part.partition("=")
        column = child.column(name.strip())
        if not equals:
            raise WutongError.of("Q107", text=part)
        if column is None:
            raise WutongError.of("Q106", name=f"{child.zh}.{name.strip()}", known="、".join(c.zh for c in child.columns))
        cells[column.code] = _value(column, value.strip(), on)
    return child.code, tuple(sorted(cells.items()))


def what_if(
    company: Company, policies: Sequence[Policy], on: date, change: Variant, *, mode: Mode = "interval",
    catalogue: Catalogue | None = None, backend: Backend | None = None,
) -> WhatIf:
    """Decide every policy for `company` as it is and after `change`.

    Raises:
        WutongError: F5xx for faulty rules, R190 if the engine refuses.
    """
    known = catalogue or shipped_catalogue()
    after = change.applied(company)
    tables = company_tables([company, after], known)
    results = evaluate(tables, [*policies, check_policy(known)], on, mode, backend, explain=True)
    old, new = results.wide.to_pylist()
    *compiled, checks = results.policies
    totals = _money(results)
    held, broken = stated(old, checks), stated(new, checks)
    named = {c.code: c.zh for c in checks.policy.conditions}
    return WhatIf(
        company.code,
        tuple((said(known, c), company.facts.get(c), v) for c, v in change.cells),
        change.rows, tuple(_difference(c, old, new, _money(results, [c])) for c in compiled), *totals,
        tuple(named[c] for c, t in broken.items() if t is False and held[c] is not False),
    )


def company_tables(companies: Sequence[Company], catalogue: Catalogue) -> dict[str, pa.Table]:
    """Return companies as the tables of a snapshot, named ``c0``, ``c1`` … in their order (below ten)."""
    names = sorted({name for c in companies for name in c.facts} - {"company", "name"})
    columns: dict[str, Any] = {"company": pa.array([f"c{n}" for n in range(len(companies))])}
    for name in names:
        found = fact_of(catalogue, name)
        if found is not None:
            columns[name] = pa.array([c.facts.get(name) for c in companies], found[0].arrow)
    tables = {"companies": pa.table(columns)}
    for child in catalogue.children:
        rows = [{**row, "company": f"c{n}"} for n, c in enumerate(companies) for row in c.rows.get(child.code, ())]
        if rows:
            schema = pa.schema([("company", pa.string()), *((f.code, f.arrow) for f in child.columns)])
            tables[child.code] = pa.Table.from_pylist(rows, schema=schema)
    return tables


def _difference(
    compiled: Compiled, old: Mapping[str, Any], new: Mapping[str, Any], money: tuple[Money, Money]
) -> Difference:
    policy, prefix = compiled.policy, compiled.prefix
    before, after = stated(old, compiled), stated(new, compiled)
    turned = tuple(
        Turned(c.code, s.zh, s.en, before[c.code], after[c.code], tuple(_figures(c.measures, old, new)))
        for c, s in zip(compiled.conditions, policy.conditions, strict=True) if before[c.code] is not after[c.code]
    )
    was, becomes = (VERDICTS[row[f"{prefix}_verdict"]] for row in (old, new))
    return Difference(policy.key, policy.zh, policy.en, was, becomes, turned, money[0], money[1])


def _figures(measures: Iterable[Any], old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any, str]]:
    for m in measures:
        a, b = old[m.value.low], new[m.value.low]
        if a != b:
            yield m.left, a, b, m.value.unit


def _money(results: Results, policies: Sequence[Compiled] | None = None) -> tuple[Money, Money]:
    """Return what the best combination of benefits is worth before and after."""
    found = Combined.of(amounts_of(results, policies))
    before, after = (found.company(row)[1:] for row in (0, 1))
    return before, after
