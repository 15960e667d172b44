"""A policy file while it is read: which keys it may have, of what shape, and every fault found so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from wutong.errors import Diagnostic, Place, WutongError
from wutong.packs.model import Source

TOP = {
    "policy",
    "pack",
    "version",
    "name",
    "kind",
    "status",
    "in_force",
    "issuer",
    "window",
    "sources",
    "parameters",
    "let",
    "tables",
    "conditions",
    "decide",
    "outputs",
    "benefits",
    "limits",
    "figures",
    "note",
    "supersedes",
}
KEYS = {
    "sources": {
        "doc_no",
        "clause",
        "url",
        "grade",
        "checked_on",
        "title",
        "note",
        "effective_from",
        "effective_to",
        "supersedes",
        "checked_by",
    },
    "parameters": {"code", "zh", "en", "value", "values", "unit", "source", "note"},
    "let": {"code", "zh", "en", "expr", "unit", "source", "note"},
    "tables": {"code", "zh", "en", "hit", "inputs", "output", "default", "source", "rules", "remarks", "note"},
    "conditions": {"code", "zh", "en", "when", "manual", "source", "note"},
    "benefits": {"code", "zh", "en", "amount", "when", "source", "once", "cap", "group", "kind", "note", "pays_for"},
    "limits": {"code", "zh", "en", "benefits", "amount", "source", "note"},
    "figures": {"code", "zh", "en", "at", "note"},
}
_ONE_OR_MORE = {"group", "pays_for", "at"}
_LISTS = {"limits", "figures", "parameters", "let", "tables", "conditions", "benefits", "outputs", "inputs", "rules", "remarks", "values"}
_MAPPINGS = {"in_force", "window", "sources", "output"}


def _fits(key: str, value: Any) -> bool:
    """Tell whether `value` has the shape that `key` needs; `decide` has a check of its own.

    >>> _fits("rules", []), _fits("rules", "x"), _fits("zh", ["x"]), _fits("name", {"zh": "x"})
    (True, False, False, True)
    """
    if value is None or key == "decide" or (key in _ONE_OR_MORE and isinstance(value, list)):
        return True
    if key in _LISTS:
        return isinstance(value, list)
    if key in _MAPPINGS:
        return isinstance(value, Mapping)
    return not isinstance(value, list) and (key == "name" or not isinstance(value, Mapping))


class PolicyFile:
    """One policy file being read; collects faults so that all are told at once."""

    def __init__(self, raw: Mapping[str, Any], file: str) -> None:
        self.raw = raw
        self.file = file
        self.faults: list[Diagnostic] = []

    def fault(self, code: str, clause: str | None = None, **values: Any) -> None:
        """Keep a fault."""
        policy = str(self.raw.get("policy", ""))
        self.faults.append(
            Diagnostic.of(code, Place(file=self.file, policy=policy or None, clause=clause), **values)
        )

    def told(self) -> None:
        """Raise all faults found so far, if any."""
        if self.faults:
            raise WutongError(*self.faults)

    def top(self) -> None:
        """Check keys and shapes of the whole file; what is read later can rely on them. Raises all faults."""
        for key in ("policy", "pack", "version", "name", "kind", "in_force", "conditions"):
            if not self.raw.get(key):
                self.fault("P105", None, key=key)
        self._checked(self.raw, TOP, None)
        name = self.raw.get("name")
        if isinstance(name, Mapping) and not name.get("zh"):
            self.fault("P105", None, key="name.zh")
        self.told()

    def _checked(self, entry: Mapping[str, Any], known: set[str], clause: str | None) -> bool:
        """Tell whether every key of an entry has the shape it needs; unknown keys are faults, too."""
        for key in sorted(str(k) for k in set(entry) - known):
            self.fault("P103", clause, key=key, known="、".join(sorted(known)))
        wrong = [key for key, value in entry.items() if not _fits(str(key), value)]
        for key in wrong:
            self.fault("P121", clause, key=key)
        return not wrong

    def checked(self, section: str, entry: Any, clause: str, required: tuple[str, ...]) -> bool:
        """Tell whether an entry can be read: a mapping, its keys of the right shape, nothing required missing."""
        if not isinstance(entry, Mapping):
            self.fault("P104", clause, section=section)
            return False
        whole = self._checked(entry, KEYS[section], clause)
        missing = [k for k in required if entry.get(k) in (None, "", [])]
        for key in missing:
            self.fault("P105", clause, key=key)
        return whole and not missing

    def entries(self, section: str, required: tuple[str, ...]) -> list[Mapping[str, Any]]:
        """Return the entries of a section that can be read."""
        found = []
        for index, entry in enumerate(self.raw.get(section) or [], start=1):
            clause = f"{section}[{index}]"
            if isinstance(entry, Mapping) and entry.get("code"):
                clause = str(entry["code"])
            if self.checked(section, entry, clause, required):
                found.append(entry)
        return found

    def date(self, value: Any, clause: str) -> date | None:
        """Return a date; what is none is a fault."""
        if value is None or isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fault("P108", clause, value=value)
            return None

    def cited(
        self, entry: Mapping[str, Any], sources: Mapping[str, Source], clause: str, needed: bool
    ) -> str | None:
        """Return the id of the source an entry cites; it must be one of `sources`."""
        cited = entry.get("source")
        if cited is None:
            if needed:
                self.fault("P106", clause)
            return None
        if str(cited) not in sources:
            self.fault("P107", clause, source=cited, known="、".join(sources))
        return str(cited)
