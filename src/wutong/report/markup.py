"""The markup that repeats a hundred thousand times in a run: condition rows, amounts, bars.

Templates would escape and wrap every piece anew; here what is constant is built once per policy and every
piece that comes from data goes through `html.escape` exactly once. What leaves this module is `Markup`.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from html import escape

from markupsafe import Markup

from wutong.report import charts, summary
from wutong.report import format as fmt
from wutong.report.model import (
    ConditionResult,
    Measure,
    PolicyView,
    Range,
    ScoreLine,
    SourceView,
    Truth,
    VerdictView,
)
from wutong.report.texts import Words

_TRUTH = {True: "true", False: "false", None: "open", "manual": "by_hand"}
_cached_escape = lru_cache(maxsize=4096)(escape)


def cite(source: SourceView | None) -> str:
    """Return document number, clause and grade as one line.

    >>> cite(SourceView("国科发政〔2017〕115号", "第六条(二)", grade="V"))
    '国科发政〔2017〕115号 第六条(二) [V]'
    """
    if source is None:
        return ""
    grade = f"[{source.grade}]" if source.grade else ""
    return " ".join(part for part in (source.doc_no, source.clause, grade) if part)


def amount(value: Range | None, words: Words, *, rough: bool = False) -> Markup:
    """Return a range of money with the exact 元 as tooltip; nothing for None."""
    if value is None:
        return Markup("")
    return _titled(fmt.exact_range(value, words), fmt.money_range(value, words, rough=rough))


def _titled(title: str, text: str) -> Markup:
    return Markup(f'<span title="{escape(title)}">{escape(text)}</span>')  # noqa: S704 - both escaped


def score_rows(lines: tuple[ScoreLine, ...], words: Words) -> Markup:
    """Return a score table's rows: name, bar, figure out of its full mark."""
    several = len(lines) > 1
    rows = []
    for line in lines:
        text = escape(fmt.between(line.low, line.high, summary.unit_text(line.unit, words), words))
        full = f'<span class="note"> / {fmt.plain(line.full)}</span>' if line.full else ""
        kind = ' class="sum-row"' if line.total and several else ""
        rows.append(f'<tr{kind}><td>{escape(line.zh)}</td><td class="barcell">{charts.score_bar(line, words)}</td>'
                    f'<td class="n">{text}{full}</td></tr>')
    return Markup("".join(rows))  # noqa: S704 - every piece escaped


class ConditionRows:
    """The rows of one policy's conditions, for one company after another."""

    def __init__(self, policy: PolicyView, words: Words) -> None:
        self.words = words
        self.numbers = {c.code: i for i, c in enumerate(policy.conditions, 1)}
        self._titles = {
            c.code: (f"{i}.\u00a0{words.name(c.zh, c.en)}", cite(policy.sources.get(c.source)), c.manual)
            for i, c in enumerate(policy.conditions, 1)
        }
        self._frames: dict[tuple[str, Truth, int], tuple[str, str]] = {}
        self._thresholds: dict[tuple[object, ...], str] = {}
        self._value_open = (f'<td class="v" data-l="{escape(words["company_value"])}"><span><span class="left">',
                            '</span><span class="val">', "</span></span></td>")
        self._gap_open = f'<td class="c gap" data-l="{escape(words["gap"])}">'

    def html(self, verdict: VerdictView) -> Markup:
        """Return every condition of one company as table rows; several measures share one condition cell."""
        return Markup("".join(map(self._row, verdict.conditions)))  # noqa: S704 - every piece escaped

    def _row(self, result: ConditionResult) -> str:
        measures = result.measures
        key = (result.code, result.truth, len(measures))
        frame = self._frames.get(key)
        if frame is None:
            frame = self._frames[key] = self._frame(*key)
        if not measures:
            return frame[0] + frame[1]
        first = frame[0] + self._cells(measures[0]) + frame[1]
        if len(measures) == 1:
            return first
        more = f'<tr class="more {_TRUTH[result.truth]}">'
        return first + "".join(f"{more}{self._cells(m)}</tr>" for m in measures[1:])

    def _frame(self, code: str, truth: Truth, count: int) -> tuple[str, str]:
        """Return what stands before and after the cells of the first measure."""
        title, source, manual = self._titles.get(code, (code, "", False))
        span = f' rowspan="{count}"' if count > 1 else ""
        kind = _TRUTH[truth]
        before = (f'<tr class="{kind}"><td class="t"{span}>{escape(self.words[kind])}</td>'
                  f'<td class="title"{span}>{escape(title)}</td>')
        if not count:
            by_person = manual or truth == "manual"
            note = self.words["by_person" if truth == "manual" else "found_by_person"] if by_person else ""
            before += f"<td>{escape(note)}</td><td></td><td></td>"
        label = f' data-l="{escape(self.words["basis"])}"' if source else ""
        return before, f'<td class="src"{span}{label}>{escape(source)}</td></tr>\n'

    def _cells(self, m: Measure) -> str:
        a, b, c = self._value_open
        gap = "<td></td>" if m.gap is None else f"{self._gap_open}{self._gap(m, m.gap)}</td>"
        return f"{a}{_cached_escape(fmt.left_side(m.left))}{b}{self._value(m)}{c}{self._threshold(m)}{gap}"

    def _value(self, m: Measure) -> str:
        text = fmt.between(m.value_lo, m.value_hi, m.unit, self.words)
        low, high = (x if isinstance(x, Decimal) else None for x in (m.value_lo, m.value_hi))
        if m.unit != "元" or (low is None and high is None):
            return escape(text)
        return _titled(fmt.exact_range(Range(low, high), self.words), text)

    def _gap(self, m: Measure, size: Decimal) -> str:
        text = fmt.gap(size, m.unit, m.op, self.words)
        return _titled(fmt.exact_range(Range(size, size), self.words), text) if m.unit == "元" else escape(text)

    def _threshold(self, m: Measure) -> str:
        key = (m.op, m.threshold, m.unit)
        found = self._thresholds.get(key)
        if found is None:
            text: str = escape(fmt.threshold(m, self.words))
            if m.unit == "元" and isinstance(m.threshold, Decimal):
                text = _titled(fmt.exact_range(Range(m.threshold, m.threshold), self.words), fmt.threshold(m, self.words))
            found = self._thresholds[key] = f'<td class="c" data-l="{escape(self.words["threshold"])}">{text}</td>'
        return found
