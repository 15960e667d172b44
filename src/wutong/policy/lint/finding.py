"""A finding with its place: file, line, clause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wutong.errors import Diagnostic, Place, Severity
from wutong.packs.model import Policy


@dataclass(frozen=True, slots=True)
class Scribe:
    """Writes the findings of one policy file; `lines` says on which line a clause stands."""

    policy: Policy
    lines: Mapping[str, int]

    def place(self, clause: str | None) -> Place:
        """Return where a clause stands; a rule that has no line of its own is where its table is."""
        line = None if clause is None else self.lines.get(clause) or self.lines.get(clause.split(" #")[0])
        return Place(file=self.policy.file or None, policy=self.policy.key, clause=clause, line=line)

    def find(self, code: str, severity: Severity, clause: str | None, **values: object) -> Diagnostic:
        """Return a finding about a clause."""
        return Diagnostic.of(code, self.place(clause), severity, **values)
