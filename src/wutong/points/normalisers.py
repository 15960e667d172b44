"""Reading how a value becomes points: exactly one normaliser per indicator, its cut-points in order."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from wutong.points.file import NORMALISERS, ModelFile
from wutong.points.model import Normaliser, NormaliserKind, Step

HUNDRED = Decimal(100)


def read_normaliser(f: ModelFile, e: Mapping[str, Any], clause: str) -> tuple[Normaliser, Decimal]:
    """Return the normaliser of an indicator and the most points it gives.

    Faults: S107 none or several, S105 cut-points out of order, S106 points out of order or beyond the maximum,
    S133 a cut-point not above zero under a logarithm.
    """
    given = sorted(NORMALISERS & {k for k, v in e.items() if v not in (None, False)})
    if len(given) != 1 or (given[0] != "points" and not e.get("value")):
        f.fault("S107", clause, given="、".join(given) or "—", known="、".join(sorted(NORMALISERS)))
        return Normaliser("flag"), HUNDRED
    kind = given[0]
    top = HUNDRED if e.get("max") is None else f.points(e["max"], clause)
    if kind in ("points", "flag", "min_max", "z_score"):
        return _plain(f, kind, e, clause, top)
    steps = _steps(f, kind, e, clause, top)
    _ordered(f, kind, steps, clause, lower=e.get("direction") == "lower")
    if steps and e.get("max") is None:
        top = max(s.points for s in steps)
    if any(s.points > top for s in steps):
        f.fault("S106", clause, value=max(s.points for s in steps))
    log = kind == "log_ramp"
    if log and any(s.cut <= 0 for s in steps):
        f.fault("S133", clause, cut=min(s.cut for s in steps))
    name: NormaliserKind = "tiers" if kind == "tiers" else "log_ramp" if log else "ramp"
    otherwise = f.points(e.get("otherwise", 0), clause)
    return Normaliser(name, steps, otherwise, strict=bool(e.get("strict", False))), top


def _plain(
    f: ModelFile, kind: str, e: Mapping[str, Any], clause: str, top: Decimal
) -> tuple[Normaliser, Decimal]:
    if kind == "flag":
        points = top if e["flag"] is True else f.points(e["flag"], clause)
        return Normaliser("flag", (Step(Decimal(1), points),)), points if e.get("max") is None else top
    if kind == "z_score":
        spread = Decimal(3) if e["z_score"] is True else f.number(e["z_score"], clause)
        if spread <= 0:
            f.fault("S108", clause, value=spread)
        return Normaliser("z_score", spread=spread), top
    return Normaliser("min_max" if kind == "min_max" else "points"), top


def _steps(
    f: ModelFile, kind: str, e: Mapping[str, Any], clause: str, top: Decimal
) -> tuple[Step, ...]:
    """Return (cut, points) pairs; goalposts are two cuts, a percentile gives the share below each knot."""
    unit, rows = e.get("unit"), f.items(clause, e[kind])
    if kind == "goalposts":
        ends = [f.number(c, clause, unit) for c in rows]
        if len(ends) != 2:
            f.fault("S105", clause, cuts=rows)
            return ()
        points = (top, Decimal(0)) if e.get("direction") == "lower" else (Decimal(0), top)
        return tuple(Step(c, p) for c, p in zip(ends, points, strict=True))
    made = []
    for row in rows:
        if not isinstance(row, list) or len(row) not in (2, 3):
            f.fault("S105", clause, cuts=row)
            continue
        share = kind == "percentile"
        said = f.number(row[1], clause) if share else f.points(row[1], clause)
        if share and not 0 <= said <= 1:
            f.fault("S106", clause, value=said)
        label = str(row[2]) if len(row) == 3 else ""
        made.append(Step(f.number(row[0], clause, unit), round(said * top, 2) if share else said, label))
    return tuple(made)


def _ordered(f: ModelFile, kind: str, steps: tuple[Step, ...], clause: str, *, lower: bool) -> None:
    """Tiers go from the best cut down, ramps from the lowest cut up; points never fall as the value improves."""
    if not steps or (kind != "tiers" and len(steps) < 2):
        f.fault("S105", clause, cuts=[str(s.cut) for s in steps])
        return
    rising = (kind != "tiers") or lower
    for a, b in pairwise(steps):
        if not (a.cut < b.cut if rising else a.cut > b.cut):
            f.fault("S105", clause, cuts=[str(s.cut) for s in steps])
            return
    better_first = kind == "tiers" or lower
    for a, b in pairwise(steps):
        if not (a.points >= b.points if better_first else a.points <= b.points):
            f.fault("S106", clause, value=[str(s.points) for s in steps])
            return
