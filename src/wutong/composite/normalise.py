"""Bringing indicators to one scale. Direction first, then the scale; what the data gave can be frozen."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import rankdata

from wutong.composite.framework import Framework, Node
from wutong.composite.table import Floats, Table, group_rows, need_spread
from wutong.errors import Diagnostic, Place, WutongError

_DEFAULTS: dict[str, dict[str, float]] = {
    "min_max": {"low": 0.0, "high": 100.0},
    "scaled": {"low": 0.0, "high": 100.0, "factor": 100.0},
    "z_score": {"mean": 0.0, "sd": 1.0},
    "dist_max": {},
    "dist_ref": {"row": math.nan, "cap": 0.0},
    "dist_target": {"target": math.nan, "cap": 0.0},
    "frac_max": {},
    "percentile": {},
    "rank": {},
    "borda": {},
    "goalposts": {"low": math.nan, "high": math.nan, "scale": 1.0, "cut": 1.0},
    "ampi": {"reference": math.nan},
    "none": {},
}
METHODS = tuple(_DEFAULTS)

# Columns of the metadata that COINr reads with f_n_para = "use_iMeta".
_FROM_META: dict[str, dict[str, str]] = {
    "min_max": {"low": "minmax_lower", "high": "minmax_upper"},
    "scaled": {"low": "scaled_lower", "high": "scaled_upper", "factor": "scale_factor"},
    "z_score": {"mean": "zscore_mean", "sd": "zscore_sd"},
    "dist_target": {"target": "Target", "cap": "dist2targ_cap_max"},
    "goalposts": {"low": "goalpost_lower", "high": "goalpost_upper", "scale": "goalpost_scale",
                  "cut": "goalpost_trunc2posts"},
}
_NEED_SPREAD = frozenset({"min_max", "z_score", "dist_max", "dist_ref", "dist_target", "ampi"})
_RANKED = frozenset({"percentile", "rank", "borda"})


@dataclass(frozen=True)
class Scale:
    """A normalisation of one indicator with everything that fixes it; values in, scores out.

    `given` are the parameters of the method, in raw units of the indicator; `found` what the data gave: minimum,
    maximum, mean and standard deviation of the values times the direction. Rank methods keep `knots`, pairs of a
    value and its rank: between knots a frozen rank is interpolated, so that new units can be placed.
    """

    method: str
    direction: int
    given: Mapping[str, float]
    found: Mapping[str, float]
    knots: tuple[tuple[float, float], ...] = ()

    def apply(self, x: Floats) -> Floats:
        """Return the scores of raw values."""
        y = _FUNCTIONS[self.method](x * self.direction, self)
        return np.asarray(y, dtype=np.float64)

    def as_dict(self) -> dict[str, Any]:
        """Return JSON-ready data."""
        return {"method": self.method, "direction": self.direction, "given": dict(self.given),
                "found": dict(self.found), "knots": [list(k) for k in self.knots]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Scale:
        """Return the scale that :meth:`as_dict` described."""
        return cls(data["method"], data["direction"], data["given"], data["found"],
                   tuple((float(a), float(b)) for a, b in data.get("knots", ())))


def fit(x: Floats, method: str = "min_max", direction: int = 1, **parameters: float) -> Scale:
    """Return the scale that a column of raw values gives.

    Methods and parameters (COINr 1.1.14 `n_*`, and AMPI of Mazziotta & Pareto 2016):
        ``min_max`` low, high · ``scaled`` low, high, factor: (x − low)/(high − low) · factor · ``z_score`` mean, sd
        · ``dist_max`` · ``dist_ref`` row, cap · ``dist_target`` target, cap · ``frac_max`` · ``percentile`` ·
        ``rank`` (higher is better) · ``borda`` · ``goalposts`` low, high, scale, cut · ``ampi`` reference: 70–130
        around 100 at the reference · ``none`` (the direction still applies).

    Targets, goalposts and references are in raw units; for direction −1 they are turned with the data.

    Raises:
        WutongError: S240 an unknown method, S241 an unknown or missing parameter, S242 an empty range.

    >>> fit(np.array([1.0, 3.0, 2.0]), "min_max", -1).apply(np.array([1.0, 3.0, 2.0])).tolist()
    [100.0, 0.0, 50.0]
    """
    if method not in _DEFAULTS:
        raise WutongError.of("S240", method=method, names="、".join(METHODS))
    given = {**_DEFAULTS[method], **parameters}
    for name, value in given.items():
        if name not in _DEFAULTS[method] or math.isnan(value):
            raise WutongError.of("S241", method=method, name=name)
    turned = x[~np.isnan(x)] * direction
    found: dict[str, float] = {}
    if method not in _RANKED and len(turned):
        found = {"min": float(turned.min()), "max": float(turned.max()), "mean": float(turned.mean()),
                 "sd": float(turned.std(ddof=1)) if len(turned) > 1 else math.nan}
    if method == "dist_ref":
        found["ref"] = _reference(x, int(given["row"])) * direction
    scale = Scale(method, direction, given, found, _knots(turned, method) if method in _RANKED else ())
    _need_range(scale)
    return scale


def _reference(x: Floats, row: int) -> float:
    if not 1 <= row <= len(x) or math.isnan(x[row - 1]):
        raise WutongError.of("S243", row=row)
    return float(x[row - 1])


def _knots(turned: Floats, method: str) -> tuple[tuple[float, float], ...]:
    values = np.unique(turned)
    below = np.searchsorted(np.sort(turned), values, side="left").astype(float)
    if method == "percentile":
        below = below / (len(turned) - 1) if len(turned) > 1 else np.full(len(values), np.nan)
    elif method == "rank":
        below = below + 1
    return tuple(zip(values.tolist(), below.tolist(), strict=True))


def _need_range(scale: Scale) -> None:
    given, found = scale.given, scale.found
    spans = {
        "scaled": given.get("high", 0) - given.get("low", 0),
        "goalposts": given.get("high", 0) - given.get("low", 0),
        "dist_target": scale.direction * given.get("target", 0) - found.get("min", math.nan),
        "dist_ref": found.get("ref", 0) - found.get("min", math.nan),
        "frac_max": found.get("max", math.nan),
    }
    if spans.get(scale.method) == 0:
        raise WutongError.of("S242", method=scale.method)


def _rescale(x: Floats, low: float, high: float) -> Floats:
    return np.asarray((x - low) / (high - low))


def _min_max(x: Floats, s: Scale) -> Floats:
    low, high = s.given["low"], s.given["high"]
    return np.asarray(_rescale(x, s.found["min"], s.found["max"]) * (high - low) + low)


def _scaled(x: Floats, s: Scale) -> Floats:
    return np.asarray((x - s.given["low"]) / (s.given["high"] - s.given["low"]) * s.given["factor"])


def _z_score(x: Floats, s: Scale) -> Floats:
    return np.asarray((x - s.found["mean"]) / s.found["sd"] * s.given["sd"] + s.given["mean"])


def _dist_max(x: Floats, s: Scale) -> Floats:
    return np.asarray(1 - (s.found["max"] - x) / (s.found["max"] - s.found["min"]))


def _dist_ref(x: Floats, s: Scale) -> Floats:
    y = 1 - (s.found["ref"] - x) / (s.found["ref"] - s.found["min"])
    return np.minimum(y, 1.0) if s.given["cap"] else np.asarray(y)


def _dist_target(x: Floats, s: Scale) -> Floats:
    y = _rescale(x, s.found["min"], s.direction * s.given["target"])
    return np.minimum(y, 1.0) if s.given["cap"] else y


def _goalposts(x: Floats, s: Scale) -> Floats:
    ends = sorted((s.direction * s.given["low"], s.direction * s.given["high"]), reverse=s.given["low"] > s.given["high"])
    y = _rescale(x, ends[0], ends[1])
    return np.asarray((np.clip(y, 0.0, 1.0) if s.given["cut"] else y) * s.given["scale"])


def _ampi(x: Floats, s: Scale) -> Floats:
    half = (s.found["max"] - s.found["min"]) / 2
    centre = s.direction * s.given["reference"]
    return np.asarray((x - (centre - half)) / (2 * half) * 60 + 70)


def _by_knots(x: Floats, s: Scale) -> Floats:
    values, ranks = np.array(s.knots, dtype=float).T if s.knots else (np.zeros(1), np.full(1, np.nan))
    return np.where(np.isnan(x), np.nan, np.interp(x, values, ranks))


_FUNCTIONS: dict[str, Callable[[Floats, Scale], Floats]] = {
    "min_max": _min_max, "scaled": _scaled, "z_score": _z_score, "dist_max": _dist_max, "dist_ref": _dist_ref,
    "dist_target": _dist_target, "frac_max": lambda x, s: np.asarray(x / s.found["max"]), "percentile": _by_knots,
    "rank": _by_knots, "borda": _by_knots, "goalposts": _goalposts, "ampi": _ampi, "none": lambda x, _: x,
}


def normalise(table: Table, tree: Framework, method: str = "min_max", parameters: Mapping[str, float] | None = None,
              per: Mapping[str, Mapping[str, Any]] | None = None, *, from_meta: bool = False,
              ) -> tuple[Table, dict[str, Scale]]:
    """Normalise the indicators of a tree (COINr `Normalise`) and return scores and scales.

    Args:
        table: raw or treated values.
        tree: gives the directions.
        method: for all indicators.
        parameters: of that method.
        per: ``{code: {"method": …, further parameters}}`` for single indicators.
        from_meta: parameters come from the columns of the metadata, as COINr's ``use_iMeta``.

    Raises:
        WutongError: S212 unknown indicator, S214/S215 an empty or constant column where the method divides by the
            spread, S240–S243 as :func:`fit`.
    """
    chosen = {code: _choice(tree.by_code[code], method, parameters or {}, (per or {}).get(code), from_meta)
              for code in table.codes}
    for code in per or {}:
        table.column(code)
    divided = [code for code, (name, _) in chosen.items() if name in _NEED_SPREAD]
    if divided:
        need_spread(table.pick(divided), "normalise")
    scales, columns = {}, []
    for code in table.codes:
        name, numbers = chosen[code]
        try:
            scales[code] = fit(table.column(code), name, tree.by_code[code].direction, **numbers)
        except WutongError as error:
            raise WutongError(*(Diagnostic(d.code, d.place.merged(column=code), d.values) for d in error.diagnostics)) from None
        columns.append(scales[code].apply(table.column(code)))
    return table.with_values(np.column_stack(columns)), scales


def _choice(node: Node, method: str, parameters: Mapping[str, float], own: Mapping[str, Any] | None,
            from_meta: bool) -> tuple[str, dict[str, float]]:
    if own is not None:
        return str(own.get("method", method)), {k: float(v) for k, v in own.items() if k != "method"}
    if not from_meta:
        return method, {k: float(v) for k, v in parameters.items()}
    wanted = _FROM_META.get(method)
    if wanted is None:
        raise WutongError.of("S244", method=method, names="、".join(_FROM_META))
    numbers = {k: float(node.parameters[c]) for k, c in wanted.items() if c in node.parameters}
    missing = [c for k, c in wanted.items() if k not in numbers and math.isnan(_DEFAULTS[method][k])]
    if missing:
        raise WutongError.of("S245", Place(column=node.code), item=node.code, name=missing[0])
    return method, {**numbers, **{k: float(v) for k, v in parameters.items()}}


def reapply(table: Table, scales: Mapping[str, Scale]) -> Table:
    """Normalise a table with scales frozen earlier. Raises WutongError S212."""
    picked = table.pick(tuple(scales))
    return picked.with_values(np.column_stack([s.apply(picked.column(c)) for c, s in scales.items()]))


def normalise_within(table: Table, tree: Framework, labels: Sequence[str | None], method: str = "min_max",
                     parameters: Mapping[str, float] | None = None) -> Table:
    """Normalise each group of units by itself, as COINr does for the times of a panel with ``global = FALSE``.

    Raises as :func:`normalise`. Units without a group come out missing.
    """
    values = np.full(table.values.shape, np.nan)
    for rows in group_rows(labels).values():
        mask = np.zeros(len(table.units), dtype=bool)
        mask[rows] = True
        values[mask] = normalise(table.take(mask), tree, method, parameters)[0].values
    return table.with_values(values)


def rank_high_to_low(scores: Floats) -> Floats:
    """Return ranks, 1 = highest, ties share the best place (competition rank), missing stays missing.

    >>> rank_high_to_low(np.array([3.0, 5.0, 5.0, np.nan])).tolist()
    [3.0, 1.0, 1.0, nan]
    """
    return np.asarray(rankdata(-scores, method="min", axis=0, nan_policy="omit"), dtype=np.float64)
