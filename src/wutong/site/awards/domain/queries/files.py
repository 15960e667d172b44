"""Lists and letters as files, written by the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wutong.errors import WutongError
from wutong.site.awards.domain.queries.grants import as_grants
from wutong.site.awards.enums import ListState
from wutong.site.awards.models import Award, AwardList
from wutong.site.core.interfaces.exports import written

if TYPE_CHECKING:
    from wutong.report.document import Document

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = {"docx": WORD, "xlsx": EXCEL, "csv": "text/csv; charset=utf-8", "payments.xlsx": EXCEL}
PAYMENTS = {"csv", "payments.xlsx"}
"""Those of a decision: what the treasurer pays."""
LETTERS = {"docx": WORD, "pdf": "application/pdf"}


def offered(award_list: AwardList) -> list[str]:
    """Return the `FILES` a list has now."""
    decided = award_list.state in (ListState.DECIDED, ListState.PAID)
    return [kind for kind in FILES if decided or kind not in PAYMENTS]


def document_of(award_list: AwardList) -> Document:
    """Return the list for publicity as the engine's document, its title that of the list."""
    from dataclasses import replace  # noqa: PLC0415 - beside what needs it

    from wutong.report.grants import document  # noqa: PLC0415 - the engine loads slowly
    from wutong.report.texts import Words  # noqa: PLC0415 - the same

    found = document(as_grants(award_list), Words("zh"), demo=award_list.zone.is_demo)
    mark = "（演练，不作依据）" if award_list.rehearsal else ""
    return replace(found, title=f"{award_list.title}{mark}")


def file_of(award_list: AwardList, kind: str) -> bytes:
    """Return a list as one of `FILES`; the payment files of a decision are the same bytes every time."""
    from wutong.report.document import write_word, write_workbook  # noqa: PLC0415 - the engine loads slowly
    from wutong.report.grants import payment_document, payment_file  # noqa: PLC0415 - the same
    from wutong.report.texts import Words  # noqa: PLC0415 - the same

    if kind == "csv":
        return ("\ufeff" + payment_file(as_grants(award_list))).encode()
    if kind in PAYMENTS:
        paid = payment_document(as_grants(award_list), demo=award_list.zone.is_demo)
        return written(lambda path: write_workbook(paid, path, Words("zh")), "xlsx")
    write = write_word if kind == "docx" else write_workbook
    return written(lambda path: write(document_of(award_list), path, Words("zh")), kind)


def letter_of(award: Award, kind: str) -> bytes:
    """Return the letter to the company about the policy of an award, after the run the list was made from.

    Raises WutongError W738 for an award that comes from no run, D105 where no PDF can be made.
    """
    from wutong.report.letter import as_html, as_word, letter  # noqa: PLC0415 - the engine loads slowly
    from wutong.report.printing import pdf_of  # noqa: PLC0415 - the same
    from wutong.report.run import open_run  # noqa: PLC0415 - the same

    run = award.award_list.run
    if run is None:
        raise WutongError.of("W738")
    view = open_run(run.folder, award.company.uscc)
    policy = next(p for p in view.policies if p.key == award.policy.replace(".", "/", 1))
    made = letter(view, view.companies[0], policy)
    return as_word(made) if kind == "docx" else pdf_of(as_html(made))
