"""Why a company has its points: value → tier → points → weight, losses, next steps, place among peers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wutong.points.compile import NONE, NOT_COVERED, REASONS
from wutong.points.model import Gate, Grade, Indicator, PointModel, Profile, Step
from wutong.points.recourse import next_steps
from wutong.points.tree import ZERO, decompose, half_up, total_of

Ends = tuple[Decimal | None, Decimal | None]
Reference = Mapping[str, Decimal]
"""Points by indicator of the company everybody is compared with: the median of stage × sector."""


@dataclass(frozen=True, slots=True)
class Next:
    """The next cut-point of an indicator, and what it would give."""

    step: Step
    points: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator of one company.

    `added` is what it adds to the total, `versus` what it adds to the distance from the reference, `lost` what its
    full points would add, `open` what its missing data may still add; all in points of the total.
    """

    number: int
    indicator: Indicator
    value: Ends
    points: tuple[Decimal, Decimal]
    share: Decimal
    added: Decimal
    versus: Decimal
    reference: Decimal
    lost: Decimal
    open: Decimal
    next: Next | None

    @property
    def known(self) -> bool:
        """Whether the points are exactly known."""
        return self.points[0] == self.points[1]


@dataclass(frozen=True, slots=True)
class Position:
    """Places among all scored companies and among peers; `best` and `worst` are what missing data leave open."""

    rank: int
    best: int
    worst: int
    peer_rank: int | None
    peers: int | None

    @property
    def ahead_of(self) -> Decimal | None:
        """Share of the other peers that do not stand before the company, in %."""
        if self.peer_rank is None or self.peers is None or self.peers < 2:
            return None
        return half_up(Decimal(100 * (self.peers - self.peer_rank)) / (self.peers - 1), 1)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything about the points of one company.

    ``score[0] = base + Σ line.added + rounding`` and, before rounding, ``score − reference_score = Σ line.versus``,
    exactly. Where data are missing the low end is explained: what is proven.
    """

    model: PointModel
    company: str
    name: str
    status: int
    profile: Profile | None
    score: Ends
    grade: tuple[Grade | None, Grade | None]
    passed: bool | None
    coverage: Decimal
    lines: tuple[Line, ...]
    base: Decimal
    """What the floors of geometric and harmonic nodes give to everyone."""
    rounding: Decimal
    failed: tuple[Gate, ...]
    unknown: tuple[Gate, ...]
    reasons: tuple[str, ...]
    position: Position | None
    reference_key: str
    reference_score: Decimal | None

    @property
    def losses(self) -> tuple[Line, ...]:
        """The four indicators whose full points would add most (Reg B, 12 CFR 1002.9: about four, specific)."""
        found = [x for x in self.lines if x.lost > 0]
        return tuple(sorted(found, key=lambda x: (-x.lost, x.number))[:4])

    @property
    def questions(self) -> tuple[Line, ...]:
        """Indicators that are not exactly known, those first that may add most."""
        return tuple(sorted((x for x in self.lines if not x.known), key=lambda x: (-x.open, x.number)))


def explain(
    model: PointModel,
    row: Mapping[str, Any],
    references: Mapping[int, Reference] | None = None,
    name: str = "",
) -> Explanation:
    """Explain one row of a result.

    Args:
        model: as it was scored (with frozen bounds).
        row: a row of :class:`wutong.points.score.Result.table`.
        references: points by indicator, per profile number, −1 for all (:func:`wutong.points.reference.references`).
        name: the name of the company.
    """
    profile = profile_at(model, row)
    key, reference = chosen_reference(profile, references or {})
    low, high = proven(model, row), proven(model, row, best=True)
    used = profile or model.profiles[0]
    lines = _lines(model, used, row, low, high, reference)
    score = row["score_lo"]
    base = total_of(model, used, dict.fromkeys(low, ZERO))
    added = base + sum((x.added for x in lines), ZERO)
    mask, gates = row["gates_failed"], model.gates
    grades = [None if row[f"grade_{e}"] is None else model.grades[row[f"grade_{e}"]] for e in ("lo", "hi")]
    return Explanation(
        model, row["company"], name or row.get("name") or "", row["status"], profile, (score, row["score_hi"]),
        (grades[0], grades[1]), row["pass"], row["coverage"], lines, base, ZERO if score is None else score - added,
        tuple(g for n, g in enumerate(gates) if mask >> n & 1),
        tuple(g for n, g in enumerate(gates) if row["gates_unknown"] >> n & 1),
        tuple(r for n, r in enumerate(REASONS) if mask >> (len(gates) + n) & 1),
        _position(row), key, None if reference is None else total_of(model, used, reference),
    )


def proven(model: PointModel, row: Mapping[str, Any], *, best: bool = False) -> dict[str, Decimal]:
    """Return the points behind the low end of a score (the high end if `best`): of deductions the other end."""
    deductions = {i.code for i in model.deductions.items}
    return {
        i.code: row[f"i{k}_{'hi' if best != (i.code in deductions) else 'lo'}"]
        for k, i in enumerate(model.indicators)
    }


def profile_at(model: PointModel, row: Mapping[str, Any]) -> Profile | None:
    """Return the profile of a row, None where it is not decided or not covered."""
    stage: int | None = row["stage"]
    sector: int | None = row["sector"]
    if stage is None or sector is None or NOT_COVERED in (stage, sector):
        return None
    return model.profiles[stage * max(len(model.sectors), 1) + sector]


def chosen_reference(
    profile: Profile | None, references: Mapping[int, Reference]
) -> tuple[str, Reference | None]:
    """Return the reference of a profile, or that of all companies where the profile has none, and its key."""
    if profile is not None and profile.number in references:
        return profile.key, references[profile.number]
    found = references.get(-1)
    return ("all" if found is not None else "", found)


def _lines(
    model: PointModel, profile: Profile, row: Mapping[str, Any], low: Reference, high: Reference,
    reference: Reference | None,
) -> tuple[Line, ...]:
    nothing = dict.fromkeys(low, ZERO)
    added = decompose(model, profile, low, nothing)
    versus = decompose(model, profile, low, reference) if reference is not None else nothing
    now, effective = total_of(model, profile, low), model.effective(profile)
    deductions = {i.code for i in model.deductions.items}
    made = []
    for number, indicator in enumerate(model.indicators):
        code = indicator.code
        best = ZERO if code in deductions else indicator.max
        made.append(
            Line(
                number, indicator, (row.get(f"v{number}_lo"), row.get(f"v{number}_hi")), (min(low[code], high[code]), max(low[code], high[code])),
                effective.get(code, Decimal(1)), added[code], versus[code],
                ZERO if reference is None else reference[code],
                max(ZERO, total_of(model, profile, {**low, code: best}) - now),
                total_of(model, profile, {**low, code: high[code]}) - now,
                None if code in deductions else _next(model, profile, low, indicator, now),
            )
        )
    return tuple(made)


def _next(
    model: PointModel, profile: Profile, low: Reference, indicator: Indicator, now: Decimal
) -> Next | None:
    steps = next_steps(indicator, low[indicator.code])
    if not steps:
        return None
    step = steps[0]
    gain = total_of(model, profile, {**low, indicator.code: step.points}) - now
    return Next(step, step.points - low[indicator.code], gain)


def _position(row: Mapping[str, Any]) -> Position | None:
    if row["status"] == NONE or row.get("rank") is None:
        return None
    return Position(row["rank"], row["rank_best"], row["rank_worst"], row["peer_rank"], row["peers"])


__all__ = ["Explanation", "Line", "Next", "Position", "chosen_reference", "explain", "profile_at", "proven"]
