"""A portrait as one HTML page that needs nothing else, on the screen and on paper."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from wutong.points.tree import half_up
from wutong.portrait import charts
from wutong.portrait.model import Points, Portrait, Series
from wutong.portrait.texts import Texts
from wutong.report.format import money, plain
from wutong.report.texts import Words

DRAWN: Final = ("revenue", "rd_cost", "staff", "net_profit", "tax_paid", "net_assets")
"""Yearly facts that are drawn; all are in the table."""
SHOWN: Final = 40
"""Events of the timeline on the page, the newest."""


@cache
def environment() -> Environment:
    """Return where templates come from; what they print is escaped."""
    env = Environment(
        loader=PackageLoader("wutong.portrait"), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=StrictUndefined, auto_reload=False,
    )
    env.filters.update(plain=plain, signed=signed, round2=half_up)
    return env


def signed(value: Decimal) -> str:
    """Return a number with its sign, a plain zero for none.

    >>> signed(Decimal("2.50")), signed(Decimal("-1.00")), signed(Decimal("0.00"))
    ('+2.5', '-1', '0')
    """
    return f"+{plain(value)}" if value > 0 else plain(value)


@cache
def _style() -> Markup:
    return Markup((resources.files("wutong.portrait") / "templates" / "portrait.css").read_text("utf-8"))  # noqa: S704 - ours


def as_html(portrait: Portrait) -> str:
    """Return the page; what comes from data is escaped, and the same portrait is the same text."""
    texts, words = Texts(portrait.lang), Words(portrait.lang)
    return environment().get_template("portrait.html.j2").render(
        p=portrait, t=texts, css=_style(), margins=_margins(portrait, texts), radar=_radar(portrait.points, texts),
        bars=[charts.bar(a, texts["peers"]) for a in portrait.points.axes] if portrait.points else [],
        drawn=[(s, _columns(s, words)) for s in portrait.series if s.code in DRAWN and s.known],
        events_shown=portrait.timeline[-SHOWN:], earlier=max(len(portrait.timeline) - SHOWN, 0),
        peers=texts["peers" if portrait.points and portrait.points.peer_group else "peers_all"],
    )


def _radar(points: Points | None, texts: Texts) -> Markup:
    return charts.radar(points.axes, texts["points"]) if points else Markup("")


def _columns(series: Series, words: Words) -> Markup:
    short = [_short(c.value, series.unit, words) for c in series.cells]
    return charts.columns(series.cells, short, series.label)


def _short(value: Decimal | None, unit: str, words: Words) -> str:
    if value is None:
        return words["unknown"]
    return money(value, words, rough=True) if unit == "元" else plain(value)


def _margins(portrait: Portrait, texts: Texts) -> Markup:
    """Return the margin boxes of printed pages: name and marks above, run and page number below."""
    stamp = portrait.stamp
    run = f"{texts['run']} {stamp.run} · {texts['on']} {stamp.on} · {texts['snapshot']} {stamp.snapshot[:12]}"
    before, middle, after = texts["page"].split("{}")
    boxes = {
        "top-left": _css(f"{texts['title']} · {portrait.name}"), "top-right": _css(" · ".join(portrait.marks)),
        "bottom-left": _css(run),
        "bottom-right": f"{_css(before)} counter(page) {_css(middle)} counter(pages) {_css(after)}",
    }
    return Markup("@page{" + "".join(f"@{k}{{content:{v}}}" for k, v in boxes.items()) + "}")  # noqa: S704 - quoted by _css


def _css(text: str) -> str:
    r"""Return text as a CSS string that can end neither itself nor the style element.

    >>> _css('a"</style>')
    '"a\\22 \\3c /style\\3e "'
    """
    return '"' + "".join(c if c.isalnum() or c in " ·，。（）()：:.、-/#" else f"\\{ord(c):x} " for c in text) + '"'
