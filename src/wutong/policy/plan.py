"""A budget plan as officers write it: what may be paid, within which limits, what comes first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from wutong.errors import Place, WutongError
from wutong.packs.cases import figure
from wutong.packs.text import load_yaml, read_text
from wutong.policy.combine import fen
from wutong.values.units import convert

TOP = {"name", "amount", "policies", "company_cap", "points", "limits", "priorities", "seed", "step", "steps"}
LIMIT = {"name", "where", "policy", "min", "max", "min_awards", "max_awards"}
PRIORITY = {"name", "by", "where", "below", "at_least"}
BUILT_IN = ("first_time", "points", "awards", "amount")
Where = tuple[tuple[str, tuple[str, ...]], ...]
"""Facts by name, and the values that count."""


@dataclass(frozen=True, slots=True)
class Part:
    """An amount in fen, or a share of the budget."""

    fen: int | None = None
    share: Decimal | None = None

    def of(self, budget: int) -> Decimal:
        """Return the amount in fen, perhaps with a fraction."""
        return Decimal(self.fen) if self.fen is not None else (self.share or Decimal(0)) * budget


@dataclass(frozen=True, slots=True)
class Quota:
    """Some claims and what they may come to."""

    name: str
    where: Where
    policy: str
    least: Part | None
    most: Part | None
    least_awards: int | None
    most_awards: int | None


@dataclass(frozen=True, slots=True)
class Priority:
    """What is maximised: a built-in, a fact's value, or the number of awards to companies that fit."""

    name: str
    kind: str
    where: Where = ()
    by: str = ""
    below: str = ""
    at_least: str = ""


@dataclass(frozen=True, slots=True)
class BudgetPlan:
    """The plan; amounts in fen."""

    name: str
    budget: int
    policies: tuple[str, ...]
    company_cap: int | None
    points: str
    limits: tuple[Quota, ...]
    priorities: tuple[Priority, ...]
    seed: str
    step: int
    steps: int


class _Reader:
    """Reads a plan; every fault names the key."""

    def __init__(self, file: str) -> None:
        self.file = file

    def fault(self, key: str, value: object) -> WutongError:
        """Return what is wrong."""
        return WutongError.of("R322", Place(file=self.file), key=key, value=value)

    def keys(self, raw: Any, known: set[str], at: str) -> Mapping[str, Any]:
        """Return a mapping that has no other keys."""
        if not isinstance(raw, Mapping):
            raise self.fault(at, raw)
        for key in raw:
            if key not in known:
                raise self.fault(at, key)
        return raw

    def money(self, raw: Any, key: str) -> int | None:
        """Return an amount in fen."""
        if raw is None:
            return None
        try:
            amount = figure(str(raw), "元")
        except (ValueError, WutongError):
            raise self.fault(key, raw) from None
        if amount < 0:
            raise self.fault(key, raw)
        return fen(amount)

    def part(self, raw: Any, key: str) -> Part | None:
        """Return an amount, or a share written with %."""
        if raw is None:
            return None
        text = str(raw).strip()
        if not text.endswith("%"):
            return Part(fen=self.money(raw, key))
        try:
            share = convert(Decimal(text[:-1]), "%", "比值")
        except (ArithmeticError, WutongError):
            raise self.fault(key, raw) from None
        if not 0 <= share <= 1:
            raise self.fault(key, raw)
        return Part(share=share)

    def count(self, raw: Any, key: str) -> int | None:
        """Return a number of awards."""
        if raw is None:
            return None
        if isinstance(raw, bool) or not isinstance(raw, int) or raw < 0:
            raise self.fault(key, raw)
        return raw

    def where(self, raw: Any, key: str) -> Where:
        """Return facts and the values that count."""
        if raw is None:
            return ()
        if not isinstance(raw, Mapping) or not raw:
            raise self.fault(key, raw)
        return tuple((str(k), tuple(str(x) for x in (v if isinstance(v, list) else [v]))) for k, v in raw.items())

    def quota(self, raw: Any, number: int) -> Quota:
        """Return a limit."""
        at = f"limits[{number}]"
        entry = self.keys(raw, LIMIT, at)
        found = Quota(
            str(entry.get("name") or at), self.where(entry.get("where"), at), str(entry.get("policy") or ""),
            self.part(entry.get("min"), f"{at}.min"), self.part(entry.get("max"), f"{at}.max"),
            self.count(entry.get("min_awards"), f"{at}.min_awards"), self.count(entry.get("max_awards"), f"{at}.max_awards"))
        if all(x is None for x in (found.least, found.most, found.least_awards, found.most_awards)):
            raise self.fault(at, "min / max / min_awards / max_awards")
        return found

    def priority(self, raw: Any, number: int) -> Priority:
        """Return a priority: a built-in by its name, or a mapping."""
        at = f"priorities[{number}]"
        if isinstance(raw, str):
            if raw not in BUILT_IN:
                raise self.fault(at, raw)
            return Priority(raw, raw)
        entry = self.keys(raw, PRIORITY, at)
        where, by = self.where(entry.get("where"), at), str(entry.get("by") or "")
        below, at_least = (str(entry.get(k) or "") for k in ("below", "at_least"))
        if bool(where) == bool(by) or (where and (below or at_least)):
            raise self.fault(at, "where / by")
        return Priority(str(entry.get("name") or by or at), "where" if where else "by", where, by, below, at_least)


def load_plan(path: Path, *, amount: str | None = None, seed: str | None = None) -> BudgetPlan:
    """Read a budget plan; `amount` and `seed` stand in for those it states.

    Raises:
        WutongError: P101, P102 no YAML; R322 for a key or value that is not right.
    """
    read = _Reader(path.name)
    raw = read.keys(load_yaml(read_text(path), path.name), TOP, "plan")
    lists = {}
    for key in ("limits", "priorities", "policies"):
        lists[key] = raw.get(key) or []
        if not isinstance(lists[key], list):
            raise read.fault(key, raw[key])
    budget = read.money(raw.get("amount") if amount is None else amount, "amount")
    if budget is None:
        raise read.fault("amount", "")
    steps = read.count(raw.get("steps"), "steps")
    priorities = tuple(read.priority(x, n) for n, x in enumerate(lists["priorities"], 1))
    return BudgetPlan(
        str(raw.get("name") or path.stem), budget, tuple(map(str, lists["policies"])),
        read.money(raw.get("company_cap"), "company_cap"), str(raw.get("points") or ""),
        tuple(read.quota(x, n) for n, x in enumerate(lists["limits"], 1)),
        priorities or (Priority("awards", "awards"), Priority("amount", "amount")),
        str(raw.get("seed") or "") if seed is None else seed, read.money(raw.get("step"), "step") or 100_000_000, 10 if steps is None else min(steps, 50),
    )
