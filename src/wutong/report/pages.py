"""The web pages of a run: overview, one page per company, one per policy. No server, no external resource.

Everything a page says in words is escaped by the templates (autoescape is on); ready-made markup comes only
from `wutong.report.charts` and `wutong.report.markup`, which escape what they are given.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from wutong.errors import Lang
from wutong.report import charts, summary
from wutong.report import format as fmt
from wutong.report.block import PolicyBlock
from wutong.report.markup import amount, cite
from wutong.report.model import (
    BenefitLine,
    CompanyView,
    PolicyView,
    Range,
    RunView,
    VerdictView,
)
from wutong.report.texts import STANDINGS, Words

_LETTER = {"eligible": "e", "near": "n", "manual": "m", "unknown": "u", "ineligible": "i", "none": "-"}
_FINDINGS_SHOWN = 50


@cache
def environment() -> Environment:
    """Return where templates come from; what they print is escaped."""
    env = Environment(
        loader=PackageLoader("wutong.report"), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=StrictUndefined, auto_reload=False,
    )
    env.filters["plain"] = fmt.plain
    return env


@cache
def asset(name: str) -> Markup:
    """Return a style or script of this package, to be inlined as it stands."""
    return Markup((resources.files("wutong.report") / "templates" / name).read_text("utf-8"))  # noqa: S704 - ours


def page_name(text: str) -> str:
    """Return a file name that is safe on every system, without suffix.

    >>> page_name("91370200MA3DEMO01X"), page_name("../a b")
    ('91370200MA3DEMO01X', '___a_b')
    """
    return re.sub(r"[^0-9A-Za-z_-]", "_", text) or "_"


def unique_names(texts: Iterable[str]) -> list[str]:
    """Return one page name per text, no two equal even where letter case is ignored.

    >>> unique_names(["tsme", "TSME", "hnte"])
    ['tsme', 'TSME-2', 'hnte']
    """
    taken: set[str] = set()
    names = []
    for text in texts:
        base = name = page_name(text)
        count = 1
        while name.lower() in taken:
            count += 1
            name = f"{base}-{count}"
        taken.add(name.lower())
        names.append(name)
    return names


def _json(data: object) -> Markup:
    """Return JSON that may stand inside a script element whatever text it holds."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704 - no < or & left


class Pages:
    """Renders the pages of one run; templates are compiled once, what repeats is prepared once."""

    def __init__(self, view: RunView, lang: Lang = "zh") -> None:
        self.view = view
        self.words = Words(lang)
        self.totals = summary.policy_totals(view)
        self._macros: Any = environment().get_template("fixed.html.j2").module
        names = unique_names(p.id for p in view.policies)
        self.static = {p.key: PolicyBlock(p, name, self.words, self._macros)
                       for p, name in zip(view.policies, names, strict=True)}
        self._names = {k: s.name for k, s in self.static.items()}
        self.company_pages = dict(zip((c.code for c in view.companies),
                                      unique_names(c.code for c in view.companies), strict=True))
        self._reasons: dict[tuple[str, str], str] = {}

    def _render(self, name: str, root: str, **values: Any) -> str:
        template: Template = environment().get_template(name)
        return template.render(
            w=self.words, view=self.view, root=root, css=asset("style.css"), standings=STANDINGS,
            amount=self.amount, cite=cite, pages=self, **values,
        )

    # pieces of text -------------------------------------------------------------------------------

    def amount(self, value: Range | None, *, rough: bool = False) -> Markup:
        """Return a range of money with the exact 元 as tooltip."""
        return amount(value, self.words, rough=rough)

    def reason(self, company: CompanyView, policy: PolicyView) -> str:
        """Return why the company stands where it does; company and policy page share the text."""
        key = (company.code, policy.key)
        text = self._reasons.get(key)
        if text is None:
            text = self._reasons[key] = summary.reason(policy, company.verdicts[policy.key], self.words)
        return text

    # one company ----------------------------------------------------------------------------------

    def _benefits(self, lines: tuple[BenefitLine, ...], *, named: bool = False) -> Markup:
        names = self._names if named else None
        table: Markup = self._macros.benefit_table(lines, names, self.words, self.line_amount, self.cap)
        return table

    def company(self, company: CompanyView) -> str:
        """Return the page of one company: best standing first, policies in the order of the run within it."""
        blocks = [s.make(v, self.reason(company, s.policy), self._benefits)
                  for k, s in self.static.items() if (v := company.verdicts.get(k))]
        blocks.sort(key=lambda b: STANDINGS.index(b.standing))
        counts = {s: sum(b.standing == s for b in blocks) for s in STANDINGS}
        return self._render(
            "company.html.j2", "../", company=company, blocks=blocks, counts=counts,
            facts=[(f, fmt.fact_text(f.text, f.unit, self.words)) for f in company.facts],
            combination=self._benefits(company.combination, named=True) if company.combination else "",
        )

    def line_amount(self, line: BenefitLine) -> Markup:
        """Return the amount of one benefit."""
        return self.amount(Range(line.low, line.high))

    def cap(self, amount: Decimal) -> Markup:
        """Return the ceiling of a benefit."""
        return self.amount(Range(amount, amount))

    # one policy -----------------------------------------------------------------------------------

    def _members(self, policy: PolicyView) -> dict[str, list[tuple[str, CompanyView, VerdictView, str]]]:
        groups: dict[str, list[tuple[str, CompanyView, VerdictView, str]]] = {s: [] for s in STANDINGS}
        for company in self.view.companies:
            if verdict := company.verdicts.get(policy.key):
                groups[summary.standing(verdict)].append(
                    (self.company_pages[company.code], company, verdict, self.reason(company, policy)))
        return groups

    def policy(self, totals: summary.PolicyTotals) -> str:
        """Return the page of one policy."""
        policy = totals.policy
        return self._render(
            "policy.html.j2", "../", policy=policy, totals=totals, static=self.static[policy.key],
            members=self._members(policy), stack=charts.stacked(totals.counts, self.words),
            headline=summary.headline, scalar=fmt.scalar,
            has_score=any(summary.headline(c.verdicts[policy.key], self.words) for c in self.view.companies if policy.key in c.verdicts),
        )

    # overview -------------------------------------------------------------------------------------

    def _list_row(self, company: CompanyView) -> list[object]:
        letters = "".join(_LETTER[summary.standing(company.verdicts.get(p.key))] for p in self.view.policies)
        total = company.total
        text = fmt.money_range(total, self.words) if total else ""
        low = str(total.low or 0) if total else "0"
        return [self.company_pages[company.code], company.code, company.name, company.nature, letters, text,
                fmt.exact_range(total, self.words), low]

    def index(self) -> str:
        """Return the overview of the zone: policies as bars, companies as a list one can search."""
        scale = max((x for t in self.totals for x in t.money if x is not None), default=Decimal(0))
        data = {
            "policies": [s.name for s in self.static.values()],
            "standings": {_LETTER[s]: [s, self.words[s]] for s in (*STANDINGS, "none")},
            "natures": {"real": self.words["real"], "demo": self.words["demo"], "": ""},
            "rows": [self._list_row(c) for c in self.view.companies],
        }
        counts = {s: sum(t.counts[s] for t in self.totals) for s in STANDINGS}
        return self._render(
            "index.html.j2", "", totals=self.totals, static=self.static, counts=counts,
            money=summary.run_total(self.view), data=_json(data), js=asset("list.js"), letters=_LETTER,
            stacks=[charts.stacked(t.counts, self.words) for t in self.totals],
            bars=[charts.money_bar(t.money, scale, self.words) if t.pays else "" for t in self.totals],
            findings=self.view.diagnostics[:_FINDINGS_SHOWN],
            more=max(len(self.view.diagnostics) - _FINDINGS_SHOWN, 0),
        )

    def all(self) -> Iterator[tuple[str, str]]:
        """Yield every page as its path inside the run folder and its text, the overview last."""
        for company in self.view.companies:
            yield f"companies/{self.company_pages[company.code]}.html", self.company(company)
        for totals in self.totals:
            yield f"policies/{self.static[totals.policy.key].page}.html", self.policy(totals)
        yield "index.html", self.index()
