"""Outliers: skewness and kurtosis, winsorising, logarithms and Box-Cox; treatments can be frozen and used again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

from wutong.composite.table import Floats, Table
from wutong.errors import Diagnostic, Place, WutongError

Otherwise = Literal["log_ct", "log_ct_plus", "log_ct_orig", "log_gii", "box_cox", "none"]


def skewness(x: Floats) -> float:
    """Return the sample skewness of the values present, type 2 of Joanes & Gill (1998), as Excel and COINr.

    NaN for fewer than three values or a constant.

    >>> round(skewness(np.array([1.0, 2.0, 3.0, 10.0])), 6)
    1.763633
    """
    x = x[~np.isnan(x)]
    n = len(x)
    if n < 3 or x.min() == x.max():
        return math.nan
    d = x - x.mean()
    raw = math.sqrt(n) * float((d**3).sum()) / math.pow(float((d**2).sum()), 1.5)
    return raw * math.sqrt(n * (n - 1)) / (n - 2)


def kurtosis(x: Floats) -> float:
    """Return the excess kurtosis of the values present, type 2 of Joanes & Gill (1998), as Excel and COINr.

    NaN for fewer than four values or a constant.

    >>> round(kurtosis(np.array([1.0, 2.0, 3.0, 10.0])), 6)
    3.228
    """
    x = x[~np.isnan(x)]
    n = len(x)
    if n < 4 or x.min() == x.max():
        return math.nan
    d = x - x.mean()
    raw = n * float((d**4).sum()) / float((d**2).sum()) ** 2
    return ((n + 1) * (raw - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))


@dataclass(frozen=True, slots=True)
class Rules:
    """When and how a column is treated (COINr `Treat`).

    A column passes if |skewness| < `skew` or kurtosis < `kurtosis`. Else up to `winmax` points (None = no limit) are
    winsorised; if it still fails, `otherwise` is applied to the original column, or to the winsorised one with
    `combine`. `force` winsorises a failing column up to `winmax` points even if it passes earlier.
    """

    winmax: int | None = 5
    skew: float = 2.0
    kurtosis: float = 3.5
    otherwise: Otherwise = "log_ct"
    power: float = 0.0
    combine: bool = False
    force: bool = False

    def passes(self, x: Floats) -> bool:
        """Return whether a column needs no treatment; what cannot be judged (too few values) needs none."""
        s, k = skewness(x), kurtosis(x)
        return math.isnan(s) or math.isnan(k) or abs(s) < self.skew or k < self.kurtosis


@dataclass(frozen=True, slots=True)
class Treatment:
    """What was done to one column; :meth:`apply` does the same to other data with the bounds found here.

    `steps` is a sequence of (method, numbers): ``("winsorise", (low, high))`` with NaN for a side left alone, or a
    transformation with its frozen minimum, maximum and shift.
    """

    code: str
    steps: tuple[tuple[str, tuple[float, ...]], ...] = ()
    before: tuple[float, float] = (math.nan, math.nan)
    after: tuple[float, float] = (math.nan, math.nan)
    low_points: tuple[int, ...] = ()
    high_points: tuple[int, ...] = ()
    passed: bool = True

    @property
    def how(self) -> str:
        """The methods used, ``none`` for none."""
        return "+".join(name for name, _ in self.steps) or "none"

    @property
    def points(self) -> int:
        """How many points were winsorised."""
        return len(self.low_points) + len(self.high_points)

    def apply(self, x: Floats) -> Floats:
        """Treat other values with the frozen bounds; values outside the range seen are moved to its end first."""
        for name, numbers in self.steps:
            x = _clip(x, *numbers) if name == "winsorise" else _transform(name, x, numbers)
        return x

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready data."""
        return {**asdict(self), "how": self.how, "points": self.points}


def winsorise(x: Floats, rules: Rules = Rules()) -> tuple[Floats, tuple[int, ...], tuple[int, ...]]:
    """Move the most extreme points to the next value, one set of ties at a time, until the shape passes.

    Returns the values and the rows moved at the low and at the high end. The side is that of the skewness.

    >>> winsorise(np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30, 100]))[2]
    (11,)
    """
    x = x.copy()
    low: tuple[int, ...] = ()
    high: tuple[int, ...] = ()
    while (rules.force or not rules.passes(x)) and (rules.winmax is None or len(low) + len(high) < rules.winmax):
        top = not skewness(x) < 0
        edge = np.nanmax(x) if top else np.nanmin(x)
        rows = np.flatnonzero(x == edge)
        rest = np.delete(x, rows)
        if np.isnan(rest).all():
            break
        x[rows] = np.nanmax(rest) if top else np.nanmin(rest)
        if top:
            high = tuple(rows.tolist())
        else:
            low = tuple(rows.tolist())
    return x, low, high


def treat_column(x: Floats, code: str = "", rules: Rules = Rules()) -> tuple[Floats, Treatment]:
    """Treat one column by the two steps of COINr `Treat`: winsorise, else transform.

    Raises:
        WutongError: S231 a logarithm or root that does not exist for a value.
    """
    first = Treatment(code, before=(skewness(x), kurtosis(x)))
    if rules.passes(x):
        return x, replace(first, after=first.before)
    wins, low, high = winsorise(x, rules)
    clip = ("winsorise", (float(np.nanmin(wins)) if low else math.nan, float(np.nanmax(wins)) if high else math.nan))
    done = replace(first, steps=(clip,) if low or high else (), low_points=low, high_points=high)
    out = wins
    if not rules.passes(wins) and rules.otherwise != "none":
        base = wins if rules.combine else x
        kept = done.steps if rules.combine else ()
        name, numbers = frozen(rules.otherwise, base, rules.power, code)
        out = _transform(name, base, numbers)
        done = replace(done, steps=(*kept, (name, numbers)),
                       low_points=low if rules.combine else (), high_points=high if rules.combine else ())
    return out, replace(done, after=(skewness(out), kurtosis(out)), passed=rules.passes(out))


def treat(table: Table, rules: Rules = Rules(), per: Mapping[str, Rules | None] | None = None,
          ) -> tuple[Table, tuple[Treatment, ...]]:
    """Treat every column; `per` gives other rules for some columns, None = leave alone.

    Raises:
        WutongError: S212 an unknown column in `per`, S231 a logarithm that does not exist.
    """
    for code in per or {}:
        table.column(code)
    values = table.values.copy()
    found = []
    for j, code in enumerate(table.codes):
        chosen = (per or {}).get(code, rules)
        if chosen is None:
            found.append(Treatment(code))
            continue
        values[:, j], done = treat_column(table.values[:, j], code, chosen)
        found.append(done)
    return table.with_values(values), tuple(found)


def reapply(table: Table, treatments: Sequence[Treatment]) -> Table:
    """Treat a table with bounds frozen earlier, so that one unit's extreme value does not move the others' scores.

    Raises:
        WutongError: S212 a column that the table lacks.
    """
    values = table.values.copy()
    for done in treatments:
        values[:, table.codes.index(done.code)] = done.apply(table.column(done.code))
    return table.with_values(values)


def load_treatments(data: Sequence[Mapping[str, Any]]) -> tuple[Treatment, ...]:
    """Return treatments from what :meth:`Treatment.as_dict` gave."""
    return tuple(
        Treatment(str(d["code"]), tuple((str(n), tuple(math.nan if v is None else float(v) for v in numbers))
                                        for n, numbers in d["steps"]), passed=bool(d.get("passed", True)))
        for d in data
    )


def frozen(name: str, x: Floats, power: float = 0.0, code: str = "") -> tuple[str, tuple[float, ...]]:
    """Return a transformation with the numbers that fix it: minimum, maximum, shift, power, side.

    ``log_ct``: log(x − min + 0.01 (max − min)); ``log_ct_plus``: the same, mirrored for negative skewness;
    ``log_ct_orig``: log(x − min + 1); ``log_gii``: log((max − 1)(x − min)/(max − min) + 1), which COINr 1.1.14
    computes but does not return; ``box_cox``: of x − min + 1.
    """
    low, high = float(np.nanmin(x)), float(np.nanmax(x))
    if high == low or (name == "log_gii" and high <= 0):
        raise WutongError(Diagnostic.of("S231", Place(column=code or None), item=code, method=name, value=f"{high:g}"))
    side = -1.0 if name == "log_ct_plus" and not skewness(x) > 0 else 1.0
    return name, (low, high, 0.01 * (high - low), power, side)


def _transform(name: str, x: Floats, numbers: tuple[float, ...]) -> Floats:
    low, high, shift, power, side = numbers
    x = np.clip(x, low, high)
    if name == "log_ct_plus" and side < 0:
        return np.asarray(-np.log(high + shift - x))
    if name in ("log_ct", "log_ct_plus"):
        return np.asarray(np.log(x - low + shift))
    if name == "log_ct_orig":
        return np.asarray(np.log(x - low + 1))
    if name == "log_gii":
        return np.asarray(np.log((high - 1) * (x - low) / (high - low) + 1))
    raised = x - low + 1
    return np.asarray(np.log(raised) if power == 0 else (raised**power - 1) / power)


def _clip(x: Floats, low: float, high: float) -> Floats:
    return np.clip(x, None if math.isnan(low) else low, None if math.isnan(high) else high)
