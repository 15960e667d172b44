"""Portraits of the companies of a run: what all of them share is read once, then each is put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from wutong.errors import Lang
from wutong.points.explain import Explanation
from wutong.policy.evaluate import shipped_catalogue
from wutong.portrait import records
from wutong.portrait.company import Company, Row
from wutong.portrait.model import PolicyLine, Portrait, Question, Stamp
from wutong.portrait.standing import Scored
from wutong.portrait.tags import tags
from wutong.portrait.texts import Texts
from wutong.report import format as fmt
from wutong.report import summary
from wutong.report.labels import Labels
from wutong.report.markup import cite
from wutong.report.model import CompanyView, PolicyView, RunView, VerdictView
from wutong.report.texts import STANDINGS, Words

ZERO = Decimal(0)


@dataclass(frozen=True)
class Zone:
    """A run with its facts and, if there are any, its points.

    Args:
        view: the companies to portray, decided.
        tables: companies and child tables of the snapshot, in Arrow.
        scored: the points of all companies; None for portraits without points.
        lang: the language of the portraits.
    """

    view: RunView
    tables: Mapping[str, Any]
    scored: Scored | None = None
    lang: Lang = "zh"
    texts: Texts = field(init=False)
    words: Words = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "texts", Texts(self.lang))
        object.__setattr__(self, "words", Words(self.lang))

    @cached_property
    def labels(self) -> Labels:
        """Names, values and sources of facts."""
        return Labels(self.tables, shipped_catalogue(), self.view.on.year)

    @cached_property
    def lists(self) -> dict[str, dict[str, list[Row]]]:
        """Rows of every child table by company."""
        wanted = {c.code for c in self.view.companies}
        found: dict[str, dict[str, list[Row]]] = {}
        for child in shipped_catalogue().children:
            if child.code in self.tables:
                for row in self.tables[child.code].to_pylist():
                    if row["company"] in wanted:
                        found.setdefault(row["company"], {}).setdefault(child.code, []).append(row)
        return found

    @cached_property
    def policies(self) -> Mapping[str, PolicyView]:
        """The policies of the run by key."""
        return {p.key: p for p in self.view.policies}

    def portraits(self) -> Iterator[Portrait]:
        """Yield the portrait of every company, sorted by code."""
        for view in self.view.companies:
            yield self.portrait(view)

    def portrait(self, view: CompanyView) -> Portrait:
        """Return everything about one company."""
        company = Company(view.code, self.labels, self.lists.get(view.code, {}), self.view.on, self.texts, self.words)
        found = None if self.scored is None else self.scored.explain(view.code)
        points = None if found is None or self.scored is None else self.scored.points(found, self.texts)
        lines = tuple(self._lines(view))
        demo = view.nature == "demo" or (self.view.demo and view.nature != "real")
        marks = [self.texts["demo"]] * demo + ([points.banner] if points and points.banner else [])
        marks += [self.texts["draft_mark"]] * any(line.draft for line in lines)
        made = Portrait(
            lang=self.lang, code=view.code, name=view.name, demo=demo, marks=tuple(marks), stamp=self._stamp(),
            identity=company.identity(), tags=tags(company, view, self.view), points=points, series=company.series(),
            policies=lines, expected=view.total, expected_text=fmt.money_range(view.total, self.words) if view.total else "",
            received=records.received(company, self.view), raised=records.raised(company), records=records.records(company),
            expiring=records.expiring(company, self.view, lambda p: summary.standing(view.verdicts.get(p.key))),
            timeline=records.timeline(company, self.view), questions=tuple(self._questions(company, view, found)), sources=(),
        )
        return replace(made, sources=_sources(made))

    def _stamp(self) -> Stamp:
        run = self.view
        return Stamp(run.run_id, run.on, run.snapshot_hash, run.engine_version, self.scored.run if self.scored else "")

    def _lines(self, view: CompanyView) -> Iterator[PolicyLine]:
        """Yield the policies decided for the company, best standing first, in the order of the run."""
        decided = [(p, v) for p in self.view.policies if (v := view.verdicts.get(p.key)) is not None]
        decided.sort(key=lambda pair: STANDINGS.index(summary.standing(pair[1])))
        for policy, verdict in decided:
            yield self._line(policy, verdict)

    def _line(self, policy: PolicyView, verdict: VerdictView) -> PolicyLine:
        standing = summary.standing(verdict)
        basis = cite(next(iter(policy.sources.values()), None))
        open_ = standing in ("eligible", "manual", "unknown")
        return PolicyLine(
            self.words.name(policy.name_zh, policy.name_en), standing, self.words[standing],
            summary.reason(policy, verdict, self.words), verdict.benefit,
            fmt.money_range(verdict.benefit, self.words) if open_ and verdict.benefit else "", basis, policy.status == "draft",
        )

    def _questions(self, company: Company, view: CompanyView, found: Explanation | None) -> list[Question]:
        """Return missing facts by the number of open verdicts they are missing for, then by the points they leave open."""
        policies: dict[str, list[str]] = {}
        points: dict[str, Decimal] = {}
        for key, verdict in view.verdicts.items():
            if verdict.verdict == "unknown":
                for fact in verdict.missing:
                    policies.setdefault(fact, []).append(self.words.name(self.policies[key].name_zh, self.policies[key].name_en))
        for line in found.questions if found is not None and self.scored is not None else ():
            for fact in company.labels.missing(self.scored.uses[line.indicator.code], company.code) if self.scored else ():
                points[fact] = points.get(fact, ZERO) + line.open
        facts = [Question(f, tuple(policies.get(f, ())), points.get(f, ZERO)) for f in {**policies, **points}]
        return sorted(facts, key=lambda q: (-len(q.policies), -q.points, q.fact))


def _sources(made: Portrait) -> tuple[str, ...]:
    """Return every source that a figure names, once."""
    figures = [f.source for f in made.identity if f.value is not None]
    figures += [c.source for s in made.series for c in s.cells if c.value is not None]
    return tuple(dict.fromkeys(figures))
