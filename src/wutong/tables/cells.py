"""One cell into a stored value. Conversions of equal cells are done once per column."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from wutong.errors import Diagnostic, Place, Severity, WutongError
from wutong.tables.catalogue import Fact
from wutong.tables.names import fold_name
from wutong.values import Quantity, Unit, from_float, is_unknown, parse_date, parse_quantity, plain
from wutong.values.dates import from_number
from wutong.values.numbers import UNKNOWN_TEXTS, fold

_TRUE = frozenset({"是", "有", "√", "✓", "✔", "y", "yes", "true", "t", "1", "对", "真", "属于", "符合", "已"})
_FALSE = frozenset({"否", "无", "×", "✗", "✘", "x", "n", "no", "false", "f", "0", "错", "假", "不是", "没有", "不属于", "不符合", "未"})
_PERCENT = Unit.parse("%")
_QUANTUM = {2: Decimal("0.01"), 6: Decimal("0.000001")}
_LIMIT = {2: Decimal(10) ** 16, 6: Decimal(10) ** 12}
_POWERS = frozenset(10**n for n in range(16))
_SOFT = {"V107": "warning"}
"""Faults that say "not exactly known": the cell is unknown and the row stays."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell; becomes a diagnostic once its place is known."""

    code: str
    severity: Severity
    values: tuple[tuple[str, Any], ...] = ()

    def at(self, place: Place) -> Diagnostic:
        """Return the diagnostic at `place`."""
        return Diagnostic(self.code, place, self.values, self.severity)


Parsed = tuple[Any, Fault | None]


def fault(code: str, raw: Any, severity: Severity = "error", **values: Any) -> Fault:
    """Build a fault of a cell that holds `raw`."""
    return Fault(code, severity, tuple(sorted({"cell": shown(raw), **values}.items())))


def shown(raw: Any) -> str:
    """Return a cell's value as text for people."""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    return f"{raw:.15g}" if isinstance(raw, float) else str(raw)


class UnitUnknown(Exception):  # noqa: N818 - a signal to the reader of the column, never shown
    """A bare figure in a column whose unit is not stated."""


class CellParser:
    """Parses the cells of one column."""

    def __init__(self, fact: Fact, unit: Unit | None, epoch: Literal[1900, 1904] = 1900) -> None:
        self.fact, self.unit, self.epoch = fact, unit, epoch
        self._cache: dict[tuple[type, Any], Parsed] = {}
        self._codes = {fold_name(v): v for v in fact.values}
        self._parse: Callable[[Any], Parsed] = {
            "number": self._number, "integer": self._integer, "boolean": self._boolean, "date": self._date,
            "text": self._text, "code": self._code,
        }[fact.type]
        self._power = self._float_power()
        stored = Decimal(10) ** fact.scale
        self._low = int(fact.min * stored) if isinstance(fact.min, Decimal) else -(10**15)
        self._high = int(fact.max * stored) if isinstance(fact.max, Decimal) else 10**15

    def parse(self, raw: Any) -> Parsed:
        """Return the stored value (None = unknown) and the fault, if any. Raises UnitUnknown."""
        if raw.__class__ is float and self._power is not None:
            value = self._float(raw)
            if value is not None:
                return value, None
        key = (raw.__class__, raw)
        known = self._cache.get(key)
        if known is None:
            known = self._cache[key] = self._fresh(raw)
        return known

    def _float_power(self) -> float | None:
        """Return what a bare number is multiplied with to count hundredths (or millionths) of the stored unit."""
        if self.fact.type != "number" or (self.fact.unit is not None and self.unit is None):
            return None
        factor = self.unit.factor / self.fact.unit.factor if self.unit and self.fact.unit else 1
        power = factor * 10**self.fact.scale
        return float(power) if power in _POWERS else None

    def _float(self, raw: float) -> Decimal | None:
        """Read a spreadsheet number exactly, or not at all.

        A whole number below 10^15, divided by a power of ten, that gives the very same double is the one decimal
        of at most 15 digits that the double stands for.
        """
        power = self._power or 1.0
        scaled = raw * power
        if not -1e15 < scaled < 1e15:
            return None
        whole = round(scaled)
        if whole / power != raw or not self._low <= whole <= self._high:
            return None
        return Decimal(whole).scaleb(-self.fact.scale)

    def percent(self, raw: Any) -> Parsed:
        """Parse a number that the sheet shows as a percentage: 0.12 is 12 %."""
        if not isinstance(raw, float | int) or self.fact.type != "number" or self.fact.unit is None:
            return self._fresh(raw)
        try:
            return self._domain(Quantity(plain(from_float(float(raw)) * 100), _PERCENT).to(self.fact.unit, None), raw)
        except WutongError as error:
            return None, self._wrapped(error, raw)

    def _fresh(self, raw: Any) -> Parsed:
        if raw is None or raw == "" or (isinstance(raw, str) and not raw.strip()):
            return None, None
        if isinstance(raw, float) and not math.isfinite(raw):
            return None, None if math.isnan(raw) else fault("T131", raw, fact=self.fact.zh)
        try:
            return self._parse(raw)
        except WutongError as error:
            return None, self._wrapped(error, raw)

    def _wrapped(self, error: WutongError, raw: Any) -> Fault:
        first = error.diagnostics[0]
        values = {**dict(first.values), "cell": shown(raw)}
        severity: Severity = "warning" if first.code in _SOFT else "error"
        return Fault(first.code, severity, tuple(sorted(values.items())))

    def _number(self, raw: Any) -> Parsed:
        if isinstance(raw, str):
            if is_unknown(raw):
                return None, None
            quantity = parse_quantity(raw)
        elif isinstance(raw, float):
            quantity = Quantity(from_float(raw))
        elif isinstance(raw, int | Decimal) and not isinstance(raw, bool):
            quantity = Quantity(Decimal(raw))
        else:
            return None, fault("T131", raw, fact=self.fact.zh)
        if self.fact.unit is None:
            if quantity.unit is not None:
                return None, fault("V102", raw, source=quantity.unit.text, target="无单位")
            return self._domain(quantity.value, raw)
        if self.unit is None and quantity.unit is None and not quantity.scaled:
            # zero is zero in every unit
            if quantity.value != 0:
                raise UnitUnknown
            return self._domain(quantity.value, raw)
        return self._domain(quantity.to(self.fact.unit, self.unit), raw)

    def _domain(self, value: Decimal, raw: Any) -> Parsed:
        fact = self.fact
        low, high = fact.min, fact.max
        if (isinstance(low, Decimal) and value < low) or (isinstance(high, Decimal) and value > high):
            return None, self._outside(raw)
        scale = fact.scale
        if abs(value) >= _LIMIT[scale]:
            return None, fault("T133", raw, fact=fact.zh)
        if -int(value.as_tuple().exponent) <= scale:
            return value, None
        rounded = value.quantize(_QUANTUM[scale], ROUND_HALF_UP)
        if rounded == value:
            return rounded, None
        return rounded, fault("T134", raw, "warning", fact=fact.zh, stored=f"{rounded:f}", places=scale)

    def _outside(self, raw: Any) -> Fault:
        low, high = self.fact.min, self.fact.max
        unit = self.fact.unit.text if self.fact.unit else ""
        return fault("T132", raw, fact=self.fact.zh, low="不限" if low is None else f"{low}{unit}",
                     high="不限" if high is None else f"{high}{unit}")

    def _integer(self, raw: Any) -> Parsed:
        value, wrong = self._number(raw)
        if value is None or wrong is not None:
            return None, wrong
        if value != int(value):
            return None, fault("T135", raw, fact=self.fact.zh)
        return int(value), None

    def _boolean(self, raw: Any) -> Parsed:
        if isinstance(raw, bool):
            return raw, None
        text = fold(shown(raw)).casefold()
        if text in _TRUE or text in _FALSE:
            return text in _TRUE, None
        if is_unknown(text):
            return None, None
        return None, fault("T136", raw, fact=self.fact.zh)

    def _date(self, raw: Any) -> Parsed:
        if isinstance(raw, datetime):
            value, month = raw.date(), False
        elif isinstance(raw, date):
            value, month = raw, False
        elif isinstance(raw, float | int) and not isinstance(raw, bool):
            value, month = from_number(float(raw), self.epoch), False
        elif isinstance(raw, str):
            if is_unknown(raw):
                return None, None
            read = parse_date(raw)
            value, month = read.value, read.precision == "month"
        else:
            return None, fault("V111", raw, text=shown(raw))
        low, high = self.fact.min, self.fact.max
        if (isinstance(low, date) and value < low) or (isinstance(high, date) and value > high):
            return None, self._outside(raw)
        return value, fault("T137", raw, "warning", fact=self.fact.zh, stored=value.isoformat()) if month else None

    def _text(self, raw: Any) -> Parsed:
        text = ("是" if raw else "否") if isinstance(raw, bool) else shown(raw).strip()
        folded = fold(text).casefold()
        return (None, None) if folded in UNKNOWN_TEXTS and folded != "无" else (text, None)

    def _code(self, raw: Any) -> Parsed:
        text = shown(raw).strip()
        value = self._codes.get(fold_name(text))
        if value is not None or is_unknown(text):
            return value, None
        return None, fault("T138", raw, fact=self.fact.zh, known="、".join(self.fact.values))
