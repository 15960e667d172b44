"""The DMN Technology Compatibility Kit: running an engine over its cases, counting.

Numbers agree within 1e-8 absolute, through lists and contexts, as in the kit's own runners; a result marked
``errorResult`` is expected to be null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Protocol

from wutong.dmn.model import Model
from wutong.dmn.run import Run
from wutong.dmn.tck_cases import Case, CaseFile, Expected, load_cases
from wutong.dmn.xml import load_dmn
from wutong.errors import WutongError

__all__ = ["Answered", "Case", "CaseFile", "Engine", "Expected", "InterpreterEngine", "Report", "Tally", "Work",
           "agrees", "load_cases", "run_dir"]

TOLERANCE = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class Answered:
    """How one result was obtained: ``pushed`` down into the engine, ``folded`` by the interpreter, or ``refused``."""

    model: str
    case: str
    result: str
    how: Literal["pushed", "folded", "refused"]
    error: WutongError | None = None


@dataclass(slots=True)
class Work:
    """How the results of an engine were obtained, in the order they were asked for."""

    entries: list[Answered] = field(default_factory=list)

    @property
    def pushed(self) -> int:
        """Results computed by the database."""
        return sum(e.how == "pushed" for e in self.entries)

    @property
    def folded(self) -> int:
        """Results computed by the interpreter."""
        return sum(e.how == "folded" for e in self.entries)

    @property
    def refused(self) -> list[tuple[str, str, WutongError]]:
        """Results that do not compile: model, case and the error."""
        return [(e.model, e.case, e.error) for e in self.entries if e.error is not None]


class Engine(Protocol):
    """What is put to the test; it notes in `tally` how it came to each result."""

    tally: Work

    def run(self, model: Model, cases: list[Case]) -> list[dict[str, Any]]:
        """Return, per case, the values by result name; a refused result is left out."""


class InterpreterEngine:
    """The reference interpreter as an engine."""

    def __init__(self) -> None:
        self.tally = Work()

    def run(self, model: Model, cases: list[Case]) -> list[dict[str, Any]]:
        """Return, per case, the values by result name."""
        self.tally.entries += [Answered(model.name, c.id, e.name, "folded") for c in cases for e in c.expected]
        return [self._case(model, case) for case in cases]

    def _case(self, model: Model, case: Case) -> dict[str, Any]:
        run = Run(model, case.inputs)
        names = [e.name for e in case.expected]
        if case.invocable is None:
            return {name: _or_null(lambda name=name: run.value(name)) for name in names}
        result = _or_null(lambda: run.call(case.invocable or ""))
        if len(names) > 1 and isinstance(result, dict):
            return {name: result.get(name) for name in names}
        return dict.fromkeys(names, result)


def _or_null(compute: Any) -> Any:
    try:
        return compute()
    except WutongError:
        return None


@dataclass(frozen=True, slots=True)
class Failure:
    """A result that is not as expected; `reason` and error `code` instead of a value if the engine refused it."""

    file: str
    case: str
    result: str
    expected: Any
    found: Any
    reason: str = ""
    code: str = ""


@dataclass(slots=True)
class Tally:
    """Counts of one folder. A case passes if all its results do; it is `folded` if the interpreter gave one of them.

    `pushed` and `folded` are passed cases, `refused` those the engine told with an error that it cannot compute;
    what is left has come out `wrong`.
    """

    cases: int = 0
    passed: int = 0
    pushed: int = 0
    folded: int = 0
    refused: int = 0
    results: int = 0
    results_passed: int = 0

    @property
    def wrong(self) -> int:
        """Cases with an answer that is not the expected one."""
        return self.cases - self.passed - self.refused


@dataclass(slots=True)
class Report:
    """Counts per folder and every failure."""

    folders: dict[str, Tally] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    @property
    def total(self) -> Tally:
        """Counts of all folders."""
        tallies = self.folders.values()
        return Tally(*(sum(getattr(t, f.name) for t in tallies) for f in fields(Tally)))


def run_dir(folder: Path | str, engine: Engine) -> Report:
    """Run an engine over all cases under a folder (a level or the whole kit).

    What the engine refuses with a WutongError counts as failed for the whole file, with the code as reason.
    """
    report = Report()
    for file in load_cases(folder):
        tally = report.folders.setdefault(file.path.parent.name, Tally())
        before = len(engine.tally.entries)
        try:
            found = engine.run(load_dmn(file.model), list(file.cases))
        except WutongError as error:
            _refused_file(report, tally, file, error)
            continue
        entries = engine.tally.entries[before:]
        for case, values in zip(file.cases, found, strict=True):
            _count(report, tally, file, case, values, {e.result: e for e in entries if e.case == case.id})
    return report


def _refused_file(report: Report, tally: Tally, file: CaseFile, error: WutongError) -> None:
    line = error.diagnostics[0].line("en")
    report.failures.append(Failure(file.path.name, "*", "*", None, None, line, error.diagnostics[0].code))
    tally.cases += len(file.cases)
    tally.refused += len(file.cases)
    tally.results += sum(len(c.expected) for c in file.cases)


def _count(
    report: Report, tally: Tally, file: CaseFile, case: Case, values: Mapping[str, Any], how: Mapping[str, Answered],
) -> None:
    failures = []
    for expected in case.expected:
        value = values.get(expected.name)
        if expected.name in values and agrees(None if expected.error else expected.value, value):
            continue
        error = how[expected.name].error if expected.name in how else None
        first = error.diagnostics[0] if error is not None else None
        reason, code = (first.line("en"), first.code) if first is not None else ("", "")
        failures.append(Failure(file.path.name, case.id, expected.name, expected.value, value, reason, code))
    report.failures += failures
    passed = not failures
    folded = any(a.how == "folded" for a in how.values())
    tally.cases += 1
    tally.results += len(case.expected)
    tally.results_passed += len(case.expected) - len(failures)
    tally.passed += passed
    tally.pushed += passed and not folded
    tally.folded += passed and folded
    tally.refused += bool(failures) and all(f.code for f in failures)


def agrees(expected: Any, found: Any) -> bool:
    """Tell whether a value is as expected, numbers within `TOLERANCE`."""
    if isinstance(expected, Decimal) and isinstance(found, Decimal):
        return abs(expected - found) < TOLERANCE
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(agrees, expected, found))
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(agrees(v, found[k]) for k, v in expected.items())
    return type(expected) is type(found) and bool(expected == found)
