"""What can be told about a draft: lint findings, golden cases, its difference to the base, its files."""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone

from wutong.errors import Diagnostic, WutongError
from wutong.site.policies.models import PolicyDraft

if TYPE_CHECKING:
    from wutong.policy.golden import Outcome


@contextmanager
def _placed(file: str, text: str, cases: str) -> Iterator[Path]:
    """Give a policy file with its golden cases beside it, as the engine reads them."""
    from wutong.packs.cases import cases_file  # noqa: PLC0415 - the engine loads slowly

    with tempfile.TemporaryDirectory(prefix="wutong-draft-") as folder:
        path = Path(folder) / file
        path.write_text(text, "utf-8")
        if cases:
            cases_file(path).write_text(cases, "utf-8")
        yield path


@lru_cache(maxsize=128)
def findings(file: str, text: str, cases: str, on: date) -> tuple[Diagnostic, ...]:
    """Return what `wutong packs lint` says about a text, worst first."""
    from wutong.policy.lint import lint  # noqa: PLC0415 - the engine loads slowly

    with _placed(file, text, cases) as path:
        return lint([path], on)[0].findings


def findings_of(draft: PolicyDraft, text: str | None = None) -> tuple[Diagnostic, ...]:
    """Return the findings of a draft as saved, or of a text not saved yet."""
    return findings(draft.file, draft.text if text is None else text, draft.cases, timezone.localdate())


def faults_of(draft: PolicyDraft) -> list[Diagnostic]:
    """Return the findings that keep a draft from being adopted."""
    return [f for f in findings_of(draft) if f.severity == "error"]


@lru_cache(maxsize=32)
def _outcomes(file: str, text: str, cases: str) -> tuple[Outcome, ...]:
    from wutong.packs.cases import cases_file  # noqa: PLC0415 - the engine loads slowly
    from wutong.policy.golden import run_cases  # noqa: PLC0415 - the same

    with _placed(file, text, cases) as path:
        return tuple(run_cases(cases_file(path)))


def outcomes_of(draft: PolicyDraft) -> tuple[Outcome, ...]:
    """Return every expectation of the golden cases beside what comes out; nothing without cases.

    Raises WutongError P1xx, F5xx for faulty rules, P13x for faulty cases.
    """
    return _outcomes(draft.file, draft.text, draft.cases) if draft.cases.strip() else ()


def wrong_cases(draft: PolicyDraft) -> list[Outcome]:
    """Return the expectations that are not met. Raises as :func:`outcomes_of`."""
    return [o for o in outcomes_of(draft) if not o.ok]


def difference(base: str, text: str) -> list[tuple[str, str]]:
    r"""Return the lines of two texts that differ, with their neighbours, each with what it is: add, del, hunk or same.

    >>> difference("a\nb\n", "a\nc\n")
    [('hunk', '@@ -1,2 +1,2 @@'), ('same', ' a'), ('del', '-b'), ('add', '+c')]
    """
    kinds = {"+": "add", "-": "del", "@": "hunk"}
    lines = list(difflib.unified_diff(base.splitlines(), text.splitlines(), lineterm="", n=2))[2:]
    return [(kinds.get(line[:1], "same"), line) for line in lines]


def file_of(draft: PolicyDraft, kind: str) -> bytes:
    """Return a draft as yaml, xlsx or dmn. Raises WutongError P150, P163 for what these cannot hold."""
    from wutong.policy.edit.dmn_writer import to_dmn  # noqa: PLC0415 - the engine loads slowly
    from wutong.policy.edit.document import document  # noqa: PLC0415 - the same
    from wutong.policy.edit.xlsx_writer import to_xlsx  # noqa: PLC0415 - the same

    if kind == "yaml":
        return draft.text.encode()
    said = document(draft.text, draft.file)
    return to_xlsx(said) if kind == "xlsx" else to_dmn(said)


def text_of(name: str, data: bytes) -> str:
    """Return the policy file that an uploaded YAML, Excel or DMN file holds.

    Raises WutongError W799 for another kind of file, and what the readers say: P1xx, T1xx, F2xx, F5xx.
    """
    from wutong.packs.text import read_text  # noqa: PLC0415 - the same
    from wutong.policy.edit.dmn_reader import read_dmn  # noqa: PLC0415 - the engine loads slowly
    from wutong.policy.edit.xlsx_reader import read_xlsx  # noqa: PLC0415 - the same

    kind = Path(name).suffix.lower()
    readers = {".yaml": read_text, ".yml": read_text, ".xlsx": lambda p: read_xlsx(p)[0], ".dmn": lambda p: read_dmn(p)[0]}
    if kind not in readers:
        raise WutongError.of("W799", name=name)
    with tempfile.TemporaryDirectory(prefix="wutong-draft-") as folder:
        path = Path(folder) / f"upload{kind}"
        path.write_bytes(data)
        return readers[kind](path)
