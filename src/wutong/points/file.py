"""A model file while it is read: which keys its parts may have, figures, weights, and every fault found so far."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from wutong.errors import WutongError
from wutong.packs.cases import figure
from wutong.packs.file import PolicyFile
from wutong.points.model import ANY, WHOLE

TOP = {
    "model", "pack", "version", "name", "status", "in_force", "issuer", "sources", "parameters", "let", "tables",
    "stages", "sectors", "gates", "coverage", "root", "bonus", "deductions", "grades", "minima", "ranking", "places",
    "banner", "note", "provenance", "rules",
}
NORMALISERS = {
    "tiers", "ramp", "goalposts", "log_ramp", "percentile", "flag", "points", "min_max", "z_score",
}
COMMON = {"code", "zh", "en", "weight", "source", "max", "note"}
PARTS = {
    "group": {"code", "zh", "en", "when", "source"},
    "gate": {"code", "zh", "en", "when", "unknown", "source"},
    "node": COMMON | {"aggregate", "children", "floor", "power", "cap"},
    "indicator": COMMON | NORMALISERS | {
        "value", "unit", "direction", "missing", "floor", "actionable", "effort", "evidence", "advice", "otherwise",
        "strict",
    },
    "extra": {"cap", "items"},
    "grade": {"code", "zh", "en", "from"},
    "minimum": {"node", "points"},
    "ranking": {"cut"},
}


class ModelFile(PolicyFile):
    """One model file being read; `raw` has the keys of a policy where both agree."""

    def __init__(self, raw: Mapping[str, Any], file: str) -> None:
        super().__init__({**raw, "policy": raw.get("model", ""), "kind": "qualification"}, file)

    def part(self, kind: str, entry: Any, clause: str, required: tuple[str, ...]) -> Mapping[str, Any] | None:
        """Return an entry whose keys are known and whole, else None and a fault."""
        if not isinstance(entry, Mapping):
            self.fault("P104", clause, section=kind)
            return None
        for key in sorted(str(k) for k in set(entry) - PARTS[kind]):
            self.fault("P103", clause, key=key, known="、".join(sorted(PARTS[kind])))
        missing = [k for k in required if entry.get(k) in (None, "", [])]
        for key in missing:
            self.fault("P105", clause, key=key)
        return None if missing else entry

    def items(self, key: str, raw: Any = None) -> list[Any]:
        """Return the entries of a list section."""
        found = self.raw.get(key) if raw is None else raw
        if found is None:
            return []
        if not isinstance(found, list):
            self.fault("P121", key, key=key)
            return []
        return found

    def number(self, value: Any, clause: str, unit: str | None = None) -> Decimal:
        """Return a figure, with or without its unit; what is no finite number is a fault."""
        try:
            number = figure(str(value), unit)
        except (ValueError, WutongError):
            number = Decimal("NaN")
        if not number.is_finite():
            self.fault("S108", clause, value=value)
            return Decimal(0)
        return number

    def points(self, value: Any, clause: str) -> Decimal:
        """Return points: a number of at most two decimals, not negative."""
        number = self.number(value, clause, "分")
        if number < 0 or number != round(number, 2):
            self.fault("S106", clause, value=value)
            return Decimal(0)
        return number

    def one_of(self, value: Any, known: tuple[str, ...], clause: str) -> str:
        """Return a word of a list; another one is a fault."""
        if value not in known:
            self.fault("S109", clause, value=value, known="、".join(known))
            return known[0]
        return str(value)

    def weight(self, value: Any, clause: str) -> Mapping[str, int | None]:
        """Return a weight as basis points per stage, ``stage/sector`` or ``*``; empty stays None."""
        if isinstance(value, Mapping):
            return {str(k): self._basis_points(v, clause) for k, v in value.items()}
        return {ANY: self._basis_points(value, clause)}

    def _basis_points(self, value: Any, clause: str) -> int | None:
        if value is None:
            return None
        text = str(value)
        number = self.number(text.removesuffix("%"), clause) * (100 if text.endswith("%") else 1)
        if number != int(number) or not 0 <= number <= WHOLE:
            self.fault("S102", clause, value=value)
            return 0
        return int(number)
