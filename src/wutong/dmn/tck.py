"""The DMN Technology Compatibility Kit: reading its cases, running an engine over them, counting.

Numbers agree within 1e-8 absolute, through lists and contexts, as in the kit's own runners; a result marked
``errorResult`` is expected to be null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from lxml import etree

from wutong.dmn.model import Model
from wutong.dmn.run import Run
from wutong.dmn.xml import load_dmn
from wutong.errors import Place, WutongError
from wutong.feel.temporal import parse_date, parse_date_time, parse_duration, parse_time
from wutong.feel.values import number

TOLERANCE = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class Expected:
    """One expected result; `error` means the engine must give null."""

    name: str
    value: Any
    error: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One test case; `kind` is decision, bkm or decisionService, the latter two with an `invocable`."""

    id: str
    inputs: Mapping[str, Any]
    expected: tuple[Expected, ...]
    kind: str = "decision"
    invocable: str | None = None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The cases of one file and the model they are about."""

    path: Path
    model: Path
    cases: tuple[Case, ...]


class Engine(Protocol):
    """What is put to the test."""

    def run(self, model: Model, cases: list[Case]) -> list[dict[str, Any]]:
        """Return, per case, the values by result name."""


class InterpreterEngine:
    """The reference interpreter as an engine."""

    def run(self, model: Model, cases: list[Case]) -> list[dict[str, Any]]:
        """Return, per case, the values by result name."""
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
    """A result that is not as expected; `reason` instead of a value if the engine could not run it."""

    file: str
    case: str
    result: str
    expected: Any
    found: Any
    reason: str = ""


@dataclass(slots=True)
class Tally:
    """Counts of one folder; a case passes if all its results do."""

    cases: int = 0
    passed: int = 0
    results: int = 0
    results_passed: int = 0


@dataclass(slots=True)
class Report:
    """Counts per folder and every failure."""

    folders: dict[str, Tally] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    @property
    def total(self) -> Tally:
        """Counts of all folders."""
        tallies = self.folders.values()
        return Tally(
            sum(t.cases for t in tallies), sum(t.passed for t in tallies),
            sum(t.results for t in tallies), sum(t.results_passed for t in tallies),
        )


def load_cases(folder: Path | str) -> list[CaseFile]:
    """Read every ``*-test-*.xml`` under a folder; raises WutongError F201 for a broken file."""
    files = sorted(Path(folder).rglob("*-test-*.xml"))
    return [_case_file(path) for path in files]


def run_dir(folder: Path | str, engine: Engine) -> Report:
    """Run an engine over all cases under a folder (a level or the whole kit).

    What the engine refuses with a WutongError counts as failed for the whole file, with the code as reason.
    """
    report = Report()
    for file in load_cases(folder):
        tally = report.folders.setdefault(file.path.parent.name, Tally())
        try:
            found = engine.run(load_dmn(file.model), list(file.cases))
        except WutongError as error:
            found = [{} for _ in file.cases]
            report.failures.append(Failure(file.path.name, "*", "*", None, None, error.diagnostics[0].line("en")))
            tally.cases += len(file.cases)
            tally.results += sum(len(c.expected) for c in file.cases)
            continue
        for case, values in zip(file.cases, found, strict=True):
            _count(report, tally, file, case, values)
    return report


def _count(report: Report, tally: Tally, file: CaseFile, case: Case, values: Mapping[str, Any]) -> None:
    tally.cases += 1
    good = 0
    for expected in case.expected:
        value = values.get(expected.name)
        if expected.name in values and agrees(None if expected.error else expected.value, value):
            good += 1
        else:
            report.failures.append(Failure(file.path.name, case.id, expected.name, expected.value, value))
    tally.results += len(case.expected)
    tally.results_passed += good
    tally.passed += good == len(case.expected)


def agrees(expected: Any, found: Any) -> bool:
    """Tell whether a value is as expected, numbers within `TOLERANCE`."""
    if isinstance(expected, Decimal) and isinstance(found, Decimal):
        return abs(expected - found) < TOLERANCE
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(agrees, expected, found))
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(agrees(v, found[k]) for k, v in expected.items())
    return type(expected) is type(found) and bool(expected == found)


# -- reading ----------------------------------------------------------------------------------------


def _case_file(path: Path) -> CaseFile:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(path.read_bytes(), parser)
    except (OSError, etree.XMLSyntaxError) as error:
        raise WutongError.of("F201", Place(file=str(path)), reason=str(error)) from error
    name = next((n.text or "" for n in _all(root, "modelName")), "").strip()
    return CaseFile(path, path.parent / name, tuple(_case(n) for n in _all(root, "testCase")))


def _all(node: Any, tag: str) -> list[Any]:
    return [child for child in node if etree.QName(child).localname == tag]


def _case(node: Any) -> Case:
    expected = [
        Expected(n.get("name"), next((_value(e) for e in _all(n, "expected")), None), n.get("errorResult") == "true")
        for n in _all(node, "resultNode")
    ]
    inputs = {n.get("name"): _value(n) for n in _all(node, "inputNode")}
    return Case(node.get("id", ""), inputs, tuple(expected), node.get("type", "decision"), node.get("invocableName"))


def _value(node: Any) -> Any:
    for child in node:
        match etree.QName(child).localname:
            case "value":
                return _simple(child)
            case "list":
                return [_value(item) for item in _all(child, "item")]
    components = _all(node, "component")
    return {c.get("name"): _value(c) for c in components} if components else None


def _simple(node: Any) -> Any:
    instance = "{http://www.w3.org/2001/XMLSchema-instance}"
    if node.get(f"{instance}nil") == "true":
        return None
    kind = (node.get(f"{instance}type") or "string").rpartition(":")[2]
    text = node.text or ""
    return text if kind == "string" else _READERS.get(kind, str)(text.strip())


_READERS: dict[str, Any] = {
    "decimal": lambda t: number(Decimal(t)), "double": lambda t: number(Decimal(t)),
    "integer": lambda t: number(Decimal(t)), "boolean": lambda t: t in ("true", "1"), "date": parse_date,
    "time": parse_time, "dateTime": parse_date_time, "duration": parse_duration,
}


def worst_first(report: Report) -> Iterable[tuple[str, Tally]]:
    """Return the folders, those with the most failures first."""
    return sorted(report.folders.items(), key=lambda item: (item[1].passed - item[1].cases, item[0]))
