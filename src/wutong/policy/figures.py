"""The figures of a policy that can be varied: those it names, its parameters, and every number written in its rules.

A figure is named ``policy.parameter``, or after the place it stands in: ``policy.table.row`` (the only test of a
row), ``policy.table.row.column``, ``policy.table.row.out``, ``policy.let``, ``policy.condition``, ``policy.benefit``,
``policy.benefit.cap``, ``policy.benefit.when``; where a place holds several numbers ``.1``, ``.2`` … follow. The policy may give such places a name (``figures:``);
with one place the name is a short form, with several they move together.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from wutong.errors import Place, WutongError
from wutong.feel import ast
from wutong.feel.parser import parse_expression, parse_unary_tests
from wutong.ir.policy.context import named
from wutong.ir.policy.scope import fact_names
from wutong.ir.policy.syntax import children
from wutong.packs.model import Benefit, Condition, Dated, Let, Named, Parameter, Policy, Table
from wutong.policy.evaluate import shipped_catalogue
from wutong.values.units import Unit, convert

T = TypeVar("T")
Scalar = Decimal | str | bool | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its name, what people call the place, its value as the pack writes it, and the rule around it."""

    name: str
    zh: str
    value: Scalar
    unit: str | None
    rule: str
    put: Callable[[Scalar], Policy]
    """Return the policy with another value here."""
    named: bool = False
    """Whether the policy gives this figure a name: one of its ``figures`` or parameters."""

    @property
    def text(self) -> str:
        """The value with its unit.

        >>> Figure("p.a", "甲", Decimal("20000"), "万元", "", lambda v: v).text
        '20000万元'
        """
        return written(self.value, self.unit)


def written(value: Scalar, unit: str | None) -> str:
    """Return a value as a pack writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}{unit or ''}" if isinstance(value, Decimal) else "?" if value is None else value


@dataclass(frozen=True, slots=True)
class Spot:
    """A text of a rule and how to put another in its place."""

    name: str
    zh: str
    text: str
    cell: bool
    put: Callable[[str], Policy]
    unit: str | None = None
    """The unit that a bare number has here: the output of a table."""


def figures(policy: Policy, on: date) -> list[Figure]:
    """Return every figure of `policy` that can be varied, as it stands on `on`; what the policy names comes first.

    Raises:
        WutongError: R307 for a name that stands for no figure, or for figures of different units.
    """
    places = _places(policy, on)
    return [_named(policy, named, places, on) for named in policy.figures] + places


def _places(policy: Policy, on: date) -> list[Figure]:
    found = [_parameter(policy, n, p, on) for n, p in enumerate(policy.parameters)]
    known = [n for x in named(policy) for n in (x.code, x.zh)] + fact_names(shipped_catalogue())
    for spot in _spots(policy):
        parse = parse_unary_tests if spot.cell else parse_expression
        try:
            node = parse(spot.text, names=known, profile="policy")
        except WutongError:  # a bare word of a text table
            continue
        numbers = [n for n in _literals(node) if isinstance(n.value, Decimal)]
        numbers.sort(key=lambda n: n.span.start)
        for count, number in enumerate(numbers, start=1):
            name = spot.name if len(numbers) == 1 else f"{spot.name}.{count}"
            unit = number.unit or (spot.unit if node is number else None)
            found.append(Figure(f"{policy.id}.{name}", spot.zh, number.value, unit, spot.text, _putter(spot, number)))
    return found


def _named(policy: Policy, named: Named, places: Sequence[Figure], on: date) -> Figure:
    known = {f.name.removeprefix(f"{policy.id}."): f for f in places}
    for at in named.at:
        figure, first = known.get(at), known.get(named.at[0])
        if figure is None or first is None or not isinstance(figure.value, Decimal) or figure.unit != first.unit:
            raise WutongError.of("R307", Place(file=policy.file or None, clause=named.code), name=named.code, at=at)
    name, first = f"{policy.id}.{named.code}", known[named.at[0]]

    def put(value: Scalar) -> Policy:
        made = policy
        for at in named.at:
            old = next(f for f in _places(made, on) if f.name == f"{policy.id}.{at}")
            made = old.put(_moved(name, old, first, value))
        return made

    rule = named.note or "、".join(known[at].text for at in named.at)
    return Figure(name, named.zh, first.value, first.unit, rule, put, named=True)


def _moved(name: str, old: Figure, first: Figure, value: Scalar) -> Decimal:
    """Return the new value of one of several figures; a step of a ladder at or below zero would let everyone pass."""
    if not (isinstance(value, Decimal) and isinstance(old.value, Decimal) and isinstance(first.value, Decimal)):
        raise WutongError.of("R302", text=str(value), name=name, old=first.text)
    new = old.value + value - first.value
    if old.value > 0 >= new:
        raise WutongError.of("R308", name=name, text=written(value, first.unit), part=old.name, old=old.text,
                             new=written(new, old.unit))
    return new


def _literals(node: ast.Node) -> Iterator[ast.Literal]:
    if isinstance(node, ast.Literal):
        yield node
    for child in children(node):
        yield from _literals(child)


def _putter(spot: Spot, number: ast.Literal) -> Callable[[Scalar], Policy]:
    def put(value: Scalar) -> Policy:
        text = written(value, number.unit)
        return spot.put(f"{spot.text[: number.span.start]}{text}{spot.text[number.span.end :]}")

    return put


def _parameter(policy: Policy, at: int, parameter: Parameter, on: date) -> Figure:
    dated = parameter.at(on)

    def put(value: Scalar) -> Policy:
        kept = tuple(d for d in parameter.values if d is not dated)
        new = replace(dated, value=value) if dated is not None else Dated(value, None, None, "")
        return replace(policy, parameters=swapped(policy.parameters, at, replace(parameter, values=(new, *kept))))

    value = None if dated is None else dated.value
    return Figure(f"{policy.id}.{parameter.code}", parameter.zh, value, parameter.unit, "", put, named=True)


def swapped(items: Sequence[T], at: int, item: T) -> tuple[T, ...]:
    """Return the items with another one at `at`.

    >>> swapped("abc", 1, "x")
    ('a', 'x', 'c')
    """
    return (*items[:at], item, *items[at + 1 :])


def _spots(policy: Policy) -> Iterator[Spot]:
    for at, table in enumerate(policy.tables):
        yield from _cells(policy, at, table)
    for at, let in enumerate(policy.lets):
        yield Spot(let.code, let.zh, let.expr, False, _text_put(policy, "lets", at, let, "expr"))
    for at, condition in enumerate(policy.conditions):
        if condition.when:
            yield Spot(condition.code, condition.zh, condition.when, False,
                       _text_put(policy, "conditions", at, condition, "when"))
    for at, benefit in enumerate(policy.benefits):
        for key, suffix in (("amount", ""), ("cap", ".cap"), ("when", ".when")):
            text = getattr(benefit, key)
            if text:
                yield Spot(benefit.code + suffix, benefit.zh, text, False, _text_put(policy, "benefits", at, benefit, key))


def _text_put(
    policy: Policy, section: str, at: int, item: Let | Condition | Benefit, key: str
) -> Callable[[str], Policy]:
    def put(text: str) -> Policy:
        parts: dict[str, Any] = {section: swapped(getattr(policy, section), at, replace(item, **_one(key, text)))}
        return replace(policy, **parts)

    return put


def _one(key: str, text: str) -> dict[str, Any]:
    return {key: text}


def _cells(policy: Policy, at: int, table: Table) -> Iterator[Spot]:
    for row, rule in enumerate(table.rules):
        tested = [n for n, cell in enumerate(rule[:-1]) if cell.strip() != "-"]
        for column, cell in enumerate(rule):
            out = column == len(rule) - 1
            name = f"{table.code}.{row + 1}" + (".out" if out else "" if len(tested) == 1 else f".{column + 1}")
            if out or column in tested:
                yield Spot(name, f"{table.zh} 第{row + 1}行", cell, not out, _cell_put(policy, at, table, row, column),
                           table.unit if out else None)


def _cell_put(policy: Policy, at: int, table: Table, row: int, column: int) -> Callable[[str], Policy]:
    def put(text: str) -> Policy:
        rules = swapped(table.rules, row, swapped(table.rules[row], column, text))
        return replace(policy, tables=swapped(policy.tables, at, replace(table, rules=rules)))

    return put


def read_value(figure: Figure, text: str) -> Scalar:
    """Return the new value that `text` gives a figure, in the figure's own unit.

    A bare number is in that unit; for a share (``%``) it is a ratio, so that 0.04 is 4 %.

    Raises:
        WutongError: R302 when the text is no value of that kind.
    """
    value = _read(figure, text.strip())
    if value is None:
        raise WutongError.of("R302", text=text, name=figure.name, old=figure.text)
    return value


def _read(figure: Figure, text: str) -> Scalar:
    if isinstance(figure.value, bool):
        return {"true": True, "false": False}.get(text.lower())
    if isinstance(figure.value, str):
        return text or None
    try:
        node = parse_expression(text, profile="policy")
        sign, node = (-1, node.operand) if isinstance(node, ast.Negate) else (1, node)
        if not isinstance(node, ast.Literal) or not isinstance(node.value, Decimal):
            return None
        value, own = node.value * sign, Unit.parse(figure.unit) if figure.unit else None
        if node.unit is not None:
            return convert(value, node.unit, own if own is not None else Unit.parse("比值"))
        if own is not None and own.dimension == "ratio" and own.factor != 1:
            return None if abs(value) > 1 else convert(value, own.base, own)
    except WutongError:
        return None
    return value


def find_figure(policies: Sequence[Policy], name: str, on: date) -> tuple[Policy, Figure]:
    """Return the figure called ``policy.figure`` or ``pack.policy.figure``; the place may be named in Chinese, too.

    Raises:
        WutongError: R301 with similar names.
    """
    owners = [p for p in policies if name.startswith((f"{p.id}.", f"{p.key}.", f"{p.zh}."))]
    for policy in owners:
        start = max((x for x in (policy.id, policy.key, policy.zh) if name.startswith(f"{x}.")), key=len)
        rest = name.removeprefix(f"{start}.")
        for figure in figures(policy, on):
            if rest in (figure.name.removeprefix(f"{policy.id}."), figure.zh):
                return policy, figure
    known = {f.name: f for p in owners or policies for f in figures(p, on)}
    similar = difflib.get_close_matches(name, known, n=5, cutoff=0.3) or list(known)[:5]
    told = "、".join(f"{n}（{known[n].zh} {known[n].text}）" for n in similar)
    raise WutongError.of("R301", name=name, similar=told)


def changed(policies: Sequence[Policy], settings: Sequence[tuple[str, str]], on: date) -> tuple[dict[str, Policy], list[str]]:
    """Return the policies that `settings` (name, new value) change, by key, and each change in words.

    Raises:
        WutongError: R301 no such figure, R302 no such value.
    """
    current = {p.key: p for p in policies}
    touched: dict[str, Policy] = {}
    said = []
    for name, text in settings:
        policy, figure = find_figure(list(current.values()), name, on)
        value = read_value(figure, text)
        digest = hashlib.sha256(f"{policy.sha256}{figure.name}={written(value, figure.unit)}".encode()).hexdigest()
        current[policy.key] = touched[policy.key] = replace(figure.put(value), status="draft", sha256=digest)
        said.append(f"{figure.name}（{figure.zh}）{figure.text} → {written(value, figure.unit)}")
    return touched, said
