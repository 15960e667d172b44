"""Hand-made inline SVG: the standing of companies, a score against its pass mark, a range of money.

Every figure drawn is also written as text beside the drawing; the drawing never carries it alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from html import escape

from markupsafe import Markup

from wutong.report.format import plain
from wutong.report.model import Range, ScoreLine
from wutong.report.texts import STANDINGS, Words

_LENGTH = 1000
_HEIGHT = 14


def stacked(counts: Mapping[str, int], words: Words) -> Markup:
    """Return one bar of 100 % split by standing; an empty frame when there is nothing to count."""
    total = sum(counts.values())
    parts, x = [], 0.0
    for name in STANDINGS:
        if counts.get(name):
            width = _LENGTH * counts[name] / total
            parts.append(_rect(f"s-{name}", x, width, f"{words[name]} {counts[name]}", full=True))
            x += width
    label = words["comma"].join(f"{words[n]} {counts[n]}" for n in STANDINGS if counts.get(n)) or words["none_here"]
    return _svg("stack", label, parts)


def score_bar(line: ScoreLine, words: Words) -> Markup:
    """Return a bar from 0 to the full mark: sure part solid, possible part pale, pass mark as a tick.

    Nothing for a figure that has no full mark: there is no scale to draw it on.
    """
    full = line.full or (2 * line.pass_at if line.pass_at else Decimal(0))
    if full <= 0:
        return Markup("")
    return _score_bar(line.low, line.high, full, line.pass_at, line.zh, words["pass_at"])


@lru_cache(maxsize=4096)
def _score_bar(
    low: Decimal | None, high: Decimal | None, full: Decimal, pass_at: Decimal | None, name: str, mark: str,
) -> Markup:
    parts = _range(low, high, full)
    if pass_at is not None:
        parts.append(_rect("b-pass", max(_share(pass_at, full, empty=0.0) - 2, 0), 4, f"{mark} {plain(pass_at)}", full=True))
    return _svg("bar", name, parts)


def money_bar(value: Range, scale: Decimal, words: Words) -> Markup:
    """Return a bar of money on a common scale; an open ceiling runs to the end of it."""
    return _svg("bar", words["amount"], _range(value.low, value.high, scale)) if scale > 0 else Markup("")


def _range(low: Decimal | None, high: Decimal | None, full: Decimal) -> list[str]:
    start, end = _share(low, full, empty=0.0), _share(high, full, empty=float(_LENGTH))
    parts = [_rect("b-low", 0, start)] if start > 0 else []
    if end > start:
        parts.append(_rect("b-high", start, end - start))
    return parts


def _share(value: Decimal | None, full: Decimal, *, empty: float) -> float:
    return empty if value is None else min(max(float(value / full), 0.0), 1.0) * _LENGTH


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _rect(kind: str, x: float, width: float, title: str = "", *, full: bool = False) -> str:
    y, height = (0, _HEIGHT) if full else (2, _HEIGHT - 4)
    inner = f"><title>{escape(title)}</title></rect>" if title else "/>"
    return f'<rect class="{kind}" x="{_number(x)}" y="{y}" width="{_number(width)}" height="{height}"{inner}'


def _svg(kind: str, label: str, parts: list[str]) -> Markup:
    return Markup(  # noqa: S704 - numbers are made here, the label and titles are escaped
        f'<svg class="{kind}" viewBox="0 0 {_LENGTH} {_HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )
