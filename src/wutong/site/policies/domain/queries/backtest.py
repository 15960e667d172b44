"""Back-tests: what changed figures of a policy would do to the companies of the last run."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from django.utils.translation import get_language

from wutong.errors import WutongError
from wutong.site.core.interfaces.exports import written
from wutong.site.policies.domain.queries.book import differences
from wutong.site.policies.models import PolicyDraft
from wutong.site.runs.models import Run

if TYPE_CHECKING:
    from wutong.policy.figures import Figure
    from wutong.report.document import Document
    from wutong.report.opened import Opened
    from wutong.report.texts import Words

AT_MOST = 5_000
"""Companies a page answers for while one waits; for more there is the command `wutong reform`."""
DRAWS = 10


def opened(run: Run) -> Opened:
    """Open the folder of a run. Raises WutongError W781 for a zone too large for a page."""
    from wutong.report.opened import open_any  # noqa: PLC0415 - the engine loads slowly

    if run.snapshot is not None and run.snapshot.companies > AT_MOST:
        raise WutongError.of("W781", count=run.snapshot.companies, most=AT_MOST)
    return open_any(run.folder)


def figures_of(run: Run, policy: str) -> list[Figure]:
    """Return the figures of a policy (``pack/id``) that can be changed, empty if the run has no such policy."""
    from wutong.policy.figures import figures  # noqa: PLC0415 - the engine loads slowly

    found = opened(run)
    return [f for p in found.policies if p.key == policy.replace("/", ".", 1) for f in figures(p, found.on)]


def backtest(run: Run, values: Mapping[str, str]) -> Document:
    """Return the answer for new values by figure; values with commas make one draft each.

    Raises:
        WutongError: R304 nothing is changed; R305 too many drafts; R302, R303 for a value that does not fit its figure.
    """
    from wutong.policy.figures import changed  # noqa: PLC0415 - the engine loads slowly
    from wutong.policy.reform import DRAFTS, Options, reform  # noqa: PLC0415 - the same
    from wutong.policy.reform_model import Draft  # noqa: PLC0415 - the same
    from wutong.report.reform import document  # noqa: PLC0415 - the same

    found = opened(run)
    asked = [[(name, v.strip()) for v in text.replace("，", ",").split(",") if v.strip()] for name, text in values.items()]
    asked = [options for options in asked if options]
    if not asked:
        raise WutongError.of("R304")
    if (count := prod(map(len, asked))) > DRAFTS:
        raise WutongError.of("R305", count=count, most=DRAFTS)
    drafts = []
    for number, combination in enumerate(product(*asked), 1):
        touched, said = changed(found.policies, combination, found.on)
        drafts.append(Draft(f"方案{number}" if words().lang == "zh" else f"Draft {number}", touched, tuple(said)))
    answer = reform(found.tables, found.policies, drafts, found.on, Options(draws=DRAWS))
    return document(answer, words(), found.run, demo=found.demo)


def backtest_draft(run: Run, draft: PolicyDraft) -> Document:
    """Return what a draft as saved would do beside the policy of the run.

    Raises:
        WutongError: W781 a zone too large for a page; P1xx, F5xx for a faulty draft.
    """
    from wutong.packs.loader import parse_policy  # noqa: PLC0415 - the engine loads slowly
    from wutong.policy.reform import Options, reform  # noqa: PLC0415 - the engine loads slowly
    from wutong.policy.reform_model import Draft  # noqa: PLC0415 - the same
    from wutong.report.reform import document  # noqa: PLC0415 - the same

    found, policy, base = opened(run), parse_policy(draft.text, draft.file), parse_policy(draft.base, draft.file)
    said = tuple(f"{d.name} {d.old or '—'} → {d.new or '—'}" for d in differences(base, policy))
    proposal = Draft("草稿" if words().lang == "zh" else "Draft", {policy.key: policy}, said)
    answer = reform(found.tables, found.policies, [proposal], found.on, Options(draws=DRAWS))
    return document(answer, words(), found.run, demo=found.demo)


def words() -> Words:
    """Return the engine's words in the language of the page."""
    from wutong.report.texts import Words  # noqa: PLC0415 - the engine loads slowly

    return Words("en" if get_language() == "en" else "zh")


def workbook_of(document: Document) -> bytes:
    """Return the answer as a workbook."""
    from wutong.report.document import write_workbook  # noqa: PLC0415 - the engine loads slowly

    return written(lambda path: write_workbook(document, path, words()), "xlsx")
