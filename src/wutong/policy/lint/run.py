"""Linting policy files: everything that can be told about a rule without a company."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from wutong.errors import Diagnostic, Place, WutongError
from wutong.ir.policy.check import check_policy
from wutong.packs.loader import load_file, pack_files
from wutong.packs.model import Policy
from wutong.packs.text import read_text
from wutong.policy.evaluate import shipped_catalogue
from wutong.policy.lint.conditions import condition_findings
from wutong.policy.lint.coverage import coverage_findings
from wutong.policy.lint.figures import Outlook, benefit_findings, figure_findings, name_findings
from wutong.policy.lint.finding import Scribe
from wutong.policy.lint.lines import clause_lines
from wutong.policy.lint.tables import table_findings
from wutong.tables.catalogue import Catalogue

Progress = Callable[[str, int, int], None]
_ORDER = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True)
class Linted:
    """The findings of one policy file, errors first, then by line."""

    file: str
    policy: str
    version: str
    findings: tuple[Diagnostic, ...]


def lint(
    names: Sequence[str | Path], on: date, *, months: int = 6, catalogue: Catalogue | None = None,
    progress: Progress = lambda *_: None,
) -> list[Linted]:
    """Lint packs and policy files.

    Args:
        names: packs that ship, folders, or policy files.
        on: the day for which figures are taken; a version not in force then is read on its own first or last day.
        months: figures that end within so many months are told.
        catalogue: the catalogue of facts; the one that ships if None.
        progress: called with what is being done, how much is done, and how much there is.

    Raises:
        WutongError: P119 for a pack that is not there.
    """
    files = [file for name in names for file in _files(name)]
    loaded = [_loaded(file) for file in files]
    policies = [p for p, _ in loaded if p is not None]
    found = []
    for done, (file, (policy, faults)) in enumerate(zip(files, loaded, strict=True)):
        progress("lint", done, len(files))
        if policy is None:
            found.append(Linted(file.name, "", "", tuple(faults)))
            continue
        outlook = Outlook(on, _later(on, months), [p for p in policies if p.key == policy.key])
        found.append(lint_policy(policy, outlook, file, catalogue))
    return found


def lint_policy(
    policy: Policy, outlook: Outlook, path: Path | None = None, catalogue: Catalogue | None = None
) -> Linted:
    """Lint one policy; its golden cases are looked for beside `path`."""
    lines = clause_lines(read_text(path)) if path is not None else {}
    scribe = Scribe(policy, lines)
    findings = [_placed(d, scribe) for d in _all(policy, outlook, path, scribe, catalogue or shipped_catalogue())]
    findings.sort(key=lambda d: (_ORDER[d.severity], d.place.line or 0, d.code))
    return Linted(policy.file, policy.key, policy.version, tuple(findings))


def _all(
    policy: Policy, outlook: Outlook, path: Path | None, scribe: Scribe, catalogue: Catalogue
) -> Iterator[Diagnostic]:
    checked = check_policy(policy, catalogue, day_for(policy, outlook.on))
    yield from checked.faults
    yield from figure_findings(policy, outlook, scribe)
    yield from table_findings(checked, scribe)
    yield from condition_findings(checked, scribe)
    if not checked.faults:
        yield from name_findings(checked, scribe)
        yield from benefit_findings(checked, scribe)
        yield from coverage_findings(checked, path, scribe)


def day_for(policy: Policy, on: date) -> date:
    """Return a day on which a policy is in force: `on`, else the nearest one."""
    if policy.start is not None and on < policy.start:
        return policy.start
    return policy.end if policy.end is not None and on > policy.end else on


def _placed(found: Diagnostic, scribe: Scribe) -> Diagnostic:
    """Give a finding of the compiler the line of its clause."""
    if found.place.line is not None and found.place.expression is None:
        return found
    line = scribe.place(found.place.clause).line
    place = Place(**{**found.place.as_dict(), "line": line}) if line is not None else found.place
    return Diagnostic(found.code, place, found.values, found.severity)


def _files(name: str | Path) -> list[Path]:
    path = Path(name)
    return [path] if path.suffix in {".yaml", ".yml"} else pack_files(name)


def _loaded(file: Path) -> tuple[Policy | None, Sequence[Diagnostic]]:
    try:
        return load_file(file), ()
    except WutongError as error:
        return None, error.diagnostics
    except OSError as error:
        return None, (Diagnostic.of("P101", Place(file=file.name), reason=error.strerror or str(error)),)


def _later(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    return date(day.year + year, month + 1, min(day.day, 28))
