"""One policy on a company's page: a line of the overview and the details below it.

A zone of 600 companies prints 10,000 of these, so what is the same on every page is made once per policy and the
rest is put together as plain strings; every piece from data is escaped exactly once. Templates frame the page.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any, NamedTuple

from markupsafe import Markup

from wutong.report import summary
from wutong.report.markup import ConditionRows, amount, score_rows
from wutong.report.model import BenefitLine, PolicyView, VerdictView
from wutong.report.texts import STANDINGS, Words

BenefitTable = Callable[[tuple[BenefitLine, ...]], str]


class Block(NamedTuple):
    """One policy of one company, as markup."""

    standing: str
    overview: Markup
    details: Markup


class PolicyBlock:
    """Makes the blocks of one policy, company after company."""

    def __init__(self, policy: PolicyView, page: str, words: Words, macros: Any) -> None:
        self.policy, self.page, self.words = policy, page, words
        self.name = words.name(policy.name_zh, policy.name_en)
        self.anchor = f"p-{page}"
        self.logic = summary.logic(policy, words)
        self._rows = ConditionRows(policy, words)
        self._chips = {s: str(macros.chip(s, words)) for s in STANDINGS}
        self._link = str(macros.link(self.anchor, self.name))
        self._title = str(macros.title(self.name, policy, words))
        self._intro = str(macros.intro(policy, self.logic, words))
        self._missing_head = str(macros.missing_head(words))
        self._figures_head = f'<h4>{escape(words["figures"])}</h4><div class="scroll"><table><tbody>'
        self._benefits_head = f'<h4>{escape(words["benefits"])}</h4>'
        self._labels = {k: escape(words[k]) for k in ("headline", "benefit", "condition", "conclusion")}

    def make(self, verdict: VerdictView, reason: str, benefit_table: BenefitTable) -> Block:
        """Return the block of one company; `reason` is text, `benefit_table` gives markup."""
        standing = summary.standing(verdict)
        why, headline = escape(reason), escape(summary.headline(verdict, self.words))
        # Who is out gets nothing: a column of zeros would hide the amounts that matter.
        money = "" if standing in {"near", "ineligible"} else str(amount(verdict.benefit, self.words))
        overview = (
            f'<tr class="link"><td class="c">{self._chips[standing]}</td><td class="title">{self._link}</td>'
            f'<td class="why">{why}</td>{self._figure("headline", headline)}{self._figure("benefit", money)}</tr>'
        )
        details = (
            f'<details class="policy" id="{self.anchor}"{"" if standing == "ineligible" else " open"}>'
            f'<summary><span>{self._chips[standing]}</span><h3>{self._title}</h3>'
            f'<span class="sum">{" · ".join(x for x in (headline, money) if x)}</span>'
            f'<span class="why">{why}</span></summary><div class="body">{self._intro}{self._rows.html(verdict)}'
            f'</tbody></table></div>{self._rest(verdict, benefit_table)}</div></details>'
        )
        return Block(standing, Markup(overview), Markup(details))  # noqa: S704 - every piece escaped

    def _figure(self, label: str, figure: str) -> str:
        return f'<td class="n" data-l="{self._labels[label]}">{figure}</td>' if figure else "<td></td>"

    def _rest(self, verdict: VerdictView, benefit_table: BenefitTable) -> str:
        """Return what follows the conditions: missing data, figures, benefits."""
        parts = []
        if verdict.missing:
            rows = (self._missing_row(*item) for item in summary.would_decide(verdict))
            parts += [self._missing_head, *rows, "</tbody></table></div>"]
        if verdict.scores:
            parts += [self._figures_head, str(score_rows(verdict.scores, self.words)), "</tbody></table></div>"]
        if verdict.benefits:
            parts += [self._benefits_head, str(benefit_table(verdict.benefits))]
        return "".join(parts)

    def _missing_row(self, fact: str, codes: list[str]) -> str:
        numbers = [str(self._rows.numbers[c]) for c in codes if c in self._rows.numbers]
        which = f'{self._labels["condition"]} {self.words["comma"].join(numbers)}' if numbers else self._labels["conclusion"]
        return f"<tr><td>{escape(fact)}</td><td>{which}</td></tr>"
