"""What a company can do about its figures, and what that is assumed to cost (``effort.yaml``: assumptions)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib import resources
from pathlib import Path
from typing import Any

from wutong.errors import Place, WutongError
from wutong.packs.model import Policy
from wutong.packs.text import load_yaml, read_text
from wutong.policy.facts import Company, Variant, fact_of
from wutong.policy.templates import Template, templates
from wutong.tables import Catalogue, Fact

CENT, ONE = Decimal("0.01"), Decimal(1)
TENFOLD = Decimal(10)
"""A figure may grow to at most this multiple of itself; a list by this many rows."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a company does: facts it moves per unit, or sets; 元 per unit."""

    code: str
    zh: str
    en: str
    cost: Decimal
    moves: tuple[tuple[str, Decimal], ...] = ()
    sets: tuple[tuple[str, Any], ...] = ()
    share: Decimal | None = None
    """At most this share of the present figure, where less is plausible than to its end."""


@dataclass(frozen=True, slots=True)
class RowCost:
    """元 per row added to a list, of rows that hold `where`."""

    child: str
    cost: Decimal
    where: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Effort:
    """A cost model: assumptions that put ways in an order."""

    file: str
    relative: Decimal
    actions: tuple[Action, ...]
    rows: tuple[RowCost, ...]

    def row_cost(self, template: Template) -> Decimal | None:
        """Return the cost of one such row; None if a company cannot bring it about."""
        cells = dict(template.cells)
        fits = (r for r in self.rows if r.child == template.child and all(cells.get(k) == v for k, v in r.where))
        return next((r.cost for r in fits), None)


def load_effort(path: Path | None = None) -> Effort:
    """Read a cost model; without `path` the one that ships.

    Raises:
        WutongError: Q120 for a file of another shape or a negative cost.
    """
    source = path or Path(str(resources.files("wutong.policy"))) / "effort.yaml"
    raw = load_yaml(read_text(source), source.name)
    try:
        effort = Effort(source.name, _cost(raw["relative"]), tuple(map(_action, raw["actions"])), tuple(map(_row, raw["rows"])))
    except (KeyError, TypeError, AttributeError, ValueError, InvalidOperation):
        raise WutongError.of("Q120", Place(file=source.name)) from None
    return effort


def _cost(value: Any) -> Decimal:
    cost = Decimal(str(value))
    if not cost.is_finite() or cost < 0:
        raise ValueError(value)
    return cost


def _action(raw: Mapping[str, Any]) -> Action:
    moves = tuple((str(k), Decimal(str(v))) for k, v in (raw.get("moves") or {}).items())
    sets = tuple((str(k), v) for k, v in (raw.get("sets") or {}).items())
    if bool(moves) == bool(sets):
        raise ValueError(raw)
    share = None if raw.get("share") is None else _cost(raw["share"])
    return Action(str(raw["code"]), str(raw["zh"]), str(raw.get("en") or raw["zh"]), _cost(raw["cost"]), moves, sets, share)


def _row(raw: Mapping[str, Any]) -> RowCost:
    return RowCost(str(raw["child"]), _cost(raw["cost"]), tuple((raw.get("where") or {}).items()))


@dataclass(frozen=True, slots=True)
class Lever:
    """One action on one company: up to `top` units in steps of `step`, each `cost` 元."""

    code: str
    zh: str
    en: str
    unit: str
    step: Decimal
    cost: Decimal
    top: Decimal
    moves: tuple[tuple[str, Decimal], ...] = ()
    sets: tuple[tuple[str, Any], ...] = ()
    row: Template | None = None

    @property
    def probe(self) -> Decimal:
        """A small amount by which the effect is measured: one person, one yuan, one row."""
        return min(max(self.step, ONE), self.top)


def changed(levers: Sequence[Lever], amounts: Iterable[tuple[int, Decimal]], company: Company) -> Variant:
    """Return the company after the levers of these numbers are moved by these amounts."""
    cells: dict[str, Any] = {}
    rows: list[tuple[str, tuple[tuple[str, Any], ...]]] = []
    for index, amount in amounts:
        lever = levers[index]
        for column, factor in lever.moves:
            before: Any = cells.get(column, company.facts[column])
            cells[column] = before + factor * amount
        cells.update(lever.sets)
        if lever.row is not None and lever.row.amount:
            rows.append((lever.row.child, tuple(sorted({**dict(lever.row.cells), lever.row.amount: amount}.items()))))
        elif lever.row is not None:
            rows += [(lever.row.child, lever.row.cells)] * int(amount)
    return Variant(tuple(sorted(cells.items())), tuple(rows))


def levers_for(
    company: Company, policy: Policy, uses: frozenset[str], on: date, catalogue: Catalogue, effort: Effort
) -> tuple[Lever, ...]:
    """Return what `company` can do about the items `uses` of `policy`.

    Only facts the catalogue calls changeable, of this year, the last, or of no year: older years are closed.
    """
    years = (None, on.year, on.year - 1)
    declared = {fact for a in effort.actions for fact, _ in (*a.moves[:1], *a.sets)}
    found: list[Lever] = []
    for item in sorted(uses):
        known = fact_of(catalogue, item)
        if known is None or not known[0].changeable or known[1] not in years or company.facts.get(item) is None:
            continue
        fact, year = known
        mine = [a for a in effort.actions if fact.code in (*(m for m, _ in a.moves[:1]), *(s for s, _ in a.sets))]
        made = [_acted(a, item, year, company, catalogue) for a in mine]
        if fact.code not in declared:
            made = _undeclared(fact, item, company, effort)
        found += [lever for lever in made if lever is not None and lever.top >= lever.step]
    return (*found, *_rows(policy, uses, on, catalogue, effort))


def _acted(action: Action, item: str, year: int | None, company: Company, catalogue: Catalogue) -> Lever | None:
    said = f"（{year}年）" if year else ""
    code = f"{action.code}@{year}" if year else action.code
    en = f"{action.en} ({year})" if year else action.en
    if action.sets:
        same = all(company.facts.get(k) == v for k, v in action.sets)
        return None if same else Lever(code, action.zh, en, "", ONE, action.cost, ONE, sets=action.sets)
    moves = []
    for name, factor in action.moves:
        column = f"{name}_{year}" if year else name
        if company.facts.get(column) is not None:
            moves.append((column, factor))
    fact = catalogue.fact(action.moves[0][0])
    assert fact is not None  # noqa: S101 - `item` is a column of it
    top, step = _top(moves, item, company, catalogue), _step(fact)
    if action.share is not None:
        top = min(top, abs(company.facts[item]) * action.share)
    return Lever(code, action.zh + said, en, str(fact.unit or ""), step, action.cost, top // step * step, tuple(moves))


def _step(fact: Fact) -> Decimal:
    """The smallest change worth telling: a fen, a person; a hundredth of a percent."""
    money = fact.unit is not None and (fact.unit.is_money or fact.unit.dimension == "ratio")
    return CENT if money else ONE


def _top(moves: Sequence[tuple[str, Decimal]], item: str, company: Company, catalogue: Catalogue) -> Decimal:
    tops = []
    for column, factor in moves:
        known, value = fact_of(catalogue, column), company.facts[column]
        end = None if known is None else known[0].max if factor > 0 else known[0].min
        if isinstance(end, Decimal):
            tops.append((end - value) / factor)
        if column == item and value > 0 and factor > 0:
            tops.append(max(value * (TENFOLD - 1), _least_room(known)))
    return min(tops, default=Decimal(10) ** 10)


def _least_room(known: tuple[Fact, int | None] | None) -> Decimal:
    """A small figure may grow more than tenfold: three people may hire thirty, 100 元 may become a million."""
    money = known is not None and known[0].unit is not None and known[0].unit.is_money
    return Decimal(1_000_000) if money else Decimal(30)


def _undeclared(fact: Fact, item: str, company: Company, effort: Effort) -> list[Lever | None]:
    value = company.facts[item]
    if fact.type == "boolean":
        return [Lever(item, f"改变{fact.zh}", f"Change {fact.en or fact.zh}", "", ONE, effort.relative, ONE, sets=((item, not value),))]
    if fact.type not in ("number", "integer"):
        return []
    step, made = _step(fact), []
    cost = effort.relative / max(abs(value), step)
    for sign, zh, en in ((ONE, "提高", "Raise"), (-ONE, "降低", "Lower")):
        end = fact.max if sign > 0 else fact.min
        top = abs(end - value) if isinstance(end, Decimal) else max(abs(value) * (TENFOLD - 1), step * 30)
        made.append(Lever(f"{item}{'+' if sign > 0 else '-'}", zh + fact.zh, f"{en} {fact.en or fact.zh}", str(fact.unit or ""),
                          step, cost, top, ((item, sign),)))
    return list(made)


def _rows(policy: Policy, uses: frozenset[str], on: date, catalogue: Catalogue, effort: Effort) -> list[Lever]:
    made = []
    for number, template in enumerate(templates(policy, on, catalogue)):
        cost = effort.row_cost(template)
        child = catalogue.child(template.child)
        if cost is None or child is None or f"{template.child}." not in uses:
            continue
        texts = [str(v) for k, v in template.cells if isinstance(v, str) and (c := child.column(k)) and c.type == "code"]
        what = "、".join(texts) or child.zh
        code = f"{template.child}#{number}"
        if template.amount:
            made.append(Lever(code, f"新增一笔{child.zh}（{what}）", f"One more row of {child.en or child.zh} ({what})", "元", CENT, ONE,
                              Decimal(10) ** 10, row=template))
        else:
            made.append(Lever(code, f"新增{child.zh}（{what}）", f"Add to {child.en or child.zh} ({what})", "项", ONE, cost, TENFOLD,
                              row=template))
    return made
