"""Writing a verdict letter: conclusion first, then what to do, what it is worth, and every clause with its basis."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from wutong.errors import Lang
from wutong.policy.evaluate import shipped_catalogue
from wutong.report import format as fmt
from wutong.report import summary
from wutong.report.combined import reason
from wutong.report.letter.deciding import deciding, tree_of, value_of
from wutong.report.letter.model import Clause, Letter, Section
from wutong.report.letter.phrases import Phrases
from wutong.report.model import (
    BenefitLine,
    CompanyView,
    ConditionResult,
    ConditionView,
    Decide,
    Measure,
    PolicyView,
    Range,
    RunView,
    SourceView,
    Truth,
    VerdictView,
)
from wutong.report.texts import Words

_CREDIT_CODE = 18
_YEARS = {"大前年": 3, "前年": 2, "上年": 1, "本年": 0}
_UNITS = {"人": "people", "分": "points", "件": "", "项": "", "月": "months", "天": "days", "年": "years", "家": "companies",
          "倍": "times"}
_YEAR = re.compile("大前年|前年|上年|本年")
_SAID, _LIST = re.compile(r"(\d{4})年(.+)"), re.compile("(.+)清单（是否填全）")


def _short(name: str) -> str:
    return re.split(r"[,(]", name, maxsplit=1)[0].strip()


def letter(run: RunView, company: CompanyView, policy: PolicyView, lang: Lang = "zh") -> Letter:
    """Return the letter about one policy to one company.

    Raises:
        KeyError: the policy was not decided for the company.
    """
    return _Writer(run, company, policy, company.verdicts[policy.key], lang).letter()


class _Writer:
    def __init__(self, run: RunView, company: CompanyView, policy: PolicyView, verdict: VerdictView, lang: Lang) -> None:
        self.run, self.company, self.policy, self.verdict = run, company, policy, verdict
        self.say, self.words = Phrases(lang), Words(lang)
        self.stated = {c.code: c for c in policy.conditions}
        self.results = {c.code: c for c in verdict.conditions}
        self.deciding = deciding(policy, verdict)
        self.name = self.words.name(policy.name_zh, policy.name_en)
        # what stands in brackets says who is in charge now; the letter names the office itself
        self.issuer = re.sub("（.*?）", "", policy.issuer).strip() or self.say["authority"]
        self.standing = summary.standing(verdict)

    def letter(self) -> Letter:
        money = list(self.money())
        sections = [Section(self.say["conclusion"], tuple(self.conclusion())),
                    Section(self.say["what_now"], tuple(self.what_now()))]
        if money:
            sections.append(Section(self.say["money"], tuple(money)))
        marks = [self.say["demo"]] if self.run.demo or self.company.nature == "demo" else []
        marks += [self.say["draft"]] if self.policy.status == "draft" else []
        return Letter(
            lang=self.say.lang, title=self.say["title"], marks=tuple(marks),
            to=self.say.fill("to" if len(self.company.code) == _CREDIT_CODE else "to_number", self.company.name, self.company.code),
            subject=self.say.fill("subject", self.name, self.policy.version), standing=self.standing,
            sections=tuple(sections), clauses_heading=self.say["clauses" if money else "clauses_3"],
            clauses=tuple(self.clause(n, c) for n, c in enumerate(self.policy.conditions, 1)),
            foot=self.say.fill("foot", self.issuer),
            run=self.say.fill("run", self.run.run_id, self.run.snapshot_hash[:12], self.policy.version),
            issuer=self.run.zone, day=self.day(self.run.on),
        )

    def day(self, day: date | None) -> str:
        """Return a date in words: 2026年11月1日, 1 November 2026."""
        if day is None:
            return "…"
        if self.say.lang == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        months = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
                  "December")
        return f"{day.day} {months[day.month - 1]} {day.year}"

    def dated(self, text: str) -> str:
        """Return a name with its year: 上年营业收入 is 2025年营业收入 in an assessment of 2026."""
        said = fmt.left_side(text)
        english = self.english(said) if self.say.lang == "en" else None
        return english or _YEAR.sub(lambda m: f"{self.run.on.year - _YEARS[m.group()]}年", said)

    def english(self, said: str) -> str | None:
        """Return a fact, a list or a derived quantity in English, None where nobody named it so."""
        catalogue = shipped_catalogue()
        if (part := _LIST.fullmatch(said)) and (child := catalogue.child(part[1])) and child.en:
            return f"{child.en} (is the list whole?)"
        if (part := _SAID.fullmatch(said)) and (fact := catalogue.fact(part[2])) and fact.en:
            return f"{_short(fact.en)} {part[1]}"
        if (found := catalogue.resolve(said, self.run.on.year)) and found[0].en:
            return f"{_short(found[0].en)} {found[1].rpartition('_')[2]}" if found[0].yearly else _short(found[0].en)
        return self.policy.english.get(said)

    def title(self, code: str) -> str:
        """Return what a condition is called."""
        stated = self.stated.get(code)
        return code if stated is None else self.words.name(stated.zh, stated.en)

    # -- conclusion -------------------------------------------------------------------------------------

    def conclusion(self) -> Iterator[str]:
        by_person = [c for c in self.verdict.conditions if c.truth == "manual" and c.code in self.deciding]
        extra = [len(by_person)] if self.standing == "manual" else []
        yield self.say.fill(self.standing, self.day(self.run.on), self.name, *extra)
        if self.verdict.outcome:
            yield self.say.fill("class", self.verdict.outcome)
        if self.verdict.verdict == "ineligible":
            truths = {c.code: c.truth for c in self.verdict.conditions}
            causes = [cause for cause in self.causes(tree_of(self.policy), truths) if cause]
            yield self.say.fill("reasons", self.say["sep"].join(causes))
        total = next((s for s in self.verdict.scores if s.total and s.unit == "分"), None)
        if total is not None:
            text = fmt.between(total.low, total.high, summary.unit_text(total.unit, self.words), self.words)
            yield self.say.fill("scores", text)

    def causes(self, tree: Decide, truths: Mapping[str, Truth]) -> list[str]:
        """Return what makes a tree false, one text per cause."""
        if isinstance(tree, str):
            return [self.with_gap(tree)]
        op, items = tree
        if op == "not":
            return [f"{self.words['not']}{self.title(i)}" for i in items if isinstance(i, str)]
        false = [self.causes(i, truths) for i in items if value_of(i, truths) is False]
        if op == "all":
            return [text for texts in false for text in texts]
        ways = [self.words["and"].join(texts) for texts in false]
        return ways if len(ways) == 1 else [self.say.fill("either", self.say["list"].join(f"({n}) {w}" for n, w in enumerate(ways, 1)))]

    def with_gap(self, code: str) -> str:
        """Return a failed condition with how far it is off."""
        result = self.results.get(code)
        gaps = [self.gap(m) for m in (result.measures if result else ()) if m.gap]
        title = self.title(code)
        if not gaps:
            return title
        inner = self.say["list"].join(g.lstrip("， ,") for g in gaps)
        return f"{title}（{inner}）" if self.say.lang == "zh" else f"{title} ({inner})"

    # -- what to do -------------------------------------------------------------------------------------

    def what_now(self) -> Iterator[str]:
        todo = list(self.todo())
        yield from todo
        if not todo:
            yield self.say["nothing"]
        if self.standing != "ineligible":
            yield self.window()
        if self.policy.in_force_to is not None:
            yield self.say.fill("until", self.day(self.policy.in_force_to))

    def todo(self) -> Iterator[str]:
        if self.verdict.verdict == "ineligible":
            yield from self.mend(tree_of(self.policy), {c.code: c.truth for c in self.verdict.conditions})
            return
        if self.verdict.verdict == "eligible":
            return
        for condition in self.policy.conditions:
            result = self.results.get(condition.code)
            if result is not None and result.truth == "manual" and condition.code in self.deciding:
                yield self.say.fill("person", self.title(condition.code), self.issuer)
        if self.verdict.missing:
            key = "provide" if self.verdict.verdict == "unknown" else "provide_plain"
            yield self.say.fill(key, self.say["list"].join(map(self.dated, self.verdict.missing)))

    def mend(self, tree: Decide, truths: Mapping[str, Truth]) -> Iterator[str]:
        """Yield what would mend a tree that is false: each part of an `all`, the ways of an `any` on one line."""
        if isinstance(tree, str):
            yield self.say.fill("improve", self.title(tree), self.remedy(tree))
            return
        op, items = tree
        false = [i for i in items if value_of(i, truths) is False]
        if op == "all" or len(false) == 1:
            for item in false:
                yield from self.mend(item, truths)
        elif op == "any":
            ways = [self.words["and"].join(self.way(i, truths)) for i in false]
            yield self.say.fill("ways", self.say["list"].join(f"({n}) {w}" for n, w in enumerate(ways, 1)))

    def way(self, tree: Decide, truths: Mapping[str, Truth]) -> list[str]:
        """Return what one way still needs."""
        if isinstance(tree, str):
            short = self.remedy(tree)
            plain = short in (self.say["change"], self.say["fixed"])
            return [self.title(tree) if plain else self.say.fill("way", self.title(tree), short)]
        return [text for item in tree[1] if value_of(item, truths) is False for text in self.way(item, truths)]

    def remedy(self, code: str) -> str:
        """Return what a company can do about a condition it does not meet."""
        stated, result = self.stated.get(code), self.results.get(code)
        if stated is None or result is None or not stated.changeable:
            return self.say["fixed"]
        gaps = [m for m in result.measures if m.gap]
        if not gaps:
            return self.say["change"]
        sides = [self.say.fill("lower" if m.op in ("<", "<=") else "raise", self.size(m)) for m in gaps]
        return self.say["list"].join(sides)

    def window(self) -> str:
        start, end, on = self.policy.window_from, self.policy.window_to, self.run.on
        if end is None:
            return self.say["window_none"]
        if on > end:
            return self.say.fill("window_over", self.day(start), self.day(end))
        if start is not None and on < start:
            return self.say.fill("window_later", self.day(start), self.day(end))
        return self.say.fill("window_open", self.day(start), self.day(end), self.day(end))

    # -- money ------------------------------------------------------------------------------------------

    def money(self) -> Iterator[str]:
        if self.verdict.verdict == "ineligible" or not self.verdict.benefits:
            return
        lines = [line for line in self.verdict.benefits if line.low != 0 or line.high != 0 or line.why_not]
        counted = [line for line in lines if line.counted or line.kind != "grant"]
        if not counted:
            return
        if self.verdict.verdict != "eligible":
            yield self.say["money_if"]
        yield from (self.benefit(line) for line in sorted(lines, key=lambda x: not x.counted))
        if self.verdict.benefit is not None and len([x for x in lines if x.counted]) > 1:
            yield self.say.fill("total", fmt.money_range(self.verdict.benefit, self.words))

    def benefit(self, line: BenefitLine) -> str:
        name, why = line.zh, line.why_not
        if self.say.lang == "en":
            name, why = self.policy.english.get(line.zh, line.zh), reason(line, self.words, self.policy.english)
        if not line.counted and line.kind == "grant":
            return self.say.fill("not_counted", name, why)
        amount = fmt.money_range(Range(line.low, line.high), self.words)
        kind = self.say[line.kind] if line.kind in ("tax_saving", "quota") else ""
        return self.say.fill("money_line", name, amount) + kind

    # -- clauses ----------------------------------------------------------------------------------------

    def clause(self, number: int, condition: ConditionView) -> Clause:
        result = self.results.get(condition.code, ConditionResult(condition.code, None))
        state = self.state(result)
        figures = [self.figure(m) for m in result.measures]
        if result.missing and state == "open":
            figures.append(self.say.fill("missing", self.say["list"].join(map(self.dated, result.missing))))
        return Clause(number, self.title(condition.code), state, self.say[state], tuple(f for f in figures if f),
                      self.basis(self.policy.sources.get(condition.source)))

    def state(self, result: ConditionResult) -> str:
        if result.truth is True:
            return "met"
        matters = result.code in self.deciding
        if result.truth is False:
            return "unmet" if matters and self.verdict.verdict != "eligible" else "beside"
        if not matters or self.verdict.verdict in ("eligible", "ineligible"):
            return "beside_open"
        return "by_person" if result.truth == "manual" else "open"

    def figure(self, m: Measure) -> str:
        m = m._replace(unit=self.unit(m.unit))
        left, required = self.dated(m.left), fmt.threshold(m, self.words)
        if m.threshold is None or isinstance(m.value_lo, bool):
            return ""
        if m.value_hi is None and not m.value_lo:  # "at least 0" says nothing
            return self.say.fill("figure_unknown", left, required)
        value = fmt.between(m.value_lo, m.value_hi, m.unit, self.words)
        return self.say.fill("figure", left, value, required) + self.gap(m)

    def gap(self, m: Measure) -> str:
        if not m.gap:  # a strict bound is missed by nothing at all
            return ""
        return self.say.fill("over" if m.op in ("<", "<=") else "short", self.size(m))

    def size(self, m: Measure) -> str:
        """Return how far a figure is off, with its unit."""
        gap = m.gap or Decimal(0)
        if m.unit == "%":
            return f"{fmt.plain(gap)}{self.say['points']}"
        return fmt.scalar(gap, self.unit(m.unit), self.words)

    def unit(self, unit: str) -> str:
        """Return a unit in the language of the letter."""
        return unit if self.say.lang == "zh" else _UNITS.get(unit, unit)

    def basis(self, source: SourceView | None) -> str:
        if source is None:
            return ""
        cited = " ".join(x for x in (source.doc_no, source.clause) if x)
        checked = self.say.fill("checked", self.day(source.checked_on)) if source.checked_on else ""
        return self.say.fill("basis", cited, self.say["grade_M"] if source.grade == "M" else checked)
